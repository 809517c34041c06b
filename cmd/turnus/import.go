package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/dataset"
)

func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Load data from files"}
	for _, d := range dataset.All() {
		c.AddCommand(importFilesCommand(d))
	}
	c.AddCommand(importHolidaysCommand(), importRejectsCommand(), withdrawImportCommand(), importMappingsCommand())
	return c
}

// importFilesCommand loads files of a dataset.
func importFilesCommand(d dataset.Dataset) *cobra.Command {
	in := client.Intake{Dataset: d.Name}
	var mapping, asOf, since string
	c := withJSON(&cobra.Command{
		Use:   d.Name + " FILE…",
		Short: "Load " + strings.ToLower(d.Title.En) + " in bulk; loading the same file again changes nothing",
		Long: `Loads files of ` + strings.ToLower(d.Title.En) + `, plain or as .gz or .zip, one after the other; - is stdin. Rows that make no sense
are kept with their reason (turnus import rejects ID) and stop nothing else.

With --dry-run nothing is changed: each file is read whole and compared with what is known, and what loading
it would do is shown, with what its columns and states hold. What is implausible is refused, unless --accept
gives a reason why it is right as it is, which stays on record.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			for _, given := range []struct {
				flag, value string
				at          *time.Time
			}{{"as-of", asOf, &in.AsOf}, {"since", since, &in.Since}} {
				if given.value == "" {
					continue
				}
				var err error
				if *given.at, err = time.Parse(time.RFC3339, given.value); err != nil {
					return misused("--%s %q isn't an instant: use RFC 3339, as in 2017-02-18T15:00:00+01:00", given.flag, given.value)
				}
			}
			if c.Flags().Changed("accept") && strings.TrimSpace(in.Accept) == "" {
				return misused("--accept needs a reason: why is the file right as it is? It stays on record with the import")
			}
			if in.Format == "" && mapping != "" {
				in.Format = dataset.CSV
			}
			if in.Format == "" {
				return misused("--format is missing: %s; with --mapping it is csv", formatsOf(d))
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if mapping != "" {
				if in.Mapping, in.Inline, err = mappingGiven(mapping); err != nil {
					return err
				}
			}
			return importAll(c, api, in, files, mapping)
		},
	})
	f := c.Flags()
	f.StringVar(&in.Service, "service", "", "the service that these are about")
	f.StringVar(&in.Format, "format", "", formatsOf(d)+" (default: csv, where a mapping is given)")
	f.StringVar(&in.Zone, "zone", "", "zone of the file's local times, as in Europe/Berlin (default: the service's)")
	f.StringVar(&mapping, "mapping", "", "what the columns mean: a file with a Mapping resource or only its spec, or the name of one that is declared or ready (turnus import mappings)")
	f.StringVar(&asOf, "as-of", "", "up to when the source was read (default: "+defaultAsOf(d.Name)+")")
	if d.Since {
		f.StringVar(&since, "since", "", "from when on the source was kept, so that time without "+d.Cases.En+" counts as such (default: the oldest start in the file)")
	}
	f.BoolVar(&in.DryRun, "dry-run", false, "change nothing, show what loading it would do")
	f.StringVar(&in.Accept, "accept", "", "why it is to be taken although it is implausible; stays on record")
	_ = c.MarkFlagRequired("service") // it exists
	return c
}

// defaultAsOf says up to when a source was read where nobody says it.
func defaultAsOf(name string) string {
	if name == dataset.Maintenance {
		return "now"
	}
	return "the newest change in the file"
}

// formatsOf names a dataset's formats.
func formatsOf(d dataset.Dataset) string {
	var names []string
	for _, f := range d.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, " or ")
}

// importAll loads files one after the other, and stops at the first that isn't
// taken.
func importAll(c *cobra.Command, api *client.Client, in client.Intake, files []string, mapping string) error {
	var done []string
	for i, path := range files {
		p, err := importOne(c, api, in, path)
		if err == nil {
			err = writeImport(c, in, path, mapping, p)
		}
		if err != nil && len(files) > 1 {
			err = fmt.Errorf("%s: %w%s", path, err, soFar(in.DryRun, done, files[i+1:]))
		}
		if err != nil {
			return err
		}
		done = append(done, fmt.Sprintf("%s (import %d)", path, p.ID))
	}
	return nil
}

// soFar says which files were taken before one that wasn't.
func soFar(dryRun bool, done, left []string) (s string) {
	if len(done) > 0 && !dryRun {
		s += "\nloaded before it: " + strings.Join(done, ", ")
	}
	if len(left) > 0 {
		s += "\nnot begun: " + strings.Join(left, ", ")
	}
	return s
}

func importOne(c *cobra.Command, api *client.Client, in client.Intake, path string) (dataset.Profile, error) {
	file, done, err := source(path, c.InOrStdin(), c.ErrOrStderr())
	if err != nil {
		return dataset.Profile{}, err
	}
	defer done()
	if path != "-" {
		in.Filename = filepath.Base(path)
	}
	p, err := api.Import(c.Context(), in, file)
	var refused *client.Problem
	if errors.As(err, &refused) && refused.Code == "implausible" {
		err = fmt.Errorf("%w\nnothing was changed; --dry-run shows what the file holds, and --accept REASON takes it as it is, if it is right: the reason stays on record", err)
	}
	return p, err
}

// writeImport says what became of a file.
func writeImport(c *cobra.Command, in client.Intake, path, mapping string, p dataset.Profile) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		if in.DryRun {
			return writeJSON(c.OutOrStdout(), p)
		}
		return writeJSON(c.OutOrStdout(), p.Import)
	}
	if in.DryRun {
		return writeProfile(c, p, importAgain(c, path, mapping), in.Accept != "")
	}
	if m := p.Mapping; m != nil && m.Change != "" {
		fmt.Fprintf(c.ErrOrStderr(), "%s Mapping/%s\n", m.Change, m.Name)
	}
	fmt.Fprintf(c.OutOrStdout(), "import %d: %s; %d %s changed\n", p.ID, rowsOf(p.Import), p.Tickets, casesOf(p.Import))
	if len(p.Probes) > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "samples of: %s\n", probesIn(p))
	}
	warn(c.ErrOrStderr(), "", p.Warnings)
	if p.Rejected > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "why rows were rejected: turnus import rejects %d\n", p.ID)
	}
	return nil
}

// casesOf is what an import's keys are called.
func casesOf(i dataset.Import) string {
	d, err := dataset.Find(i.Dataset)
	if err != nil { // of a newer server
		return "cases"
	}
	return d.Cases.En
}

// rowsOf says what became of an import's rows.
func rowsOf(i dataset.Import) string {
	return fmt.Sprintf("%d rows read = %d loaded + %d unchanged + %d older + %d rejected", i.Read, i.Loaded, i.Unchanged, i.Older, i.Rejected)
}
