package dataset

import "turnus/itsm/text"

// Moved counts the cases of a dataset in which two sets differ.
type Moved struct {
	Added   int64 `db:"added"`
	Changed int64 `db:"changed"`
	Gone    int64 `db:"gone"`
}

// InWords says in what a dataset differs: outages: 3 added, 1 changed.
func (m Moved) InWords(d Dataset) text.Text {
	var parts []text.Text
	say := func(n int64, what text.Text) {
		if n > 0 {
			parts = append(parts, text.F("%s %s", "%s %s", text.Number(n), what))
		}
	}
	say(m.Added, text.New("added", "hinzugekommen"))
	say(m.Changed, text.New("changed", "geändert"))
	say(m.Gone, text.New("no longer among them", "nicht mehr dabei"))
	if len(parts) == 0 {
		parts = append(parts, text.New("not the same any more", "nicht mehr dieselben"))
	}
	return text.F("%s: %s", "%s: %s", d.Cases, text.Join(parts, ", "))
}
