package changeapproval

import (
	"slices"

	"turnus/itsm/process"
	"turnus/itsm/rulechange"
	"turnus/itsm/text"
	"turnus/report"
)

// monthTile counts the months that would have come out otherwise, and those of
// which nobody knows.
func monthTile(w *report.Writer, c rulechange.Change) {
	var shown, otherwise, unknown int64
	for _, s := range c.Services {
		for _, m := range s.Months {
			switch shown++; {
			case !m.Why.IsZero():
				unknown++
			case !m.Same():
				otherwise++
			}
		}
	}
	note := text.F("of the %d shown", "von %d gezeigten", shown)
	if unknown > 0 {
		note = text.F("%s; %s can't be computed anew", "%s; %s nicht neu berechenbar", note,
			text.N(unknown, text.New("one month", "ein Monat"), text.F("%d months", "%d Monate", unknown)))
	}
	w.Tile("Published months that would have come out otherwise", "Veröffentlichte Monate mit anderem Ergebnis", report.Count(otherwise)).Say("%s", "%s", note)
}

// months sets the last published months of a service beside what they would
// have come to.
func months(w *report.Writer, x rulechange.ServiceChange) {
	s := w.Section("Published months of %s", "Veröffentlichte Monate: %s", nameOf(x))
	if len(x.Months) == 0 {
		s.Say("No report of this service is published yet.", "Für diesen Service ist noch kein Bericht veröffentlicht.")
		return
	}
	s.Say("Published reports don't change by this. A restatement of a month (another attempt, with its reason) is computed with what holds then.",
		"Veröffentlichte Berichte ändern sich dadurch nicht. Eine Neufassung eines Monats (ein weiterer Versuch mit Begründung) wird mit dem dann Gültigen berechnet.")
	if len(x.Months) < x.Published {
		s.Say("%d months are published; these are the last %d.", "%d Monate sind veröffentlicht; dies sind die letzten %d.", x.Published, len(x.Months))
	}
	for _, m := range x.Months {
		switch {
		case !m.Why.IsZero():
			s.Say("%s can't be computed anew: %s", "%s lässt sich nicht neu berechnen: %s", report.Period(m.Period), m.Why)
		case m.Same():
			s.Say("%s: the same figures under the new rules.", "%s: nach den neuen Regeln dieselben Zahlen.", report.Period(m.Period))
		}
	}
	of := countedTickets
	if x.Process == process.AvailabilityReview {
		of = measuredTime
	}
	for _, m := range x.Months {
		month(s, m, of)
	}
}

// nameOf is the service, with the process where that isn't the first.
func nameOf(x rulechange.ServiceChange) text.Text {
	name := report.Named(x.Title, x.Service)
	if p, ok := process.Find(x.Process); ok {
		return text.F("%s: %s", "%s: %s", name, p.Title)
	}
	return name
}

// month lists every target of a month, as it was published and as it would be.
func month(s *report.SectionWriter, m rulechange.MonthChange, of counted) {
	t := s.Table("%s, report %s, version %d", "%s, Bericht %s, Version %d", report.Period(m.Period), m.Run, m.Version).
		Left("Target", "Ziel").
		Right("Published: %s", "Veröffentlicht: %s", of.what).Right("%s", "%s", of.share).Left("Result", "Ergebnis").
		Right("New: %s", "Neu: %s", of.what).Right("%s", "%s", of.share).Left("Result", "Ergebnis").Left("Change", "Änderung")
	several := slices.ContainsFunc(m.Targets, func(x rulechange.TargetChange) bool { return x.Agreement != m.Targets[0].Agreement })
	for _, x := range m.Targets {
		name := x.Target
		if several {
			name = x.Agreement + "/" + name
		}
		row := append([]report.Cell{report.Name(name)}, of.attained(x.Then)...)
		row = append(row, of.attained(x.New)...)
		t.Row(append(row, report.Words(changeOf(x.Same())))...)
	}
	c := s.Table("%s: credits", "%s: Gutschriften", report.Period(m.Period)).
		Left("Agreement", "Vereinbarung").Right("Published", "Veröffentlicht").Right("New", "Neu").Left("Change", "Änderung")
	for _, x := range m.Credits {
		c.Row(report.Name(x.Agreement), credit(x.Then), credit(x.New), report.Words(changeOf(x.Same())))
	}
}

// counted is what the targets of a process are about.
type counted struct {
	what, share text.Text
	cells       func(rulechange.Attained) (what, share report.Cell)
}

var (
	countedTickets = counted{text.New("decided", "gewertet"), text.New("Attainment", "Erfüllungsgrad"),
		func(a rulechange.Attained) (what, share report.Cell) {
			return report.Count(a.Decided), report.Share(a.Met, a.Decided)
		}}
	measuredTime = counted{text.New("measured time", "gemessene Zeit"), text.New("Availability", "Verfügbarkeit"),
		func(a rulechange.Attained) (what, share report.Cell) {
			if a.Percent == nil {
				return report.Seconds(a.Decided), report.Nothing()
			}
			return report.Seconds(a.Decided), report.Percent(*a.Percent)
		}}
)

// attained are the cells of what a target came to; of one that isn't there none.
func (c counted) attained(a *rulechange.Attained) []report.Cell {
	if a == nil {
		return []report.Cell{report.Nothing(), report.Nothing(), report.Nothing()}
	}
	what, share := c.cells(*a)
	return []report.Cell{what, share, report.Assessed(report.Assessment(a.Verdict))}
}

func credit(c *rulechange.CreditOwed) report.Cell {
	if c == nil || c.Percent == nil {
		return report.Nothing()
	}
	if c.Amount == nil {
		return report.Percent(*c.Percent)
	}
	return report.Say("%[1]s\u202f%% (%[2]s\u00a0%[3]s)", "%[1]s\u202f%% (%[2]s\u00a0%[3]s)", report.Decimal(*c.Percent), report.Decimal(*c.Amount), c.Currency)
}

func changeOf(same bool) text.Text {
	if same {
		return text.New("the same", "unverändert")
	}
	return text.New("differs", "anders")
}
