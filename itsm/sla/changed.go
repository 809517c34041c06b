package sla

import (
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/itsm/versions"
)

// Codes of what may have changed that a draft stands on.
const (
	ChangedTickets    = "tickets"
	ChangedPeriod     = "period"   // where it begins and ends
	ChangedCoverage   = "coverage" // the imports don't cover the period any more
	ChangedAgreement  = versions.ChangedAgreement
	ChangedCalendar   = versions.ChangedCalendar
	ChangedExclusion  = "exclusion"      // it counts now, or doesn't any more
	ChangedEarlier    = "earlier-report" // that the trend draws on
	ChangedInForce    = "in-force"       // the period's own report
	ChangedImpossible = "not-possible"   // it couldn't be drafted now
)

// Moved counts the tickets in which two sets differ.
type Moved struct {
	Added   int64 `db:"added"`
	Changed int64 `db:"changed"`
	Gone    int64 `db:"gone"`
}

// Changed says what a set that is frozen now would stand on otherwise than one
// that was frozen before, of the same period; nothing where its draft would say
// the same. The instant, the number of the import, and how findings stand, don't
// count. moved is looked at where the tickets differ.
func Changed(old, now Frozen, moved Moved) []task.StalePart {
	var c changes
	if !old.From.Equal(now.From) || !old.To.Equal(now.To) {
		c.add(ChangedPeriod, text.F("the period runs in another zone: %s → %s", "die Periode läuft in einer anderen Zeitzone: %s → %s", old.Zone, now.Zone))
	}
	if old.Count != now.Count || old.Hash != now.Hash {
		c.add(ChangedTickets, moved.inWords())
	}
	if !old.Provisional && !old.AsOf.Before(old.To) && now.AsOf.Before(now.To) {
		c.add(ChangedCoverage, text.New("the imports that count don't cover the period any more", "die zählenden Importe decken die Periode nicht mehr ab"))
	}
	c = append(c, versions.Changed(old.Agreements, now.Agreements, old.Calendars, now.Calendars)...)
	c.exclusions(old, now)
	c.earlier(old.History, now.History)
	if old.InForce != nil && now.InForce != nil && old.InForce.Hash != now.InForce.Hash {
		c.add(ChangedInForce, text.F("version %d of this period's report was published since", "Version %d des Berichts dieser Periode wurde seither veröffentlicht", now.InForce.Version))
	}
	return c
}

type changes []task.StalePart

func (c *changes) add(code string, detail text.Text) {
	*c = append(*c, task.StalePart{Code: code, Detail: detail})
}

func (m Moved) inWords() text.Text {
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

// earlier says which earlier reports were published since, or took the place of
// others.
func (c *changes) earlier(old, now []Past) {
	was := map[string]Past{}
	for _, p := range old {
		was[p.Period] = p
	}
	for _, p := range now {
		switch before, known := was[p.Period]; {
		case !known:
			c.add(ChangedEarlier, text.F("the report of %s was published since", "der Bericht für %s wurde seither veröffentlicht", p.Period))
		case before.Version != p.Version || before.Hash != p.Hash:
			c.add(ChangedEarlier, text.F("the report of %s was restated since: version %d → %d", "der Bericht für %s wurde seither berichtigt: Version %d → %d",
				p.Period, before.Version, p.Version))
		}
	}
}
