package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/improvement"
)

func findingsCommand() *cobra.Command {
	var of client.FindingsOf
	var most int
	c := withJSON(&cobra.Command{
		Use:   "findings [--service NAME] [--state STATE] [--type TYPE]",
		Short: "What was found and has to be dealt with, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			findings, err := api.Findings(c.Context(), of, most)
			if err != nil {
				return err
			}
			return table(c, findings, "ID TYPE STATE SEVERITY SEEN SERVICE LAST TITLE", func(f improvement.Finding) []any {
				return []any{f.ID, f.Type, f.State, f.Severity, f.Seen, f.Service, instant(f.Last), f.Title}
			})
		},
	})
	f := c.Flags()
	f.StringVar(&of.Service, "service", "", "of this service only")
	f.StringVar(&of.State, "state", "", words(improvement.States(), ", ")+" or all (default: those that haven't ended)")
	f.StringVar(&of.Type, "type", "", words(improvement.Types(), " or "))
	f.StringVar(&of.Kind, "kind", "", "one of "+words(improvement.Kinds(), ", "))
	f.StringVar(&of.Severity, "severity", "", words(improvement.Severities(), ", "))
	f.BoolVar(&of.Escalated, "escalated", false, "only those that nobody had begun in time")
	f.IntVar(&most, "most", 100, "how many at most; 0: all")
	c.AddCommand(showFindingCommand(), openFindingCommand(), beginFindingCommand(), declineFindingCommand())
	return c
}

// findingNumber reads the number of a finding.
func findingNumber(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, misused("%q isn't the number of a finding: turnus findings lists them", arg)
	}
	return id, nil
}

func showFindingCommand() *cobra.Command {
	var file, to string
	c := withJSON(&cobra.Command{
		Use:   "show ID [--file SHA256 -o FILE]",
		Short: "A finding, with the times that it was seen; or a file that was sent as evidence of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := findingNumber(args[0])
			if err != nil {
				return err
			}
			if (file == "") != (to == "") {
				return misused("a file of a finding needs --file SHA256 and -o FILE")
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if file != "" {
				return writeWhole(to, 0o600, func(f *os.File) error { return api.Evidence(c.Context(), f, id, file) })
			}
			f, err := api.Finding(c.Context(), id)
			if err != nil {
				return err
			}
			return showFinding(c, f)
		},
	})
	c.Flags().StringVar(&file, "file", "", "SHA-256 of a file that was sent to the finding")
	c.Flags().StringVarP(&to, "output", "o", "", "where to write the file")
	return c
}

// showFinding writes what is known of a finding.
func showFinding(c *cobra.Command, f client.SeenFinding) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), f)
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	row := func(cells ...any) { writeRow(w, cells) }
	given := func(name string, value any) {
		if fmt.Sprint(value) != "" {
			row(name, value)
		}
	}
	row(f.Title)
	fmt.Fprintln(w)
	row("finding", f.ID)
	row("type", f.Type)
	row("kind", f.Kind)
	row("state", f.State)
	row("severity", f.Severity)
	given("service", f.Service)
	row("object", f.Object)
	given("run", f.Run)
	if f.Relapse != 0 {
		row("relapse of", f.Relapse)
	}
	given("found by", f.By)
	row("found at", instant(f.At))
	if f.Escalated != nil {
		row("escalated at", instant(*f.Escalated))
	}
	if f.Ended != nil {
		row("ended at", instant(*f.Ended))
	}
	given("detail", f.Detail)
	given("note", f.Note.String())
	fmt.Fprintln(w)
	row("SEEN", "SOURCE", "NAME", "BY", "TITLE")
	for _, s := range f.Sightings {
		row(instant(s.At), s.Source.Kind, s.Source.Name, s.By, s.Title)
		if s.Detail != "" && s.Detail != f.Detail { // which stands above
			row("", "", "", "", s.Detail)
		}
		if !s.Note.IsZero() && s.Note != f.Note {
			row("", "", "", "", s.Note)
		}
	}
	if len(f.Files) > 0 {
		fmt.Fprintln(w)
		row("FILE", "TYPE", "BYTES", "BY", "AT", "SHA-256")
		for _, sent := range f.Files {
			row(sent.Name, sent.Type, sent.Bytes, sent.Person, instant(sent.At), sent.SHA256)
		}
	}
	return w.Flush()
}

func openFindingCommand() *cobra.Command {
	var found client.Found
	var files []string
	var kind, severity, source string
	c := withJSON(&cobra.Command{
		Use:   "open --type TYPE --title TEXT [--service NAME] [--detail TEXT]",
		Short: "Put on record what was found; prints the finding's number",
		Long: `Puts on record what was found, about a service or, without one, the organisation. A
nonconformity needs evidence: --detail, and files with --file. With a --key that was named before it joins the finding
there, if that hasn't ended.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			found.Type, found.Severity, found.Source.Kind = improvement.Type(kind), improvement.Severity(severity), improvement.SourceKind(source)
			if err := (improvement.Report{Type: found.Type, Service: found.Service, Severity: found.Severity, Title: found.Title, Detail: found.Detail,
				Source: found.Source, Key: found.Key}).Check(); err != nil {
				return usageError{err}
			}
			api, err := dial()
			if err != nil {
				return err
			}
			f, err := api.OpenFinding(c.Context(), found)
			if err != nil {
				return err
			}
			for _, path := range files {
				if err := sendEvidence(c.Context(), api, f.ID, path); err != nil {
					return fmt.Errorf("finding %d is on record, without %s: %w", f.ID, path, err)
				}
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), f)
			}
			fmt.Fprintf(c.OutOrStdout(), "finding %d: %s, %s, seen %d\n", f.ID, f.Type, f.State, f.Seen)
			return nil
		},
	})
	f := c.Flags()
	f.StringVar(&kind, "type", "", words(improvement.Types(), " or "))
	f.StringVar(&found.Title, "title", "", "what was found, in one line")
	f.StringVar(&found.Service, "service", "", "the service that it concerns (default: the organisation)")
	f.StringVar(&severity, "severity", "", words(improvement.Severities(), ", ")+" (default: minor)")
	f.StringVar(&found.Detail, "detail", "", "what was seen, where and when: the evidence")
	f.StringVar(&source, "source", string(improvement.FromPerson), words(improvement.ReportedFrom(), ", "))
	f.StringVar(&found.Source.Name, "source-name", "", "what the audit or the complaint is called")
	f.StringVar(&found.Key, "key", "", "under which repeats join")
	f.StringArrayVar(&files, "file", nil, "a file to send as evidence; again for each")
	for _, name := range []string{"type", "title"} {
		_ = c.MarkFlagRequired(name) // it exists
	}
	return c
}

func sendEvidence(ctx context.Context, api *client.Client, id int64, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return bare(err)
	}
	defer f.Close()
	_, err = api.SendEvidence(ctx, id, filepath.Base(path), f)
	return err
}
