package drill

import (
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report"
)

// coverage says what earlier drills have proved of the plan, and what puts that in
// doubt since.
func (d draft) coverage() {
	if len(d.Coverage) == 0 {
		return
	}
	s := d.Section("What was proved before", "Was bisher nachgewiesen ist")
	s.Say("Of each objective agreed today, by published drills and by outages that were decided on, before this one.", "Zu jedem heute vereinbarten Ziel, nach veröffentlichten Übungen und bewerteten Ausfällen vor dieser.")
	t := s.Table("", "").Left("Objective", "Ziel").Left("Agreed", "Vereinbart").Left("State", "Status").Left("Last proved", "Zuletzt nachgewiesen").Left("By", "Durch").Left("Since then", "Seitdem")
	for _, c := range d.Coverage {
		proved, by := report.Nothing(), report.Nothing()
		if c.LastProved != nil {
			proved, by = report.At(*c.LastProved), report.Say("%s (%s)", "%s (%s)", c.Run, c.Type)
		}
		t.Row(report.Words(continuity.ObjectiveTitle(c.Objective)), report.Words(continuity.ObjectiveValue(c.Objective, c.Value)), report.Words(c.State.Title()), proved, by, report.Words(d.since(c)))
	}
}

// since lists what changed after an objective was proved.
func (d draft) since(c continuity.Coverage) text.Text {
	if len(c.Since) == 0 {
		return text.Same("–")
	}
	all := make([]text.Text, len(c.Since))
	for i, x := range c.Since {
		all[i] = text.F("%s: %s", "%s: %s", d.date(calendar.DateOf(x.At.In(d.zone))), x.Detail)
	}
	return text.Join(all, "; ")
}
