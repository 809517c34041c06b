package main

import "github.com/spf13/cobra"

func planCommand() *cobra.Command {
	c := &cobra.Command{Use: "plan", Short: "The plan"}
	c.AddCommand(planFeedCommand(), planFeedsCommand())
	return c
}
