package slareport

import (
	"slices"

	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// Figures lists every figure of an SLA report under the names that scripts
// rely on, each with what it was counted from: an activity, an export of
// receipts and turnus verify get the same ones.
func Figures(r sla.Result) []report.Figure {
	figures := []report.Figure{}
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			figures = append(figures, targetFigures(a.Name, t)...)
			figures = append(figures, depthFigures(a.Name, t)...)
		}
		figures = append(figures, agreementFigures(a)...)
		figures = append(figures, workloadFigures(a)...)
	}
	return figures
}

// workloadFigures are a volume and its limits: the volume stands once, against
// the month's limit if there is one.
func workloadFigures(a sla.AgreementResult) (figures []report.Figure) {
	for i, w := range a.Workload {
		if !w.Limit.Finer() {
			figures = append(figures, workloadFigure(a.Name, w))
			continue
		}
		others := func(o sla.WorkloadResult) bool { return o.Limit.Name == w.Limit.Name }
		if !slices.ContainsFunc(a.Workload, func(o sla.WorkloadResult) bool { return others(o) && !o.Limit.Finer() }) && !slices.ContainsFunc(a.Workload[:i], others) {
			total := w
			total.Limit.Limit = 0
			figures = append(figures, workloadFigure(a.Name, total))
		}
		figures = append(figures, peakFigures(a.Name, w)...)
	}
	return figures
}

func targetFigures(agreement string, t sla.TargetResult) []report.Figure {
	name := t.Target.Name
	share := report.Ratio{Num: t.Met, Den: t.Decided}
	figures := []report.Figure{{
		Agreement: agreement, Name: name + ".attainment",
		Label: text.F("%s: attainment", "%s: Erfüllungsgrad", name),
		Value: share.Exact(6), Unit: "percent",
		Numerator: &share.Num, Denominator: &share.Den, N: t.Decided,
		Target: t.Target.Attain.String(), Verdict: string(t.Verdict), Formula: "sla.attainment/1",
	}}
	// A count that was taken from others names them as its denominator.
	count := func(suffix, en, de string, n int64, from *int64) {
		value := decimal(n)
		f := report.Figure{Agreement: agreement, Name: name + "." + suffix,
			Label: text.F("%s: "+en, "%s: "+de, name),
			Value: &value, Unit: "tickets", Numerator: &n, N: n, Formula: "sla." + suffix + "/1"}
		if from != nil {
			den := *from
			f.Denominator, f.N = &den, den
		}
		figures = append(figures, f)
	}
	count("met", "met", "eingehalten", t.Met, &t.Decided)
	count("breached", "breached", "verletzt", t.Breached, &t.Decided)
	count("open", "open at the end of the period", "am Ende der Periode offen", t.Open, nil)
	count("open-breached", "open and already breached", "offen und bereits verletzt", t.OpenBreached, &t.Open)
	count("undecided", "open and undecided", "offen und unentschieden", t.Undecided, &t.Open)
	count("claimed-met", "met according to the source", "laut Quelle eingehalten", t.ClaimedMet, &t.Claims)
	count("differ", "source and clock differ", "Quelle und Uhr weichen ab", t.Differ, &t.Claims)
	count("reopened", "reopened after an earlier decision", "nach früherer Entscheidung wiedereröffnet", t.Reopened, nil)
	count("reopened-breached", "reopened and now breached", "wiedereröffnet und nun verletzt", t.ReopenedBreached, &t.Reopened)
	if t.Claims == 0 { // the source says nothing, which isn't a claim of zero
		for i, f := range figures {
			if f.Name == name+".claimed-met" || f.Name == name+".differ" {
				figures[i].Value, figures[i].Verdict = nil, string(sla.NoData)
			}
		}
	}
	return figures
}

// workloadFigure carries the volume as its value and the utilisation as
// numerator and denominator; without a limit there is no utilisation.
func workloadFigure(agreement string, w sla.WorkloadResult) report.Figure {
	actual, value := w.Actual, decimal(w.Actual)
	f := report.Figure{Agreement: agreement, Name: "workload." + w.Limit.Name,
		Label: text.F("Workload: %s", "Last: %s", w.Limit.Name),
		Value: &value, Unit: "tickets", Numerator: &actual, N: actual,
		Verdict: string(w.Verdict), Formula: "sla.workload/1"}
	if w.Limit.Limit > 0 {
		limit := w.Limit.Limit
		f.Denominator, f.Target = &limit, decimal(limit)
	} else {
		f.Verdict = string(sla.NoData)
	}
	return f
}
