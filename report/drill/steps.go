package drill

import (
	"slices"

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
	d.trackedTable(s.Table("", ""), h.Steps)
}

// returned lists the steps back, and what the business says of the return.
func (d draft) returned() {
	s := d.Section("Return to normal", "Rückkehr zum Normalbetrieb")
	h := d.happened()
	if h.Begun == nil {
		return
	}
	if n := h.Normal; n != nil {
		s.Say("Normal operation was verified by %s for %s, entered on %s.", "Der Normalbetrieb wurde von %s zum %s geprüft, erfasst am %s.", orDash(n.By), d.instant(n.When), d.instant(n.At))
		if n.Note != "" {
			s.Say("Found: %s", "Feststellung: %s", n.Note)
		}
	} else {
		s.Say("Nobody has verified that normal operation is there again.", "Dass der Normalbetrieb wieder besteht, hat niemand geprüft.")
	}
	d.trackedTable(s.Table("", ""), h.Return)
}

// trackedTable lists steps with expected and actual duration.
func (d draft) trackedTable(t *report.TableWriter, steps []drill.Tracked) {
	paused := slices.ContainsFunc(steps, func(x drill.Tracked) bool { return x.Paused > 0 })
	notes := slices.ContainsFunc(steps, func(x drill.Tracked) bool { return x.Note != "" || x.Let })
	t.Left("No.", "Nr.").Left("Step", "Schritt").Left("State", "Status").Left("Person", "Person").Left("Opened at", "Begonnen am").Left("Ended at", "Beendet am").Left("Entered at", "Erfasst am").
		Right("Expected", "Erwartet").Right("Actual", "Tatsächlich").Right("Paused", "Unterbrochen").When(paused).Left("Notes", "Bemerkungen").When(notes)
	for _, x := range steps {
		s, title := d.step(x.Name)
		end := d.happened().Finished(s, x)
		actual := given("")
		if x.Opened != nil && end != nil && !x.Opened.After(*end) {
			actual = report.Seconds(max(0, end.Unix()-x.Opened.Unix()-x.Paused))
		} else if x.Opened != nil && end != nil {
			actual = report.Say("not known", "nicht bekannt")
		}
		t.Row(report.Count(int64(x.Number)), report.Words(title), stateCell(x.State), person(x), at(x.Opened), at(end), at(x.Entered),
			report.Seconds(s.Takes.Seconds()), actual, report.Seconds(x.Paused), report.Words(notesOf(x)))
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

func notesOf(x drill.Tracked) text.Text {
	let := text.New("begun by order of the conductor although something before it didn’t come about", "auf Anordnung der Übungsleitung begonnen, obwohl Vorausgehendes nicht zustande kam")
	switch {
	case x.Let && x.Note != "":
		return text.F("%s; %s", "%s; %s", x.Note, let)
	case x.Let:
		return let
	case x.Note == "":
		return text.Same("–")
	}
	return text.Same(x.Note)
}
