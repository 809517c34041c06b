package uptime

import (
	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

// References looks for rows of a file that have one reference and say different
// things: an outage in several stretches, or a row that was meant to correct
// another one, and doesn't.
type References struct {
	rows  int64
	first string
	times int64 // that the first one comes
}

// Outages takes in what the file says of an outage.
func (r *References) Outages(rows []Outage) {
	if rows[0].Reference != "" {
		r.see(rows[0].Reference, len(rows))
	}
}

// Windows takes in what the file says of an event. The occurrences of a calendar's
// rule belong together, and so do rows without a reference by what they are about.
func (r *References) Windows(list []Planned) {
	n := 0
	for _, w := range list {
		if w.Original.IsZero() && w.UID != w.Unreferenced() {
			n++
		}
	}
	r.see(list[0].UID, n)
}

func (r *References) see(reference string, rows int) {
	if rows < 2 {
		return
	}
	if r.rows == 0 {
		r.first, r.times = reference, int64(rows)
	}
	r.rows += int64(rows)
}

// Warnings says how many rows there are of them.
func (r *References) Warnings() []dataset.Warning {
	if r.rows == 0 {
		return nil
	}
	return []dataset.Warning{{Code: dataset.SharedReference, Detail: text.F(
		"%[1]s rows have the reference of another row and say something else: %.80[2]q, for example, stands in %[3]s rows. All of them count: where one corrects another, leave the older one out.",
		"%[1]s Zeilen haben die Referenz einer anderen Zeile und einen anderen Inhalt: %.80[2]q zum Beispiel steht in %[3]s Zeilen. Alle werden gewertet: Berichtigt eine die andere, die ältere weglassen.",
		text.Number(r.rows), r.first, text.Number(r.times))}}
}
