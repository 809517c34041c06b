package drill

import (
	"maps"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// Path is the chain of what determined when the minimum level was confirmed, of
// what really happened: each link in the order of time, from the disruption to
// the confirmation, or to the drill's end where it never came.
type Path struct {
	Links     []Link
	Total     int64 // seconds; the sum of the links
	Confirmed bool
	Counted   int64 // of the total, from the event that RTO counts from; as RTA is
	Shrink    int64 // by so much the counted part exceeds RTO; 0: it doesn't, or none was agreed
}

// Link of a path. One of a step names it.
type Link struct {
	Kind     LinkKind
	Step     string
	Seconds  int64
	Expected *int64 // of work on a step: what the plan expects
	Counts   bool   // it lies behind the event that RTO counts from
}

// LinkKind says what a link was spent with.
type LinkKind string

// The kinds.
const (
	Detection  LinkKind = "detection"  // until the disruption was detected, before any step
	Invocation LinkKind = "invocation" // until the plan was invoked, before any step
	Queueing   LinkKind = "queueing"   // the step could have been opened, and wasn't yet
	Working    LinkKind = "working"
	Standing   LinkKind = "standing"   // the step was paused
	Confirming LinkKind = "confirming" // by the business, after the last step
	Unresolved LinkKind = "unresolved" // from the last step to the drill's end, without confirmation
)

// LinkKinds lists them.
func LinkKinds() []LinkKind {
	return []LinkKind{Detection, Invocation, Queueing, Working, Standing, Confirming, Unresolved}
}

// Title of a kind, for people.
func (k LinkKind) Title() text.Text {
	switch k {
	case Detection:
		return text.New("until it was detected", "bis zum Erkennen")
	case Invocation:
		return text.New("until the plan was invoked", "bis zum Auslösen des Plans")
	case Queueing:
		return text.New("waiting for its opening", "Warten auf den Beginn")
	case Working:
		return text.New("work", "Bearbeitung")
	case Standing:
		return text.New("pause", "Unterbrechung")
	case Confirming:
		return text.New("until the business confirmed", "bis zur Bestätigung durch den Fachbereich")
	case Unresolved:
		return text.New("until the drill ended, without confirmation", "bis zum Ende der Übung, ohne Bestätigung")
	}
	return text.Same(string(k))
}

// Avoidable is how much shorter the counted part would have been without waits
// and pauses, and with each step as long as the plan expects at most.
func (p Path) Avoidable() (seconds int64) {
	for _, l := range p.Links {
		seconds += l.avoidable()
	}
	return seconds
}

func (l Link) avoidable() int64 {
	switch {
	case !l.Counts:
		return 0
	case l.Kind == Queueing || l.Kind == Standing:
		return l.Seconds
	}
	return max(0, l.Over())
}

// Over is by how much work on a step took longer than the plan expects; below 0
// it was quicker.
func (l Link) Over() int64 {
	if l.Kind != Working || l.Expected == nil {
		return 0
	}
	return l.Seconds - *l.Expected
}

// CriticalPath walks from the confirmation back to the disruption: from each
// step to the one that it depends on and that ended last. What ended later than
// its follower determined nothing, nor did what wasn't part of the drill; behind
// them what they depend on is looked at. Instants are those of happening; where
// a step was entered so late that its opening lies behind its end, the opening
// says nothing, and all the time since the last step before it counts as work.
// Without a disruption, or an end, there is no path.
func CriticalPath(p continuity.Plan, h Happened) Path {
	w := newWalk(p, h)
	if w == nil {
		return Path{}
	}
	step, at := w.last()
	if step == "" {
		w.lead(w.end, w.rest(), "")
	} else {
		w.add(w.rest(), "", at, w.end)
		w.back(step, at)
	}
	return w.path(p.Objectives)
}

// last is the step whose end the confirmation waited for: the one that marks the
// minimum level as reached technically, and where none did, the one that ended
// last of those that nothing depends on. Of a drill without confirmation it may
// be one that wasn't through when the drill ended.
func (w *walk) last() (string, time.Time) {
	followed := map[string]bool{}
	for _, s := range w.plan.Steps {
		for _, name := range s.After {
			followed[name] = true
		}
	}
	var ends []string
	for _, s := range w.plan.Steps {
		if s.Marks == continuity.Technical && w.tracked[s.Name].State != LeftOut {
			ends = []string{s.Name}
			break
		}
		if !followed[s.Name] {
			ends = append(ends, s.Name)
		}
	}
	return w.latest(ends, w.end, !w.confirmed)
}

// back adds the links of a step that ended at an instant, and of all before it.
func (w *walk) back(step string, ended time.Time) {
	for {
		w.passed[step] = true
		before, from := w.latest(w.steps[step].After, ended, false)
		began := w.began(step, ended)
		switch {
		case before == "" && began.IsZero():
			began = w.called(ended)
		case before == "" && began.Before(w.start):
			began = w.start
		case before != "" && began.Before(from):
			began = from
		}
		w.work(step, began, ended)
		if before == "" {
			w.lead(began, Queueing, step)
			return
		}
		w.add(Queueing, step, from, began)
		step, ended = before, from
	}
}

// latest is the step that ended last of those that are named, by an instant; a
// step that has no end by then stands for what it depends on. While open ones
// count, one that was begun goes on until that instant.
func (w *walk) latest(names []string, by time.Time, open bool) (step string, at time.Time) {
	seen := maps.Clone(w.passed)
	var look func(names []string)
	look = func(names []string) {
		for _, name := range names {
			s, planned := w.steps[name]
			if !planned || seen[name] {
				continue
			}
			seen[name] = true
			ended := w.ended(name, by, open)
			switch {
			case ended.IsZero():
				look(s.After)
			case step == "" || ended.After(at):
				step, at = name, ended
			}
		}
	}
	look(names)
	return step, at
}
