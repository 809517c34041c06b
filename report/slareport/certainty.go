package slareport

import (
	"math/big"

	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// certainty says how much the attainment of each target can bear.
func certainty(a sla.AgreementResult, study sla.Study) report.Table {
	t := report.Table{
		Caption: text.New("How certain the attainment is, chance considered", "Wie sicher der Erfüllungsgrad ist, den Zufall bedacht"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Attainment", "Erfüllungsgrad"),
			rightColumn("95\u202f% interval", "95-%-Intervall"), rightColumn("Agreed", "Vereinbart"),
			leftColumn("Statistically", "Statistisch"), rightColumn("Breaches that this number allows", "Verletzungen, die diese Anzahl erlaubt")},
	}
	for _, g := range a.Targets {
		s := studyOf(study, a.Name, g.Target.Name)
		interval, allowed := report.Words(report.NotApplicable()), report.Words(report.NotApplicable())
		if s.Wilson != nil {
			interval, allowed = report.Words(percentRange(s.Wilson.Low, s.Wilson.High)), report.Count(s.Misses)
		}
		t.Rows = append(t.Rows, []report.Cell{named(g.Target.Name), report.Share(g.Met, g.Decided), interval,
			report.Percent(g.Target.Attain.String()), report.Words(s.Remark.Title()), allowed})
	}
	return t
}

func studyOf(study sla.Study, agreement, target string) sla.TargetStudy {
	for _, s := range study.Targets {
		if s.Agreement == agreement && s.Target == target {
			return s
		}
	}
	return sla.TargetStudy{Remark: stats.NoCases, Trend: stats.TooShort}
}

// percentRange words an interval of shares, in per cent with two decimals.
func percentRange(low, high *big.Rat) text.Text {
	l, h := report.Decimal(report.PerCent(low, 2)), report.Decimal(report.PerCent(high, 2))
	return text.New(l.En+"–"+h.En+"\u202f%", l.De+"–"+h.De+"\u202f%")
}

// elapsed says how long the decided tickets took.
func elapsed(a sla.AgreementResult) report.Table {
	t := report.Table{
		Caption: text.New("How long the decided tickets took on the target’s clock", "Wie lange die entschiedenen Tickets nach der Uhr des Ziels dauerten"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Agreed within", "Vereinbart innerhalb"),
			rightColumn("Half within (P50)", "Die Hälfte innerhalb (P50)"), rightColumn("90\u202f% within (P90)", "90\u202f% innerhalb (P90)"),
			rightColumn("95\u202f% within (P95)", "95\u202f% innerhalb (P95)")},
	}
	for _, g := range a.Targets {
		row := []report.Cell{named(g.Target.Name), report.Seconds(g.Target.Within.Seconds())}
		for _, rank := range g.Percentiles.Ranks() {
			if g.Percentiles == nil {
				row = append(row, report.Words(report.NotApplicable()))
				continue
			}
			from := g.Percentiles.OpenFrom
			row = append(row, report.AtLeast(rank, from > 0 && rank >= from))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// worst names the tickets furthest over their targets; without any it has no
// rows.
func worst(a sla.AgreementResult) report.Table {
	t := report.Table{
		Caption: text.New("Furthest over their target, five at most of each", "Am weitesten über dem Ziel, je Ziel höchstens fünf"),
		Columns: []report.Column{leftColumn("Target", "Ziel"), leftColumn("Ticket", "Ticket"), rightColumn("Took", "Dauer"),
			rightColumn("Over by", "Überschritten um"), leftColumn("When it was decided", "Bei der Entscheidung")},
	}
	for _, g := range a.Targets {
		for _, w := range g.Worst {
			state := inWords("stopped", "beendet")
			if w.Open {
				state = inWords("still open", "noch offen")
			}
			t.Rows = append(t.Rows, []report.Cell{named(g.Target.Name), named(w.Number), report.AtLeast(w.Elapsed, w.Open), report.AtLeast(w.Over, w.Open), state})
		}
	}
	return t
}

// score words the weighted score of an agreement.
func score(s *sla.Score) []text.Text {
	switch {
	case s == nil:
		return nil
	case s.Value == nil:
		return []text.Text{text.New("Weighted score: not applicable, since no weighted target has a decided ticket.",
			"Gewichtete Gesamtnote: nicht anwendbar, da kein gewichtetes Ziel ein entschiedenes Ticket hat.")}
	}
	value, cover := report.Decimal(cut(*s.Value, 2)), report.Decimal(cut(s.Coverage, 2))
	return []text.Text{text.F("Weighted score: %[1]s\u202f%%, over %[5]d of %[6]d weighted targets; they carry %[3]s\u202f%% of the weights.",
		"Gewichtete Gesamtnote: %[2]s\u202f%%, über %[5]d von %[6]d gewichteten Zielen; sie tragen %[4]s\u202f%% der Gewichte.",
		value.En, value.De, cover.En, cover.De, s.WithData, s.Targets)}
}

// cut rounds an exact decimal for display.
func cut(exact string, places int) string {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return exact
	}
	return r.FloatString(places)
}
