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
		cells := row(v)
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, oneLine(fmt.Sprint(cell)))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// oneLine keeps a value from breaking its table, or the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// withJSON adds --json.
func withJSON(c *cobra.Command) *cobra.Command {
	c.Flags().Bool("json", false, "write JSON")
	return c
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
