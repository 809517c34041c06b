package slareport

import (
	"math/big"
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// credits proposes what the provider owes; nothing where no credits are
// agreed.
func credits(r sla.Result) []report.Section {
	s := report.Section{
		Title: text.New("Service credits, as a proposal", "Gutschriften, als Vorschlag"),
		Paragraphs: []text.Text{text.New(
			"These are proposals, to be approved with this report; nothing is booked by it. The tier is looked up with the attainment as it is, not as it is printed. A target that was met owes nothing; one without a decided ticket is not applicable, which is neither owed nor kept.",
			"Dies sind Vorschläge, die mit diesem Bericht freigegeben werden; gebucht wird damit nichts. Die Stufe richtet sich nach dem genauen Erfüllungsgrad, nicht nach dem gedruckten. Ein eingehaltenes Ziel kostet nichts; eines ohne entschiedenes Ticket ist nicht anwendbar, also weder geschuldet noch eingehalten.")},
	}
	for _, a := range r.Agreements {
		if a.Credits != nil {
			s.Tables = append(s.Tables, creditTable(a))
		}
	}
	if len(s.Tables) == 0 {
		return nil
	}
	return []report.Section{s}
}

func creditTable(a sla.AgreementResult) report.Table {
	c, title := a.Credits, report.Named(a.Title, a.Name)
	fee := money(string(c.Agreed.Fee.Amount), c.Agreed)
	t := report.Table{
		Caption: text.F("%[1]s: monthly fee %[3]s", "%[2]s: monatliches Entgelt %[4]s", title.En, title.De, fee.En, fee.De),
		Columns: []report.Column{leftColumn("Target", "Ziel"), rightColumn("Attainment", "Erfüllungsgrad"), leftColumn("Result", "Ergebnis"),
			leftColumn("Agreed tiers", "Vereinbarte Stufen"), rightColumn("Credit, of the fee", "Gutschrift, vom Entgelt"), rightColumn("Amount", "Betrag")},
	}
	for _, x := range c.Targets {
		for _, g := range a.Targets {
			if g.Target.Name == x.Target {
				t.Rows = append(t.Rows, []report.Cell{named(x.Target), report.Share(g.Met, g.Decided), verdictCell(g.Verdict),
					report.Words(tiers(c.Agreed.Of(x.Target))), percentCell(x.Percent), moneyCell(x.Amount, c.Agreed)})
			}
		}
	}
	rule := text.New("the credits add up", "die Gutschriften werden addiert")
	if c.Agreed.Several == agreement.Highest {
		rule = text.New("the highest one counts", "die höchste gilt")
	}
	if c.Agreed.Cap != "" {
		most := report.Decimal(string(c.Agreed.Cap))
		rule = text.F("%[1]s, up to %[3]s\u202f%%", "%[2]s, bis zu %[4]s\u202f%%", rule.En, rule.De, most.En, most.De)
	}
	if c.Capped {
		rule = text.New(rule.En+" (reached)", rule.De+" (erreicht)")
	}
	t.Rows = append(t.Rows, []report.Cell{inWords("Together", "Zusammen"), named("–"), named("–"), report.Words(rule), percentCell(c.Percent), moneyCell(c.Amount, c.Agreed)})
	return t
}

func tiers(all []agreement.Tier) text.Text {
	var en, de []string
	for i := len(all) - 1; i >= 0; i-- {
		below, credit := report.Decimal(string(all[i].Below)), report.Decimal(string(all[i].Credit))
		en = append(en, "below "+below.En+"\u202f%: "+credit.En+"\u202f%")
		de = append(de, "unter "+below.De+"\u202f%: "+credit.De+"\u202f%")
	}
	return text.New(strings.Join(en, "; "), strings.Join(de, "; "))
}

func percentCell(exact *string) report.Cell {
	if exact == nil {
		return report.Words(report.NotApplicable())
	}
	return report.Percent(*exact)
}

func moneyCell(exact *string, c agreement.Credits) report.Cell {
	if exact == nil {
		return report.Words(report.NotApplicable())
	}
	return report.Words(money(*exact, c))
}

// money writes an amount with the places of the fee, two at least; it is
// rounded here, and nowhere before.
func money(exact string, c agreement.Credits) text.Text {
	_, fraction, _ := strings.Cut(string(c.Fee.Amount), ".")
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return text.Same(exact)
	}
	t := report.Decimal(r.FloatString(max(2, len(fraction))))
	return text.New(t.En+"\u00a0"+c.Fee.Currency, t.De+"\u00a0"+c.Fee.Currency)
}
