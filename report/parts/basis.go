package parts

import (
	"strconv"
	"time"

	"turnus/report"
)

// Basis is what each document about a period stands on.
type Basis struct {
	From, To     time.Time
	Zone, TZData string
	Import       int64 // newest; 0: none
}

// Table begins the table that says so, to which a process adds its own rows.
func (b Basis) Table(s *report.SectionWriter) *report.TableWriter {
	t := s.Table("Basis", "Grundlage").Left("Item", "Angabe").Left("Value", "Wert")
	t.Item("Period from, inclusive", "Beginn der Periode (einschließlich)", report.At(b.From))
	t.Item("Period to, exclusive", "Ende der Periode (ausschließlich)", report.At(b.To))
	t.Item("Time zone", "Zeitzone", report.Name(b.Zone))
	t.Item("Time zone database", "Zeitzonendatenbank", report.Name("tzdata "+b.TZData))
	if b.Import > 0 {
		t.Item("Data as of import", "Datenstand (Import)", report.Name(strconv.FormatInt(b.Import, 10)))
	} else {
		t.Item("Data as of import", "Datenstand (Import)", report.Say("none", "keiner"))
	}
	return t
}
