package drill

import (
	"slices"
	"strings"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// CheckAnswer refuses what fields alone can't tell of an answer to a task of a
// drill's script, or to one by which its entries are corrected: what hasn't happened
// yet, what can't have happened in that order, a direction that nothing follows from,
// an end while steps are open. Faults name fields.NAME or outcome. now is the instant
// of the answer.
func (r Record) CheckAnswer(now time.Time, t task.Task, o task.Outcome, v task.Values) error {
	// Asked for is what Follow says, not what is open on record: between the two lies
	// the moment in which an abort or another order closes a task.
	if _, asked := Follow(r).Question(t.Step); !asked {
		return fault.New(fault.Conflict, text.New("This task isn't open any more.", "Diese Aufgabe ist nicht mehr offen."))
	}
	if err := r.checkInstants(now, t, v); err != nil {
		return err
	}
	switch step, _ := Numbered(t.Step); {
	case t.Step == process.DrillBegin || t.Step == process.DrillDiscuss:
		if today := calendar.DateOf(now.In(r.Zone)); today.Before(r.Setup.Date) && r.Setup.Type != continuity.Invocation {
			return fault.Invalidf("outcome", "The drill is planned for %s: that hasn't come yet.", "Die Übung ist für den %s geplant: Der Tag ist noch nicht gekommen.", r.Setup.Date.InWords())
		}
	case step == process.DrillConduct && o == task.Direct:
		if err := r.checkDirection(v); err != nil {
			return err
		}
	case step == process.DrillConduct && o == task.Done:
		if err := r.checkEnd(); err != nil {
			return err
		}
	case step == process.DrillStep || step == process.DrillPaused:
		if err := r.checkPause(now, t.Step, v); err != nil {
			return err
		}
	case step == process.DrillCorrect && o == task.Correct:
		if err := r.checkCorrection(t.Step, v); err != nil {
			return err
		}
	case step == process.DrillNormal || t.Step == process.DrillEvaluate:
		if err := r.checkEvaluation(v); err != nil {
			return err
		}
	}
	return r.checkOrder(now, t, o, v)
}

// checkInstants refuses instants in the future, and capacities that are finer
// than what is agreed can be.
func (r Record) checkInstants(now time.Time, t task.Task, v task.Values) error {
	var faults fault.List
	for _, f := range t.Fields {
		at := "fields." + f.Name
		switch x := instant(v, f.Name); {
		case f.Type == task.InstantField && x != nil && x.After(now):
			faults.Say(at, "%s is in the future: it is %s now.", "%s liegt in der Zukunft: Jetzt ist es %s.", calendar.InWords(x.In(r.Zone)), calendar.InWords(now.In(r.Zone)))
		case f.Name == "capacity" && v.Text("capacity") != "":
			if _, err := agreement.ParseDecimal(v.Text("capacity")); err != nil {
				faults.Add(fault.As(err).At(at))
			}
		}
	}
	return faults.Err()
}

// checkDirection refuses an order that nothing would follow from.
func (r Record) checkDirection(v task.Values) error {
	order, name := Order(v.Text("order")), v.Text("step")
	for field, with := range map[string][]Order{"event": {Correct}, "contact": {Correct}, "person": {Reassign, ConfirmBy}} {
		if v.Text(field) != "" && !slices.Contains(with, order) {
			return fault.Invalidf("fields."+field, "This doesn't go with “%s”, and nothing would come of it: leave it out, or say it with a direction of its own.",
				"Das gehört nicht zu „%s“ und bliebe ohne Folge: Weglassen oder mit einer eigenen Anordnung angeben.", order)
		}
	}
	if order == Correct {
		return r.checkCorrected(v)
	}
	business, _ := r.business()
	if order == ConfirmBy {
		switch who := v.Text("person"); {
		case who == "":
			return fault.Invalidf("fields.person", "Say who confirms for the business.", "Angeben, wer für den Fachbereich bestätigt.")
		case who == business:
			return fault.Invalidf("fields.person", "%s confirms for the business already.", "%s bestätigt schon für den Fachbereich.", who)
		case r.restores(who):
			return fault.Invalidf("fields.person", "%s leads the recovery, or carries out or was named for a step of it: name somebody who confirms what others restored.",
				"%s leitet den Wiederanlauf oder ist oder war für einen Schritt davon zuständig: Jemanden angeben, der bestätigt, was andere wiederhergestellt haben.", who)
		}
		return nil
	}
	s := Follow(r)
	i := slices.IndexFunc(s.steps, func(p progress) bool { return p.Name == name })
	if i < 0 {
		return fault.Invalidf("fields.step", "Say which step this is about.", "Angeben, um welchen Schritt es geht.")
	}
	p := s.steps[i]
	switch {
	case p.State.Ended():
		return fault.Invalidf("fields.step", "Step %[1]d is %[2]s: nothing becomes of it any more.", "Schritt %[1]d: Status %[2]s. Daran ändert sich nichts mehr.", p.Number, p.State)
	case (order == GoOn || order == NotTest) && !p.stuck():
		return fault.Invalidf("fields.order", "Nothing that step %d depends on has failed or was left undone: this is for a step that waits in vain.",
			"Nichts, wovon Schritt %d abhängt, ist fehlgeschlagen oder unterblieben: Das ist für einen Schritt, der vergeblich wartet.", p.Number)
	case order == Reassign && v.Text("person") == "":
		return fault.Invalidf("fields.person", "Say who takes the step over.", "Angeben, wer den Schritt übernimmt.")
	case order == Reassign && v.Text("person") == p.Person:
		return fault.Invalidf("fields.person", "%s carries out step %d already.", "%s ist schon für Schritt %d zuständig.", p.Person, p.Number)
	case order == Reassign && v.Text("person") == business:
		return fault.Invalidf("fields.person", "%s confirms for the business what others restored, and carries out no step.",
			"%s bestätigt für den Fachbereich, was andere wiederherstellen, und übernimmt keinen Schritt.", business)
	}
	return nil
}

// checkPause refuses what is said of a step to have happened before its interruption
// began, or before it went on: of the instants of those people can't correct anything.
func (r Record) checkPause(now time.Time, step string, v task.Values) error {
	at := now
	if x := instant(v, "at"); x != nil {
		at = *x
	}
	for _, p := range Follow(r).steps {
		since := p.went
		if p.State == Paused {
			since = p.stood
		}
		if p.State.Ended() || p.asked == 0 || p.name() != step || !at.Truncate(time.Second).Before(since.Truncate(time.Second)) {
			continue
		}
		was := text.New("went on", "der Fortsetzung")
		if p.State == Paused {
			was = text.New("was interrupted", "der Unterbrechung")
		}
		return fault.Invalidf("fields.at", "%[1]s is before step %[2]d %[3]s, %[4]s: that can't be, look at the instant and its zone.",
			"%[1]s liegt vor %[3]s von Schritt %[2]d, %[4]s: Das kann nicht sein, den Zeitpunkt und seine Zeitzone prüfen.",
			calendar.InWords(at.In(r.Zone)), p.Number, was, calendar.InWords(since.In(r.Zone)))
	}
	return nil
}

// checkEnd refuses the end of the script while steps are open.
func (r Record) checkEnd() error {
	var open []text.Text
	for _, p := range Follow(r).steps {
		if !p.State.Ended() {
			open = append(open, text.F("%d (%s)", "%d (%s)", p.Number, p.State))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return fault.Invalidf("outcome", "Steps haven't ended: %s. Have them carried out or skipped, or abort the %s.",
		"Diese Schritte sind nicht beendet: %s. Ausführen oder überspringen lassen oder die %s abbrechen.", text.Join(open, ", "), r.Setup.Type.Noun())
}

// checkEvaluation wants a reason for each corrected instant, and none that is
// entered already, and no age of data that didn't come back.
func (r Record) checkEvaluation(v task.Values) error {
	for _, field := range []string{"snapshot", "backup"} {
		if v.Text(field) != "" && Integrity(v.Text("integrity")) == NoData {
			return fault.Invalidf("fields."+field, "No data was restored, so that this has nothing to be of: clear it, or say what came of the data.",
				"Es wurden keine Daten wiederhergestellt, zu denen dies gehören könnte: Leeren oder angeben, was aus den Daten wurde.")
		}
	}
	s := Follow(r)
	entered := map[string]time.Time{} // by the field that corrects it
	for _, e := range append(correctable(), continuity.Confirmed) {
		entered[eventField(e)] = s.At(e)
	}
	for _, i := range s.disordered(r) {
		entered[endField(s.Steps[i].Number)] = *s.Steps[i].Ended
	}
	for i, t := range s.Return {
		if t.Ended != nil {
			entered[backField(i+1)] = *t.Ended
		}
	}
	for i, c := range s.Calls {
		if c.When != nil {
			entered[reachedField(i+1)] = *c.When
		}
	}
	corrected, asked := false, map[string]bool{}
	for _, e := range r.missing(s.Happened) {
		asked[eventField(e)] = true
	}
	for field, was := range entered {
		at := instant(v, field)
		if at != nil && !asked[field] { // what is asked for the first time corrects nothing
			corrected = true
		}
		if at != nil && sameInstant(at, &was) {
			return r.sameAsEntered(field, *at)
		}
	}
	if corrected && v.Text("why") == "" {
		return fault.Invalidf("fields.why", "Instants are corrected: say why.", "Es werden Zeitpunkte berichtigt: Den Grund angeben.")
	}
	return nil
}

// checkOrder refuses an answer after which the timeline couldn't be as it is
// entered, as with recovery before the disruption.
func (r Record) checkOrder(now time.Time, t task.Task, o task.Outcome, v task.Values) error {
	if r.Setup.Type.Discussed() && t.Step != process.DrillDiscuss {
		return nil
	}
	inWords := func(at time.Time) text.Text { return calendar.InWords(at.In(r.Zone)) }
	then := r.with(t.Step, task.Decision{Task: t.ID, Run: t.Run, Round: t.Round, Outcome: o, Fields: v, At: now})
	h := Follow(then).Happened
	if h.Begun == nil {
		return nil
	}
	start := h.At(continuity.Disruption)
	for _, f := range t.Fields {
		if x := instant(v, f.Name); x != nil && x.Before(start) && f.Type == task.InstantField && f.Name != "snapshot" && f.Name != "backup" && f.Name != "disruption" && !start.IsZero() &&
			!ofData(continuity.Event(v.Text("event"))) {
			return fault.Invalidf("fields."+f.Name, "%s is before the disruption, %s: that can't be, look at both instants and their zones.",
				"%s liegt vor der Störung, %s: Das kann nicht sein, beide Zeitpunkte und ihre Zeitzonen prüfen.", inWords(*x), inWords(start))
		}
	}
	// What is counted from was agreed for that day: not what had happened before.
	before, began := Follow(r).Begun, h.Begun.Disruption
	if said := before == nil || !before.Disruption.Equal(began); said && r.Setup.Type != continuity.Invocation && began.Before(r.Setup.Date.Add(-1).Start(r.Zone)) {
		return fault.Invalidf(r.placeOf(t, "disruption"), "%s is before the day for which the drill is planned, %s: what happened before isn't this drill.",
			"%s liegt vor dem Tag, für den die Übung geplant ist, dem %s: Was vorher geschah, gehört nicht zu dieser Übung.", inWords(began), r.Setup.Date.InWords())
	}
	if x := r.Retests; x != nil && !began.After(x.Until) {
		return fault.Invalidf(r.placeOf(t, "disruption"), "A re-test begins after what it repeats: %s isn't after %s (%s).",
			"Eine Wiederholung beginnt nach dem, was sie wiederholt: %s liegt nicht nach dem %s (%s).", inWords(began), inWords(x.Until), x.Run)
	}
	if err := r.checkAfter(t, Follow(r).Happened, h); err != nil {
		return err
	}
	_, err := then.judge(h)
	f := fault.As(err)
	if f == nil {
		return err
	}
	said := *f
	said.Field = r.placeOf(t, strings.TrimPrefix(f.Field, "events."))
	return &said
}

// checkAfter refuses a beginning before which something has happened already, and
// an end of the drill before that of a step of its script. Of steps back and calls
// only what the answer brings about: for some time nobody looked at those.
func (r Record) checkAfter(t task.Task, was, is Happened) error {
	start := is.At(continuity.Disruption)
	inWords := func(at time.Time) text.Text { return calendar.InWords(at.In(r.Zone)) }
	before := func(en, de string, what any, at time.Time) error {
		return fault.Invalidf(r.placeOf(t, "disruption"), en+" on %s, before the disruption, %s: that can't be, look at both instants and their zones.",
			de+" am %s, vor der Störung, %s: Das kann nicht sein, beide Zeitpunkte und ihre Zeitzonen prüfen.", what, inWords(at), inWords(start))
	}
	for i, step := range is.Steps {
		if !step.correctable() {
			continue
		}
		end := *is.Finished(r.Plan.Spec.Steps[i], step)
		switch over := is.At(continuity.Ended); {
		case end.Before(start):
			return before("Step %d ended", "Schritt %d endete", step.Number, end)
		case !over.IsZero() && over.Before(end):
			place := r.placeOf(t, "ended")
			if i < len(was.Steps) && !sameInstant(was.Steps[i].Ended, step.Ended) && slices.ContainsFunc(t.Fields, func(f task.Field) bool { return f.Name == endField(step.Number) }) {
				place = "fields." + endField(step.Number)
			}
			return fault.Invalidf(place, "Step %d ended on %s, after the drill, %s: that can't be, look at both instants and their zones.",
				"Schritt %d endete am %s, nach der Übung, %s: Das kann nicht sein, beide Zeitpunkte und ihre Zeitzonen prüfen.", step.Number, inWords(end), inWords(over))
		}
	}
	moved := !was.At(continuity.Disruption).Equal(start)
	for i, step := range is.Return {
		if step.correctable() && step.Ended.Before(start) && (moved || i >= len(was.Return) || !sameInstant(was.Return[i].Ended, step.Ended)) {
			return before("Step back %d ended", "Schritt %d der Rückkehr endete", step.Number, *step.Ended)
		}
	}
	for i, c := range is.Calls {
		if c.When != nil && c.When.Before(start) && (moved || i >= len(was.Calls) || !c.Equal(was.Calls[i].Reach)) {
			return before("%s was called", "%s: alarmiert", c.Name, *c.When)
		}
	}
	return nil
}

// placeOf is the field of a task that says an event.
func (r Record) placeOf(t task.Task, event string) string {
	names := map[string]string{"snapshot_of": "snapshot", "backup_finished": "backup", "disruption": "disruption"}
	for _, name := range []string{names[event], eventField(continuity.Event(event)), "at", "held"} {
		if slices.ContainsFunc(t.Fields, func(f task.Field) bool { return f.Name == name }) {
			return "fields." + name
		}
	}
	return "outcome"
}
