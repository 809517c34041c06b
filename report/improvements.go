package report

import (
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
)

// Improvements adds the section of what earlier reports led to, as of a date:
// where the findings and their actions stand, what is overdue marked; nothing
// where there are none. It stands right behind the summary.
func (w *Writer) Improvements(findings []improvement.Progress, on calendar.Date) {
	s := w.Section("What earlier reports led to", "Befunde und Maßnahmen aus früheren Berichten")
	moved, overdue, actions := false, 0, 0
	for _, f := range findings {
		for _, a := range f.Actions {
			actions++
			moved = moved || a.Moves > 0
			if a.Overdue(on) {
				overdue++
			}
		}
	}
	t := s.Table("Findings", "Befunde").Left("No.", "Nr.").Left("Finding", "Befund").Left("Severity", "Schweregrad").Right("Seen", "Festgestellt").Left("State", "Status")
	for _, f := range findings {
		state := Judged(f.State.Title(), Neutral)
		if f.State == improvement.Closed {
			state = Judged(f.State.Title(), Good)
		}
		t.Row(Say("%d", "%d", f.Finding), Words(Named(f.Title, "–")), Words(f.Severity.Title()), Count(int64(f.Seen)), state)
	}
	t = s.Table("Actions", "Maßnahmen").Left("No.", "Nr.").Left("Action", "Maßnahme").Left("Owner", "Verantwortlich").Left("Due", "Fällig").
		Left("As planned", "Ursprünglich fällig").When(moved).Right("Moved", "Verschoben").When(moved).Left("State", "Status")
	for _, f := range findings {
		for _, a := range f.Actions {
			t.Row(Name(a.ID), Name(a.Title), Name(a.Owner), Words(Date(a.Due)), Words(Date(a.OriginalDue)), Count(int64(a.Moves)), actionState(a, on))
		}
	}
	if s.Empty() {
		return
	}
	s.Say("The register of findings as of %s: what earlier reports led to and hasn’t ended, or not before the period began.",
		"Stand des Befundregisters am %s: alles, was aus früheren Berichten hervorging und nicht oder erst nach Beginn der Periode beendet wurde.", Date(on))
	switch {
	case actions == 0:
		s.Say("No action is in work yet.", "Noch ist keine Maßnahme in Arbeit.")
	case overdue > 0:
		s.Say("Overdue: %d of %d %s.", "Überfällig: %d von %d %s.", overdue, actions, text.N(actions, text.New("action", "Maßnahme"), text.New("actions", "Maßnahmen")))
	}
}

// actionState is the state of an action in words, and whether it is overdue.
func actionState(a improvement.ActionLine, on calendar.Date) Cell {
	switch {
	case a.Overdue(on):
		return Judged(text.F("%s, overdue", "%s, überfällig", a.State), Bad)
	case a.State == improvement.ActionEffective:
		return Judged(a.State.Title(), Good)
	case a.State == improvement.ActionIneffective:
		return Judged(a.State.Title(), Bad)
	}
	return Judged(a.State.Title(), Neutral)
}
