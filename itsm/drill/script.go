package drill

import (
	"slices"

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
