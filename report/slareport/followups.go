package slareport

import (
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/sla"
	"turnus/report"
	"turnus/report/parts"
)

// followUps are those of the findings of earlier reports.
type followUps struct{ parts.FollowUps }

func followUpsOf(f sla.Frozen) (followUps, error) {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return followUps{}, err
	}
	return followUps{parts.FollowUps{Extract: f.Register, About: f.Service, Provisional: f.Provisional, On: calendar.DateOf(f.At.In(zone))}}, nil
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

// of names the finding that a figure is.
func (x followUps) of(missed bool, kind, agreement, figure string) report.Cell {
	if !missed {
		return report.Name("–")
	}
	return x.OfFigure(kind, report.Figure{Group: report.Under(agreement), Name: figure})
}
