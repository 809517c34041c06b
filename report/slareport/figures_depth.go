package slareport

import (
	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/report"
)

// depthFigures are those of a target that say how its attainment came about,
// and what it can bear.
func depthFigures(w report.FigureWriter, t sla.TargetResult) {
	all, verdict := sla.Counts{Decided: t.Decided, Met: t.Met}, t.Verdict
	if t.All != nil {
		all, verdict = t.All.Counts, t.All.Verdict
	}
	w.Share("attainment"+report.IfAll, "sla.attainment-all/1", all.Met, all.Decided, "attainment without exclusions", "Erfüllungsgrad ohne Ausschlüsse").
		Against(t.Target.Attain.String(), report.Assessment(verdict))
	w.Count("excluded", "sla.excluded/1", report.InTickets, all.Decided-t.Decided, "excluded from the decided", "von der Wertung ausgeschlossen").From(all.Decided)

	for i, rank := range t.Percentiles.Ranks() {
		var seconds *string
		if t.Percentiles != nil {
			exact := decimal(rank)
			seconds = &exact
		}
		p := [...]string{"50", "90", "95"}[i]
		w.Value("p"+p, "sla.percentile/1", report.InSeconds, seconds, t.Decided, "%s\u202f%% took at most", "%s\u202f%% dauerten höchstens", p)
	}
	var low, high *string
	if interval, err := (stats.Proportion{K: t.Met, N: t.Decided}).Wilson(stats.Z95); err == nil && interval != nil {
		l, h := report.PerCent(interval.Low, 6), report.PerCent(interval.High, 6)
		low, high = &l, &h
	}
	w.Value("wilson-low", "sla.wilson/1", report.InPercent, low, t.Decided, "95\u202f%% interval, from", "95-%%-Konfidenzintervall, von")
	w.Value("wilson-high", "sla.wilson/1", report.InPercent, high, t.Decided, "95\u202f%% interval, to", "95-%%-Konfidenzintervall, bis")
}

// agreementFigures are those over all targets of an agreement.
func agreementFigures(w report.FigureWriter, a sla.AgreementResult) {
	if s := a.Score; s != nil {
		w.Value("score", "sla.score/1", report.InPercent, s.Value, s.WithData, "Weighted score", "Gewichteter Gesamterfüllungsgrad")
		cover := s.Coverage
		w.Value("score.coverage", "sla.score-coverage/1", report.InPercent, &cover, s.Targets,
			"Weighted score: weights with data", "Gewichteter Gesamterfüllungsgrad: Gewichtsanteil mit Daten")
	}
	c := a.Credits
	if c == nil {
		return
	}
	unit := report.Unit(c.Agreed.Fee.Currency)
	for _, t := range c.Targets {
		var decided int64
		for _, g := range a.Targets {
			if g.Target.Name == t.Target {
				decided = g.Decided
			}
		}
		w.Below(t.Target).Value("credit", "sla.credit/1", unit, t.Amount, decided, "credit, proposed", "vorgeschlagene Gutschrift")
	}
	w.Value("credit", "sla.credit-total/1", unit, c.Amount, int64(len(c.Targets)), "Credits together, proposed", "Summe der vorgeschlagenen Gutschriften")
}
