package slareport

import (
	"math/big"

	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// certainty says how much the attainment of each target can bear.
func certainty(s *report.SectionWriter, a sla.AgreementResult, study sla.Study) {
	t := s.Table("How certain the attainment is, chance considered", "Wie sicher der Erfüllungsgrad ist, den Zufall bedacht").
		Left("Target", "Ziel").Right("Attainment", "Erfüllungsgrad").Right("95\u202f%% interval", "95-%%-Intervall").Right("Agreed", "Vereinbart").
		Left("Statistically", "Statistisch").Right("Breaches that this number allows", "Verletzungen, die diese Anzahl erlaubt")
	for _, g := range a.Targets {
		x := studyOf(study, a.Name, g.Target.Name)
		interval, allowed := report.Nothing(), report.Nothing()
		if x.Wilson != nil {
			interval, allowed = report.Words(percentRange(x.Wilson.Low, x.Wilson.High)), report.Count(x.Misses)
		}
		t.Row(report.Name(g.Target.Name), report.Share(g.Met, g.Decided), interval, report.Percent(g.Target.Attain.String()),
			report.Words(x.Remark.Title()), allowed)
	}
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
	return text.F("%s–%s\u202f%%", "%s–%s\u202f%%", report.Decimal(report.PerCent(low, 2)), report.Decimal(report.PerCent(high, 2)))
}

// elapsed says how long the decided tickets took.
func elapsed(s *report.SectionWriter, a sla.AgreementResult) {
	t := s.Table("How long the decided tickets took on the target’s clock", "Wie lange die entschiedenen Tickets nach der Uhr des Ziels dauerten").
		Left("Target", "Ziel").Right("Agreed within", "Vereinbart innerhalb").Right("Half within (P50)", "Die Hälfte innerhalb (P50)").
		Right("90\u202f%% within (P90)", "90\u202f%% innerhalb (P90)").Right("95\u202f%% within (P95)", "95\u202f%% innerhalb (P95)")
	for _, g := range a.Targets {
		row := []report.Cell{report.Name(g.Target.Name), report.Seconds(g.Target.Within.Seconds())}
		for _, rank := range g.Percentiles.Ranks() {
			if g.Percentiles == nil {
				row = append(row, report.Nothing())
				continue
			}
			from := g.Percentiles.OpenFrom
			row = append(row, report.AtLeast(rank, from > 0 && rank >= from))
		}
		t.Row(row...)
	}
}

// worst names the tickets furthest over their targets.
func worst(s *report.SectionWriter, a sla.AgreementResult) {
	t := s.Table("Furthest over their target, five at most of each", "Am weitesten über dem Ziel, je Ziel höchstens fünf").
		Left("Target", "Ziel").Left("Ticket", "Ticket").Right("Took", "Dauer").Right("Over by", "Überschritten um").Left("When it was decided", "Bei der Entscheidung")
	for _, g := range a.Targets {
		for _, x := range g.Worst {
			state := report.Say("stopped", "beendet")
			if x.Open {
				state = report.Say("still open", "noch offen")
			}
			t.Row(report.Name(g.Target.Name), report.Name(x.Number), report.AtLeast(x.Elapsed, x.Open), report.AtLeast(x.Over, x.Open), state)
		}
	}
}

// rounded writes an exact decimal with so many places.
func rounded(exact string, places int) string {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return exact
	}
	return r.FloatString(places)
}
