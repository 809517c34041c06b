package main

import (
	"github.com/spf13/cobra"

	"turnus/client"
)

func findingsCommand() *cobra.Command {
	var service string
	var most int
	c := withJSON(&cobra.Command{
		Use:   "findings [--service NAME]",
		Short: "What was found and has to be dealt with, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			findings, err := api.Findings(c.Context(), service, most)
			if err != nil {
				return err
			}
			return table(c, findings, "ID KIND SERVICE AT OBJECT TITLE", func(f client.Finding) []any {
				return []any{f.ID, f.Kind, f.Service, instant(f.At), f.Object, f.Title}
			})
		},
	})
	c.Flags().StringVar(&service, "service", "", "of this service only")
	c.Flags().IntVar(&most, "most", 100, "how many at most; 0: all")
	return c
}
