package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/continuity"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

func coverageCommand() *cobra.Command {
	var of client.CoverageOf
	var state string
	var most int
	c := withJSON(&cobra.Command{
		Use:   "coverage [--service NAME] [--state STATE]",
		Short: "What is proved of each objective of the continuity plans, and what puts it in doubt since",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			of.State = continuity.State(state)
			if state != "" && !slices.Contains(continuity.States(), of.State) {
				return misused("--state %q isn't a state of coverage: use %s", state, words(continuity.States(), ", "))
			}
			api, err := dial()
			if err != nil {
				return err
			}
			covered, err := api.Coverage(c.Context(), of, most)
			if err != nil {
				return err
			}
			return table(c, covered, "SERVICE PLAN OBJECTIVE VALUE STATE LAST-PROVED TYPE RUN SINCE", func(c continuity.Coverage) []any {
				proved := "-"
				if c.LastProved != nil {
					proved = instant(*c.LastProved)
				}
				return []any{c.Service, c.Plan, c.Objective, c.Value, c.State, proved, given(string(c.Type)), given(c.Run), given(inShort(c.Since))}
			})
		},
	})
	f := c.Flags()
	f.StringVar(&of.Service, "service", "", "of this service only")
	f.StringVar(&state, "state", "", words(continuity.States(), ", "))
	f.IntVar(&most, "most", 100, "how many at most; 0: all")
	c.AddCommand(exportPlansCommand())
	return c
}

// given is a cell that is never empty.
func given(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// inShort joins changes, each with its date.
func inShort(all []continuity.ChangedSince) string {
	parts := make([]string, len(all))
	for i, c := range all {
		parts[i] = c.At.UTC().Format(time.DateOnly) + " " + c.Detail.String()
	}
	return strings.Join(parts, "; ")
}

func exportPlansCommand() *cobra.Command {
	var out client.PlansOut
	var dir string
	c := &cobra.Command{
		Use:   "export [--service NAME] [--out DIR] [--lang LANG]",
		Short: "Take the approved continuity plans and their contacts out of Turnus: a page and a text for paper",
		Long: `Writes the continuity plans in force, with their contacts, into two files: a page
that needs nothing else, for screen and paper, and a plain text. Keep them where
they can be read when Turnus can't be reached, and take them out again when a
plan has changed. Who takes them out is on record. For the service's owner and
approvers, auditors and administrators.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"", string(text.De), string(text.En)}, out.Lang) {
				return misused("--lang %q isn't a language of plans: use de or en", out.Lang)
			}
			if out.Service != "" {
				if err := resource.CheckName("--service", out.Service); err != nil {
					return usageError{err}
				}
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return misused("--out %s is no directory: make it first", dir)
			}
			api, err := dial()
			if err != nil {
				return err
			}
			name := "continuity-plans"
			if out.Service != "" {
				name += "." + out.Service
			}
			for _, f := range []struct{ format, ending string }{{"html", ".html"}, {"text", ".txt"}} {
				out.Format = f.format
				to := filepath.Join(dir, name+f.ending)
				if err := writeWhole(to, 0o600, func(w *os.File) error { return api.ExportPlans(c.Context(), w, out) }); err != nil {
					return err
				}
				fmt.Fprintln(c.OutOrStdout(), to)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&out.Service, "service", "", "the plans of this service only")
	f.StringVar(&dir, "out", ".", "the directory to write them to")
	f.StringVar(&out.Lang, "lang", "", "de or en (default: that of the service)")
	return c
}
