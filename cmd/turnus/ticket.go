package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"turnus/itsm/ticket"
)

func ticketCommand() *cobra.Command {
	var service string
	c := withJSON(&cobra.Command{
		Use:   "ticket NUMBER --service NAME",
		Short: "A ticket as it is known now, its history, and as each import left it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			t, err := api.Ticket(c.Context(), service, args[0])
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), t)
			}
			return showTicket(c, t)
		},
	})
	c.Flags().StringVar(&service, "service", "", "of which service")
	_ = c.MarkFlagRequired("service") // it exists
	return c
}

// showTicket writes a ticket's history as it is known now, and its versions.
func showTicket(c *cobra.Command, t ticket.Record) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	row := func(cells ...any) { writeRow(w, cells) }
	row("ticket", fmt.Sprintf("%s of %s", t.Number, t.Service))
	row("state", conditionOf(t.Recorded))
	if t.Opened != nil {
		row("opened", instant(*t.Opened))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
		row(name, t.Fields[name])
	}
	if len(t.Events) > 0 {
		fmt.Fprintln(w)
		row("AT", "STATE", "", "FIELDS")
		for i, e := range t.Events {
			row(instant(e.At), e.State, marksOf(i, e), listed(e.Fields))
		}
	}
	fmt.Fprintln(w)
	row("IMPORT", "AT", "AS-OF", "STATE", "EVENTS", "REJECTED ROWS", "HASH")
	for _, v := range t.Versions {
		row(v.Import, instant(v.At), instant(v.AsOf), conditionOf(v), len(v.Events), map[bool]string{true: "yes", false: "no"}[v.Flagged], v.Hash)
	}
	return w.Flush()
}

// conditionOf says how a ticket was at its end.
func conditionOf(v ticket.Recorded) string {
	switch {
	case v.Withdrawn:
		return "withdrawn"
	case v.Last == nil:
		return "open"
	}
	return "stopped " + instant(*v.Last)
}

// marksOf says what an event means to the clocks.
func marksOf(i int, e ticket.Event) string {
	var marks []string
	if i == 0 {
		marks = append(marks, "opened")
	}
	if e.Responded {
		marks = append(marks, "responded")
	}
	if e.Stopped {
		marks = append(marks, "stopped")
	}
	return strings.Join(marks, ", ")
}

func listed(fields map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		all = append(all, name+"="+fields[name])
	}
	return strings.Join(all, "; ")
}
