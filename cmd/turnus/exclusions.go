package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/agreement"
)

func excludeCommand() *cobra.Command {
	var e client.Exclusion
	var service, reason string
	c := withJSON(&cobra.Command{
		Use:   "exclude --service NAME --ticket NUMBER… --reason REASON --detail TEXT --evidence TEXT",
		Short: "Propose to leave tickets out of the figures; prints the exclusion's number",
		Long: `Proposes to leave tickets out of the figures of a service that you own. It counts in the
reports that are drafted from then on, which show their figures with and without it, and is
approved with them, by somebody else.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			e.Reason = agreement.ExclusionReason(reason)
			if err := (agreement.Exclusion{Tickets: e.Tickets, Agreement: e.Agreement, Target: e.Target, Reason: e.Reason, Detail: e.Detail, Evidence: e.Evidence}).Check(); err != nil {
				return usageError{err}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			done, err := api.Exclude(c.Context(), service, e)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), done)
			}
			fmt.Fprintf(c.OutOrStdout(), "exclusion %d: %d tickets, %s\n", done.ID, len(done.Tickets), done.Reason)
			return nil
		},
	})
	var reasons []string
	for _, r := range agreement.ExclusionReasons() {
		reasons = append(reasons, string(r))
	}
	f := c.Flags()
	f.StringVar(&service, "service", "", "the service whose tickets these are")
	f.StringSliceVar(&e.Tickets, "ticket", nil, "number of a ticket; again for each, or separated by commas")
	f.StringVar(&e.Agreement, "agreement", "", "only under this agreement")
	f.StringVar(&e.Target, "target", "", "only for this target of the agreement")
	f.StringVar(&reason, "reason", "", "one of "+strings.Join(reasons, ", "))
	f.StringVar(&e.Detail, "detail", "", "what happened, in words")
	f.StringVar(&e.Evidence, "evidence", "", "where it can be seen: an address, the number of a change")
	for _, name := range []string{"service", "ticket", "reason", "detail", "evidence"} {
		_ = c.MarkFlagRequired(name) // it exists
	}
	return c
}

func exclusionsCommand() *cobra.Command {
	var service string
	var most int
	c := withJSON(&cobra.Command{
		Use:   "exclusions --service NAME",
		Short: "A service's exclusions, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			list, err := api.Exclusions(c.Context(), service, most)
			if err != nil {
				return err
			}
			return table(c, list, "ID STATE TICKETS UNDER REASON BY AT DETAIL EVIDENCE", func(e agreement.Exclusion) []any {
				state, under := "proposed", "all"
				if e.Withdrawn != nil {
					state = "withdrawn"
				}
				if e.Agreement != "" {
					under = strings.TrimSuffix(e.Agreement+"/"+e.Target, "/")
				}
				return []any{e.ID, state, some(e.Tickets), under, e.Reason, e.By, instant(e.At), e.Detail, e.Evidence}
			})
		},
	})
	c.Flags().StringVar(&service, "service", "", "of which service")
	c.Flags().IntVar(&most, "most", 100, "how many at most; 0: all")
	_ = c.MarkFlagRequired("service") // it exists
	c.AddCommand(withdrawCommand())
	return c
}

// some names the first of many.
func some(numbers []string) string {
	if n := len(numbers); n > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(numbers[:3], ","), n-3)
	}
	return strings.Join(numbers, ",")
}

func withdrawCommand() *cobra.Command {
	var service, reason string
	c := withJSON(&cobra.Command{
		Use:   "withdraw ID --service NAME --reason TEXT",
		Short: "End an exclusion for the reports to come",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return misused("%q isn't the number of an exclusion", args[0])
			}
			api, err := dial()
			if err != nil {
				return err
			}
			e, err := api.Withdraw(c.Context(), service, id, reason)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), e)
			}
			fmt.Fprintf(c.OutOrStdout(), "withdrawn exclusion %d\n", e.ID)
			return nil
		},
	})
	c.Flags().StringVar(&service, "service", "", "of which service")
	c.Flags().StringVar(&reason, "reason", "", "why it shall not count")
	_ = c.MarkFlagRequired("service") // it exists
	_ = c.MarkFlagRequired("reason")
	return c
}
