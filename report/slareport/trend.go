package slareport

import (
	"math/big"
	"slices"
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// trend says how the attainment goes over time, as far as the published
// reports before this one allow it.
func trend(f sla.Frozen, r sla.Result, study sla.Study) report.Section {
	s := report.Section{Title: text.New("Trend", "Trend")}
	switch {
	case len(f.History) == 0:
		s.Paragraphs = []text.Text{text.New(
			"No earlier period has a published report: there is no trend yet, and no decision or action of an earlier report to follow up.",
			"Für keine frühere Periode gibt es einen veröffentlichten Bericht: Es gibt noch keinen Trend, und keine Entscheidung oder Maßnahme eines früheren Berichts, die zu verfolgen wäre.")}
		return s
	case f.Provisional:
		s.Paragraphs = []text.Text{text.New(
			"This period isn’t complete and is part of no trend; what follows concerns the published reports before it.",
			"Diese Periode ist nicht vollständig und geht in keinen Trend ein; das Folgende betrifft die veröffentlichten Berichte davor.")}
	}
	over := text.F("Over %[1]d published reports of earlier periods and this one.", "Über %[1]d veröffentlichte Berichte früherer Perioden und diesen.", len(f.History))
	if len(f.History) == 1 {
		over = text.New("Over one published report of an earlier period and this one.", "Über einen veröffentlichten Bericht einer früheren Periode und diesen.")
	}
	s.Paragraphs = append(s.Paragraphs, text.F(
		"%[1]s The word trend is used from 8 values on, and only where chance alone hardly explains the series, all targets of this report considered together. A signal of the control chart says that something changed; it isn’t a missed target, nor the other way round.",
		"%[2]s Von einem Trend wird erst ab 8 Werten gesprochen, und nur, wo Zufall allein die Reihe kaum erklärt, alle Ziele dieses Berichts zusammen bedacht. Ein Signal der Regelkarte sagt, dass sich etwas geändert hat; es ist kein verfehltes Ziel, und umgekehrt.",
		over.En, over.De))
	t := report.Table{
		Caption: text.New("Attainment over time", "Erfüllungsgrad im Zeitverlauf"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Periods with cases", "Perioden mit Fällen"), leftColumn("Trend", "Trend"),
			rightColumn("Per month, percentage points", "Je Monat, Prozentpunkte"), rightColumn("p, adjusted", "p, angepasst"), leftColumn("Signals of the control chart", "Signale der Regelkarte")},
	}
	for _, a := range r.Agreements {
		for _, g := range a.Targets {
			x := studyOf(study, a.Name, g.Target.Name)
			name := targetName(r, a, g)
			t.Rows = append(t.Rows, trendRow(name, x))
			if len(x.Line.Points) > 1 {
				s.Charts = append(s.Charts, targetChart(name, x))
			}
		}
	}
	if len(t.Rows) > 0 {
		s.Tables = append(s.Tables, t)
	}
	return s
}

func trendRow(name text.Text, x sla.TargetStudy) []report.Cell {
	slope, p := report.Words(report.NotApplicable()), report.Words(report.NotApplicable())
	if x.Kendall.Slope != nil && x.Trend != stats.TooShort {
		slope = report.Words(report.Decimal(report.PerCent(x.Kendall.Slope, 2)))
	}
	if x.Adjusted.Adjusted != nil {
		p = report.Words(probability(x.Adjusted.Adjusted))
	}
	return []report.Cell{report.Words(name), report.Count(int64(x.Kendall.N)), report.Words(x.Trend.Title()), slope, p, report.Words(signals(x))}
}

// probability writes p with four decimals; a small one isn't 0.
func probability(p *big.Rat) text.Text {
	if p.Cmp(big.NewRat(1, 10000)) < 0 {
		return text.New("<\u00a00.0001", "<\u00a00,0001")
	}
	return report.Decimal(p.FloatString(4))
}

// signals words what a control chart shows, and what its limits come from.
func signals(x sla.TargetStudy) text.Text {
	if x.Chart == nil {
		return text.F("no control limits: %d periods with cases are needed before this one", "keine Eingriffsgrenzen: davor sind %d Perioden mit Fällen nötig", stats.MinBaseline)
	}
	if len(x.Chart.Signals) == 0 {
		return text.New("none", "keine")
	}
	var en, de []string
	for _, rule := range []stats.Rule{stats.Outside, stats.OneSide, stats.Steady, stats.TwoOfThree} {
		var when []string // the last period of each signal
		for _, s := range x.Chart.Signals {
			if s.Rule == rule {
				period := x.Line.Periods[x.Line.Since+s.Points[len(s.Points)-1]]
				when = append(when, strings.ReplaceAll(period, "-", "\u2011"))
			}
		}
		if len(when) > 0 {
			at := " (" + strings.Join(when, ", ") + ")"
			en, de = append(en, rule.Title().En+at), append(de, rule.Title().De+at)
		}
	}
	return text.New(strings.Join(en, "; "), strings.Join(de, "; "))
}

// targetChart draws the line of a target with its limits.
func targetChart(name text.Text, x sla.TargetStudy) report.Chart {
	c := report.Chart{Caption: text.New(name.En+": attainment", name.De+": Erfüllungsgrad"), Unit: text.Same("%")}
	for i, period := range x.Line.Periods {
		p := report.Point{Label: text.Same(period), Break: i == x.Line.Since && i > 0}
		if share := x.Line.Points[i].Share(); share != nil {
			v := report.PerCent(share, 6)
			p.Value = &v
		}
		if a := x.Line.Attain[i]; a != "" {
			p.Agreed = &a
		}
		c.Points = append(c.Points, p)
	}
	inPercent := func(r *big.Rat) *string { v := report.PerCent(r, 6); return &v }
	limits(&c, x.Line.Since, x.Chart, inPercent)
	return c
}

// limits puts those of a control chart into a chart, of which its points begin
// at a place.
func limits(c *report.Chart, since int, from *stats.Chart, write func(*big.Rat) *string) {
	if from == nil {
		return
	}
	c.Centre = write(from.Centre)
	for i, p := range from.Points {
		if p.Limits != nil {
			c.Points[since+i].Lower, c.Points[since+i].Upper = write(p.Limits.LowerShown), write(p.Limits.UpperShown)
		}
	}
	for _, s := range from.Signals {
		for _, i := range s.Points {
			c.Points[since+i].Signal = true
		}
	}
}

// volumeChart draws the tickets opened a day; false where there are no two
// values to compare.
func volumeChart(r sla.Result, v sla.VolumeStudy) (report.Chart, bool) {
	if v.Rates.Values() < 2 {
		return report.Chart{}, false
	}
	title := text.New("Tickets opened a day", "Eröffnete Tickets je Tag")
	if len(r.Agreements) > 1 {
		i := slices.IndexFunc(r.Agreements, func(a sla.AgreementResult) bool { return a.Name == v.Agreement })
		of := report.Named(r.Agreements[i].Title, v.Agreement)
		title = text.New(title.En+": "+of.En, title.De+": "+of.De)
	}
	c := report.Chart{Caption: title, Unit: text.New("a day", "je Tag")}
	inPlain := func(r *big.Rat) *string { s := r.FloatString(6); return &s }
	for i, period := range v.Periods {
		p := report.Point{Label: text.Same(period)}
		if v.Rates[i] != nil {
			p.Value = inPlain(v.Rates[i])
		}
		c.Points = append(c.Points, p)
	}
	limits(&c, 0, v.Chart, inPlain)
	return c, true
}

// lastReport recalls the last report: what it said, and who decided on it.
func lastReport(f sla.Frozen, r sla.Result) []report.Section {
	if len(f.History) == 0 {
		return nil
	}
	last := f.History[len(f.History)-1]
	period := report.Period(last.Period)
	s := report.Section{Title: text.New("The last report, and the decision on it", "Der letzte Bericht, und die Entscheidung dazu")}
	said := text.F("%[1]s, version %[3]d, run %[4]s.", "%[2]s, Version %[3]d, Lauf %[4]s.", period.En, period.De, last.Version, last.Run)
	if last.By != "" {
		said = text.F("%[1]s, version %[3]d, run %[4]s, approved by %[5]s.", "%[2]s, Version %[3]d, Lauf %[4]s, freigegeben von %[5]s.", period.En, period.De, last.Version, last.Run, last.By)
	}
	if last.Comment != "" {
		said = text.F("%[1]s Comment: “%[3]s”", "%[2]s Bemerkung: „%[3]s“", said.En, said.De, last.Comment)
	}
	s.Paragraphs = []text.Text{said}
	if p, err := calendar.ParsePeriod(f.Period); err == nil {
		if before, ok := p.Before(); ok && before.Name != last.Period {
			name := report.Period(before.Name)
			s.Paragraphs = append(s.Paragraphs, text.F("%[1]s has no published report.", "%[2]s hat keinen veröffentlichten Bericht.", name.En, name.De))
		}
	}
	t := report.Table{
		Caption: text.New("Targets then and now", "Ziele damals und jetzt"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Attainment then", "Erfüllungsgrad damals"), rightColumn("Agreed then", "Vereinbart damals"),
			leftColumn("Result then", "Ergebnis damals"), rightColumn("Attainment now", "Erfüllungsgrad jetzt"), leftColumn("Result now", "Ergebnis jetzt")},
	}
	for _, a := range last.Agreements {
		for _, g := range a.Targets {
			name, now, verdict := text.Same(g.Name), inWords("not there", "nicht vorhanden"), inWords("not there", "nicht vorhanden")
			if len(last.Agreements) > 1 {
				name = text.Same(a.Name + ": " + g.Name)
			}
			if x := resultOf(r, a.Name, g.Name); x != nil {
				now, verdict = report.Share(x.Met, x.Decided), verdictCell(x.Verdict)
			}
			t.Rows = append(t.Rows, []report.Cell{report.Words(name), report.Share(g.Met, g.Decided), report.Percent(g.Attain), verdictCell(g.Verdict), now, verdict})
		}
	}
	if len(t.Rows) > 0 {
		s.Tables = []report.Table{t}
	}
	return []report.Section{s}
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
