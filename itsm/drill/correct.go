package drill

import (
	"fmt"
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// correct.go is about entries that turn out to be wrong once changes to the
// report were requested: they are corrected by further ones, before it is drafted
// anew.

// Who corrects, as numbers of the step: the conductor what was entered while the
// drill went on, the business what it confirmed itself.
const (
	byConductor = 1
	byBusiness  = 2
)

// confirmed says that the business entered the event, so that it alone corrects it.
func confirmed(e continuity.Event) bool {
	return e == continuity.Confirmed || e == continuity.Normal
}

// Confirms is who confirms for the business what an answer to a step is to
// correct; empty: the business has no part in it.
func (r Record) Confirms(step string, o task.Outcome, v task.Values) (who string) {
	if name, _ := Numbered(step); name == process.DrillCorrect && forBusiness(o, v) {
		who, _ = r.business()
	}
	return who
}

// forBusiness says that an answer has the business correct what it confirmed.
func forBusiness(o task.Outcome, v task.Values) bool {
	return o == task.Correct && confirmed(continuity.Event(v.Text("event")))
}

// ofData says that an event is about the data that came back: it may lie before
// the disruption.
func ofData(e continuity.Event) bool {
	return e == continuity.Snapshot || e == continuity.BackupDone
}

// corrections are the answers by which entries were corrected in the rounds of the
// report.
func (r Record) corrections() (all []task.Decision) {
	for _, round := range r.Reports {
		all = append(all, correctionsOf(round)...)
	}
	return all
}

func correctionsOf(round map[string]task.Decision) []task.Decision {
	said := slices.Concat(seriesOf(round, process.DrillCorrect, byConductor), seriesOf(round, process.DrillCorrect, byBusiness))
	return slices.DeleteFunc(said, func(d task.Decision) bool {
		return d.Outcome != task.Correct || instant(d.Fields, "at") == nil && d.Fields.Text("contact") == ""
	})
}

// requested is the request for changes that the newest round of the report
// follows; nil: it follows none.
func (r Record) requested() *task.Decision {
	n := len(r.Reports)
	if n < 2 {
		return nil
	}
	d, ok := r.Reports[n-2][process.Approval]
	if !ok || d.Outcome != task.RequestChanges {
		return nil
	}
	return &d
}

// review is what the owner made of the drill last.
func (r Record) review() *task.Decision {
	for _, round := range slices.Backward(r.Reports) {
		if d, ok := round[process.DrillReview]; ok {
			return &d
		}
	}
	return r.answered(process.DrillReview)
}

// amend asks what is to be asked in a round that follows a request for changes to
// the report: the conductor for entries that are wrong, until none is; the business
// for those that it alone corrects; and the owner for another review, where what
// they judged was corrected. In a discussion no instant was measured.
func (s *Script) amend(r Record) {
	requested := r.requested()
	if requested == nil || r.Setup.Type.Discussed() {
		return
	}
	round := r.Reports[len(r.Reports)-1]
	said, business := seriesOf(round, process.DrillCorrect, byConductor), seriesOf(round, process.DrillCorrect, byBusiness)
	var handedOn []task.Decision // to the business
	for _, d := range said {
		if forBusiness(d.Outcome, d.Fields) {
			handedOn = append(handedOn, d)
		}
	}
	_, reviewed := round[process.DrillReview]
	switch {
	case len(handedOn) > len(business):
		s.ask(r.askBusiness(s, handedOn[len(handedOn)-1], len(business)+1))
	case len(said) == 0 || said[len(said)-1].Outcome == task.Correct:
		s.ask(r.askCorrection(s, *requested, len(said)+1))
	case len(correctionsOf(round)) > 0 && !reviewed:
		s.ask(r.askReviewAnew(s))
	}
}

// amended is what counts of an instant of the evaluation: what was said, or what
// it was corrected to; then it is entered beside its correction.
func (s *Script) amended(e continuity.Event, said *time.Time, d task.Decision) *time.Time {
	if s.At(e).IsZero() {
		return said
	}
	if said != nil {
		s.enter(e, *said, d, "")
		s.settle()
	}
	counts := s.At(e)
	return &counts
}

// entered is the instant of an event as the record has it; zero: it has none.
func (h Happened) entered(e continuity.Event) time.Time {
	at := h.At(e)
	if x := h.Evaluation; x != nil && at.IsZero() {
		switch {
		case e == continuity.Snapshot && x.Snapshot != nil:
			at = *x.Snapshot
		case e == continuity.BackupDone && x.Backup != nil:
			at = *x.Backup
		}
	}
	return at
}

// correctableAfterwards are the events that the conductor has corrected once the
// drill is over: also those of the data, where some came back, and those for which
// the business is asked, where it entered them.
func (s *Script) correctableAfterwards(r Record) []continuity.Event {
	all := correctable()
	if e := s.Evaluation; r.Setup.Type.Measures() && e != nil && e.Integrity != NoData {
		all = append(all, continuity.Snapshot, continuity.BackupDone)
	}
	return append(all, s.confirmed()...)
}

// confirmed are the events that the business entered.
func (s *Script) confirmed() (all []continuity.Event) {
	for _, e := range []continuity.Event{continuity.Confirmed, continuity.Normal} {
		if !s.At(e).IsZero() {
			all = append(all, e)
		}
	}
	return all
}

func (r Record) askCorrection(s *Script, requested task.Decision, time int) task.Question {
	q := task.Question{Step: named(process.DrillCorrect, byConductor, time), Persons: r.conductors(),
		Text: text.F("%s\n%s requested changes to the report: %s\nIs an entry wrong? Each correction is an entry of its own; what it corrects stays on record.",
			"%s\n%s hat Änderungen am Bericht verlangt: %s\nIst ein Eintrag falsch? Jede Berichtigung ist ein eigener Eintrag; der bisherige bleibt im Protokoll.",
			r.about(), requested.Person, requested.Comment)}
	q.Text = r.withDisorders(s, q.Text)
	q.Fields = r.correction(s, s.correctableAfterwards(r))
	others := r.correctedCall(task.Correct, s)
	if steps := r.correctedStep(s); len(steps.Options) > 0 {
		others = slices.Insert(others, 0, steps)
	}
	if len(others) > 0 {
		q.Fields[0].Required = false // one of these, or an event
		q.Fields = slices.Insert(q.Fields, 1, others...)
	}
	if len(s.confirmed()) > 0 {
		business, _ := r.business()
		q.Fields[len(q.Fields)-1].Help = text.F("With its zone. What the business confirmed it corrects itself: leave this empty there, and %s is asked.",
			"Mit Zeitzone. Was der Fachbereich bestätigt hat, berichtigt er selbst: Dort leer lassen, dann wird %s gefragt.", business)
	}
	return q
}

func (r Record) askBusiness(s *Script, handedOn task.Decision, time int) task.Question {
	who, _ := r.business()
	q := task.Question{Step: named(process.DrillCorrect, byBusiness, time), Persons: []string{who},
		Title: text.New("Is what the business confirmed right?", "Stimmt, was der Fachbereich bestätigt hat?"),
		Text:  text.F("%s\n%s has you look at it once more: %s", "%s\n%s bittet um eine erneute Prüfung: %s", r.about(), handedOn.Person, handedOn.Comment)}
	q.Fields = r.correction(s, s.confirmed())
	q.Fields[1].Required = true
	return q
}

// correction asks for an event, and when it really happened.
func (r Record) correction(s *Script, events []continuity.Event) []task.Field {
	event := field("event", task.ChoiceField, true, "Event", "Ereignis")
	for _, e := range events {
		option := task.Option{Value: string(e), Title: text.F("%s: nothing is entered", "%s: nichts eingetragen", r.Setup.Type.EventTitle(e))}
		if at := s.entered(e); !at.IsZero() {
			option.Title = text.F("%s: entered is %s", "%s: eingetragen ist %s", r.Setup.Type.EventTitle(e), calendar.InWords(at.In(r.Zone)))
		}
		event.Options = append(event.Options, option)
	}
	at := field("at", task.InstantField, false, "When it really happened", "Wann es wirklich geschah")
	at.Help = text.New("With its zone.", "Mit Zeitzone.")
	event.With, at.With = task.Correct, task.Correct
	return []task.Field{event, at}
}

// correctedStep asks for a step, of the script or back, that ended at another
// instant than is entered.
func (r Record) correctedStep(s *Script) task.Field {
	step := field("step", task.ChoiceField, false, "End of a step", "Ende eines Schritts")
	step.Help = text.New("Instead of an event.", "Anstelle eines Ereignisses.")
	step.With = task.Correct
	for i, t := range s.Steps {
		if planned := r.Plan.Spec.Steps[i]; t.correctable() {
			step.Options = append(step.Options, task.Option{Value: t.Name, Title: text.F("%d: %s: entered is %s", "%d: %s: eingetragen ist %s",
				t.Number, planned.Title, calendar.InWords(s.Finished(planned, t).In(r.Zone)))})
		}
	}
	for i, t := range s.Return {
		if t.correctable() {
			step.Options = append(step.Options, task.Option{Value: t.Name, Title: text.F("Back, %d: %s: entered is %s", "Rückkehr, %d: %s: eingetragen ist %s",
				t.Number, r.Plan.Spec.Return[i].Title, calendar.InWords(t.Ended.In(r.Zone)))})
		}
	}
	return step
}

func backField(i int) string { return fmt.Sprintf("back.%d", i) }

func endField(i int) string { return fmt.Sprintf("step.%d", i) }

func reachedField(i int) string { return fmt.Sprintf("call.%d", i) }

// correctedEntries asks, with the evaluation, for the instants of steps in disorder, of
// steps back and of calls at which these really came about.
func (r Record) correctedEntries(s *Script) (all []task.Field) {
	for _, i := range s.disordered(r) {
		t, planned := s.Steps[i], r.Plan.Spec.Steps[i]
		all = append(all, task.Field{Name: endField(t.Number), Type: task.InstantField,
			Title: text.F("Corrected end of a step: %s", "Berichtigtes Ende eines Schritts: %s", planned.Title), Help: entry(calendar.InWords(s.Finished(planned, t).In(r.Zone)))})
	}
	for i, t := range s.Return {
		all = append(all, task.Field{Name: backField(i + 1), Type: task.InstantField,
			Title: text.F("Corrected end of a step back: %s", "Berichtigtes Ende eines Schritts der Rückkehr: %s", r.Plan.Spec.Return[i].Title), Help: entry(calendar.InWords(t.Ended.In(r.Zone)))})
	}
	for i, c := range s.Calls {
		if !c.Reached { // whether somebody was reached is another question than when
			continue
		}
		all = append(all, task.Field{Name: reachedField(i + 1), Type: task.InstantField,
			Title: text.F("Corrected instant at which a contact was reached: %s", "Berichtigter Zeitpunkt, zu dem ein Kontakt erreicht wurde: %s", c.Name), Help: entry(c.InWords(r.Zone))})
	}
	return all
}

// askReviewAnew asks the owner once more, with what they said before.
func (r Record) askReviewAnew(s *Script) task.Question {
	q := r.askReview(*s.Result)
	q.Text = text.F("%s\nThe record was corrected since it was reviewed.", "%s\nSeit der letzten Bewertung wurde das Protokoll berichtigt.", q.Text)
	before := r.review().Fields
	for i, f := range q.Fields {
		q.Fields[i].Value = before[f.Name]
	}
	return q
}

// checkCorrection refuses a correction that isn't that person's to make, or that
// corrects nothing.
func (r Record) checkCorrection(step string, v task.Values) error {
	e, at, to := v.Text("event"), instant(v, "at"), ""
	if _, number := Numbered(step); number == byConductor {
		to = r.Confirms(step, task.Correct, v)
	}
	both := e != "" && v.Text("step")+v.Text("contact") != ""
	switch {
	case to != "" && at != nil && !both:
		return fault.Invalidf("fields.at", "The business confirmed this, and corrects it itself: leave the instant empty, and %s is asked.",
			"Das hat der Fachbereich bestätigt, und nur er berichtigt es: Den Zeitpunkt leer lassen, dann wird %s gefragt.", to)
	case to != "" && !both:
		return nil
	}
	return r.checkCorrected(v)
}

// checkCorrected refuses to correct nothing, two things at once, the end of a step
// that hasn't ended, or a call that wasn't entered.
func (r Record) checkCorrected(v task.Values) error {
	event, name, contact, at := v.Text("event"), v.Text("step"), v.Text("contact"), instant(v, "at")
	switch {
	case event == "" && name == "" && contact == "":
		return fault.Invalidf("fields.event", "Say which event is corrected, the end of which step, or which call.", "Angeben, welches Ereignis berichtigt wird, das Ende welches Schritts oder welche Alarmierung.")
	case event != "" && name != "":
		return fault.Invalidf("fields.step", "Correct one thing at a time: an event, or the end of a step.", "Jeweils nur eines berichtigen: ein Ereignis oder das Ende eines Schritts.")
	case contact != "" && event+name != "":
		return fault.Invalidf("fields.contact", "Correct one thing at a time: a call, or something else.", "Jeweils nur eines berichtigen: eine Alarmierung oder etwas anderes.")
	case contact != "":
		return r.checkCall(v)
	case at == nil:
		return fault.Invalidf("fields.at", "Say when it happened, with the zone.", "Angeben, wann es geschah, mit Zeitzone.")
	}
	s := Follow(r)
	if name == "" {
		if was := s.entered(continuity.Event(event)); sameInstant(&was, at) {
			return r.sameAsEntered("at", *at)
		}
		return nil
	}
	if t, step := s.ended(r, name); t != nil {
		if sameInstant(s.Finished(step, *t), at) {
			return r.sameAsEntered("at", *at)
		}
		return nil
	}
	for _, t := range s.Steps {
		if t.Name == name {
			return fault.Invalidf("fields.step", "Step %[1]d is %[2]s: what is corrected is the end of a step that was carried out or failed.",
				"Schritt %[1]d: Status %[2]s. Berichtigt wird das Ende eines Schritts, der ausgeführt wurde oder fehlgeschlagen ist.", t.Number, t.State)
		}
	}
	return fault.Invalidf("fields.step", "Say which step this is about.", "Angeben, um welchen Schritt es geht.")
}

// sameInstant says that people are shown the same: clocks have fractions of a
// second, and entries without an instant have those of the clock.
func sameInstant(a, b *time.Time) bool {
	return a != nil && b != nil && a.Truncate(time.Second).Equal(b.Truncate(time.Second))
}

// sameAsEntered refuses a correction to what is entered already.
func (r Record) sameAsEntered(field string, at time.Time) error {
	return fault.Invalidf("fields."+field, "%s is what is entered already: give the instant that is right, or correct nothing here.",
		"%s ist schon so eingetragen: Den richtigen Zeitpunkt angeben oder hier nichts berichtigen.", calendar.InWords(at.In(r.Zone)))
}
