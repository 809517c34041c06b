package slareport

import (
	"math/big"

	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// trend says how the attainment goes over time, as far as the published reports
// before this one allow it.
func trend(w *report.Writer, f sla.Frozen, r sla.Result, study sla.Study) {
	s := w.Section("Trend", "Trend")
	switch {
	case len(f.History) == 0:
		s.Say("No earlier period has a published report: there is no trend yet, and no decision or action of an earlier report to follow up.",
			"Für keine frühere Periode gibt es einen veröffentlichten Bericht. Daher liegen noch kein Trend und keine Entscheidung oder Maßnahme vor, die weiterzuverfolgen wäre.")
		return
	case f.Provisional:
		s.Say("This period isn’t complete and is part of no trend; what follows concerns the published reports before it.",
			"Diese Periode ist nicht vollständig und geht in keinen Trend ein; die folgenden Angaben betreffen die zuvor veröffentlichten Berichte.")
	}
	over := text.F("Over %d published reports of earlier periods and this one.", "Grundlage sind %d veröffentlichte Berichte früherer Perioden und dieser Bericht.", len(f.History))
	if len(f.History) == 1 {
		over = text.New("Over one published report of an earlier period and this one.", "Grundlage sind ein veröffentlichter Bericht einer früheren Periode und dieser Bericht.")
	}
	s.Say("%s The word trend is used from 8 values on, and only where chance alone hardly explains the series, all targets of this report considered together. A signal of the control chart says that something changed; it isn’t a missed target, nor the other way round.",
		"%s Von einem Trend ist erst ab 8 Werten die Rede und nur dort, wo Zufall allein die Reihe kaum erklärt; dabei werden alle Ziele dieses Berichts gemeinsam betrachtet. Ein Signal der Regelkarte weist auf eine Veränderung hin. Ein Signal bedeutet nicht, dass ein Ziel verfehlt ist, und umgekehrt.",
		over)
	t := s.Table("Attainment over time", "Erfüllungsgrad im Zeitverlauf").
		Left("Target", "Ziel").Right("Periods with cases", "Perioden mit Fällen").Left("Trend", "Trend").
		Right("Per month, percentage points", "Änderung je Monat in Prozentpunkten").Right("p, adjusted", "Adjustierter p-Wert").Left("Signals of the control chart", "Signale der Regelkarte")
	for _, a := range r.Agreements {
		for _, g := range a.Targets {
			x, name := studyOf(study, a.Name, g.Target.Name), targetName(r, a, g)
			slope, p := report.Nothing(), report.Nothing()
			if x.Kendall.Slope != nil && x.Trend != stats.TooShort {
				slope = report.Words(report.Decimal(report.PerCent(x.Kendall.Slope, 2)))
			}
			if x.Adjusted.Adjusted != nil {
				p = report.Words(report.Probability(x.Adjusted.Adjusted))
			}
			t.Row(report.Words(name), report.Count(int64(x.Kendall.N)), report.Words(x.Trend.Title()), slope, p, report.Words(signals(x)))
			if len(x.Line.Points) > 1 {
				s.Chart(targetChart(name, x))
			}
		}
	}
}

// signals words what a control chart shows, and what its limits come from.
func signals(x sla.TargetStudy) text.Text {
	if x.Chart == nil {
		return parts.NoLimits()
	}
	return parts.Signals(*x.Chart, x.Line.Periods[x.Line.Since:])
}

// targetChart draws the line of a target with its limits.
func targetChart(name text.Text, x sla.TargetStudy) report.Chart {
	c := report.Chart{Caption: text.F("%s: attainment", "%s: Erfüllungsgrad", name), Unit: text.Same("%")}
	for i, period := range x.Line.Periods {
		p := report.Point{Label: report.ShortPeriod(period), Break: i == x.Line.Since && i > 0}
		if share := x.Line.Points[i].Share(); share != nil {
			v := report.PerCent(share, 6)
			p.Value = &v
		}
		if a := x.Line.Attain[i]; a != "" {
			p.Agreed = &a
		}
		c.Points = append(c.Points, p)
	}
	parts.AddLimits(&c, x.Line.Since, x.Chart, func(r *big.Rat) *string { v := report.PerCent(r, 6); return &v })
	return c
}
