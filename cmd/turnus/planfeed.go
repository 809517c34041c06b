package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"turnus/client"
)

func planFeedCommand() *cobra.Command {
	var lang string
	c := withJSON(&cobra.Command{
		Use:   "feed [--lang de|en]",
		Short: "Issue a secret address of the plan for calendar applications; it is printed once and stored hashed",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if lang != "" && lang != "de" && lang != "en" {
				return misused("--lang %q isn't a language of feeds: use de or en", lang)
			}
			api, err := dial()
			if err != nil {
				return err
			}
			f, err := api.IssueFeed(c.Context(), lang)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), f)
			}
			fmt.Fprintln(c.OutOrStdout(), f.Address)
			fmt.Fprintf(c.ErrOrStderr(), "feed %s; whoever has the address reads the plan, and it isn't shown again\n", f.ID)
			return nil
		},
	})
	c.Flags().StringVar(&lang, "lang", "", "language of the calendar: de or en (default: as the application asks)")
	c.AddCommand(&cobra.Command{
		Use:   "withdraw ID",
		Short: "End a feed at once",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			if err := api.WithdrawFeed(c.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "withdrawn feed %s\n", args[0])
			return nil
		},
	})
	return c
}

func planFeedsCommand() *cobra.Command {
	var whose string
	c := withJSON(&cobra.Command{
		Use:   "feeds",
		Short: "One's own feeds, newest first, without their addresses",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			feeds, err := api.Feeds(c.Context(), whose)
			if err != nil {
				return err
			}
			return table(c, feeds, "ID PERSON CREATED WITHDRAWN", func(f client.Feed) []any {
				withdrawn := ""
				if f.Withdrawn != nil {
					withdrawn = instant(*f.Withdrawn)
				}
				return []any{f.ID, f.Person, instant(f.Created), withdrawn}
			})
		},
	})
	c.Flags().StringVar(&whose, "person", "", "somebody else's (administrators and auditors)")
	return c
}
