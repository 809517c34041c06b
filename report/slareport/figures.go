package slareport

import (
	"slices"
	"strconv"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/report"
)

// Figures lists every figure of an SLA report under the names that scripts
// rely on, each with what it was counted from: an activity, an export of
// receipts and turnus verify get the same ones.
func Figures(r sla.Result) []report.Figure {
	w := report.WriteFigures()
	for _, a := range r.Agreements {
		of := w.Of(report.Under(a.Name))
		for _, t := range a.Targets {
			countFigures(of.Below(t.Target.Name), t)
			depthFigures(of.Below(t.Target.Name), t)
		}
		agreementFigures(of, a)
		workloadFigures(of, a)
	}
	return w.Figures()
}

// countFigures are the attainment of a target and the counts around it.
func countFigures(w report.FigureWriter, t sla.TargetResult) {
	w.Share("attainment", "sla.attainment/1", t.Met, t.Decided, "attainment", "Erfüllungsgrad").
		Against(t.Target.Attain.String(), report.Assessment(t.Verdict))
	count := func(name string, n int64, en, de string) *report.Figure {
		return w.Count(name, "sla."+name+"/1", report.InTickets, n, en, de)
	}
	count("met", t.Met, "met", "eingehalten").From(t.Decided)
	count("breached", t.Breached, "breached", "verletzt").From(t.Decided)
	count("open", t.Open, "open at the end of the period", "am Ende der Periode offen")
	count("open-breached", t.OpenBreached, "open and already breached", "offen und bereits verletzt").From(t.Open)
	count("undecided", t.Undecided, "open and undecided", "Ergebnis offen").From(t.Open)
	met := count("claimed-met", t.ClaimedMet, "met according to the source", "laut Quellsystem eingehalten").From(t.Claims)
	differ := count("differ", t.Differ, "source and clock differ", "Abweichungen vom Quellsystem").From(t.Claims)
	if t.Claims == 0 { // the source says nothing, which isn't a claim of zero
		met.Value, met.Verdict = nil, report.NoData
		differ.Value, differ.Verdict = nil, report.NoData
	}
	count("reopened", t.Reopened, "reopened after an earlier decision", "nach früherer Wertung wiedereröffnet")
	count("reopened-breached", t.ReopenedBreached, "reopened and now breached", "wiedereröffnet und inzwischen verletzt").From(t.Reopened)
}

// workloadFigures are a volume and its limits: the volume stands once, against
// the month's limit if there is one.
func workloadFigures(w report.FigureWriter, a sla.AgreementResult) {
	for i, x := range a.Workload {
		if !x.Limit.Finer() {
			volumeFigure(w, x)
			continue
		}
		same := func(o sla.WorkloadResult) bool { return o.Limit.Name == x.Limit.Name }
		if !slices.ContainsFunc(a.Workload, func(o sla.WorkloadResult) bool { return same(o) && !o.Limit.Finer() }) && !slices.ContainsFunc(a.Workload[:i], same) {
			total := x
			total.Limit.Limit, total.Limit.Per = 0, agreement.PerMonth
			volumeFigure(w, total)
		}
		peakFigures(w, x)
	}
}

// volumeFigure carries the volume as its value and the utilisation of its limit
// as numerator and denominator; without a limit there is no utilisation.
func volumeFigure(w report.FigureWriter, x sla.WorkloadResult) {
	f := w.Count(volumeName+x.Limit.Name, "sla.workload/1", report.InTickets, x.Actual, "Workload: %s", "Aufkommen: %s", x.Limit.Title())
	limited(f, x)
}

// peakFigures are the fullest day or hour against its limit, and how many were
// above it.
func peakFigures(w report.FigureWriter, x sla.WorkloadResult) {
	var peak int64
	if x.Peak != nil {
		peak = x.Peak.Tickets
	}
	f := w.Count(workloadName(x.Limit), "sla.workload-peak/1", report.InTickets, peak, "Workload: most %s", "Aufkommen: Höchstwert %s", x.Limit.Title())
	f.N = x.Actual
	limited(f, x)
	above := w.Count(volumeName+x.Limit.Name+".above-"+x.Limit.Per, "sla.workload-above/1", report.InTimes, int64(len(x.Exceeded)),
		"Workload: times above the limit of %s", "Aufkommen: Überschreitungen der Mengengrenze, %s", x.Limit.Title())
	above.N = x.Actual
	if x.Limit.Limit == 0 {
		above.Value, above.Numerator, above.Verdict = nil, nil, report.NoData
	}
}

// volumeName begins the names of a volume's figures.
const volumeName = "workload."

// workloadName names the figure that shows whether a limit was exceeded: the
// volume, or the fullest day or hour.
func workloadName(l agreement.WorkloadLimit) string {
	if l.Finer() {
		return volumeName + l.Name + ".peak-" + l.Per
	}
	return volumeName + l.Name
}

// limited sets a volume beside its limit; without one there is no verdict.
func limited(f *report.Figure, x sla.WorkloadResult) {
	limit := x.Limit.Limit
	if limit == 0 {
		f.Verdict = report.NoData
		return
	}
	f.Denominator = &limit
	f.Against(decimal(limit), report.Assessment(x.Verdict))
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
