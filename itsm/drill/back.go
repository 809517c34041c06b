package drill

import (
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

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
