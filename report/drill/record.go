package drill

import (
	"slices"
	"strings"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// calls lists whom was called, and who was reached by what.
func (d draft) calls() {
	h := d.happened()
	s := d.Section("Call tree", "Alarmierung")
	if n, of := called(h); of > 0 {
		s.Say("%d of %d contacts were reached, %s.", "%d von %d Kontakten wurden erreicht, %s.", n, of, shareOf(n, of))
	}
	if len(h.Calls) > 0 && h.Calls[0].Entered != nil { // all of them are entered at once
		said := text.F("Entered on %s by %s.", "Erfasst am %s von %s.", d.instant(*h.Calls[0].Entered), h.Calls[0].Caller)
		if slices.ContainsFunc(h.Calls, func(c drill.Call) bool { return len(c.Corrections) > 0 }) {
			said = text.F("First entered on %s by %s; corrected since, as the table below says.", "Zuerst erfasst am %s von %s; seither berichtigt, siehe Tabelle unten.", d.instant(*h.Calls[0].Entered), h.Calls[0].Caller)
		}
		s.Say("%s", "%s", said)
	}
	deadlines := d.callDeadlines()
	set := slices.ContainsFunc(deadlines, func(x *drill.Deadline) bool { return x != nil })
	t := s.Table("", "").Left("Name", "Name").Left("Reached", "Erreicht").Left("At", "Am").Left("By", "Auf welchem Weg").
		Left("Due", "Frist").When(set).Left("In time", "Fristgerecht").When(set)
	for i, c := range h.Calls {
		got := report.Judged(text.New("reached", "erreicht"), report.Good)
		if !c.Reached {
			got = report.Judged(text.New("not reached", "nicht erreicht"), report.Bad)
		}
		due, inTime := given(""), given("")
		if x := deadlines[i]; x != nil {
			due, inTime = report.Words(text.F("within %s of “%s”", "innerhalb von %s nach „%s“", lasting(x.Within), d.Setup.Type.EventTitle(x.From))), kept(*x)
		}
		t.Row(given(c.Name), got, at(c.When), given(d.way(c.By)), due, inTime)
	}
	d.correctedCalls(s)
}

// callDeadlines are those of the calls, in their order; nil where the plan sets none.
func (d draft) callDeadlines() []*drill.Deadline {
	h := d.happened()
	all := make([]*drill.Deadline, len(h.Calls))
	for i, c := range h.Calls {
		if i < len(d.Plan.Spec.Contacts) {
			all[i] = h.CallDeadline(d.Setup.Type, d.Plan.Spec.Contacts[i], c)
		}
	}
	return all
}

// correctedCalls lists the calls that were entered wrongly, with what was entered
// before.
func (d draft) correctedCalls(s *report.SectionWriter) {
	t := s.Table("Corrected calls", "Berichtigte Alarmierungen").Left("Name", "Name").Left("Entered before", "Bisher eingetragen").
		Left("Corrected to", "Berichtigt auf").Left("Entered at", "Erfasst am").Left("Entered by", "Erfasst von").Left("Reason", "Grund")
	inWords := func(x drill.Reach) report.Cell {
		x.By = d.way(x.By)
		return report.Words(x.InWords(d.zone))
	}
	for _, c := range d.happened().Calls {
		for _, x := range c.Corrections {
			t.Row(given(c.Name), inWords(x.Was), inWords(x.Is), report.At(x.At), given(x.By), given(x.Reason))
		}
	}
}

// way is how a contact was reached, up to the first word that looks like a number
// or an address, since those aren't published; of a way that the plan has its kind
// alone.
func (d draft) way(by string) string {
	words := strings.Fields(by)
	for _, x := range d.Plan.Spec.Contacts {
		if slices.Contains(x.By, by) {
			words = words[:min(1, len(words))]
		}
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.ContainsAny(w, "0123456789@+/") }); i >= 0 {
		words = words[:i]
	}
	return strings.TrimRight(strings.Join(words, " "), ":,;")
}

// directions lists what the conductor ordered.
func (d draft) directions() {
	h := d.happened()
	s := d.Section("Directions of the conductor", d.german("Anordnungen der Übungsleitung", "Anordnungen der Leitung"))
	steps, persons := false, false
	for _, x := range h.Directions {
		steps, persons = steps || x.Step != "", persons || x.Person != ""
	}
	t := s.Table("", "").Left("At", "Am").Left("Direction", "Anordnung").Left("Step", "Schritt").When(steps).Left("Person", "Person").When(persons).Left("Reason", "Grund").Left("By", "Von")
	for _, x := range h.Directions {
		_, title := d.step(orDash(x.Step))
		t.Row(report.At(x.At), report.Words(x.What.Title()), report.Words(title), given(x.Person), given(x.Reason), given(x.By))
	}
}

