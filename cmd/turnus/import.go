package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/imports"
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
)

func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Load data from files"}
	c.AddCommand(importTicketsCommand(), importHolidaysCommand(), importRejectsCommand())
	return c
}

func importTicketsCommand() *cobra.Command {
	var in client.Intake
	var mapping, asOf string
	c := withJSON(&cobra.Command{
		Use:   "tickets FILE",
		Short: "Load tickets in bulk; loading the same file again changes nothing",
		Long:  "Loads a file of tickets, plain or as .gz or .zip; - is stdin. Rows that make no sense are kept with their reason (turnus import rejects ID) and stop nothing else.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if asOf != "" {
				t, err := time.Parse(time.RFC3339, asOf)
				if err != nil {
					return misused("--as-of %q isn't an instant: use RFC 3339, as in 2017-02-18T15:00:00+01:00", asOf)
				}
				in.AsOf = t
			}
			file, done, err := source(args[0], c.InOrStdin(), c.ErrOrStderr())
			if err != nil {
				return err
			}
			defer done()
			api, err := dial()
			if err != nil {
				return err
			}
			if mapping != "" {
				if in.Mapping, err = declareMapping(c, api, mapping); err != nil {
					return err
				}
			}
			i, err := api.Import(c.Context(), in, file)
			done()
			if err != nil {
				return err
			}
			return writeImport(c, i)
		},
	})
	f := c.Flags()
	f.StringVar(&in.Service, "service", "", "the service whose tickets these are")
	f.StringVar(&in.Format, "format", "", "servicenow-audit or csv")
	f.StringVar(&in.Zone, "zone", "", "zone of the file's local times, as in Europe/Berlin (default: the service's)")
	f.StringVar(&mapping, "mapping", "", "what the columns mean: a file with a Mapping resource or only its spec, or the name of one that is declared")
	f.StringVar(&asOf, "as-of", "", "up to when the source was read (default: the newest change in the file)")
	_ = c.MarkFlagRequired("service") // it exists
	_ = c.MarkFlagRequired("format")
	return c
}

func writeImport(c *cobra.Command, i dataset.Import) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), i)
	}
	fmt.Fprintf(c.OutOrStdout(), "import %d: %d rows read = %d loaded + %d unchanged + %d rejected; %d tickets changed\n",
		i.ID, i.Read, i.Loaded, i.Unchanged, i.Rejected, i.Tickets)
	if i.Rejected > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "why rows were rejected: turnus import rejects %d\n", i.ID)
	}
	return nil
}

// source opens what is to be sent, with a progress bar on a terminal. done may
// be called more than once.
func source(path string, stdin io.Reader, progress io.Writer) (file io.Reader, done func(), err error) {
	if path == "-" {
		return stdin, func() {}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory: give a file", path)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	if !terminal(progress) {
		return f, func() { f.Close() }, nil
	}
	bar := progressbar.NewOptions64(info.Size(),
		progressbar.OptionSetWriter(progress),
		progressbar.OptionSetDescription(filepath.Base(path)),
		progressbar.OptionShowBytes(true), // with the rate
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	return &watched{f, bar}, func() { _ = bar.Exit(); f.Close() }, nil
}

// watched is a file that moves a progress bar, and that can be sent again.
type watched struct {
	*os.File
	bar *progressbar.ProgressBar
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	_ = w.bar.Add(n)
	return n, err
}

// Seek implements io.Seeker: the bar begins anew.
func (w *watched) Seek(to int64, whence int) (int64, error) {
	w.bar.Reset()
	return w.File.Seek(to, whence)
}

// WriteTo would go past the bar.
func (w *watched) WriteTo(to io.Writer) (int64, error) {
	return io.Copy(to, struct{ io.Reader }{w})
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// declareMapping declares the mapping that a file holds and gives its name: a
// mapping travels as a named resource. A file with only a spec is named after
// itself.
func declareMapping(c *cobra.Command, api *client.Client, path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && resource.CheckName("", path) == nil {
		return path, nil // a mapping that is declared already
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := readDocuments(path, f)
	if err != nil {
		return "", err
	}
	doc, err := imports.Fields(b)
	if err != nil {
		return "", fmt.Errorf("%s can't be read as a mapping in YAML or JSON: %w", path, err)
	}
	if doc == nil {
		return "", fmt.Errorf("%s is empty: a Mapping resource is needed, or its spec", path)
	}
	if _, whole := doc["kind"]; !whole {
		doc = map[string]any{"apiVersion": resource.APIVersion, "kind": string(resource.Mapping),
			"metadata": map[string]any{"name": nameOf(path)}, "spec": doc}
	}
	if doc["kind"] != string(resource.Mapping) {
		return "", fmt.Errorf("%s: a %v, where a Mapping is needed", path, doc["kind"])
	}
	docs, err := json.Marshal(doc)
	if err != nil {
		return "", err
	}
	changes, err := api.Apply(c.Context(), docs, false)
	var refused *client.Problem
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		meta, _ := doc["metadata"].(map[string]any)
		name, _ := meta["name"].(string)
		fmt.Fprintf(c.ErrOrStderr(), "only an administrator declares mappings (turnus apply -f %s): taking Mapping/%s as it is declared\n", path, name)
		return name, nil
	}
	if err != nil {
		return "", err
	}
	if len(changes) != 1 {
		return "", fmt.Errorf("%s: %d resources, where one mapping is needed", path, len(changes))
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s %s/%s\n", changes[0].Change, changes[0].Kind, changes[0].Name)
	return changes[0].Name, nil
}

// nameOf makes a resource's name of a file's.
func nameOf(path string) string {
	base := strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, base)
	if name = strings.Trim(name, "-"); name == "" {
		return "mapping"
	}
	return strings.Trim(name[:min(len(name), 63)], "-")
}

func importRejectsCommand() *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "rejects ID",
		Short: "The rows that an import rejected, each with its reason",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return misused("%q isn't the number of an import", args[0])
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
