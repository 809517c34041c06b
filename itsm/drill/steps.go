package drill

import (
	"maps"
	"slices"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/process"
	"turnus/itsm/task"
)

// CarriedOutBy is who carries out the steps of somebody in this drill.
func (s Setup) CarriedOutBy(owner string) string {
	for _, x := range s.Instead {
		if x.Of == owner {
			return x.By
		}
	}
	return owner
}

// progress is a step as it goes on, with the names under which it is asked for.
type progress struct {
	Tracked
	step   continuity.Step
	ready  time.Time     // when what it depends on was entered; zero: it wasn't
	lacks  bool          // something that it depends on ended otherwise than done
	asked  int           // how often it was asked for while open
	paused int           // and while paused
	since  time.Time     // it is open or paused, as entered
	left   time.Duration // of what the plan expects, from then on: a pause stops the clock
	stood  time.Time     // the pause began, as it happened
	went   time.Time     // the step went on after one, as it happened; zero: it wasn't paused
}

// name under which it is asked for now.
func (p progress) name() string {
	if p.State == Paused {
		return named(process.DrillPaused, p.Number, p.paused)
	}
	return named(process.DrillStep, p.Number, p.asked)
}

// follow says what became of each step of the script, in the plan's order: from
// the beginning on, until the conductor ended or aborted it.
func (r Record) follow(begun time.Time, directions []Direction, last *task.Decision) []progress {
	all := make([]progress, len(r.Plan.Spec.Steps))
	place := map[string]int{}
	for i, s := range r.Plan.Spec.Steps {
		all[i] = progress{step: s, Tracked: Tracked{Number: i + 1, Name: s.Name, State: Waiting, Person: r.Setup.CarriedOutBy(s.Owner)}}
		place[s.Name] = i
	}
	// A step after those that it depends on: a plan has no cycle.
	done := make([]bool, len(all))
	var visit func(i int)
	visit = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		before := make([]*progress, len(all[i].step.After))
		for k, name := range all[i].step.After {
			visit(place[name])
			before[k] = &all[place[name]]
		}
		r.followStep(&all[i], before, begun, directions, last)
	}
	for i := range all {
		visit(i)
	}
	return all
}

// followStep plays back what was said of one step. before are those that it
// depends on, which are followed already.
func (r Record) followStep(p *progress, before []*progress, begun time.Time, directions []Direction, last *task.Decision) {
	p.ready = begun
	for _, b := range before {
		var there time.Time
		switch b.State {
		case LeftOut: // it stands for what it depends on
			there, p.lacks = b.ready, p.lacks || b.lacks
		case Done:
			there = *b.Entered
		default:
			p.lacks = p.lacks || b.State.Ended()
		}
		switch {
		case there.IsZero():
			p.ready = there
		case !p.ready.IsZero() && there.After(p.ready):
			p.ready = there
		}
	}
	if slices.Contains(r.Setup.LeftOut, p.Name) {
		p.State = LeftOut
		return
	}
	events := r.saidOf(p, directions)
	for len(events) > 0 {
		if !p.ready.IsZero() && !events[0].at.Before(p.ready) {
			p.open(p.ready)
		}
		i := p.next(events)
		events[i].apply(p)
		events = slices.Delete(events, i, i+1)
	}
	if last != nil && !last.At.After(p.ready) { // it would have opened afterwards
		p.ready = time.Time{}
	}
	if !p.ready.IsZero() {
		p.open(p.ready)
	}
	if last != nil && !p.State.Ended() {
		at := last.At.UTC()
		p.stand(when(*last, "at"))
		p.State, p.Ended, p.Entered = Cancelled, nil, &at
	}
}

// next is which of the things said comes next: of those of one instant what the
// step asks for, or was ordered of it.
func (p *progress) next(events []said) int {
	for i, e := range events {
		if !e.at.Equal(events[0].at) {
			break
		}
		if e.name == "" || e.name == p.name() && p.asked > 0 {
			return i
		}
	}
	return 0
}

// open opens a step that waits.
func (p *progress) open(at time.Time) {
	if p.State == Waiting {
		at = at.UTC()
		p.State, p.asked, p.since, p.Opened = Open, 1, at, &at
		p.left = p.expected()
	}
}

// stand adds the pause that is under way, up to an instant, to the time for which
// the step's clock stood.
func (p *progress) stand(until time.Time) {
	if p.State == Paused && until.After(p.stood) {
		p.Tracked.Paused += int64(until.Sub(p.stood) / time.Second)
	}
}

// said is an answer, or a direction, about a step.
type said struct {
	at    time.Time
	name  string // under which it was asked for; empty: a direction
	apply func(*progress)
}

// saidOf are the answers and directions about a step, in the order of their entry.
func (r Record) saidOf(p *progress, directions []Direction) (all []said) {
	for _, name := range slices.Sorted(maps.Keys(r.Answers)) {
		d := r.Answers[name]
		step, number := Numbered(name)
		if number == p.Number && (step == process.DrillStep || step == process.DrillPaused) {
			all = append(all, said{d.At, name, func(p *progress) { p.answer(d) }})
		}
	}
	for _, d := range directions {
		if d.Step == p.Name {
			all = append(all, said{d.At, "", func(p *progress) { p.direct(d) }})
		}
	}
	byInstant(all, func(s said) time.Time { return s.at })
	return all
}

// answer takes what whoever carries the step out says.
func (p *progress) answer(d task.Decision) {
	happened, entered := when(d, "at"), d.At.UTC()
	switch d.Outcome {
	case task.Pause:
		p.left = max(0, p.left-entered.Sub(p.since))
		p.State, p.stood, p.since = Paused, happened, entered
		p.paused++
		return
	case task.Resume:
		p.stand(happened)
		p.State, p.since, p.went = Open, entered, happened
		p.asked++
		return
	}
	p.stand(happened)
	p.Ended, p.Entered, p.By, p.Note = &happened, &entered, d.Person, d.Comment
	switch d.Outcome {
	case task.Done:
		p.State = Done
	case task.Failed:
		p.State = Failed
	case task.Skip:
		p.State = Skipped
	}
}

// direct takes what the conductor orders of the step.
func (p *progress) direct(d Direction) {
	if p.State.Ended() {
		return
	}
	at := d.At
	end := func(s State) {
		p.stand(at)
		p.State, p.Ended, p.Entered, p.By, p.Note = s, &at, &at, d.By, d.Reason
	}
	switch d.What {
	case GoOn:
		p.Let, p.ready = true, at
		p.open(at)
	case NotTest:
		end(NotTested)
	case Skip:
		end(Skipped)
	case Reassign:
		p.Person = d.Person
		switch p.State {
		case Open: // whoever takes it over has the whole time
			p.asked++
			p.since, p.left = at, p.expected()
		case Paused:
			p.paused++
			p.since = at
		}
	}
}

// expected is how long the plan expects the step to take.
func (p *progress) expected() time.Duration {
	return time.Duration(p.step.Takes.Seconds()) * time.Second
}

// correctable says that somebody entered when a step ended.
func (t Tracked) correctable() bool { return t.State == Done || t.State == Failed }

// stuck says that a step waits for what won't come about any more: the conductor
// says what becomes of it.
func (p progress) stuck() bool { return p.State == Waiting && p.lacks }
