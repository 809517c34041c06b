package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/calendar"
)

func importHolidaysCommand() *cobra.Command {
	var in client.HolidayIntake
	c := withJSON(&cobra.Command{
		Use:   "holidays FILE",
		Short: "Add the public holidays of an iCalendar file to a calendar",
		Long: `Adds the public holidays of an iCalendar file (.ics, also as .gz or .zip; - is
stdin) to the dates of a calendar, which makes another version of it. Loading
the same file again changes nothing.

Feeds of holidays have working days in them. What a file marks as an observance,
or as a public holiday of other regions than the calendar's, is left out, and so
is what isn't marked where other days are; each is listed with the reason. A
file without any marks is taken at its word.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, done, err := source(args[0], c.InOrStdin(), c.ErrOrStderr())
			if err != nil {
				return err
			}
			defer done()
			api, err := dial()
			if err != nil {
				return err
			}
			i, err := api.ImportHolidays(c.Context(), in, file)
			done()
			if err != nil {
				return err
			}
			return writeHolidays(c, i, in.DryRun)
		},
	})
	f := c.Flags()
	f.StringVar(&in.Calendar, "calendar", "", "the calendar that they are added to")
	f.StringVar(&in.Format, "format", "icalendar", "icalendar")
	f.IntVar(&in.From, "from", 0, "the first year (default: last year)")
	f.IntVar(&in.To, "to", 0, "the last year (default: the tenth from now)")
	f.BoolVar(&in.All, "all", false, "take observances, holidays of other regions and the like, too")
	f.BoolVar(&in.DryRun, "dry-run", false, "change nothing, show what would be added")
	_ = c.MarkFlagRequired("calendar") // it exists
	return c
}

func writeHolidays(c *cobra.Command, i calendar.ImportedHolidays, dryRun bool) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), i)
	}
	fmt.Fprintf(c.OutOrStdout(), "%s Calendar/%s: %d dates added, %d there already, %d entries left out\n",
		i.Change, i.Calendar, len(i.Added), len(i.Already), len(i.LeftOut))
	type line struct{ what, date, name, reason string }
	var lines []line
	for _, h := range i.Added {
		lines = append(lines, line{"added", h.Date.String(), h.Name.String(), ""})
	}
	for _, h := range i.Already {
		lines = append(lines, line{"there", h.Date.String(), h.Name.String(), ""})
	}
	takable := false
	for _, l := range i.LeftOut {
		date := "-"
		if l.Date != (calendar.Date{}) {
			date = l.Date.String()
		}
		lines = append(lines, line{"left out", date, l.Name, fmt.Sprintf("%s (line %d)", l.Reason, l.Line)})
		takable = takable || l.Why.Overruled()
	}
	if len(lines) > 0 {
		if err := table(c, lines, "WHAT DATE NAME REASON", func(l line) []any { return []any{l.what, l.date, l.name, l.reason} }); err != nil {
			return err
		}
	}
	if !i.Marked && len(i.Added) > 0 {
		fmt.Fprintln(c.ErrOrStderr(), "this file doesn't say which of its days are public holidays: look through the list")
	}
	if takable {
		fmt.Fprintln(c.ErrOrStderr(), "--all takes what was left out as no public holiday of the region")
	}
	if dryRun {
		fmt.Fprintln(c.ErrOrStderr(), "a dry run: nothing was changed")
	}
	return nil
}
