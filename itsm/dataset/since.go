package dataset

import (
	"time"

	"turnus/itsm/text"
)

// SinceRows warns of rows before the instant from which on the source is said to
// have been kept: they count, and so the time from the oldest of them on counts as
// known.
func SinceRows(i Import, zone *time.Location) []Warning {
	if i.Since == nil || i.First == nil || !i.First.Before(*i.Since) {
		return nil
	}
	return []Warning{{Code: LateSince, Detail: text.F(
		"The record is said to have been kept from %[1]s on, and its oldest row is of %[2]s: that row counts, and all time from it on counts as recorded. If what comes before %[1]s are single records only, leave them out of the file.",
		"Laut Angabe wurde ab %[1]s aufgezeichnet, die älteste Zeile ist vom %[2]s: Sie wird gewertet, und alle Zeit ab ihr gilt als aufgezeichnet. Stehen vor %[1]s nur einzelne Einträge, diese aus der Datei entfernen.",
		instant(*i.Since, zone), instant(*i.First, zone))}}
}
