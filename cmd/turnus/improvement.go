package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/improvement"
	"turnus/report"
)

func improvementCommand() *cobra.Command {
	var from, to, zone string
	c := withJSON(&cobra.Command{
		Use:   "improvement [--from DATE] [--to DATE]",
		Short: "Figures of the register of findings: what is open and overdue, and whether actions worked",
		Long: `Shows figures of the findings and actions that one sees: what is open, and overdue, as of
now; the rest of the last twelve months, or of the dates given. A share of no cases, and a
median that isn't reached, are n/a.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for flag, s := range map[string]string{"--from": from, "--to": to} {
				if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
					return misused("%s %q isn't a date: use YYYY-MM-DD, as in 2026-10-05", flag, s)
				}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			r, err := api.Improvement(c.Context(), from, to, zone)
			if err != nil {
				return err
			}
			return showRegister(c, r)
		},
	})
	f := c.Flags()
	f.StringVar(&from, "from", "", "the first date (default: twelve months before the last one)")
	f.StringVar(&to, "to", "", "the date after the last one (default: tomorrow)")
	f.StringVar(&zone, "zone", "", "time zone of the dates, as in Europe/Berlin (default: UTC)")
	return c
}

// showRegister writes figures, and what opportunities were to reach and did.
func showRegister(c *cobra.Command, r client.Register) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), r)
	}
	given := func(n *int64) any {
		if n == nil {
			return ""
		}
		return *n
	}
	if err := table(c, r.Figures, "FIGURE VALUE UNIT COUNT OF LABEL", func(f report.Figure) []any {
		value := report.NotApplicable().En
		if f.Value != nil {
			value = *f.Value
		}
		return []any{f.Name, value, f.Unit, given(f.Numerator), given(f.Denominator), f.Label.En}
	}); err != nil || len(r.Benefits) == 0 {
		return err
	}
	fmt.Fprintln(c.OutOrStdout())
	return table(c, r.Benefits, "ACTION TARGET VALUE REACHED TITLE MEASURE", func(b improvement.Benefit) []any {
		reached := "no"
		if b.Reached {
			reached = "yes"
		}
		return []any{b.Action, b.Sense.Title().En + " " + b.Target, b.Value, reached, b.Title, b.Measure}
	})
}
