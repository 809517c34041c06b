package availabilityreview

import (
	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/report"
	"turnus/report/parts"
)

// lastReport recalls the last report: what it said, and who decided on it.
func lastReport(w *report.Writer, f avail.Frozen, r avail.Result) {
	if len(f.History) == 0 {
		return
	}
	last := f.History[len(f.History)-1]
	s := parts.LastReport(w, f.Period, parts.Last{Period: last.Period, Version: last.Version, Run: last.Run, By: last.By, Comment: last.Comment})
	t := s.Table("Targets then and now", "Ziele im letzten und in diesem Bericht").
		Left("Target", "Ziel").Right("Availability then", "Verfügbarkeit zuvor").Right("Agreed then", "Vereinbart zuvor").
		Left("Result then", "Ergebnis zuvor").Right("Availability now", "Verfügbarkeit jetzt").Left("Result now", "Ergebnis jetzt")
	agreements := map[string]bool{}
	for _, g := range last.Targets {
		agreements[g.Agreement] = true
	}
	for _, g := range last.Targets {
		name := g.Name
		if len(agreements) > 1 {
			name = g.Agreement + ": " + name
		}
		now, verdict := report.Say("not there", "nicht vorhanden"), report.Say("not there", "nicht vorhanden")
		eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
			if a.Name == g.Agreement && t.Target.Name == g.Name {
				now, verdict = measured(t.Sum, t.Verdict, t.Target.Attain.String()), judged(t.Verdict)
			}
		})
		was := availability.Verdict(g.Verdict)
		t.Row(report.Name(name), measured(avail.Figures{Availability: g.Availability}, was, g.Attain), report.Percent(g.Attain), judged(was), now, verdict)
	}
}
