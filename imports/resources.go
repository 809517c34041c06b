package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
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
	docs, err := documents(b)
	if err != nil {
		return nil, err
	}
	var raws []resource.Raw
	var faults fault.List
	n := 0
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		if n++; len(faults) == fault.Most {
			continue // what can't be read at all, or is too many, is said instead
		}
		r, err := d.resource(n)
		if err == nil {
			raws = append(raws, r)
			continue
		}
		all := fault.All(err)
		if all == nil {
			return nil, err
		}
		for _, f := range all {
			faults.Add(f)
		}
	}
	if n == 0 {
		return nil, fault.New(fault.Malformed, text.New("There is no document in here: a resource has apiVersion, kind, metadata and spec.",
			"Hier steht kein Dokument: Ein Objekt hat apiVersion, kind, metadata und spec."))
	}
	if len(faults) > 0 {
		return nil, faults.Err()
	}
	return raws, nil
}

// Fields reads one document in YAML or JSON with fields, whatever they are, as
// Resources reads one: maps, lists, strings, json.Number, booleans and nil; nil
// for an empty one.
func Fields(b []byte) (map[string]any, error) {
	docs, err := documents(b)
	if err != nil {
		return nil, err
	}
	var only map[string]any
	for d, err := range docs {
		if err == nil {
			err = errors.Join(d.faults...)
		}
		if err != nil {
			return nil, err
		}
		m, ok := d.tree.(map[string]any)
		if !ok || only != nil {
			return nil, fault.New(fault.Invalid, text.New("One document with fields belongs here.", "Hierher gehört ein einzelnes Dokument mit Feldern."))
		}
		only = m
	}
	return only, nil
}

// documents are those of a stream, one at a time, within the bounds of a call.
func documents(b []byte) (iter.Seq2[document, error], error) {
	if len(b) > MaxResourceBytes {
		return nil, fault.New(fault.Invalid, text.F("These are %d bytes, and %d may come at once: declare them in several calls.",
			"Das sind %d Byte, höchstens %d dürfen auf einmal kommen: Auf mehrere Aufrufe verteilen.", len(b), MaxResourceBytes))
	}
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, fault.New(fault.Malformed, text.New("This isn't a text in UTF-8: save it as UTF-8, without NUL characters.",
			"Das ist kein Text in UTF-8: Als UTF-8 und ohne NUL-Zeichen speichern."))
	}
	if json.Valid(b) {
		return jsonDocuments(b)
	}
	return yamlDocuments(b), nil
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

// jsonDocuments are one object, those of an array, or the items of a list; b is
// valid.
func jsonDocuments(b []byte) (iter.Seq2[document, error], error) {
	if resource.Values(b) > resource.MaxInAll {
		return nil, tooMuch()
	}
	list := bytes.TrimSpace(b)
	if list[0] == '{' {
		var err error
		if list, err = itemsOf(b); err != nil {
			return nil, err
		}
	}
	if list == nil || list[0] != '[' {
		return func(yield func(document, error) bool) { yield(jsonDocument(b), nil) }, nil
	}
	return func(yield func(document, error) bool) {
		d := json.NewDecoder(bytes.NewReader(list))
		_, err := d.Token() // the bracket
		for n := 0; err == nil && d.More(); n++ {
			if n == MaxResources {
				err = tooMany()
				break
			}
			var one json.RawMessage
			if err = d.Decode(&one); err == nil && !yield(jsonDocument(one), nil) {
				return
			}
		}
		if err != nil {
			yield(document{}, err)
		}
	}, nil
}

func jsonDocument(b []byte) document {
	tree, err := resource.Tree(b)
	if err != nil {
		return document{tree, []error{err}}
	}
	return document{tree: tree}
}

// itemsOf gives the items of a list; nil for an object that is none.
func itemsOf(b []byte) (json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	d := json.NewDecoder(bytes.NewReader(b))
	_, err := d.Token() // the bracket
	for err == nil && d.More() {
		var name json.Token
		if name, err = d.Token(); err != nil {
			break
		}
		var value json.RawMessage
		if err = d.Decode(&value); err != nil {
			break
		}
		k := name.(string) // the decoder accepts nothing else here
		if _, there := fields[k]; there && k == "items" {
			return nil, resource.Twice(k)
		}
		fields[k] = value
	}
	items, ok := fields["items"]
	if err != nil || !ok || fields["spec"] != nil {
		return nil, err
	}
	if items[0] == '[' {
		fields["items"] = json.RawMessage("[]") // they are read one by one
	}
	head, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	_, err = resource.Decode[struct {
		APIVersion string            `json:"apiVersion,omitempty"`
		Kind       string            `json:"kind,omitempty"`
		Items      []json.RawMessage `json:"items"`
	}]("", head)
	return items, err
}

func tooMany() error {
	return fault.New(fault.Invalid, text.F("These are more than %d documents: declare them in several calls.",
		"Das sind mehr als %d Dokumente: Auf mehrere Aufrufe verteilen.", MaxResources))
}

func tooMuch() error {
	return fault.New(fault.Invalid, text.F("These hold more than %d values: declare them in several calls.",
		"Das enthält mehr als %d Werte: Auf mehrere Aufrufe verteilen.", resource.MaxInAll))
}
