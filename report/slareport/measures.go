package slareport

import (
	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// depthFigures are those of a target that say how its attainment came about,
// and what it can bear.
func depthFigures(agreement string, t sla.TargetResult) []report.Figure {
	name := t.Target.Name
	var all []report.Figure
	add := func(suffix string, label text.Text, f report.Figure) {
		f.Agreement, f.Name = agreement, name+"."+suffix
		f.Label = text.New(name+": "+label.En, name+": "+label.De)
		all = append(all, f)
	}
	counts, verdict := sla.Counts{Decided: t.Decided, Met: t.Met}, t.Verdict
	if t.All != nil {
		counts, verdict = t.All.Counts, t.All.Verdict
	}
	share := report.Ratio{Num: counts.Met, Den: counts.Decided}
	add("attainment-all", text.New("attainment without exclusions", "Erfüllungsgrad ohne Ausschlüsse"), report.Figure{
		Value: share.Exact(6), Unit: "percent", Numerator: &share.Num, Denominator: &share.Den, N: share.Den,
		Target: t.Target.Attain.String(), Verdict: string(verdict), Formula: "sla.attainment-all/1"})
	out, value := counts.Decided-t.Decided, decimal(counts.Decided-t.Decided)
	add("excluded", text.New("excluded from the decided", "aus den entschiedenen ausgeschlossen"), report.Figure{
		Value: &value, Unit: "tickets", Numerator: &out, Denominator: &share.Den, N: share.Den, Formula: "sla.excluded/1"})

	for i, rank := range t.Percentiles.Ranks() {
		f := report.Figure{Unit: "seconds", N: t.Decided, Formula: "sla.percentile/1"}
		if t.Percentiles != nil {
			v := decimal(rank)
			f.Value = &v
		}
		p := [...]string{"50", "90", "95"}[i]
		add("p"+p, text.F("%[1]s\u202f%% took at most", "%[1]s\u202f%% dauerten höchstens", p), f)
	}
	low, high := report.Figure{Unit: "percent", N: t.Decided, Formula: "sla.wilson/1"}, report.Figure{Unit: "percent", N: t.Decided, Formula: "sla.wilson/1"}
	if interval, err := (stats.Proportion{K: t.Met, N: t.Decided}).Wilson(stats.Z95); err == nil && interval != nil {
		l, h := report.PerCent(interval.Low, 6), report.PerCent(interval.High, 6)
		low.Value, high.Value = &l, &h
	}
	add("wilson-low", text.New("95\u202f% interval, from", "95-%-Intervall, von"), low)
	add("wilson-high", text.New("95\u202f% interval, to", "95-%-Intervall, bis"), high)
	return all
}

// agreementFigures are those over all targets of an agreement.
func agreementFigures(a sla.AgreementResult) (all []report.Figure) {
	if s := a.Score; s != nil {
		cover := s.Coverage
		all = append(all,
			report.Figure{Agreement: a.Name, Name: "score", Label: text.New("Weighted score", "Gewichtete Gesamtnote"),
				Value: s.Value, Unit: "percent", N: s.WithData, Formula: "sla.score/1"},
			report.Figure{Agreement: a.Name, Name: "score.coverage", Label: text.New("Weighted score: weights with data", "Gewichtete Gesamtnote: Gewichte mit Daten"),
				Value: &cover, Unit: "percent", N: s.Targets, Formula: "sla.score-coverage/1"})
	}
	if c := a.Credits; c != nil {
		unit := c.Agreed.Fee.Currency
		for _, t := range c.Targets {
			var n int64
			for _, g := range a.Targets {
				if g.Target.Name == t.Target {
					n = g.Decided
				}
			}
			all = append(all, report.Figure{Agreement: a.Name, Name: t.Target + ".credit",
				Label: text.New(t.Target+": credit, proposed", t.Target+": Gutschrift, vorgeschlagen"), Value: t.Amount, Unit: unit, N: n, Formula: "sla.credit/1"})
		}
		all = append(all, report.Figure{Agreement: a.Name, Name: "credit", Label: text.New("Credits together, proposed", "Gutschriften zusammen, vorgeschlagen"),
			Value: c.Amount, Unit: unit, N: int64(len(c.Targets)), Formula: "sla.credit-total/1"})
	}
	return all
}

// peakFigures are the fullest day or hour against its limit, and how many were
// above it.
func peakFigures(agreement string, w sla.WorkloadResult) []report.Figure {
	var peak int64
	if w.Peak != nil {
		peak = w.Peak.Tickets
	}
	value, over := decimal(peak), int64(len(w.Exceeded))
	what := w.Limit.Title()
	f := report.Figure{Agreement: agreement, Name: "workload." + w.Limit.Name + ".peak-" + w.Limit.Per,
		Label: text.New("Workload: most "+what.En, "Last: höchstens "+what.De), Value: &value, Unit: "tickets", Numerator: &peak, N: w.Actual,
		Verdict: string(w.Verdict), Formula: "sla.workload-peak/1"}
	above := report.Figure{Agreement: agreement, Name: "workload." + w.Limit.Name + ".above-" + w.Limit.Per,
		Label: text.New("Workload: times above the limit of "+what.En, "Last: wie oft über der Grenze "+what.De), Unit: "times", N: w.Actual, Formula: "sla.workload-above/1"}
	if w.Limit.Limit > 0 {
		limit, n := w.Limit.Limit, decimal(over)
		f.Denominator, f.Target = &limit, decimal(limit)
		above.Value, above.Numerator = &n, &over
	} else {
		above.Verdict = string(sla.NoData)
	}
	return []report.Figure{f, above}
}
