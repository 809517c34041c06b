package main

import (
	"fmt"
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
	if len(t.Fields) > 0 {
		fmt.Fprintln(w)
		row("FIELD", "TYPE", "NEEDED", "BOUNDS", "PROPOSED", "TITLE")
		for _, f := range t.Fields {
			row(f.Name, f.Type, needed(f), bounds(f), string(f.Value), f.Title)
		}
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

// needed says whether a field has to be filled, and where it may be.
func needed(f task.Field) string {
	var where []string
	if f.With != "" {
		where = append(where, "with "+string(f.With))
	}
	if f.If != "" {
		where = append(where, "if "+f.If)
	}
	if f.Unless != "" {
		where = append(where, "unless "+f.Unless)
	}
	switch all := strings.Join(where, ", "); {
	case f.Required && all == "":
		return "yes"
	case f.Required:
		return all
	case all == "":
		return "no"
	default:
		return "no; only " + all
	}
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

func words[T ~string](all []T, between string) string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = string(one)
	}
	return strings.Join(list, between)
}
