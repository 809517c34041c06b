package sla

import (
	"turnus/itsm/dataset"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/versions"
)

// Codes of what may have changed that a draft stands on.
const (
	ChangedTickets    = "tickets"
	ChangedPeriod     = versions.ChangedPeriod
	ChangedCoverage   = versions.ChangedCoverage
	ChangedAgreement  = versions.ChangedAgreement
	ChangedCalendar   = versions.ChangedCalendar
	ChangedExclusion  = "exclusion" // it counts now, or doesn't any more
	ChangedEarlier    = versions.ChangedEarlier
	ChangedInForce    = versions.ChangedInForce
	ChangedImpossible = "not-possible" // it couldn't be drafted now
)

// Moved counts the tickets in which two sets differ.
type Moved = dataset.Moved

// Changed says what a set that is frozen now would stand on otherwise than one
// that was frozen before, of the same period; nothing where its draft would say
// the same. The instant, the number of the import, and how findings stand, don't
// count. moved is looked at where the tickets differ.
func Changed(old, now Frozen, moved Moved) []task.StalePart {
	before, after := old.frame(), now.frame()
	c := changes(before.Moved(after))
	if old.Count != now.Count || old.Hash != now.Hash {
		c.add(ChangedTickets, inWords(moved))
	}
	c = append(c, before.Uncovered(after)...)
	c = append(c, versions.Changed(old.Agreements, now.Agreements, old.Calendars, now.Calendars)...)
	c.exclusions(old, now)
	return append(c, before.Published(after)...)
}

// frame is what the set says of its period and of reports.
func (f Frozen) frame() versions.Frame {
	x := versions.Frame{From: f.From, To: f.To, Zone: f.Zone, Provisional: f.Provisional, AsOf: f.AsOf, InForce: f.InForce}
	for _, p := range f.History {
		x.Earlier = append(x.Earlier, versions.Report{Period: p.Period, Version: p.Version, Hash: p.Hash})
	}
	return x
}

type changes []task.StalePart

func (c *changes) add(code string, detail text.Text) {
	*c = append(*c, task.StalePart{Code: code, Detail: detail})
}

func inWords(m Moved) text.Text {
	var parts []text.Text
	say := func(n int64, one, many text.Text) {
		if n > 0 {
			parts = append(parts, text.N(n, one, many))
		}
	}
	say(m.Added, text.New("1 ticket was added", "1 Ticket ist hinzugekommen"),
		text.F("%s tickets were added", "%s Tickets sind hinzugekommen", text.Number(m.Added)))
	say(m.Changed, text.New("1 ticket changed", "1 Ticket hat sich geändert"),
		text.F("%s tickets changed", "%s Tickets haben sich geändert", text.Number(m.Changed)))
	say(m.Gone, text.New("1 ticket isn't among them any more", "1 Ticket gehört nicht mehr dazu"),
		text.F("%s tickets aren't among them any more", "%s Tickets gehören nicht mehr dazu", text.Number(m.Gone)))
	if len(parts) == 0 {
		return text.New("the tickets aren't the same any more", "die Tickets sind nicht mehr dieselben")
	}
	return text.Join(parts, ", ")
}

// exclusions says which of them count now, and which don't any more.
func (c *changes) exclusions(old, now Frozen) {
	was, is := map[int64]bool{}, map[int64]bool{}
	for _, e := range old.Exclusions {
		was[e.ID] = true
	}
	for _, e := range now.Exclusions {
		if is[e.ID] = true; !was[e.ID] {
			c.add(ChangedExclusion, text.F("exclusion %d counts now", "Ausschluss %d zählt jetzt", e.ID))
		}
	}
	for _, e := range old.Exclusions {
		if !is[e.ID] {
			c.add(ChangedExclusion, text.F("exclusion %d doesn't count any more", "Ausschluss %d zählt nicht mehr", e.ID))
		}
	}
}
