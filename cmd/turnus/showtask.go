package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"turnus/itsm/task"
	"turnus/itsm/text"
)

// showTask writes what a task asks, and of whom.
func showTask(c *cobra.Command, t task.Task) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), t)
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	row := func(cells ...any) { writeRow(w, cells) }
	row(t.Title)
	if !t.Text.IsZero() {
		fmt.Fprintln(w, text.Plain(t.Text.String()))
	}
	fmt.Fprintln(w)
	row("task", t.ID)
	row("kind", t.Kind)
	row("state", t.State)
	row("due", instant(t.Due))
	row("for", whom(t.For))
	row("may answer now", words(t.Approvers, ", "))
	row("outcomes", words(t.Outcomes, ", "))
	row("hash", t.Hash)
	for _, c := range t.Stale {
		row("stale", c.Detail)
	}
	if len(t.Fields) > 0 {
		fmt.Fprintln(w)
		row("FIELD", "TYPE", "NEEDED", "BOUNDS", "TITLE")
		for _, f := range t.Fields {
			row(f.Name, f.Type, needed(f), bounds(f), f.Title)
		}
		showNotes(w, t.Fields)
	}
	if len(t.Files) > 0 {
		fmt.Fprintln(w)
		row("FILE", "TYPE", "BYTES", "BY", "AT", "SHA-256")
		for _, f := range t.Files {
			row(f.Name, f.Type, f.Bytes, f.Person, instant(f.At), f.SHA256)
		}
	}
	return w.Flush()
}

// showNotes writes what fields are explained by and proposed, below their table:
// such texts are too long for a column.
func showNotes(w io.Writer, fields []task.Field) {
	before := "\nFIELD\tNOTE\n"
	note := func(f task.Field, s string) {
		fmt.Fprint(w, before)
		before = ""
		writeRow(w, []any{f.Name, s})
	}
	for _, f := range fields {
		if !f.Help.IsZero() {
			note(f, f.Help.String())
		}
		if len(f.Value) > 0 {
			note(f, "proposed: "+string(f.Value))
		}
	}
}

// needed says whether a field has to be filled, and where it may be.
func needed(f task.Field) string {
	var where []string
	if f.With != "" {
		where = append(where, "with "+string(f.With))
	}
	if f.If != "" {
		where = append(where, "if "+f.If)
	}
	if f.Required {
		if f.Unless != "" {
			where = append(where, "unless "+f.Unless)
		}
		return cmp.Or(strings.Join(where, ", "), "yes")
	}
	s := "no"
	if len(where) > 0 {
		s += "; only " + strings.Join(where, ", ")
	}
	if f.Unless != "" {
		s += "; not beside " + f.Unless
	}
	return s
}

// bounds are what values of a field keep to: options, types of a file, least
// and greatest value or size.
func bounds(f task.Field) string {
	var all []string
	for _, o := range f.Options {
		all = append(all, o.Value)
	}
	all = append(all, f.Types...)
	switch least, most := f.Min, f.Max; {
	case least != "" && most != "":
		all = append(all, least+" to "+most)
	case least != "":
		all = append(all, "from "+least)
	case most != "":
		all = append(all, "up to "+most)
	}
	if f.BoundsWith != "" {
		all[len(all)-1] += " with " + string(f.BoundsWith)
	}
	return strings.Join(all, ", ")
}

// whom says whom a task is for.
func whom(f task.For) string {
	switch f.Who {
	case task.Persons:
		return words(f.Persons, ",")
	case task.Holders:
		return "role " + string(f.Role)
	}
	return string(f.Who)
}

// codes says in one word each what has changed that a draft stands on; - where
// nothing has.
func codes(changes []task.StalePart) string {
	var all []string
	for _, c := range changes {
		if !slices.Contains(all, c.Code) {
			all = append(all, c.Code)
		}
	}
	return cmp.Or(strings.Join(all, ","), "-")
}

func words[T ~string](all []T, between string) string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = string(one)
	}
	return strings.Join(list, between)
}
