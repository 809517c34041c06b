package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"turnus/client"
	"turnus/imports"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

func applyCommand() *cobra.Command {
	var files []string
	var dryRun bool
	c := withJSON(&cobra.Command{
		Use:   "apply -f FILE…",
		Short: "Declare resources, all or none",
		Long:  "Declares resources from files in YAML or JSON, from directories, or from stdin (-f -). Applying the same again changes nothing.\nIntervals, waivers and what would change a published month are proposed: each is followed by the run that decides on it.",
		Args:  cobra.ArbitraryArgs, // apply -f deploy/*.yaml gives the rest as arguments
		RunE: func(c *cobra.Command, more []string) error {
			docs, err := gather(append(files, more...), c.InOrStdin())
			if err != nil {
				return err
			}
			api, err := dial()
			if err != nil {
				return err
			}
			changes, err := api.Apply(c.Context(), docs, dryRun)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), changes)
			}
			for _, ch := range changes {
				fmt.Fprintln(c.OutOrStdout(), strings.TrimRight(fmt.Sprintf("%s %s/%s  %s", ch.Change, ch.Kind, ch.Name, ch.Run), " "))
				warn(c.ErrOrStderr(), string(ch.Kind)+"/"+ch.Name+": ", ch.Warnings)
				if dryRun {
					difference(c.OutOrStdout(), ch)
				}
			}
			return nil
		},
	})
	c.Flags().StringArrayVarP(&files, "file", "f", nil, "file, directory, or - for stdin; may be given several times")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "change nothing, show the difference")
	_ = c.MarkFlagRequired("file") // it exists
	return c
}

// gather reads files, and the .yaml, .yml and .json files of directories in
// order of name, into one stream of YAML documents.
func gather(paths []string, stdin io.Reader) ([]byte, error) {
	var all bytes.Buffer
	add := func(name string, in io.Reader) error {
		b, err := readDocuments(name, in)
		if err != nil {
			return err
		}
		if all.Len() > 0 {
			all.WriteString("\n---\n")
		}
		all.Write(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
		if all.Len() > imports.MaxResourceBytes {
			return fmt.Errorf("%s: with it these are more than %d bytes, and no more are declared at once: use several calls", name, imports.MaxResourceBytes)
		}
		return nil
	}
	for _, path := range paths {
		if path == "-" {
			if err := add("stdin", stdin); err != nil {
				return nil, err
			}
			continue
		}
		names := []string{path}
		if info, err := os.Stat(path); err != nil {
			return nil, err
		} else if info.IsDir() {
			entries, err := os.ReadDir(path)
			if err != nil {
				return nil, err
			}
			names = names[:0]
			for _, e := range entries {
				if slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(e.Name()))) && !e.IsDir() {
					names = append(names, filepath.Join(path, e.Name()))
				}
			}
			if len(names) == 0 {
				return nil, fmt.Errorf("%s: no .yaml, .yml or .json files in it", path)
			}
		}
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				return nil, err
			}
			err = add(name, f)
			f.Close()
			if err != nil {
				return nil, err
			}
		}
	}
	return all.Bytes(), nil
}

// readDocuments reads a file of resources whole, as long as it isn't larger
// than one may be.
func readDocuments(name string, in io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, imports.MaxResourceBytes+1))
	if err == nil && len(b) > imports.MaxResourceBytes {
		err = fmt.Errorf("%s is larger than %d bytes: no file of resources may be", name, imports.MaxResourceBytes)
	}
	return b, err
}

// difference shows what a change would do, line by line, in YAML.
func difference(w io.Writer, ch client.Change) {
	if ch.Change == "unchanged" {
		return
	}
	before, after := lines(ch.Before), lines(ch.After)
	// What both begin and end with isn't shown but for the lines themselves
	// that differ: specs are short, so this is enough to see what is meant.
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	for _, l := range before {
		fmt.Fprintln(w, "  - "+text.Plain(l))
	}
	for _, l := range after {
		fmt.Fprintln(w, "  + "+text.Plain(l))
	}
}

func lines(v *resource.Version) []string {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v.Resource)
	var plain any
	if err != nil || yaml.Unmarshal([]byte(escaped(string(b))), &plain) != nil {
		return nil
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out) // sorts the keys
	e.SetIndent(2)
	if e.Encode(plain) != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}
