package drill

import (
	"slices"
	"time"

	"turnus/itsm/continuity"
)

// walk is a critical path that is being found, from its end to its beginning.
type walk struct {
	plan       continuity.Plan
	happened   Happened
	steps      map[string]continuity.Step // by name
	tracked    map[string]Tracked
	instants   map[continuity.Event]time.Time
	start, end time.Time
	confirmed  bool
	passed     map[string]bool // steps on the path
	links      []stretch       // the last one first
}

// stretch is a link by its instants; work and pause of a step share theirs.
type stretch struct {
	kind     LinkKind
	step     string
	from, to time.Time
	paused   int64 // of work
}

// newWalk is nil where there is nothing to go: no disruption, no end, or an end
// before it.
func newWalk(p continuity.Plan, h Happened) *walk {
	if h.Begun == nil {
		return nil
	}
	w := &walk{plan: p, happened: h, steps: map[string]continuity.Step{}, tracked: map[string]Tracked{}, passed: map[string]bool{}, instants: h.instants(), start: h.Begun.Disruption}
	for _, s := range p.Steps {
		w.steps[s.Name] = s
	}
	for _, t := range h.Steps {
		w.tracked[t.Name] = t
	}
	if at, ok := w.instants[continuity.Disruption]; ok {
		w.start = at
	}
	w.end, w.confirmed = w.instants[continuity.Confirmed]
	if !w.confirmed {
		w.end = w.instants[continuity.Ended]
		if w.end.IsZero() && h.Abort != nil {
			w.end = h.Abort.When
		}
	}
	if w.start.IsZero() || w.end.IsZero() || w.end.Before(w.start) {
		return nil
	}
	return w
}

// instants are when each event happened, as it counts: without what was
// corrected.
func (h Happened) instants() map[continuity.Event]time.Time {
	all := map[continuity.Event]time.Time{}
	for _, e := range h.Timeline {
		if !e.Corrected {
			all[e.Event] = e.When
		}
	}
	return all
}

// Finished is when a step ended, where it came to an end: a correction of the
// event that it marks corrects that, too.
func (h Happened) Finished(s continuity.Step, t Tracked) *time.Time {
	if at, ok := h.instants()[s.Marks]; ok && t.State == Done {
		return &at
	}
	return t.Ended
}

// ended is when a step ended, not after an instant; the zero time if it didn't,
// or wasn't carried out. One that was begun and didn't come to an end goes on
// until then, or until the drill was aborted, if open ones count.
func (w *walk) ended(name string, by time.Time, open bool) (at time.Time) {
	t := w.tracked[name]
	switch t.State {
	case Done, Failed, Skipped:
		if end := w.happened.Finished(w.steps[name], t); end != nil {
			at = *end
		}
	case Open, Paused, Cancelled:
		if open && t.Opened != nil && !t.Opened.After(by) {
			at = by
			if a := w.happened.Abort; a != nil && a.When.Before(by) {
				at = a.When
			}
		}
	}
	if at.Before(w.start) || at.After(by) {
		return time.Time{}
	}
	return at
}

// began is when a step was opened; the zero time where that isn't known, or lies
// behind its end.
func (w *walk) began(step string, ended time.Time) time.Time {
	t := w.tracked[step]
	if t.Opened == nil || t.Opened.After(ended) {
		return time.Time{}
	}
	return *t.Opened
}

// rest is what the time after the last step was spent with.
func (w *walk) rest() LinkKind {
	if w.confirmed {
		return Confirming
	}
	return Unresolved
}

// called is when the plan was invoked, else detected, not after an instant: a
// first step whose opening says nothing can't have begun before.
func (w *walk) called(by time.Time) time.Time {
	at := w.start
	for _, e := range []continuity.Event{continuity.Detected, continuity.Invoked} {
		if x, ok := w.instants[e]; ok && x.After(at) && x.Before(by) && !w.marked(e) {
			at = x
		}
	}
	return at
}

// marked says that a step of the drill marks an event, whose work is a link.
func (w *walk) marked(e continuity.Event) bool {
	for name, s := range w.steps {
		if t, ok := w.tracked[name]; ok && s.Marks == e && t.State != LeftOut {
			return true
		}
	}
	return false
}

// lead adds what lies before the first step: detection and invocation, unless
// steps mark them, and the wait for the step.
func (w *walk) lead(until time.Time, rest LinkKind, step string) {
	from := w.start
	var before []stretch
	for _, x := range []struct {
		event continuity.Event
		kind  LinkKind
	}{{continuity.Detected, Detection}, {continuity.Invoked, Invocation}} {
		if at, ok := w.instants[x.event]; ok && at.After(from) && !at.After(until) && !w.marked(x.event) {
			before, from = append(before, stretch{kind: x.kind, from: from, to: at}), at
		}
	}
	w.add(rest, step, from, until)
	for _, b := range slices.Backward(before) {
		w.add(b.kind, "", b.from, b.to)
	}
}

func (w *walk) add(kind LinkKind, step string, from, to time.Time) {
	w.links = append(w.links, stretch{kind: kind, step: step, from: from, to: to})
}

func (w *walk) work(step string, from, to time.Time) {
	w.links = append(w.links, stretch{kind: Working, step: step, from: from, to: to, paused: w.tracked[step].Paused})
}

// path gives the links in the order of time. Each instant is rounded by itself,
// so that the lengths come to the total whatever fractions there are.
func (w *walk) path(agreed continuity.Agreed) Path {
	base := w.start
	if at, ok := w.instants[continuity.Invoked]; ok && agreed.From == continuity.FromInvoked {
		base = at
	}
	p := Path{Confirmed: w.confirmed, Total: w.since(w.end)}
	if !base.After(w.end) {
		p.Counted = rounded(base, w.end)
		if agreed.RTO != nil {
			p.Shrink = max(0, roundedUp(base, w.end)-agreed.RTO.Seconds())
		}
	}
	for _, s := range slices.Backward(w.links) {
		l := Link{Kind: s.kind, Step: s.step, Seconds: w.since(s.to) - w.since(s.from), Counts: !s.from.Before(base)}
		if s.kind != Working {
			if l.Seconds > 0 {
				p.Links = append(p.Links, l)
			}
			continue
		}
		expected := w.steps[s.step].Takes.Seconds()
		paused := min(max(s.paused, 0), l.Seconds)
		l.Expected, l.Seconds = &expected, l.Seconds-paused
		p.Links = append(p.Links, l)
		if paused > 0 {
			p.Links = append(p.Links, Link{Kind: Standing, Step: s.step, Seconds: paused, Counts: l.Counts})
		}
	}
	return p
}

// since is the time from the disruption.
func (w *walk) since(t time.Time) int64 { return rounded(w.start, t) }

// rounded is the time between two instants in seconds, rounded half up as package
// continuity does it.
func rounded(from, to time.Time) int64 {
	n, nanos := to.Unix()-from.Unix(), to.Nanosecond()-from.Nanosecond()
	switch half := int(time.Second) / 2; {
	case nanos >= half:
		n++
	case nanos < -half:
		n--
	}
	return n
}

// roundedUp is the time between two instants in seconds, one that has begun as a
// whole one.
func roundedUp(from, to time.Time) int64 {
	n := to.Unix() - from.Unix()
	if to.Nanosecond() > from.Nanosecond() {
		n++
	}
	return n
}
