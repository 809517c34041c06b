package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"turnus/itsm/process"
	"turnus/itsm/run"
)

func refreshCommand() *cobra.Command {
	var service string
	c := withJSON(&cobra.Command{
		Use:   "refresh (RUN… | --service NAME)",
		Short: "Begin another round of reports that wait, on what is known now",
		Long: `Begins another round of each run, an SLA report or an availability review: what was asked in the one that waits is closed
without an answer, and the report is drafted anew. With --service all that wait are meant, in the
order of their periods.`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case service == "" && len(args) == 0:
				return misused("which runs? name some, or all of a service that wait with --service NAME")
			case service != "" && len(args) > 0:
				return misused("runs are named: leave --service out")
			}
			for _, id := range args {
				if _, _, err := run.ParseID(id); err != nil {
					return usageError{err}
				}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if service != "" {
				waiting, err := api.Runs(c.Context(), "", service, string(run.Waiting), 0)
				if err != nil {
					return err
				}
				args = refreshable(waiting)
			}
			done := []run.Run{}
			var failed error
			for _, id := range args {
				r, err := api.Refresh(c.Context(), id)
				if err != nil {
					failed = fmt.Errorf("%s: %w", id, err) // those before have begun
					break
				}
				done = append(done, r)
			}
			err = table(c, done, "RUN ROUND STATE", func(r run.Run) []any { return []any{r.ID, r.Round, r.State} })
			return cmp.Or(failed, err)
		},
	})
	c.Flags().StringVar(&service, "service", "", "all reports of this service that wait, in the order of their periods")
	return c
}

// refreshable are the reports among runs of which another round may be begun, in
// the order of their periods.
func refreshable(runs []run.Run) []string {
	runs = slices.DeleteFunc(runs, func(r run.Run) bool {
		return r.Process != process.SLAReport && r.Process != process.AvailabilityReview
	})
	slices.SortFunc(runs, func(a, b run.Run) int {
		return cmp.Or(strings.Compare(a.Period, b.Period), strings.Compare(a.ID, b.ID))
	})
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	return ids
}
