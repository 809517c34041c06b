package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

// writeProfile shows what loading a file would do, and what it holds; again is
// the command that loads it, accepted whether that gives a reason.
func writeProfile(c *cobra.Command, p dataset.Profile, again string, accepted bool) error {
	out := c.OutOrStdout()
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	row := func(cells ...any) { writeRow(w, cells) }
	fmt.Fprintf(out, "dry run, nothing was changed: %s; %d %s would change, %d of them new\n\n", rowsOf(p.Import), p.Tickets, casesOf(p.Import), p.New)
	writeProvenance(w, p.Import)
	writeColumns(w, p.Columns)
	if len(p.States) > 0 {
		fmt.Fprintln(w)
		row("STATE", "ROWS", "DOES", "BY")
		for _, s := range p.States {
			row(s.State, s.Rows, s.Does, saidBy(s))
		}
	}
	if len(p.Probes) > 0 {
		fmt.Fprintln(w)
		row("COMPONENT", "PROBE", "SAMPLES")
		for _, u := range p.Probes {
			row(cmp.Or(u.Component, "-"), cmp.Or(u.Probe, "-"), u.Samples)
		}
		if p.MoreProbes > 0 {
			row(fmt.Sprintf("and %d more", p.MoreProbes))
		}
	}
	if len(p.Rejects) > 0 {
		fmt.Fprintln(w)
		row("REJECTED", "COLUMN", "FIRST ROW", "REASON")
		for _, r := range p.Rejects {
			row(r.Rows, r.Column, r.Row, r.Reason)
		}
	}
	if len(p.Outdated) > 0 {
		fmt.Fprintln(w)
		row("OLDER", "ROWS", "THAN IMPORT", "AS OF")
		for _, o := range p.Outdated {
			row(o.Number, o.Rows, o.Import, instant(o.AsOf))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	refused := false
	for _, one := range p.Warnings {
		if one.Refuse {
			refused = true
			fmt.Fprintln(out, text.Line(fmt.Sprintf("refused %s: %s", one.Code, one.Detail)))
		} else {
			warn(out, "", []dataset.Warning{one})
		}
	}
	switch {
	case refused && accepted:
		fmt.Fprintln(out, "it would be refused, but for the reason that is given:")
	case refused:
		fmt.Fprintln(out, "it would be refused; if it is right as it is, say why:")
		again += " --accept REASON"
	default:
		fmt.Fprintln(out, "to load it:")
	}
	fmt.Fprintln(out, "  "+again)
	return nil
}

// writeColumns shows the columns of a file, those that count first.
func writeColumns(w io.Writer, columns []dataset.Column) {
	if len(columns) == 0 {
		return
	}
	fmt.Fprintln(w)
	writeRow(w, []any{"COLUMN", "TAKEN FOR", "EMPTY", "MOST FREQUENT"})
	for _, used := range []bool{true, false} {
		for _, col := range columns {
			if (col.Use != "") != used {
				continue
			}
			var values []string
			for _, v := range col.Values[:min(len(col.Values), 5)] {
				values = append(values, fmt.Sprintf("%s (%d)", cut(v.Value, 40), v.Rows))
			}
			use := col.Use
			if use == "" {
				use = "-"
			}
			writeRow(w, []any{col.Name, use, col.Empty, strings.Join(values, ", ")})
		}
	}
}

// probesIn names the probes of a file with their samples, in one line.
func probesIn(p dataset.Profile) string {
	var parts []string
	for _, u := range p.Probes {
		name := strings.Trim(cut(u.Component, 40)+"/"+cut(u.Probe, 40), "/")
		parts = append(parts, fmt.Sprintf("%s (%d)", cmp.Or(name, "no name"), u.Samples))
	}
	if p.MoreProbes > 0 {
		parts = append(parts, fmt.Sprintf("%d more", p.MoreProbes))
	}
	return text.Line(strings.Join(parts, ", "))
}

// saidBy names what says what a state does to the clocks.
func saidBy(s dataset.StateUse) string {
	switch {
	case len(s.Pauses) > 0:
		return strings.Join(s.Pauses, ", ")
	case s.Idle:
		return "no agreement pauses in it"
	case s.Named:
		return "the mapping or the format"
	}
	return "nothing names it"
}

// cut is a text, or so many characters of it.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// importAgain is the command that loads a file that was tried: the same, without
// --dry-run.
func importAgain(c *cobra.Command, path, mapping string) string {
	words := []string{c.CommandPath(), quote(path)}
	c.Flags().Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "dry-run", "json":
		case "mapping":
			words = append(words, "--mapping", quote(mapping))
		default:
			words = append(words, "--"+f.Name, quote(f.Value.String()))
		}
	})
	return strings.Join(words, " ")
}

// quote writes a word as a shell takes it.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:@%+=,-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(text.Line(s), "'", `'\''`) + "'"
}
