package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"turnus/imports"
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
