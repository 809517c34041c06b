package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

func importsCommand() *cobra.Command {
	var service string
	var most int
	c := withJSON(&cobra.Command{
		Use:   "imports --service NAME",
		Short: "A service's imports, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if service == "" {
				return misused("--service is missing: of which one?")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			list, err := api.Imports(c.Context(), service, most)
			if err != nil {
				return err
			}
			return table(c, list, "ID STATE DATA FORMAT FILE AS-OF READ LOADED UNCHANGED OLDER REJECTED CHANGED WARNINGS BY AT", func(i dataset.Import) []any {
				return []any{i.ID, standing(i), i.Dataset, i.Format, i.File.Name, instant(i.AsOf), i.Read, i.Loaded, i.Unchanged, i.Older, i.Rejected, i.Tickets, len(i.Warnings), i.By, instant(i.At)}
			})
		},
	})
	c.Flags().StringVar(&service, "service", "", "of which service")
	c.Flags().IntVar(&most, "most", 100, "how many at most; 0: all")
	c.AddCommand(showImportCommand())
	return c
}

// standing says what became of an import.
func standing(i dataset.Import) string {
	switch {
	case i.Withdraws != 0:
		return fmt.Sprintf("withdraws %d", i.Withdraws)
	case i.WithdrawnBy != 0:
		return fmt.Sprintf("withdrawn by %d", i.WithdrawnBy)
	}
	return "in force"
}

// importNumber reads the number of an import.
func importNumber(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, misused("%q isn't the number of an import: turnus imports --service NAME lists them", arg)
	}
	return id, nil
}

func showImportCommand() *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "show ID",
		Short: "An import: where it came from, what became of its rows, and what there is to know of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := importNumber(args[0])
			if err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			i, err := api.ImportByID(c.Context(), id)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), i)
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
			writeRow(w, []any{"import", fmt.Sprintf("%d of %s, %s", i.ID, i.Service, standing(i))})
			writeProvenance(w, i)
			if i.Withdraws == 0 {
				writeRow(w, []any{"rows", rowsOf(i)})
			}
			writeRow(w, []any{casesOf(i), fmt.Sprintf("%d changed, %d of them new", i.Tickets, i.New)})
			for _, fact := range [][2]string{{"accepted", i.Accepted}, {"reason", i.Reason}, {"run", i.Run}} {
				if fact[1] != "" {
					writeRow(w, []any{fact[0], fact[1]})
				}
			}
			by := i.By
			if i.TokenIssuer != "" {
				by += ", with a token that " + i.TokenIssuer + " issued"
			}
			writeRow(w, []any{"by", by})
			writeRow(w, []any{"at", instant(i.At)})
			if err := w.Flush(); err != nil {
				return err
			}
			warn(c.OutOrStdout(), "", i.Warnings)
			return nil
		},
	})
}

// writeProvenance says where an import came from.
func writeProvenance(w io.Writer, i dataset.Import) {
	row := func(cells ...any) { writeRow(w, cells) }
	if i.Withdraws == 0 {
		row("format", i.Format)
		switch f := i.File; {
		case f.SHA256 == "":
			row("file", "not known: it came in before this was kept")
		case f.Name == "":
			row("file", fmt.Sprintf("%d bytes", f.Bytes))
		default:
			row("file", fmt.Sprintf("%s, %d bytes", f.Name, f.Bytes))
		}
		if i.File.SHA256 != "" {
			row("SHA-256", i.File.SHA256)
		}
	}
	if m := i.Mapping; m != nil {
		version := fmt.Sprintf("version %d", m.Version)
		switch {
		case m.Ready:
			version = "ready"
		case m.Version == 0:
			version = "not declared in this form"
		}
		row("mapping", fmt.Sprintf("%s, %s, hash %s", m.Name, version, m.Hash))
	}
	if i.Zone != "" {
		row("zone", i.Zone)
	}
	asOf := instant(i.AsOf)
	if i.Derived {
		asOf += ", " + defaultAsOf(i.Dataset)
	}
	row("as of", asOf)
	oldest, newest := "oldest opening", "newest change"
	if i.Dataset != dataset.Tickets {
		oldest, newest = "oldest instant", "newest instant"
	}
	if i.First != nil {
		row(oldest, instant(*i.First))
	}
	if i.Last != nil {
		row(newest, instant(*i.Last))
	}
	switch {
	case i.Since != nil:
		row("kept since", instant(*i.Since))
	case i.Dataset == dataset.Outages && i.Mapping != nil:
		row("kept since", "not said (--since): time before the oldest start is without data, unless another import said it")
	}
}

// warn writes warnings, one a line; place says what they are about.
func warn(w io.Writer, place string, warnings []dataset.Warning) {
	for _, one := range warnings {
		fmt.Fprintln(w, text.Line(fmt.Sprintf("warning %s: %s%s", one.Code, place, one.Detail)))
	}
}

func withdrawImportCommand() *cobra.Command {
	var reason string
	c := withJSON(&cobra.Command{
		Use:   "withdraw ID --reason TEXT",
		Short: "Propose to withdraw an import of a service that you own; prints the run that decides",
		Long: `Proposes to withdraw an import. Once an approver has agreed, what is known is as if it had never come; nothing is
deleted, and published reports stay as they are.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := importNumber(args[0])
			if err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			started, err := api.WithdrawImport(c.Context(), id, reason)
			if err != nil {
				return err
			}
			return begun(c, api, started, false)
		},
	})
	c.Flags().StringVar(&reason, "reason", "", "why it shall not count")
	_ = c.MarkFlagRequired("reason") // it exists
	return c
}

func importRejectsCommand() *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "rejects ID",
		Short: "The rows that an import rejected, each with its reason",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := importNumber(args[0])
			if err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			rejects, err := api.Rejects(c.Context(), id)
			if err != nil {
				return err
			}
			return table(c, rejects, "ROW NUMBER COLUMN VALUE REASON", func(r dataset.Reject) []any {
				return []any{r.Row, r.Number, r.Column, r.Value, r.Reason}
			})
		},
	})
}
