package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/planning"
)

func planCommand() *cobra.Command {
	var s client.Slots
	var files []string
	c := withJSON(&cobra.Command{
		Use:   "plan [-f FILE…]",
		Short: "What is due when, and what became of it; or what intervals would plan",
		Long: `Lists slots by due date: the planned occurrences of intervals, each with its state, its
run, and what it waits for. With -f it lists those that intervals in files would have which
aren't applied yet: from now to thirteen months ahead, if --from and --to don't say otherwise.`,
		// plan -f deploy/*.yaml gives the rest as arguments; without -f a word is a command, or a mistake.
		Args: func(c *cobra.Command, args []string) error {
			if len(files) == 0 && len(args) > 0 {
				return misused("unknown command %q for %q: %s --help lists what there is", args[0], c.CommandPath(), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, more []string) error {
			if err := checkMoment("--from", s.From); err != nil {
				return err
			}
			if err := checkMoment("--to", s.To); err != nil {
				return err
			}
			if s.State != "" && s.State != "open" && !slices.Contains(planning.States(), planning.State(s.State)) {
				return misused("--state %q isn't a state of slots: use open, or one of %s", s.State, named(planning.States()))
			}
			var docs []byte
			var err error
			if len(files) > 0 {
				if docs, err = gather(append(files, more...), c.InOrStdin()); err != nil {
					return err
				}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if len(files) > 0 {
				found, err := api.PreviewPlan(c.Context(), docs, s.From, s.To)
				if err != nil {
					return err
				}
				return table(c, found, "SLOT DUE INTERVAL", func(s planning.Slot) []any {
					return []any{s.Key.ID(1), instant(s.Due), s.Interval}
				})
			}
			found, err := api.Plan(c.Context(), s)
			if err != nil {
				return err
			}
			return slotTable(c, found)
		},
	})
	f := c.Flags()
	f.StringArrayVarP(&files, "file", "f", nil, "preview: file, directory, or - for stdin; may be given several times")
	f.StringVar(&s.From, "from", "", "due from this date or instant on; a date means its start in UTC")
	f.StringVar(&s.To, "to", "", "due before this date or instant")
	f.StringVar(&s.Process, "process", "", "only of this process")
	f.StringVar(&s.Service, "service", "", "only of this service")
	f.StringVar(&s.State, "state", "", "only in this state, or open: "+named(planning.States()))
	for _, name := range []string{"process", "service", "state"} {
		c.MarkFlagsMutuallyExclusive("file", name)
	}
	c.AddCommand(ledgerCommand(), pauseCommand(), resumeCommand(), backfillCommand(), missCommand(), eventCommand(), startSlotCommand(),
		planFeedCommand(), planFeedsCommand())
	return c
}

// slotTable writes slots, or JSON where --json was given.
func slotTable(c *cobra.Command, slots []planning.Slot) error {
	return table(c, slots, "SLOT DUE STATE RUN REASON", func(s planning.Slot) []any {
		return []any{s.Key.ID(1), instant(s.Due), stateOf(s), s.Run, s.Reason.String()}
	})
}

// stateOf is a slot's state; of one that was waived after it was missed, both.
func stateOf(s planning.Slot) string {
	if s.State == planning.Waived && s.MissedAt != nil {
		return "missed, then waived"
	}
	return string(s.State)
}

// waivedHow says which of an interval's waived slots were waived after the
// event; nothing where none was.
func waivedHow(l client.Ledger) string {
	var parts []string
	if l.WaivedLate > 0 {
		parts = append(parts, fmt.Sprintf("%d waived after the tolerance", l.WaivedLate))
	}
	if l.MissedThenWaived > 0 {
		parts = append(parts, fmt.Sprintf("%d missed, then waived", l.MissedThenWaived))
	}
	return strings.Join(parts, "; ")
}

// checkMoment refuses what is neither a date nor an instant before anybody is
// asked.
func checkMoment(flag, s string) error {
	if s == "" {
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return nil
		}
	}
	return misused("%s %q is neither a date nor an instant: use 2026-10-05, or 2026-10-05T06:00:00Z", flag, s)
}

// named lists words.
func named[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

func ledgerCommand() *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "ledger",
		Short: "What became of the slots of each interval: planned = done + late + missed + waived + open",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			all, err := api.Ledgers(c.Context(), "", "")
			if err != nil {
				return err
			}
			return table(c, all, "INTERVAL PROCESS SCOPE PLANNED DONE LATE MISSED WAIVED OPEN PAUSED NOTE", func(l client.Ledger) []any {
				paused := ""
				if l.Paused != nil {
					paused = instant(*l.Paused)
				}
				return []any{l.Interval, l.Process, l.Scope, l.Planned, l.Done, l.Late, l.Missed, l.Waived, l.Open, paused, waivedHow(l)}
			})
		},
	})
}

func startSlotCommand() *cobra.Command {
	var again, wait bool
	var reason string
	c := withJSON(&cobra.Command{
		Use:   "start SLOT [--again --reason TEXT] [--wait]",
		Short: "Start a slot's run now, or find the one that exists; prints its ID",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkSlot(args[0]); err != nil {
				return err
			}
			if again && reason == "" {
				return misused("--again needs a --reason: why another attempt?")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			started, err := api.StartSlot(c.Context(), args[0], again, reason)
			if err != nil {
				return err
			}
			return begun(c, api, started, wait)
		},
	})
	c.Flags().BoolVar(&again, "again", false, "another attempt after the one that ended")
	c.Flags().StringVar(&reason, "reason", "", "why another attempt")
	c.Flags().BoolVar(&wait, "wait", false, "wait until the run waits for a person, or has ended")
	return c
}
