package parts

import (
	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// Last is the last report before one, and who decided on it.
type Last struct {
	Period  string
	Version int
	Run     string
	By      string
	Comment string
}

// LastReport begins the section that recalls the last report before that of a
// period.
func LastReport(w *report.Writer, period string, last Last) *report.SectionWriter {
	s := w.Section("The last report, and the decision on it", "Letzter Bericht und Entscheidung dazu")
	said := text.F("%s, version %d, run %s", "%s, Version %d, Lauf %s", report.Period(last.Period), last.Version, last.Run)
	if last.By != "" {
		said = text.F("%s, approved by %s", "%s, freigegeben von %s", said, last.By)
	}
	if last.Comment != "" {
		s.Say("%s. Comment: “%s”", "%s. Bemerkung: „%s“", said, last.Comment)
	} else {
		s.Say("%s.", "%s.", said)
	}
	if p, err := calendar.ParsePeriod(period); err == nil {
		if before, ok := p.Before(); ok && before.Name != last.Period {
			s.Say("%s has no published report.", "Für %s gibt es keinen veröffentlichten Bericht.", report.Period(before.Name))
		}
	}
	return s
}
