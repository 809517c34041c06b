package improvement

import (
	"math/big"

	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// outcomes say of each action of an approved plan what became of it: evidence,
// moves of its due date, and the check.
func (d draft) outcomes(n int, c improvement.Cycle) {
	if c.Approved == nil || len(c.Actions) == 0 {
		return
	}
	s := d.Section("Plan %d: what became of the actions", "Plan %d: Umsetzung und Wirksamkeit", n)
	for _, a := range c.Actions {
		t := record(s, "%s: %s", "%s: %s", actionNumber(a.Action), a.Title)
		t.Item("State", "Status", stateCell(a.State))
		t.Item("Owner", "Verantwortlich", given(a.Owner))
		d.moves(t, a)
		d.done(t, a.Done)
		d.check(t, a)
	}
}

func stateCell(s improvement.ActionState) report.Cell {
	switch s {
	case improvement.ActionEffective:
		return report.Judged(s.Title(), report.Good)
	case improvement.ActionIneffective:
		return report.Judged(s.Title(), report.Bad)
	}
	return plain(s.Title())
}

// moves of a due date, each with its reason: what was planned stays.
func (d draft) moves(t *report.TableWriter, a improvement.Tracked) {
	t.Item("Due as planned", "Ursprünglich fällig", report.Words(report.Date(a.Due)))
	from := a.Due
	for _, m := range a.Moves {
		t.Item("Due date moved", "Fälligkeit verschoben", report.Say("From %s to %s. Reason: %s (%s, %s)", "Vom %s auf den %s. Grund: %s (%s, %s)",
			report.Date(from), report.Date(m.To), m.Reason, m.By, d.instant(m.At)))
		from = m.To
	}
	if len(a.Moves) > 0 {
		t.Item("Moved in all", "Verschiebungen insgesamt", report.Words(times(len(a.Moves))))
	}
}

// done is what the owner of an action says of it, with the evidence.
func (d draft) done(t *report.TableWriter, x *improvement.Done) {
	if x == nil {
		t.Item("Done", "Umgesetzt", report.Say("no", "nein"))
		return
	}
	t.Item("Done by", "Umgesetzt von", person(x.By))
	t.Item("Done at", "Umgesetzt am", report.At(x.At))
	t.Item("Evidence", "Nachweis", given(x.Evidence))
	if x.Link != "" {
		t.Item("Evidence, link", "Nachweis, Link", report.Name(x.Link))
	}
	file(t, x.File)
}

// check is whether an action worked, by which value, and who said so.
func (d draft) check(t *report.TableWriter, a improvement.Tracked) {
	c := a.Check
	if c == nil {
		return
	}
	t.Item("Effectiveness check", "Wirksamkeitsprüfung", verdict(*c))
	t.Item("Value", "Gemessener Wert", report.Words(value(c.Measured)))
	reached := report.Judged(text.New("missed", "verfehlt"), report.Bad)
	if c.Measured.Reached {
		reached = report.Judged(text.New("reached", "erreicht"), report.Good)
	}
	t.Item("Target", "Ziel", report.Words(against(a.Action, c.Measured)))
	t.Item("Value against target", "Wert gegen Ziel", reached)
	if len(c.Measured.Reports) > 0 {
		t.Item("Taken from the published reports", "Entnommen den veröffentlichten Berichten", report.Words(text.List(c.Measured.Reports)))
	}
	t.Item("Could the change be chance", "Zufall als Erklärung", report.Words(chance(c.Measured.Chance)))
	if !c.Measured.Words.IsZero() {
		t.Item("What reports say", "Angaben der Berichte", report.Words(c.Measured.Words))
	}
	if c.File != "" {
		t.Item("Value typed in, file (SHA-256)", "Wert eingegeben, Datei (SHA-256)", report.Name(c.File))
	}
	if c.Comment != "" {
		t.Item("Comment", "Bemerkung", report.Name(c.Comment))
	}
	by := person(c.By)
	if c.By == "" {
		by = report.Say("Turnus: the published figure misses the target, and nobody was asked",
			"Turnus: Die veröffentlichte Zahl verfehlt das Ziel, daher wurde niemand gefragt")
	}
	t.Item("Checked by", "Geprüft von", by)
	t.Item("Checked at", "Geprüft am", report.At(c.At))
}

// chance says in words whether the change from before can be chance, by the
// p-value of its test: up to 5 %, as in reports, it is excluded.
func chance(p string) text.Text {
	x, ok := new(big.Rat).SetString(p)
	switch {
	case p == "":
		return text.New("not tested", "nicht geprüft")
	case !ok:
		return text.Same(p)
	case x.Cmp(big.NewRat(5, 100)) <= 0:
		return text.F("chance excluded (p-value %s)", "Zufall ausgeschlossen (p-Wert %s)", report.Probability(x))
	}
	return text.F("chance not excluded (p-value %s)", "Zufall nicht ausgeschlossen (p-Wert %s)", report.Probability(x))
}
