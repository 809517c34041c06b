package slareport

import (
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// followUps is what became of the findings of earlier reports, as the register
// had it when the set was frozen; older sets have none.
type followUps struct {
	*improvement.Extract
	frozen sla.Frozen
	on     calendar.Date
}

func followUpsOf(f sla.Frozen) (followUps, error) {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return followUps{}, err
	}
	return followUps{Extract: f.Register, frozen: f, on: calendar.DateOf(f.At.In(zone))}, nil
}

// section says where findings and actions stand.
func (x followUps) section(w *report.Writer) {
	if x.Extract != nil {
		w.Improvements(x.Findings, x.on)
	}
}

// named says that the results of an agreement name findings.
func (x followUps) named(a sla.AgreementResult) bool {
	return x.Extract != nil && slices.ContainsFunc(a.Targets, func(t sla.TargetResult) bool { return t.Verdict == sla.Missed })
}

// ofTarget names the finding of a missed target.
func (x followUps) ofTarget(a sla.AgreementResult, t sla.TargetResult) report.Cell {
	return x.of(t.Verdict == sla.Missed, improvement.MissedTarget, a.Name, t.Target.Name+".attainment")
}

// ofLimit names the finding of an exceeded limit.
func (x followUps) ofLimit(a sla.AgreementResult, w sla.WorkloadResult) report.Cell {
	return x.of(exceeds(w), improvement.ExceededLimit, a.Name, workloadName(w.Limit))
}

// of names the finding that a figure is, or joins when the report is published.
// What is provisional isn't published, and becomes none.
func (x followUps) of(missed bool, kind, agreement, figure string) report.Cell {
	if !missed || x.Extract == nil {
		return report.Name("–")
	}
	key := report.Figure{Group: report.Under(agreement), Name: figure}.Key()
	p, found := x.Of(improvement.FigureKey(kind, x.frozen.Service, key))
	ended := found && p.State.Ended() && !p.Here
	switch {
	case found && !ended:
		return report.Say("%d: %s", "%d: %s", p.Finding, p.State)
	case x.frozen.Provisional:
		return report.Name("–")
	case ended && p.State == improvement.Closed:
		return report.Words(text.F("new finding with the publication, relapse of %d", "neuer Befund mit der Veröffentlichung, erneutes Auftreten von %d", p.Finding))
	}
	return report.Say("new finding with the publication", "neuer Befund mit der Veröffentlichung")
}
