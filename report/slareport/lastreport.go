package slareport

import (
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// lastReport recalls the last report: what it said, and who decided on it.
func lastReport(w *report.Writer, f sla.Frozen, r sla.Result) {
	if len(f.History) == 0 {
		return
	}
	last := f.History[len(f.History)-1]
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
	if p, err := calendar.ParsePeriod(f.Period); err == nil {
		if before, ok := p.Before(); ok && before.Name != last.Period {
			s.Say("%s has no published report.", "Für %s gibt es keinen veröffentlichten Bericht.", report.Period(before.Name))
		}
	}
	t := s.Table("Targets then and now", "Ziele im letzten und in diesem Bericht").
		Left("Target", "Ziel").Right("Attainment then", "Erfüllungsgrad zuvor").Right("Agreed then", "Vereinbart zuvor").
		Left("Result then", "Ergebnis zuvor").Right("Attainment now", "Erfüllungsgrad jetzt").Left("Result now", "Ergebnis jetzt")
	for _, a := range last.Agreements {
		for _, g := range a.Targets {
			name := g.Name
			if len(last.Agreements) > 1 {
				name = a.Name + ": " + name
			}
			now, verdict := report.Say("not there", "nicht vorhanden"), report.Say("not there", "nicht vorhanden")
			if x := resultOf(r, a.Name, g.Name); x != nil {
				now, verdict = report.Share(x.Met, x.Decided), verdictCell(x.Verdict)
			}
			t.Row(report.Name(name), report.Share(g.Met, g.Decided), report.Percent(g.Attain), verdictCell(g.Verdict), now, verdict)
		}
	}
}

func resultOf(r sla.Result, agreement, target string) *sla.TargetResult {
	for i := range r.Agreements {
		for j := range r.Agreements[i].Targets {
			if r.Agreements[i].Name == agreement && r.Agreements[i].Targets[j].Target.Name == target {
				return &r.Agreements[i].Targets[j]
			}
		}
	}
	return nil
}
