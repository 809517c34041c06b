package slareport

import (
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/rules"
)

// credits proposes what the provider owes; nothing where no credits are agreed.
func credits(w *report.Writer, r sla.Result) {
	s := w.Section("Service credits, as a proposal", "Vorgeschlagene Gutschriften")
	for _, a := range r.Agreements {
		if a.Credits != nil {
			creditTable(s, a)
		}
	}
	if s.Empty() {
		return
	}
	s.Say("These are proposals, to be approved with this report; nothing is booked by it. The tier is looked up with the attainment as it is, not as it is printed. A target that was met owes nothing; one without a decided ticket is not applicable, which is neither owed nor kept.",
		"Dies sind Vorschläge, die mit diesem Bericht freigegeben werden; gebucht wird damit nichts. Die Stufe richtet sich nach dem genauen Erfüllungsgrad, nicht nach dem gerundet angezeigten. Für ein erreichtes Ziel fällt keine Gutschrift an. Für ein Ziel ohne gewertetes Ticket entfällt die Angabe: Eine Gutschrift wird dann weder vorgeschlagen noch ausgeschlossen.")
}

func creditTable(s *report.SectionWriter, a sla.AgreementResult) {
	c := a.Credits
	t := s.Table("%s: monthly fee %s", "%s: monatliches Entgelt %s", report.Named(a.Title, a.Name), money(string(c.Agreed.Fee.Amount), c.Agreed)).
		Left("Target", "Ziel").Right("Attainment", "Erfüllungsgrad").Left("Result", "Ergebnis").
		Left("Agreed tiers", "Vereinbarte Stufen").Right("Credit, of the fee", "Gutschrift in Prozent des Entgelts").Right("Amount", "Betrag")
	for _, x := range c.Targets {
		for _, g := range a.Targets {
			if g.Target.Name == x.Target {
				t.Row(report.Name(x.Target), report.Share(g.Met, g.Decided), verdictCell(g.Verdict),
					report.Words(rules.Tiers(c.Agreed.Of(x.Target))), percentCell(x.Percent), moneyCell(x.Amount, c.Agreed))
			}
		}
	}
	rule := rules.Several(c.Agreed.Several)
	if c.Agreed.Cap != "" {
		rule = text.F("%s, up to %s\u202f%%", "%s, bis zu %s\u202f%%", rule, report.Decimal(string(c.Agreed.Cap)))
	}
	if c.Capped {
		rule = text.F("%s (reached)", "%s (Obergrenze erreicht)", rule)
	}
	t.Item("Together", "Summe", report.Name("–"), report.Name("–"), report.Words(rule), percentCell(c.Percent), moneyCell(c.Amount, c.Agreed))
}

func percentCell(exact *string) report.Cell {
	if exact == nil {
		return report.Nothing()
	}
	return report.Percent(*exact)
}

func moneyCell(exact *string, c agreement.Credits) report.Cell {
	if exact == nil {
		return report.Nothing()
	}
	return report.Words(money(*exact, c))
}

// money writes an amount with the places of the fee, two at least; it is
// rounded here, and nowhere before.
func money(exact string, c agreement.Credits) text.Text {
	_, fraction, _ := strings.Cut(string(c.Fee.Amount), ".")
	return text.F("%s\u00a0%s", "%s\u00a0%s", report.Decimal(parts.Rounded(exact, max(2, len(fraction)))), c.Fee.Currency)
}
