package drill

import (
	"slices"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

// Script is how far a drill has come: what happened, and what is to be asked
// now. Over: nothing is any more.
type Script struct {
	Happened
	Ask  []task.Question
	Over bool

	steps []progress
}

// Open are the names of the steps that are to be asked now.
func (s Script) Open() []string {
	names := make([]string, len(s.Ask))
	for i, q := range s.Ask {
		names[i] = q.Step
	}
	return names
}

// Question is what is to be asked now under a name.
func (s Script) Question(step string) (task.Question, bool) {
	i := slices.IndexFunc(s.Ask, func(q task.Question) bool { return q.Step == step })
	if i < 0 {
		return task.Question{}, false
	}
	return s.Ask[i], true
}

// Follow says how far a drill has come, from what is on record of it. The same
// record gives the same, whoever asks.
func Follow(r Record) Script {
	var s Script
	s.Timeline = []Entry{}
	switch {
	case r.Setup.Type.Discussed():
		s.discuss(r)
	default:
		s.exercise(r)
	}
	if s.Over {
		s.Ask = nil
		s.amend(r)
		s.Over = len(s.Ask) == 0
	}
	if r.Setup.Type == continuity.Invocation {
		inEarnest(s.Ask)
	}
	return s
}

// exercise follows a drill that is carried out: beginning, call tree and script,
// return to normal, evaluation.
func (s *Script) exercise(r Record) {
	s.notify(r)
	begin := r.answered(process.DrillBegin)
	if begin == nil {
		s.ask(r.askBegin())
		return
	}
	s.Begun = &Begun{Disruption: when(*begin, "disruption"), Offsite: begin.Fields.Text("offsite") == "yes", By: begin.Person, At: begin.At.UTC()}
	s.enter(continuity.Disruption, s.Begun.Disruption, *begin, "")
	calls := s.call(r)
	s.Directions = r.directions()
	last := r.last()
	if r.Setup.Type.Measures() {
		s.steps = r.follow(begin.At.UTC(), s.Directions, last)
		for _, p := range s.steps {
			s.Steps = append(s.Steps, p.Tracked)
			s.askStep(r, p)
			if p.State == Done && p.step.Marks != "" {
				s.Timeline = append(s.Timeline, Entry{Event: p.step.Marks, When: *p.Ended, At: *p.Entered, By: p.By, Step: p.Name})
			}
		}
	}
	if r.Setup.Type.Measures() && last != nil {
		s.Return = r.followReturn(*last)
	}
	s.correct(r)
	s.confirm(r, last)
	if last == nil {
		s.ask(r.askConduct(s, len(r.series(process.DrillConduct))+1))
		s.settle()
		return
	}
	s.enter(continuity.Ended, when(*last, "at"), *last, "")
	s.settle()
	if last.Outcome == task.Abort {
		s.Abort = &Abort{Reason: last.Comment, When: s.At(continuity.Ended), By: last.Person, At: last.At.UTC()}
	}
	if r.Setup.Type.Measures() && !s.goBack(r) {
		return
	}
	if calls {
		s.evaluate(r)
	}
}

// notify tells those who take part of the drill; who hasn't taken note by the
// time that it is evaluated isn't asked any more.
func (s *Script) notify(r Record) {
	if r.answered(process.DrillEvaluate) != nil {
		return
	}
	for i, who := range r.people() {
		if name := named(process.DrillNotice, i+1, 1); r.answered(name) == nil {
			s.ask(r.askNotice(name, who))
		}
	}
}

// call follows the call tree, and says whether nothing more is to be said of it.
func (s *Script) call(r Record) bool {
	if len(r.Plan.Spec.Contacts) == 0 {
		return true
	}
	d := r.answered(process.DrillCalls)
	if d == nil {
		s.ask(r.askCalls())
		return false
	}
	s.Calls = readCalls(r.Plan.Spec.Contacts, *d)
	return true
}

// confirm asks the business whether the minimum level is there, once it is
// technically, until it says so or the script is over.
func (s *Script) confirm(r Record, last *task.Decision) {
	said := r.confirmations()
	for _, d := range said {
		if d.Outcome == task.Pass {
			s.enter(continuity.Confirmed, when(d, "at"), d, "")
			return
		}
	}
	technical := slices.ContainsFunc(s.Timeline, func(e Entry) bool { return e.Event == continuity.Technical })
	if technical && last == nil {
		who, handed := r.business()
		s.ask(r.askConfirm(who, len(said)+handed+1))
	}
}

// correct enters what the conductor said better of events, and the business of
// what it confirmed, while the drill went on and afterwards.
func (s *Script) correct(r Record) {
	for _, d := range r.series(process.DrillConduct) {
		if d.Outcome == task.Direct && Order(d.Fields.Text("order")) == Correct {
			s.correctEntry(r, d, 0)
		}
	}
	for _, d := range r.series(process.DrillNormal) {
		if at := instant(d.Fields, eventField(continuity.Confirmed)); at != nil {
			s.enter(continuity.Confirmed, *at, d, d.Fields.Text("why"))
		}
	}
	if d := r.answered(process.DrillEvaluate); d != nil {
		for _, e := range correctable() {
			if at := instant(d.Fields, eventField(e)); at != nil {
				s.enter(e, *at, *d, d.Fields.Text("why"))
			}
		}
		for i, t := range s.Return {
			if at := instant(d.Fields, backField(i+1)); at != nil {
				s.Return[i].correct(*t.Ended, *at, *d, d.Fields.Text("why"), 0)
			}
		}
		for i, c := range s.Calls {
			if at := instant(d.Fields, reachedField(i+1)); at != nil {
				s.Calls[i].correct(Reach{Reached: c.Reached, When: at, By: c.By}, *d, d.Fields.Text("why"), 0)
			}
		}
	}
	for _, d := range r.corrections() {
		s.correctEntry(r, d, d.Round)
	}
}

// correctEntry enters when an event really happened, or a step really ended, and
// with that the event that it marks; or what came of a call.
func (s *Script) correctEntry(r Record, d task.Decision, round int) {
	event, name, at := continuity.Event(d.Fields.Text("event")), d.Fields.Text("step"), when(d, "at")
	if contact := d.Fields.Text("contact"); contact != "" {
		if i := r.contact(contact); i < len(s.Calls) {
			s.Calls[i].correct(s.Calls[i].anew(d.Fields), d, d.Comment, round)
		}
		return
	}
	if name != "" {
		t, step := s.ended(r, name)
		if t == nil {
			return
		}
		event = step.Marks
		marks := event != "" && t.State == Done
		was := *t.Ended
		if marks { // what counts is the newest entry of the event
			was = s.newest(event)
		}
		if t.correct(was, at, d, d.Comment, round); !marks {
			return
		}
	}
	s.enter(event, at, d, d.Comment)
	last := &s.Timeline[len(s.Timeline)-1]
	last.Step, last.Round = name, round
}

// ended is the step of the script, or back, of that name, of which somebody
// entered when it ended; nil: there is none.
func (s *Script) ended(r Record, name string) (*Tracked, continuity.Step) {
	for _, list := range []struct {
		tracked []Tracked
		steps   []continuity.Step
	}{{s.Steps, r.Plan.Spec.Steps}, {s.Return, r.Plan.Spec.Return}} {
		for i, t := range list.tracked {
			if t.Name == name && t.correctable() {
				return &list.tracked[i], list.steps[i]
			}
		}
	}
	return nil, continuity.Step{}
}

// newest is what was entered last of an event that has an entry.
func (s *Script) newest(e continuity.Event) time.Time {
	var last Entry
	for _, x := range s.Timeline {
		if x.Event == e && !x.At.Before(last.At) {
			last = x
		}
	}
	return last.When
}

// correct has a step have ended at another instant than the one that counted.
func (t *Tracked) correct(was, at time.Time, d task.Decision, reason string, round int) {
	t.Corrections = append(t.Corrections, Correction{Was: was, When: at, Reason: reason, By: d.Person, At: d.At.UTC(), Round: round})
	t.Ended = &at
}

// enter adds an entry of an event.
func (s *Script) enter(e continuity.Event, at time.Time, d task.Decision, reason string) {
	s.Timeline = append(s.Timeline, Entry{Event: e, When: at, At: d.At.UTC(), By: d.Person, Reason: reason})
}

// settle has the entry of each event count that was made last, and puts the
// timeline in the order of happening.
func (s *Script) settle() {
	slices.SortStableFunc(s.Timeline, func(a, b Entry) int { return a.At.Compare(b.At) })
	for i, x := range s.Timeline {
		s.Timeline[i].Corrected = slices.ContainsFunc(s.Timeline[i+1:], func(later Entry) bool { return later.Event == x.Event })
	}
	slices.SortStableFunc(s.Timeline, func(a, b Entry) int { return a.When.Compare(b.When) })
	s.Begun.Disruption = s.At(continuity.Disruption)
}

// followReturn says what became of each step back to normal operation. One opens
// when those before it have ended, whatever came of them: what counts is the state
// at the end.
func (r Record) followReturn(last task.Decision) []Tracked {
	all := make([]Tracked, len(r.Plan.Spec.Return))
	ended := map[string]time.Time{} // as entered
	for i, step := range r.Plan.Spec.Return {
		if d := r.answered(named(process.DrillBack, i+1, 1)); d != nil {
			ended[step.Name] = d.At.UTC()
		}
	}
	for i, step := range r.Plan.Spec.Return {
		t := Tracked{Number: i + 1, Name: step.Name, State: Waiting, Person: r.Setup.CarriedOutBy(step.Owner)}
		ready, open := last.At.UTC(), true
		for _, before := range step.After {
			at, ok := ended[before]
			open = open && ok
			if at.After(ready) {
				ready = at
			}
		}
		if open {
			t.State, t.Opened = Open, &ready
		}
		if d := r.answered(named(process.DrillBack, i+1, 1)); d != nil {
			happened, entered := when(*d, "at"), d.At.UTC()
			t.State, t.Ended, t.Entered, t.By, t.Note = Done, &happened, &entered, d.Person, d.Comment
			if d.Outcome == task.Failed {
				t.State = Failed
			}
		}
		all[i] = t
	}
	return all
}

// goBack asks for the steps back to normal operation and says whether that was
// verified.
func (s *Script) goBack(r Record) bool {
	all := true
	for i, t := range s.Return {
		if t.State == Open {
			s.ask(r.askBack(r.Plan.Spec.Return[i], t))
		}
		all = all && t.State.Ended()
	}
	if !all {
		return false
	}
	said := r.series(process.DrillNormal)
	for _, d := range said {
		if d.Outcome == task.Pass {
			s.Normal = &Verified{When: when(d, "at"), Note: d.Comment, By: d.Person, At: d.At.UTC()}
			s.enter(continuity.Normal, s.Normal.When, d, "")
			s.settle()
			for _, e := range s.Timeline {
				if e.Event == continuity.Normal && !e.Corrected {
					s.Normal.When, s.Normal.At = e.When, e.At
				}
			}
			return true
		}
	}
	s.ask(r.askNormal(s, said))
	return false
}

// discuss follows a drill in which nothing is recovered.
func (s *Script) discuss(r Record) {
	d := r.answered(process.DrillDiscuss)
	if d == nil {
		s.notify(r)
		s.ask(r.askDiscuss())
		return
	}
	e := Estimate{Notes: d.Fields.Text("notes"), By: d.Person, At: d.At.UTC()}
	e.RTA, e.RPA, e.Capacity = duration(d.Fields, "rta"), duration(d.Fields, "rpa"), decimal(d.Fields, "capacity")
	s.Estimate = &e
	s.Begun = &Begun{Disruption: when(*d, "held"), Offsite: d.Fields.Text("offsite") == "yes", By: d.Person, At: d.At.UTC()}
	s.close(r)
}

// evaluate follows evaluation, debrief and review.
func (s *Script) evaluate(r Record) {
	d := r.answered(process.DrillEvaluate)
	if d == nil {
		s.ask(r.askEvaluate(s))
		return
	}
	e := Evaluation{Snapshot: instant(d.Fields, "snapshot"), Backup: instant(d.Fields, "backup"), Capacity: decimal(d.Fields, "capacity"), Integrity: Integrity(d.Fields.Text("integrity")),
		Cause: d.Fields.Text("cause"), Impact: d.Fields.Text("impact"), Recovery: d.Fields.Text("recovery"),
		Evidence: d.Fields.Text("evidence"), File: d.Fields.Text("file"), By: d.Person, At: d.At.UTC()}
	s.Evaluation = &e
	e.Snapshot, e.Backup = s.amended(continuity.Snapshot, e.Snapshot, *d), s.amended(continuity.BackupDone, e.Backup, *d)
	s.close(r)
}

// close follows debrief and review, after which the drill is over.
func (s *Script) close(r Record) {
	result, err := r.judge(s.Happened)
	if err != nil { // what can't be was refused when it was answered
		result = Result{}
	}
	s.Result = &result
	debrief := r.answered(process.DrillDebrief)
	if debrief == nil {
		s.ask(r.askDebrief())
		return
	}
	s.Debrief = &Debrief{Well: debrief.Fields.Text("well"), Badly: debrief.Fields.Text("badly"), Lessons: debrief.Fields.Text("lessons"),
		By: debrief.Person, At: debrief.At.UTC()}
	review := r.review()
	if review == nil {
		s.ask(r.askReview(result))
		return
	}
	s.Reviewed = readReview(*review)
	s.Over = true
}

func (s *Script) ask(q task.Question) { s.Ask = append(s.Ask, q) }

// askStep asks for a step that is open or paused.
func (s *Script) askStep(r Record, p progress) {
	if p.State == Open || p.State == Paused {
		s.ask(r.askStep(p))
	}
}
