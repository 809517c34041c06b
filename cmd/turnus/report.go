package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"turnus/itsm/run"
)

func reportCommand() *cobra.Command {
	var format, lang, to string
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "A run's report: published, or else the draft",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, _, err := run.ParseID(args[0]); err != nil {
				return usageError{err}
			}
			if !slices.Contains([]string{"json", "html", "pdf", "xlsx"}, format) {
				return misused("--format %q isn't a format of reports: use json, html, pdf or xlsx", format)
			}
			if !slices.Contains([]string{"", "de", "en"}, lang) {
				return misused("--lang %q isn't a language of reports: use de or en", lang)
			}
			api, err := dial()
			if err != nil {
				return err
			}
			if to == "" || to == "-" {
				return api.Report(c.Context(), c.OutOrStdout(), args[0], format, lang)
			}
			// Whole or not at all: what stood in the file before stays if this fails.
			f, err := os.CreateTemp(filepath.Dir(to), ".turnus-*")
			if err != nil {
				return err
			}
			defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
			if err := api.Report(c.Context(), f, args[0], format, lang); err != nil {
				f.Close()
				return err
			}
			if err := f.Chmod(0o644); err != nil {
				f.Close()
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
			return os.Rename(f.Name(), to)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "json", "json, html, pdf or xlsx")
	f.StringVar(&lang, "lang", "", "de or en")
	f.StringVarP(&to, "output", "o", "", "file to write (default: stdout)")
	return c
}
