package drill

import (
	"slices"
	"time"

	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// undone counts the steps of the drill that weren't carried out as planned.
func (d draft) undone() (n int) {
	for _, x := range d.happened().Steps {
		if x.State != drill.Done && x.State != drill.LeftOut {
			n++
		}
	}
	return n
}

// steps lists what became of each step.
func (d draft) steps() {
	s := d.Section("Steps", "Schritte")
	h := d.happened()
	if slices.ContainsFunc(h.Steps, func(x drill.Tracked) bool { return x.Paused > 0 }) {
		s.Say("A pause stops the clock of a step, never that of an objective.", "Eine Unterbrechung hält die Uhr eines Schritts an, nie die eines Ziels.")
	}
	d.trackedTables(s, h.Steps)
}

// returned lists the steps back, and what the business says of the return.
func (d draft) returned() {
	s := d.Section("Return to normal", "Rückkehr zum Normalbetrieb")
	h := d.happened()
	if h.Begun == nil || len(h.Return) == 0 && h.Normal == nil && (h.Result == nil || h.Result.Back == "") {
		return // a discussion has nothing to return from
	}
	if n := h.Normal; n != nil {
		s.Say("Normal operation was verified on %s by %s; entered on %s.", "Der Normalbetrieb wurde am %s von %s geprüft; erfasst am %s.", d.instant(n.When), orDash(n.By), d.instant(n.At))
		if n.Note != "" {
			s.Say("Found: %s", "Feststellung: %s", n.Note)
		}
	} else {
		s.Say("Nobody has verified that normal operation is there again.", "Dass der Normalbetrieb wieder besteht, hat niemand geprüft.")
	}
	d.trackedTables(s, h.Return)
}

// trackedTables list steps with expected and actual duration, and their instants
// in a table of their own, so that each fits on a page.
func (d draft) trackedTables(s *report.SectionWriter, steps []drill.Tracked) {
	t := s.Table("", "")
	pauses := slices.ContainsFunc(steps, func(x drill.Tracked) bool { return x.Paused > 0 })
	notes := slices.ContainsFunc(steps, func(x drill.Tracked) bool {
		planned, _ := d.step(x.Name)
		return x.Note != "" || x.Let || late(x, d.happened().Finished(planned, x))
	})
	t.Left("No.", "Nr.").Left("Step", "Schritt").Left("State", "Status").Left("Person", "Person").
		Right("Expected", "Erwartet").Right("Actual", "Tatsächlich").Right("Paused", "Unterbrochen").When(pauses).Left("Notes", "Bemerkungen").When(notes)
	instants := s.Table("Instants", "Zeitpunkte").Left("No.", "Nr.").Left("Step", "Schritt").Left("Opened at", "Eröffnet am").Left("Ended at", "Beendet am").Left("Entered at", "Erfasst am")
	for _, x := range steps {
		planned, title := d.step(x.Name)
		end := d.happened().Finished(planned, x)
		if x.Opened != nil || end != nil {
			instants.Row(report.Count(int64(x.Number)), report.Words(title), at(x.Opened), at(end), at(x.Entered))
		}
		actual, paused := given(""), given("")
		if x.Paused > 0 {
			paused = report.Seconds(x.Paused)
		}
		switch {
		case late(x, end):
			actual = report.Say("not known", "nicht bekannt")
		case x.Opened != nil && end != nil:
			actual = report.Seconds(max(0, end.Unix()-x.Opened.Unix()-x.Paused))
		}
		t.Row(report.Count(int64(x.Number)), report.Words(title), stateCell(x.State), person(x),
			report.Seconds(planned.Takes.Seconds()), actual, paused, report.Words(d.notesOf(x, end)))
	}
	d.correctedSteps(s, steps)
}

// correctedSteps lists the ends of steps that were entered wrongly, with what was
// entered before; a step by its number alone, so that three instants fit beside it.
func (d draft) correctedSteps(s *report.SectionWriter, steps []drill.Tracked) {
	t := s.Table("Corrected ends of steps", "Berichtigte Enden von Schritten").Left("No.", "Nr.").Left("Entered before", "Bisher eingetragen").
		Left("Corrected to", "Berichtigt auf").Left("Entered at", "Erfasst am").Left("By", "Von").Left("Reason", "Grund")
	for _, x := range steps {
		for _, c := range x.Corrections {
			t.Row(report.Count(int64(x.Number)), report.At(c.Was), report.At(c.When), report.At(c.At), given(c.By), given(c.Reason))
		}
	}
}

func stateCell(s drill.State) report.Cell {
	switch s {
	case drill.Done:
		return report.Judged(s.Title(), report.Good)
	case drill.Failed, drill.Skipped, drill.NotTested, drill.Cancelled:
		return report.Judged(s.Title(), report.Bad)
	}
	return report.Judged(s.Title(), report.Neutral)
}

// person is who was to carry a step out, and who entered it where that was
// somebody else.
func person(x drill.Tracked) report.Cell {
	if x.By != "" && x.By != x.Person {
		return report.Say("%s, entered by %s", "%s, erfasst von %s", orDash(x.Person), x.By)
	}
	return given(x.Person)
}

// notesOf is what was noted on a step, and what else to know of it: that it was
// entered after it had ended, or was begun all the same.
func (d draft) notesOf(x drill.Tracked, end *time.Time) text.Text {
	var all []text.Text
	if x.Note != "" {
		all = append(all, text.Same(x.Note))
	}
	if late(x, end) {
		all = append(all, text.New("entered afterwards: carried out before it was opened in Turnus", "nachträglich erfasst: ausgeführt, bevor er in Turnus eröffnet wurde"))
	}
	if x.Let {
		all = append(all, text.New("begun by order of the conductor although not all before it was done", d.german("auf Anordnung der Übungsleitung begonnen, obwohl nicht alles Vorausgehende erledigt war", "auf Anordnung der Leitung begonnen, obwohl nicht alles Vorausgehende erledigt war")))
	}
	if len(all) == 0 {
		return text.Same("–")
	}
	return text.Join(all, "; ")
}

// late says that a step was opened after its end.
func late(x drill.Tracked, end *time.Time) bool {
	return x.Opened != nil && end != nil && x.Opened.After(*end)
}
