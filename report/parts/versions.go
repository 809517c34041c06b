package parts

import (
	"fmt"

	"turnus/itsm/resource"
	"turnus/itsm/versions"
	"turnus/report/receipt"
)

// CompareVersions holds each version of an agreement or calendar against the
// document that was declared, and that against the version's hash. It gives
// those that can't be compared: files of sets that were frozen by 0.1.0 lack
// the documents, which hold more than figures need, and in the words that were
// used.
func CompareVersions(agreements []versions.Agreement, calendars []versions.Calendar, c *receipt.Comparison) (unproven []string, err error) {
	for _, a := range agreements {
		if a.Declared == nil {
			unproven = append(unproven, fmt.Sprintf("%s/%s version %d", resource.Agreement, a.Name, a.Version))
			continue
		}
		place := receipt.Place("frozen.agreements", fmt.Sprintf("%s %d", a.Name, a.Version))
		if err := receipt.CompareDeclared(c, place, *a.Declared, resource.Agreement, a.Name, a.Hash, a.Spec); err != nil {
			return nil, err
		}
		if err := c.Values(place+".title", a.Title, a.Declared.Title()); err != nil {
			return nil, err
		}
	}
	for _, u := range calendars {
		if u.Declared == nil {
			unproven = append(unproven, fmt.Sprintf("%s/%s version %d", resource.Calendar, u.Name, u.Version))
			continue
		}
		place := receipt.Place("frozen.calendars", fmt.Sprintf("%s %d", u.Name, u.Version))
		if err := receipt.CompareDeclared(c, place, *u.Declared, resource.Calendar, u.Name, u.Hash, u.Spec); err != nil {
			return nil, err
		}
	}
	return unproven, nil
}
