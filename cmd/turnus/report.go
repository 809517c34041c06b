package main

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"turnus/itsm/run"
	"turnus/itsm/text"
)

// The formats of a report: those that this version's server has, and those of
// CONTRACT.md that are still to come, which it refuses.
var (
	formats        = []string{"json", "html"}
	plannedFormats = []string{"pdf", "xlsx"}

	ticketFormats = []string{"json", "csv"} // of the list of tickets
)

func reportCommand() *cobra.Command {
	var format, lang, to string
	var receipts, tickets bool
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "A run's report: published, or else the draft; the receipts of its figures, or its tickets",
		Long: `Writes a run's report, or with --receipts how each of its figures came about:
one JSON document with the data itself (tickets; of an availability review
outages, maintenance and samples), for the service's owner, its approvers and
auditors. turnus verify receipt FILE computes it anew, anywhere.

With --tickets it writes every ticket that the report counts as breached or
leaves out, for the same people: in JSON, whose SHA-256 stands in the report, or
with --format csv as a table for a spreadsheet.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, _, err := run.ParseID(args[0]); err != nil {
				return usageError{err}
			}
			switch {
			case receipts && tickets:
				return misused("--receipts and --tickets are two files: ask for one of them")
			case tickets && !slices.Contains(ticketFormats, format):
				return misused("--format %q isn't a format of a list of tickets: use %s", format, strings.Join(ticketFormats, " or "))
			case tickets && format == "json" && lang != "":
				return misused("the list of tickets has a language with --format csv only: leave --lang out")
			case !tickets && !slices.Contains(slices.Concat(formats, plannedFormats), format):
				return misused("--format %q isn't a format of reports: use %s", format, strings.Join(formats, " or "))
			}
			if !slices.Contains([]string{"", "de", "en"}, lang) {
				return misused("--lang %q isn't a language of reports: use de or en", lang)
			}
			if receipts && (c.Flags().Changed("format") || lang != "") {
				return misused("receipts have one format and no language: leave --format and --lang out")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			fetch := func(w io.Writer) error { return api.Report(c.Context(), w, args[0], format, lang) }
			mode := os.FileMode(0o644)
			if receipts {
				fetch = func(w io.Writer) error { return api.Receipts(c.Context(), w, args[0]) }
			}
			if tickets {
				fetch = func(w io.Writer) error { return api.ReportTickets(c.Context(), w, args[0], format, lang) }
			}
			if receipts || tickets {
				mode = 0o600 // the data itself is in it
			}
			if to == "" || to == "-" {
				if !terminal(c.OutOrStdout()) {
					return fetch(c.OutOrStdout())
				}
				screen := plainly(c.OutOrStdout())
				return errors.Join(fetch(screen), screen.Close())
			}
			return writeWhole(to, mode, func(f *os.File) error { return fetch(f) })
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", formats[0], strings.Join(formats, " or ")+"; not there yet: "+strings.Join(plannedFormats, ", ")+"; of --tickets "+strings.Join(ticketFormats, " or "))
	f.StringVar(&lang, "lang", "", "de or en")
	f.BoolVar(&receipts, "receipts", false, "how each figure came about, for turnus verify receipt")
	f.BoolVar(&tickets, "tickets", false, "every breached and every excluded ticket")
	f.StringVarP(&to, "output", "o", "", "file to write (default: stdout)")
	return c
}

// plainly leaves out what a terminal would obey, as a document goes by. It is
// closed at the end.
func plainly(w io.Writer) io.WriteCloser {
	return transform.NewWriter(w, runes.Remove(runes.Predicate(func(r rune) bool { return text.Control(r) && r != '\n' && r != '\t' })))
}
