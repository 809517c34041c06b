package availabilityreview

import (
	"math/big"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// trend says how the availability goes over time, as far as the published reports
// before this one allow it.
func trend(w *report.Writer, f avail.Frozen, r avail.Result) {
	s := w.Section("Trend", "Trend")
	if len(f.History) == 0 {
		s.Say("No earlier period has a published report: there is no trend yet.", "Für keine frühere Periode gibt es einen veröffentlichten Bericht. Daher liegt noch kein Trend vor.")
		return
	}
	if f.Provisional {
		s.Say("This period isn’t complete and is part of no trend; what follows concerns the published reports before it.",
			"Diese Periode ist nicht vollständig und geht in keinen Trend ein; die folgenden Angaben betreffen die zuvor veröffentlichten Berichte.")
	}
	s.Say("The word trend is used from 8 values on, and only where chance alone hardly explains the series, all targets of this report considered together. A signal of the control chart says that something changed; it isn’t a missed target, nor the other way round.",
		"Von einem Trend ist erst ab 8 Werten die Rede und nur dort, wo Zufall allein die Reihe kaum erklärt; dabei werden alle Ziele dieses Berichts gemeinsam betrachtet. Ein Signal der Regelkarte weist auf eine Veränderung hin. Ein Signal bedeutet nicht, dass ein Ziel verfehlt ist, und umgekehrt.")
	t := s.Table("Availability over time", "Verfügbarkeit im Zeitverlauf").
		Left("Target", "Ziel").Right("Periods with data", "Perioden mit Daten").Left("Trend", "Trend").
		Right("Per period, percentage points", "Änderung je Periode in Prozentpunkten").Right("p, adjusted", "Adjustierter p-Wert").Left("Signals of the control chart", "Signale der Regelkarte")
	charts := 0
	eachTarget(r, func(a avail.AgreementResult, g avail.TargetResult) {
		x, name := g.Trend, targetName(r, a, g)
		if x == nil {
			return
		}
		slope, p := report.Nothing(), report.Nothing()
		if x.Kendall.Slope != nil && x.Label != stats.TooShort {
			slope = report.Words(report.Decimal(x.Kendall.Slope.FloatString(3)))
		}
		if x.Adjusted.Adjusted != nil {
			p = report.Words(report.Probability(x.Adjusted.Adjusted))
		}
		t.Row(report.Words(name), report.Count(int64(x.Kendall.N)), report.Words(x.Label.Title()), slope, p, report.Words(signals(*x)))
		if charts < maxCharts && len(x.Points) > 1 {
			charts++
			s.Chart(trendChart(name, *x))
		}
	})
}

// maxCharts is how many lines are drawn: the table has the others.
const maxCharts = 40

// signals words what a control chart shows, and what its limits come from.
func signals(x avail.Trend) text.Text {
	if x.Chart == nil {
		return parts.NoLimits()
	}
	var periods []string
	for _, p := range x.Points[min(x.Since, len(x.Points)):] {
		periods = append(periods, p.Period)
	}
	return parts.Signals(*x.Chart, periods)
}

// trendChart draws the line of a target with its limits.
func trendChart(name text.Text, x avail.Trend) report.Chart {
	c := report.Chart{Caption: text.F("%s: availability", "%s: Verfügbarkeit", name), Unit: text.Same("%")}
	for _, v := range x.Points {
		p := report.Point{Label: report.ShortPeriod(v.Period), Value: v.Availability, Break: v.Break}
		if attain := v.Attain; attain != "" {
			p.Agreed = &attain
		}
		c.Points = append(c.Points, p)
	}
	parts.AddLimits(&c, x.Since, x.Chart, func(r *big.Rat) *string { v := r.FloatString(6); return &v })
	return c
}
