package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"turnus/itsm/canonical"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// What one call may bring.
const (
	MaxResourceBytes = 4 << 20
	MaxResources     = 10_000
	maxFaults        = 100 // that are said at once
)

// Resources reads a stream of YAML documents, or JSON: one object, an array,
// or {"items": […]}. Each document is checked by itself. The error joins
// faults that name document and field, as in
// Agreement/service-desk-2016 spec.targets[0].within.
//
// What YAML would turn into something else is taken as it was written: dates
// are texts, and numbers keep their digits. OpenSLO v1 documents may stand
// among Turnus's own: see openslo.go.
func Resources(b []byte) ([]resource.Raw, error) {
	if len(b) > MaxResourceBytes {
		return nil, fault.New(fault.Invalid, text.F("These are %d bytes, and %d may come at once: declare them in several calls.",
			"Das sind %d Bytes, höchstens %d dürfen auf einmal kommen: auf mehrere Aufrufe verteilen.", len(b), MaxResourceBytes))
	}
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, fault.New(fault.Malformed, text.New("This isn't a text in UTF-8: save it as UTF-8, without NUL characters.",
			"Das ist kein Text in UTF-8: als UTF-8 und ohne NUL-Zeichen speichern."))
	}
	var docs []document
	var err error
	if json.Valid(b) {
		docs, err = jsonDocuments(b)
	} else {
		docs, err = yamlDocuments(b)
	}
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, fault.New(fault.Malformed, text.New("There is no document in here: a resource has apiVersion, kind, metadata and spec.",
			"Hier steht kein Dokument: ein Objekt hat apiVersion, kind, metadata und spec."))
	}
	raws := make([]resource.Raw, 0, len(docs))
	var faults []error
	for i, d := range docs {
		r, err := d.resource(i + 1)
		if err == nil {
			raws = append(raws, r)
			continue
		}
		faults = append(faults, err)
		if len(fault.All(errors.Join(faults...))) >= maxFaults {
			break
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return raws, nil
}

// document is one that was read: a tree of maps, lists, strings, json.Number,
// booleans and nil; or what kept it from becoming one.
type document struct {
	tree   any
	faults []error
}

// resource is the n-th document as what it declares.
func (d document) resource(n int) (resource.Raw, error) {
	place := d.place(n)
	if len(d.faults) > 0 {
		return resource.Raw{}, declaration.At(place, errors.Join(d.faults...))
	}
	m, ok := d.tree.(map[string]any)
	if !ok {
		return resource.Raw{}, fault.Invalidf(place, "A document has the fields apiVersion, kind, metadata and spec.",
			"Ein Dokument hat die Felder apiVersion, kind, metadata und spec.")
	}
	if err := openSLO(m); err != nil {
		return resource.Raw{}, declaration.At(place, err)
	}
	b, err := canonical.JSON(m)
	if err != nil {
		return resource.Raw{}, err
	}
	r, err := resource.Decode[resource.Raw]("", b)
	if err != nil {
		return r, declaration.At(place, err)
	}
	if err := declaration.Check(r); err != nil {
		if declaration.Place(r.Kind, r.Metadata.Name) == "" {
			err = declaration.At(place, err)
		}
		return r, err
	}
	return r, nil
}

// place names the n-th document: by kind and name where it has them.
func (d document) place(n int) string {
	m, _ := d.tree.(map[string]any)
	kind, _ := m["kind"].(string)
	meta, _ := m["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if p := declaration.Place(resource.Kind(kind), name); p != "" {
		return p
	}
	return fmt.Sprintf("document %d", n)
}

func jsonDocuments(b []byte) ([]document, error) {
	parts := []json.RawMessage{b}
	switch b = bytes.TrimSpace(b); b[0] {
	case '[':
		parts = nil // else the list's first item is written over what is read
		if err := json.Unmarshal(b, &parts); err != nil {
			return nil, err // it was valid a moment ago
		}
	case '{':
		var m map[string]json.RawMessage
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, err
		}
		if items, ok := m["items"]; ok && m["spec"] == nil {
			if _, err := resource.Decode[struct {
				APIVersion string            `json:"apiVersion,omitempty"`
				Kind       string            `json:"kind,omitempty"`
				Items      []json.RawMessage `json:"items"`
			}]("", b); err != nil {
				return nil, err
			}
			parts = nil
			if err := json.Unmarshal(items, &parts); err != nil {
				return nil, err
			}
		}
	}
	if len(parts) > MaxResources {
		return nil, tooMany()
	}
	docs := make([]document, len(parts))
	for i, p := range parts {
		tree, err := resource.Tree(p)
		docs[i].tree = tree
		if err != nil {
			docs[i].faults = []error{err}
		}
	}
	return docs, nil
}

func tooMany() error {
	return fault.New(fault.Invalid, text.F("These are more than %d documents: declare them in several calls.",
		"Das sind mehr als %d Dokumente: auf mehrere Aufrufe verteilen.", MaxResources))
}
