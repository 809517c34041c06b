package improvement

import (
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
)

// trail shows in one table the way from the finding to the check: what, with
// which result, by whom, and when.
func (d draft) trail() {
	s := d.Section("At a glance", "Überblick")
	t := s.Table("", "").Left("Step", "Schritt").Left("What", "Inhalt").Left("Result", "Ergebnis").Left("Who", "Wer").Left("When", "Wann")
	row := func(step text.Text, what, result, who, when report.Cell) {
		t.Row(report.Words(step), what, result, who, when)
	}

	row(text.New("Finding", "Befund"), report.Words(found(d.Finding.Title)), plain(d.Finding.Severity.Title()), person(d.Finding.By), report.At(d.Finding.At))
	if c := d.Correction; c != nil {
		row(text.New("Correction", "Sofortmaßnahme"), given(c.Done), plain(text.New("done", "umgesetzt")), person(c.By), report.At(c.At))
	}
	if m := d.Merit; m != nil {
		row(text.New("Merit", "Bewertung"), given(m.Benefit), plain(text.New("judged", "bewertet")), person(m.By), report.At(m.At))
	}
	for i, c := range d.Cycles {
		d.trailOf(row, i+1, c)
	}
	if r := d.Refusal; r != nil {
		row(text.New("Not taken up", "Ablehnung"), given(r.Reason), plain(text.New("to be approved", "zur Freigabe")), person(r.By), report.At(r.At))
	}
}

// trailOf adds the rows of one plan.
func (d draft) trailOf(row func(step text.Text, what, result, who, when report.Cell), n int, c improvement.Cycle) {
	cause, result := c.Plan.Cause, text.New("to be removed", "zu beseitigen")
	if c.Plan.NoCause != "" {
		cause, result = c.Plan.NoCause, text.New("no cause needs removing", "keine Ursache zu beseitigen")
	}
	if cause != "" { // an opportunity needs none
		row(text.F("Plan %d: root cause", "Plan %d: Grundursache", n), report.Name(cause), plain(result), person(c.By), report.At(c.At))
	}
	actions := text.F("%d %s", "%d %s", len(c.Plan.Actions), text.N(len(c.Plan.Actions), text.New("action", "Maßnahme"), text.New("actions", "Maßnahmen")))
	if c.Approved == nil {
		for _, a := range c.Plan.Actions {
			row(actionNumber(a), report.Name(a.Title), plain(text.F("due %s", "fällig am %s", report.Date(a.Due))), person(a.Owner), given(""))
		}
		return
	}
	row(text.F("Plan %d", "Plan %d", n), report.Words(actions), report.Judged(text.New("approved", "freigegeben"), report.Good), person(c.Approved.By), report.At(c.Approved.At))
	for _, a := range c.Actions {
		if a.Done == nil {
			state := a.State.Title()
			if a.State == improvement.ActionOpen {
				state = text.F("%s, due %s", "%s, fällig am %s", a.State, report.Date(a.DueNow))
			}
			row(actionNumber(a.Action), report.Name(a.Title), plain(state), person(a.Owner), given(""))
			continue
		}
		row(actionNumber(a.Action), report.Name(a.Title), plain(improvement.ActionDone.Title()), person(a.Done.By), report.At(a.Done.At))
		if k := a.Check; k != nil {
			row(text.F("Check of action %d", "Wirksamkeitsprüfung zu Maßnahme %d", a.Number),
				report.Say("%s; target: %s", "%s; Ziel: %s", value(k.Measured), against(a.Action, k.Measured)), verdict(*k), person(k.By), report.At(k.At))
		}
	}
}

// plain is a result that is neither good nor bad.
func plain(t text.Text) report.Cell { return report.Judged(t, report.Neutral) }

// verdict is whether an action worked.
func verdict(c improvement.Check) report.Cell {
	if c.Effective {
		return report.Judged(improvement.ActionEffective.Title(), report.Good)
	}
	return report.Judged(improvement.ActionIneffective.Title(), report.Bad)
}
