package receipt

import (
	"encoding/json"
	"fmt"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/resource"
	"turnus/itsm/sla"
)

// versions holds each version of an agreement or calendar against the document
// that was declared, and that against the version's hash. It gives those that
// can't be compared: files of sets that were frozen by 0.1.0 lack the documents,
// which hold more than figures need, and in the words that were used.
func versions(f sla.Frozen, found *findings) (unproven []string, err error) {
	for _, a := range f.Agreements {
		name := fmt.Sprintf("%s/%s version %d", resource.Agreement, a.Name, a.Version)
		if a.Declared == nil {
			unproven = append(unproven, name)
			continue
		}
		place := fmt.Sprintf("frozen.agreements[%s %d]", shortened(a.Name), a.Version)
		if err := asDeclared[agreement.Spec](found, place, *a.Declared, resource.Agreement, a.Name, a.Hash, a.Spec); err != nil {
			return nil, err
		}
		if title := a.Declared.Title(); title != a.Title {
			found.add(place+".title", shown(a.Title), shown(title))
		}
	}
	for _, c := range f.Calendars {
		name := fmt.Sprintf("%s/%s version %d", resource.Calendar, c.Name, c.Version)
		if c.Declared == nil {
			unproven = append(unproven, name)
			continue
		}
		place := fmt.Sprintf("frozen.calendars[%s %d]", shortened(c.Name), c.Version)
		if err := asDeclared[calendar.Spec](found, place, *c.Declared, resource.Calendar, c.Name, c.Hash, c.Spec); err != nil {
			return nil, err
		}
	}
	return unproven, nil
}

// asDeclared compares what the figures were made with and what was declared.
func asDeclared[T any](found *findings, place string, d resource.Raw, kind resource.Kind, name, hash string, spec T) error {
	sum, err := canonical.Hash(d)
	if err != nil {
		return unreadable(place+".declared", err)
	}
	found.equal(place+".hash", hash, sum)
	found.equal(place+".declared.kind", string(d.Kind), string(kind))
	found.equal(place+".name", name, d.Metadata.Name)
	var declared T
	if err := json.Unmarshal(d.Spec, &declared); err != nil {
		return unreadable(place+".declared.spec", err)
	}
	used, err := canonical.JSON(spec)
	if err != nil {
		return unreadable(place+".spec", err)
	}
	right, err := canonical.JSON(declared)
	if err != nil {
		return unreadable(place+".declared.spec", err)
	}
	found.compare(place+".spec", used, right)
	return nil
}
