package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// checkSlot wants a slot's name: that of its run, without an attempt.
func checkSlot(s string) error {
	k, _, err := run.ParseID(s)
	if err != nil || k.ID(1) != s {
		return misused("%.120q isn't a slot: use PROCESS/SCOPE/PERIOD, as in sla-report/payments/2026-10", s)
	}
	return nil
}

// reasoned adds --reason, which is needed.
func reasoned(c *cobra.Command, reason *string, why string) *cobra.Command {
	c.Flags().StringVar(reason, "reason", "", why)
	_ = c.MarkFlagRequired("reason") // it exists
	return c
}

func pauseCommand() *cobra.Command {
	var reason string
	return reasoned(withJSON(&cobra.Command{
		Use:   "pause INTERVAL --reason TEXT",
		Short: "Let an interval start nothing until it is resumed; its slots fall due all the same",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			i, err := api.Pause(c.Context(), args[0], reason)
			if err != nil {
				return err
			}
			return intervalLine(c, i)
		},
	}), &reason, "why it pauses")
}

func resumeCommand() *cobra.Command {
	var reason string
	return reasoned(withJSON(&cobra.Command{
		Use:   "resume INTERVAL --reason TEXT",
		Short: "End an interval's pause; what fell due meanwhile is caught up by its rule",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			i, err := api.Resume(c.Context(), args[0], reason)
			if err != nil {
				return err
			}
			return intervalLine(c, i)
		},
	}), &reason, "why it goes on")
}

// intervalLine says how an interval is now.
func intervalLine(c *cobra.Command, i client.Interval) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), i)
	}
	if i.Paused == nil {
		fmt.Fprintf(c.OutOrStdout(), "running Interval/%s\n", i.Interval)
		return nil
	}
	fmt.Fprintf(c.OutOrStdout(), "paused Interval/%s since %s by %s: %s\n", i.Interval, instant(*i.Paused), i.By, text.Line(i.Reason))
	return nil
}

func backfillCommand() *cobra.Command {
	var from, to, reason string
	c := reasoned(withJSON(&cobra.Command{
		Use:   "backfill INTERVAL --from DATE --to DATE --reason TEXT",
		Short: "Start what was missed, or waits for a person, after all; prints the slots that are due again",
		Long: `Lets the slots of an interval be started that were missed, or that wait for a person: those
whose periods lie between two dates, both included, at most ten years apart.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for i, s := range []string{from, to} {
				if _, err := calendar.ParseDate(s); err != nil {
					return misused("--%s %q isn't a date: use YYYY-MM-DD, as in 2026-10-05", []string{"from", "to"}[i], s)
				}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			slots, err := api.Backfill(c.Context(), args[0], from, to, reason)
			if err != nil {
				return err
			}
			if len(slots) == 0 {
				fmt.Fprintln(c.ErrOrStderr(), "nothing between these dates was missed or waits for a person")
			}
			return slotTable(c, slots)
		},
	}), &reason, "why they are started after all")
	c.Flags().StringVar(&from, "from", "", "the first date of the periods")
	c.Flags().StringVar(&to, "to", "", "the last date of the periods")
	_ = c.MarkFlagRequired("from") // it exists
	_ = c.MarkFlagRequired("to")
	return c
}

func missCommand() *cobra.Command {
	var reason string
	return reasoned(withJSON(&cobra.Command{
		Use:   "miss SLOT --reason TEXT",
		Short: "Record that a slot that is due won't be done",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkSlot(args[0]); err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			s, err := api.Miss(c.Context(), args[0], reason)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), s)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s\n", s.State, s.Key.ID(1))
			return nil
		},
	}), &reason, "why it won't be done")
}

func eventCommand() *cobra.Command {
	var service, detail string
	c := withJSON(&cobra.Command{
		Use:   "event EVENT --service NAME --detail TEXT",
		Short: "Report what asks for a review outside its turn; prints the slots concerned",
		Long: `Reports an event of a service that you own, one of ` + named(planning.Events()) + `.
Of each interval that names it, the slot is due now whose period its process means today.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			e := planning.Event(args[0])
			if !slices.Contains(planning.Events(), e) {
				return misused("%q isn't an event: use one of %s", args[0], named(planning.Events()))
			}
			api, err := dial()
			if err != nil {
				return err
			}
			slots, err := api.Event(c.Context(), service, e, detail)
			if err != nil {
				return err
			}
			if len(slots) == 0 {
				fmt.Fprintf(c.ErrOrStderr(), "on record; no interval of %s names %s\n", service, e)
			}
			return slotTable(c, slots)
		},
	})
	c.Flags().StringVar(&service, "service", "", "the service that it happened to")
	c.Flags().StringVar(&detail, "detail", "", "what happened, in words")
	_ = c.MarkFlagRequired("service") // it exists
	_ = c.MarkFlagRequired("detail")
	return c
}
