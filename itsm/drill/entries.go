package drill

import (
	"slices"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

// entries.go makes the entries of events, steps and calls of what was said of them,
// first and better.

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
		for i, t := range s.Steps {
			if at := instant(d.Fields, endField(t.Number)); at != nil && t.Ended != nil {
				s.Steps[i].correct(*t.Ended, *at, *d, d.Fields.Text("why"), 0)
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
