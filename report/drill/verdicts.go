package drill

import (
	"slices"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// warnings are what to know before anything else is read.
func (d draft) warnings() {
	h := d.happened()
	if h.Abort != nil {
		d.Warn("The %s was aborted: %s", "Die %s wurde abgebrochen: %s", d.Setup.Type.Noun(), h.Abort.Reason)
	}
	d.relaxed()
	if d.Newer > d.Plan.Version {
		d.Warn("The plan was changed while this %s went on: it followed version %d, and version %d isn’t proved by it.",
			"Der Plan wurde während der %s geändert: Maßgeblich war Version %d; Version %d ist damit nicht nachgewiesen.", d.Setup.Type.Noun(), d.Plan.Version, d.Newer)
	}
	switch r := h.Result; {
	case r == nil:
	case r.Overall == continuity.Estimated:
		d.Note("Nothing was recovered in this drill: what it says of recovery time, recovery point and minimum level is an estimate, and proves nothing.",
			"In dieser Übung wurde nichts wiederhergestellt: Angaben zu Wiederanlaufzeit, Alter der Daten und Notbetriebsniveau sind Schätzungen und beweisen nichts.")
	case r.Overall != continuity.Pass && d.anyPassed():
		d.Note("Some objectives were met and others weren’t: the %s as a whole is not passed.",
			"Einige Ziele wurden erreicht, andere nicht: Die %s insgesamt ist nicht bestanden.", d.Setup.Type.Noun())
	}
	if all := h.Disorders(d.Plan.Spec, d.Setup.Type); len(all) > 0 {
		d.Warn("Entered in another order than planned: %s. Where one of them is wrong, request changes to have it corrected; a verdict may depend on it.",
			"In anderer Reihenfolge eingetragen als geplant: %s. Ist einer der Einträge falsch, Änderungen verlangen und ihn berichtigen lassen; ein Urteil kann davon abhängen.", drill.ListDisorders(all, d.zone))
	}
	d.corrected()
}

// corrected says what was entered anew once somebody had read the report.
func (d draft) corrected() {
	var events []text.Text
	for _, e := range d.happened().Timeline {
		if title := d.Setup.Type.EventTitle(e.Event); e.Round > 0 && !slices.Contains(events, title) {
			events = append(events, title)
		}
	}
	afterwards := func(c drill.Correction) bool { return c.Round > 0 }
	for _, x := range d.happened().Steps {
		if slices.ContainsFunc(x.Corrections, afterwards) {
			events = append(events, text.F("end of step %d", "Ende von Schritt %d", x.Number))
		}
	}
	for _, x := range d.happened().Return {
		if slices.ContainsFunc(x.Corrections, afterwards) {
			events = append(events, text.F("end of step back %d", "Ende von Schritt %d der Rückkehr", x.Number))
		}
	}
	for _, x := range d.happened().Calls {
		if slices.ContainsFunc(x.Corrections, func(c drill.CallCorrection) bool { return c.Round > 0 }) {
			events = append(events, text.F("call of %s", "Alarmierung von %s", x.Name))
		}
	}
	if len(events) > 0 {
		d.Note("Corrected after changes to this report were requested: %s. The tables of events, steps and calls have what was entered before, who corrected it and why.",
			"Berichtigt, nachdem Änderungen an diesem Bericht verlangt wurden: %s. Die Tabellen der Ereignisse, Schritte und Alarmierungen nennen den früheren Eintrag, die berichtigende Person und den Grund.", text.Join(events, ", "))
	}
}

func (d draft) anyPassed() bool {
	for _, r := range d.results() {
		if r.verdict == continuity.Pass {
			return true
		}
	}
	return false
}

// resultTiles gives the headlines of a drill that was carried out.
func (d draft) resultTiles() {
	h := d.happened()
	r := h.Result
	if r == nil {
		d.Tile("Result", "Ergebnis", report.Say("not evaluated", "nicht ausgewertet")).Say("it proves nothing", "kein Nachweis")
	} else {
		tone := judged(r.Overall).Verdict.Tone
		t := d.Tile("Result", "Ergebnis", report.Judged(r.Overall.Title(), tone))
		t.Tone = tone
		switch failed := d.unproved(); {
		case len(failed) > 0 && r.Overall == continuity.Fail:
			t.Say("because of: %s", "wegen: %s", text.Join(failed, ", "))
		case len(failed) > 0:
			t.Say("not passed because of: %s", "nicht bestanden wegen: %s", text.Join(failed, ", "))
		case r.Overall == continuity.Estimated:
			t.Say("proves nothing", "beweist nichts")
		}
	}
	for _, x := range d.results() {
		if x.name == rto || x.name == rpo || x.name == mbco || !d.Setup.Type.Measures() {
			d.headline(x)
		}
	}
	t := d.Tile("Type", d.german("Art der Übung", "Art"), report.Words(d.Setup.Type.Title()))
	if !d.Setup.Type.Measures() {
		t.Say("proves neither recovery time nor recovery point", "beweist weder Wiederanlaufzeit noch Alter der Daten")
	}
	if r == nil {
		return
	}
	switch again := h.Reviewed; {
	case !r.Retest && r.Overall != continuity.Fail && r.Overall != continuity.Incomplete:
		d.Tile("Re-test", "Wiederholung", report.Say("not required", "nicht erforderlich"))
	case again == nil || again.Retest == nil:
		d.Tile("Re-test", "Wiederholung", report.Say("required", "erforderlich")).Say("no date yet", "noch ohne Datum").Judge(false)
	default:
		d.Tile("Re-test", "Wiederholung", report.Say("by %s", "bis zum %s", d.date(*again.Retest))).Say("required", "erforderlich").Judge(false)
	}
}

// headline is the tile of an objective.
func (d draft) headline(x result) {
	t := &report.Tile{}
	switch value := report.Words(x.achieved); x.name {
	case rto:
		t = d.Tile("Recovery time", "Wiederanlaufzeit", value)
	case rpo:
		t = d.Tile("Recovery point", "Alter der Daten", value)
	case mbco:
		t = d.Tile("Capacity", "Kapazität", value)
	case reached:
		t = d.Tile("Contacts reached", "Erreichte Kontakte", value)
	case decide:
		t = d.Tile("Time to decide", "Zeit bis zur Entscheidung", value)
	}
	t.Say("agreed: %s", "vereinbart: %s", x.agreed)
	switch x.verdict {
	case continuity.Pass:
		t.Judge(true)
	case continuity.Fail, continuity.Incomplete:
		t.Judge(false)
	}
}

// unproved names what keeps a drill from being passed.
func (d draft) unproved() (all []text.Text) {
	for _, x := range d.results() {
		if x.verdict == continuity.Fail || x.verdict == continuity.Incomplete {
			all = append(all, x.title)
		}
	}
	for _, x := range d.further() {
		if x.verdict == continuity.Fail || x.verdict == continuity.Incomplete {
			all = append(all, x.title)
		}
	}
	if n := d.undone(); n > 0 && len(all) == 0 {
		all = append(all, text.New("steps that weren’t carried out", "nicht ausgeführte Schritte"))
	}
	return all
}

// further are the verdicts on what no objective is about: data, plan and return.
func (d draft) further() (all []result) {
	h := d.happened()
	r := h.Result
	if r == nil {
		return nil
	}
	add := func(title text.Text, v continuity.Verdict, was text.Text) {
		if v != "" {
			all = append(all, result{objective: objective{title: title}, verdict: v, achieved: was})
		}
	}
	integrity := text.New("not said", "keine Angabe")
	if h.Evaluation != nil && h.Evaluation.Integrity != "" {
		integrity = h.Evaluation.Integrity.Title()
	}
	add(text.New("Integrity of the data", "Unversehrtheit der Daten"), r.Integrity, integrity)
	offsite := text.New("plan and contacts weren’t read where Turnus can’t be reached", "Plan und Kontakte wurden nicht außerhalb von Turnus gelesen")
	if h.Begun != nil && h.Begun.Offsite {
		offsite = text.New("plan and contacts were read where Turnus can’t be reached", "Plan und Kontakte wurden außerhalb von Turnus gelesen")
	}
	add(text.New("Plan readable off-site", "Plan ohne Turnus lesbar"), r.Offsite, offsite)
	back := text.New("not verified by the business", "vom Fachbereich nicht geprüft")
	if h.Normal != nil {
		back = text.F("verified by %s on %s", "geprüft von %s am %s", orDash(h.Normal.By), d.instant(h.Normal.When))
	}
	add(text.New("Return to normal operation", "Rückkehr zum Normalbetrieb"), r.Back, back)
	return all
}

// verdicts says of each objective what was achieved, and why that passes or not.
func (d draft) verdicts() {
	s := d.Section("What was proved", "Was nachgewiesen wurde")
	if d.happened().Result == nil {
		s.Say("The %s wasn’t evaluated: it proves nothing.", "Die %s wurde nicht ausgewertet: Sie weist nichts nach.", d.Setup.Type.Noun())
		return
	}
	if failed := d.unproved(); len(failed) > 0 {
		s.Say("Not passed because of: %s.", "Nicht bestanden wegen: %s.", text.Join(failed, "; "))
	}
	if n := d.undone(); n > 0 && d.Setup.Type.Measures() {
		s.Say("%d %s not carried out as planned: with that the %s isn’t passed.", "%d %s nicht wie geplant ausgeführt: Die %s gilt damit als nicht bestanden.", n,
			text.N(n, text.New("step was", "Schritt wurde"), text.New("steps were", "Schritte wurden")), d.Setup.Type.Noun())
	}
	if h := d.happened(); !h.Whole() && slices.ContainsFunc(d.results(), func(r result) bool { return r.verdict == continuity.Pass }) {
		s.Say("What was met all the same stays in doubt until a drill proves it that is carried through.", "Was dennoch erreicht wurde, bleibt fraglich, bis eine vollständig durchgeführte Übung es nachweist.")
	}
	t := s.Table("Objectives", "Ziele").Left("Objective", "Ziel").Left("Verdict", "Urteil").Left("Achieved", "Erreicht").Left("Agreed", "Vereinbart").Left("Counted from", "Gezählt ab").Left("Reason", "Begründung")
	for _, r := range d.results() {
		t.Row(report.Words(r.title), judged(r.verdict), report.Words(r.achieved), report.Words(r.agreed), report.Words(r.from), report.Words(r.reason))
	}
	d.beside(s)
	t = s.Table("Beyond the objectives", "Über die Ziele hinaus").Left("What", "Gegenstand").Left("Verdict", "Urteil").Left("Found", "Feststellung")
	for _, r := range d.further() {
		t.Row(report.Words(r.title), judged(r.verdict), report.Words(r.achieved))
	}
}

// beside lists the times that stand beside the objectives and aren't judged.
func (d draft) beside(s *report.SectionWriter) {
	r := d.happened().Result
	normal := d.NormalDeadline()
	t := s.Table("Other times", "Weitere Zeiten").Left("Time", "Zeit").Left("From", "Ab").Right("Length", "Dauer").
		Left("Agreed", "Vereinbart").When(normal != nil).Left("In time", "Fristgerecht").When(normal != nil)
	row := func(title text.Text, seconds *int64) {
		if seconds != nil {
			t.Row(report.Words(title), report.Words(counts(continuity.FromDisruption)), report.Seconds(*seconds), given(""), given(""))
		}
	}
	row(text.New("Recovery time, counted from the disruption", "Wiederanlaufzeit, ab der Störung gezählt"), r.FromDisruption)
	row(text.New("Until the plan was invoked", "Bis zum Auslösen des Plans"), r.Delay)
	if normal == nil {
		row(text.New("Until full capacity", "Bis zur vollen Kapazität"), r.Full)
	} else {
		length := report.Words(text.New("not known", "nicht bekannt"))
		if from := d.event(continuity.Disruption); from != nil && normal.When != nil {
			length = report.Seconds(int64(normal.When.Sub(*from).Round(time.Second) / time.Second))
		}
		t.Row(report.Words(untilNormal(*normal)), report.Words(counts(continuity.FromDisruption)), length,
			report.Words(text.F("at most %s (MTW)", "höchstens %s (MTW)", lasting(normal.Within))), kept(*normal))
	}
	if d.Plan.Spec.Objectives.Decide == nil {
		row(text.New("Until the decision", "Bis zur Entscheidung"), r.Decided)
	}
}

// untilNormal is what the time is called that MTW bounds.
func untilNormal(x drill.Deadline) text.Text {
	if x.Of == continuity.Full {
		return text.New("Until full capacity", "Bis zur vollen Kapazität")
	}
	return text.New("Until normal operation", "Bis zum Normalbetrieb")
}

// kept says what became of a deadline, and by how much it was missed.
func kept(x drill.Deadline) report.Cell {
	tone := map[drill.Kept]report.Tone{drill.InTime: report.Good, drill.Late: report.Bad, drill.Never: report.Bad}[x.Kept]
	if tone == "" {
		tone = report.Neutral
	}
	return report.Judged(lateness(x), tone)
}

func lateness(x drill.Deadline) text.Text {
	if over := x.Over(); over > 0 {
		return text.F("%s, by %s", "%s, um %s", x.Kept, report.Lasting(over))
	}
	return x.Kept.Title()
}
