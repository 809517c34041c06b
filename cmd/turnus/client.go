package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/text"
)

const defaultURL = "http://127.0.0.1:8080"

// dial makes the client that the environment describes.
func dial() (*client.Client, error) {
	address, token := os.Getenv("TURNUS_URL"), strings.TrimSpace(os.Getenv("TURNUS_TOKEN"))
	if address == "" {
		address = defaultURL
	}
	if token == "" {
		return nil, fmt.Errorf("TURNUS_TOKEN is not set: export TURNUS_TOKEN=… (the first start of turnus up writes an administrator's to admin-token in its data directory)")
	}
	return client.New(address, token), nil
}

// table writes rows in columns, or values as JSON where --json was given.
func table[T any](c *cobra.Command, values []T, heading string, row func(T) []any) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(c.OutOrStdout(), values)
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(heading, " ", "\t"))
	for _, v := range values {
		writeRow(w, row(v))
	}
	return w.Flush()
}

// writeRow writes the cells of a table's row, each on one line.
func writeRow(w io.Writer, cells []any) {
	for i, cell := range cells {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, text.Line(fmt.Sprint(cell)))
	}
	fmt.Fprintln(w)
}

// writeJSON writes a value as it is on record.
func writeJSON(w io.Writer, v any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escaped(b.String()))
	return err
}

// escaped writes what a terminal would obey in JSON as escapes, which mean the
// same: only its strings hold such characters.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if text.Control(r) && r != '\n' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// withJSON adds --json.
func withJSON(c *cobra.Command) *cobra.Command {
	c.Flags().Bool("json", false, "write JSON")
	return c
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
