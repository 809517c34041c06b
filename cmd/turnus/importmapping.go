package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"turnus/deploy"
	"turnus/imports"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/resource"
)

// mappingGiven reads what --mapping names: a file, which is sent along as JSON,
// or a mapping that is declared or comes with Turnus. A file that holds only a
// spec is named after itself.
func mappingGiven(given string) (name string, inline []byte, err error) {
	info, err := os.Stat(given)
	if (errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir()) && resource.CheckName("", given) == nil {
		return given, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	f, err := os.Open(given)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	b, err := readDocuments(given, f)
	if err != nil {
		return "", nil, err
	}
	doc, err := imports.Fields(b)
	if err != nil {
		return "", nil, fmt.Errorf("%s can't be read as a mapping in YAML or JSON: %w", given, err)
	}
	kind, whole := doc["kind"]
	switch {
	case doc == nil:
		return "", nil, fmt.Errorf("%s is empty: a Mapping resource is needed, or its spec", given)
	case whole && kind != string(resource.Mapping):
		return "", nil, fmt.Errorf("%s: a %v, where a Mapping is needed", given, kind)
	case !whole:
		name = nameOf(given)
	}
	inline, err = json.Marshal(doc)
	return name, inline, err
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

func importMappingsCommand() *cobra.Command {
	var show string
	c := withJSON(&cobra.Command{
		Use:   "mappings [--show NAME]",
		Short: "Mappings for exports of well-known tools that come with Turnus",
		Long: `Lists the mappings that come with Turnus, which --mapping takes by name. With --show one of them is printed, with
how to export and what to look out for: write it to a file, change it as your export needs it, and give that file.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if show != "" {
				doc, ok := deploy.Mapping(show)
				if !ok {
					return misused("--show %q: there is no such mapping; there are %s", show, strings.Join(deploy.Mappings(), ", "))
				}
				_, err := c.OutOrStdout().Write(doc)
				return err
			}
			var list []readyMapping
			for _, name := range deploy.Mappings() {
				m, err := readReady(name)
				if err != nil {
					return err
				}
				list = append(list, m)
			}
			return table(c, list, "NAME DATA EXPORT COLUMNS", func(m readyMapping) []any {
				return []any{m.Name, m.Dataset, m.Title, strings.Join(m.Columns, ", ")}
			})
		},
	})
	c.Flags().StringVar(&show, "show", "", "print this one")
	return c
}

// readyMapping is one that comes with Turnus.
type readyMapping struct {
	Name    string   `json:"name"`
	Dataset string   `json:"dataset"`
	Title   string   `json:"title"`
	Columns []string `json:"columns"` // without which a file isn't that export
}

func readReady(name string) (readyMapping, error) {
	doc, _ := deploy.Mapping(name)
	docs, err := imports.Resources(doc)
	if err != nil {
		return readyMapping{}, fmt.Errorf("the mapping %s: %w", name, err)
	}
	spec, err := resource.Decode[mapping.Spec]("spec", docs[0].Spec)
	m := readyMapping{Name: name, Dataset: spec.About(), Title: docs[0].Title().String()}
	columns := []string{spec.Number, spec.Opened, spec.Stopped, spec.State, spec.Changed}
	if d, err := dataset.Find(spec.About()); err == nil {
		for _, column := range d.Columns {
			columns = append(columns, spec.Columns[column.Name])
		}
	}
	for _, column := range columns {
		if column != "" {
			m.Columns = append(m.Columns, column)
		}
	}
	return m, err
}
