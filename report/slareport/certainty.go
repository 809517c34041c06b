package slareport

import (
	"math/big"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/stats"
	"turnus/itsm/text"
	"turnus/report"
)

// certainty says how much the attainment of each target can bear.
func certainty(s *report.SectionWriter, a sla.AgreementResult, study sla.Study) {
	t := s.Table("How certain the attainment is, chance considered", "Statistische Sicherheit des Erfüllungsgrads").
		Left("Target", "Ziel").Right("Attainment", "Erfüllungsgrad").Right("95\u202f%% interval", "95-%%-Konfidenzintervall").Right("Agreed", "Vereinbart").
		Left("Statistically", "Statistische Einordnung").Right("Breaches that this number allows", "Zulässige Verletzungen")
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
	t := s.Table("How long the decided tickets took on the target’s clock", "Dauer der gewerteten Tickets nach der SLA-Uhr").
		Left("Target", "Ziel").Right("Agreed within", "Zielzeit").Right("Half within (P50)", "50\u202f%% innerhalb (P50)").
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
func worst(s *report.SectionWriter, f sla.Frozen, a sla.AgreementResult) {
	t := s.Table("Furthest over their target, five at most of each", "Größte Überschreitungen der Zielzeit, je Ziel höchstens fünf").
		Left("Target", "Ziel").Left("Ticket", "Ticket").Right("Took", "Dauer").Right("Over by", "Überschritten um").Left("When it was decided", "Bei der Wertung")
	for _, g := range a.Targets {
		for _, x := range g.Worst {
			state := report.Say("stopped", "abgeschlossen")
			if x.Open {
				state = report.Say("still open", "noch offen")
			}
			t.Row(report.Name(g.Target.Name), report.Linked(x.Number, agreement.TicketLink(f.TicketURL, x.Number)), report.AtLeast(x.Elapsed, x.Open), report.AtLeast(x.Over, x.Open), state)
		}
	}
}
