// Package declaration holds the table of all kinds of resources (kinds.go), and
// checks a document by itself: whether it can be read and whether what it says
// can be. What it names is looked up where the others are, in the store.
//
// It may import itsm/resource, the packages of the specs, and itsm/process.
//
//	if err := declaration.Check(document); err != nil { … } // all its faults
//	refs, err := declaration.References(document)           // what it names
package declaration

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// maxTitle is the length of a display name in characters.
const maxTitle = 200

// Check refuses a document that can't be meant so, with all its faults joined.
// Their fields begin with kind and name, as in
// Agreement/service-desk-2016 spec.targets[0].within.
func Check(r resource.Raw) error {
	var faults []error
	row, known := Find(r.Kind)
	if known && r.APIVersion != row.APIVersion {
		faults = append(faults, fault.Invalidf("apiVersion", "%.80q isn't known here: use %s.",
			"%.80q ist hier nicht bekannt: %s verwenden.", r.APIVersion, row.APIVersion))
	}
	faults = append(faults, resource.CheckName("metadata.name", r.Metadata.Name))
	for _, lang := range []text.Lang{text.En, text.De} {
		at, s := "metadata.displayName."+string(lang), r.Metadata.DisplayName.En
		if lang == text.De {
			s = r.Metadata.DisplayName.De
		}
		if utf8.RuneCountInString(s) > maxTitle {
			faults = append(faults, fault.Invalidf(at, "A display name has %d characters at most.",
				"Ein Anzeigename hat höchstens %d Zeichen.", maxTitle))
		}
		faults = append(faults, resource.CheckText(at, s))
	}
	faults = append(faults, checkLabels(r.Metadata.Labels))
	if r.Kind == resource.Person {
		faults = append(faults, person.CheckName("metadata.name", r.Metadata.Name))
	}
	switch {
	case !known:
		faults = append(faults, refuseKind(r.Kind))
	case len(r.Spec) == 0:
		faults = append(faults, fault.Invalidf("spec", "This is missing.", "Das fehlt."))
	default:
		faults = append(faults, row.check(r.Spec))
	}
	return At(Place(r.Kind, r.Metadata.Name), errors.Join(faults...))
}

// checkLabels wants a text or a list of texts under each name.
func checkLabels(labels map[string]json.RawMessage) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		v, err := resource.Tree(labels[name])
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		if err != nil || slices.ContainsFunc(list, func(e any) bool { _, ok := e.(string); return !ok }) {
			faults = append(faults, fault.Invalidf(resource.Below("metadata.labels", name), "A label is a text, or a list of texts.",
				"Ein Label ist ein Text oder eine Liste von Texten."))
		}
	}
	return errors.Join(faults...)
}

// refuseKind names the kinds that there are.
func refuseKind(k resource.Kind) error {
	var known []string
	for _, row := range Kinds() {
		known = append(known, string(row.Kind))
	}
	return fault.Invalidf("kind", "%.80q isn't a kind; there are: %s.", "%.80q ist keine Art; es gibt: %s.", k, strings.Join(known, ", "))
}

// Place is how a fault names a document: kind and name as far as they are
// known.
func Place(k resource.Kind, name string) string {
	if _, known := Find(k); !known || resource.CheckName("", name) != nil {
		return ""
	}
	return string(k) + "/" + name
}

// At puts a place before the fields of all faults that don't name it yet.
func At(place string, err error) error {
	return mapFaults(err, func(f *fault.Error) *fault.Error {
		c := *f
		if c.Field != place && !strings.HasPrefix(c.Field, place+" ") {
			c.Field = strings.TrimSpace(place + " " + f.Field)
		}
		return &c
	})
}

// Below puts a field above those of all faults.
func Below(field string, err error) error {
	return mapFaults(err, func(f *fault.Error) *fault.Error { return f.At(field) })
}

// mapFaults changes each fault of an error.
func mapFaults(err error, change func(*fault.Error) *fault.Error) error {
	all := fault.All(err)
	if all == nil {
		return err
	}
	faults := make([]error, len(all))
	for i, f := range all {
		faults[i] = change(f)
	}
	return errors.Join(faults...)
}
