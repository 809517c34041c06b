package slareport

import (
	"turnus/itsm/sla"
	"turnus/report"
	"turnus/report/parts"
)

// lastReport recalls the last report: what it said, and who decided on it.
func lastReport(w *report.Writer, f sla.Frozen, r sla.Result) {
	if len(f.History) == 0 {
		return
	}
	last := f.History[len(f.History)-1]
	s := parts.LastReport(w, f.Period, parts.Last{Period: last.Period, Version: last.Version, Run: last.Run, By: last.By, Comment: last.Comment})
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