// abort says why a drill was aborted.
func (d draft) abort() {
	a := d.happened().Abort
	if a == nil {
		return
	}
	s := d.Section("Abort", "Abbruch")
	s.Say("The %s was aborted; the steps back were opened, and stand under “Return to normal”.", "Die %s wurde abgebrochen; die Schritte zurück wurden begonnen und stehen unter „Rückkehr zum Normalbetrieb“.", d.Setup.Type.Noun())
	t := record(s, "", "")
	t.Item("Reason", "Grund", given(a.Reason))
	t.Item("Aborted at", "Abgebrochen am", report.At(a.When))
	d.known(t, "Stop criterion of the plan", "Abbruchkriterium laut Planung", d.Setup.Stop)
	signed(t, a.By, a.At)
}

// estimate says what a discussion expects.
func (d draft) estimate() {
	e := d.happened().Estimate
	if e == nil {
		return
	}
	s := d.Section("Estimate", "Schätzung")
	s.Say("Estimated, proves nothing: nothing was recovered.", "Geschätzt, beweist nichts: Es wurde nichts wiederhergestellt.")
	t := record(s, "", "")
	if e.RTA != nil {
		t.Item("Recovery time, expected", "Erwartete Wiederanlaufzeit", report.Seconds(e.RTA.Seconds()))
	}
	if e.RPA != nil {
		t.Item("Age of the data, expected", "Erwartetes Alter der Daten", report.Seconds(e.RPA.Seconds()))
	}
	if e.Capacity != nil {
		t.Item("Capacity, expected", "Erwartete Kapazität", report.Words(percent(*e.Capacity)))
	}
	t.Item("Notes", "Bemerkungen", given(e.Notes))
	signed(t, e.By, e.At)
}

// evaluation says what the conductor gathered, with the evidence.
func (d draft) evaluation() {
	e := d.happened().Evaluation
	if e == nil {
		return
	}
	s := d.Section("Evaluation", "Auswertung")
	t := record(s, "", "")
	instant := func(of continuity.Event, title text.Text, at *time.Time) {
		if at == nil {
			return
		}
		if !d.happened().At(of).IsZero() { // what was said here stands among the events, too
			title = text.F("%s, corrected", "%s, berichtigt", title)
		}
		t.Row(report.Words(title), report.At(*at))
	}
	instant(continuity.Snapshot, continuity.Snapshot.Title(), e.Snapshot)
	instant(continuity.BackupDone, text.New("Backup finished, which is no recovery point", "Sicherung abgeschlossen (kein Stand der Daten)"), e.Backup)
	if e.Capacity != nil {
		t.Item("Capacity reached", "Erreichte Kapazität", report.Words(percent(*e.Capacity)))
	}
	if e.Integrity != "" {
		t.Item("Integrity of the data", "Unversehrtheit der Daten", integrity(e.Integrity))
	}
	t.Item("Evidence", "Nachweis", given(e.Evidence))
	if e.File != "" {
		t.Item("Evidence, file (SHA-256)", "Nachweis, Datei (SHA-256)", report.Name(e.File))
	}
	signed(t, e.By, e.At)
}

func integrity(i drill.Integrity) report.Cell {
	switch i {
	case drill.Whole:
		return report.Judged(i.Title(), report.Good)
	case drill.Damaged:
		return report.Judged(i.Title(), report.Bad)
	}
	return report.Judged(i.Title(), report.Neutral)
}

// debrief is what those who took part said right after.
func (d draft) debrief() {
	x := d.happened().Debrief
	if x == nil {
		return
	}
	t := record(d.Section("Debriefing", "Nachbesprechung"), "", "")
	t.Item("What went well", "Was gut lief", given(x.Well))
	t.Item("What went badly", "Was schlecht lief", given(x.Badly))
	t.Item("Lessons", "Erkenntnisse", given(x.Lessons))
	signed(t, x.By, x.At)
}

// review is what the owner makes of it, with the date of the re-test.
func (d draft) review() {
	x := d.happened().Reviewed
	if x == nil {
		return
	}
	t := record(d.Section("Review", "Bewertung"), "", "")
	t.Item("Review", "Bewertung", given(x.Words))
	if x.Retest != nil {
		t.Item("To be repeated by", "Zu wiederholen bis", report.Words(d.date(*x.Retest)))
	}
	signed(t, x.By, x.At)
}
