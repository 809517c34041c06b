package continuity

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/text"
)

// Drilled is how often a plan is drilled for which no interval says it.
const Drilled = 366 * 24 * time.Hour

// State says what is proved of an objective that is agreed today.
type State string

// The states, the gravest first; never: nothing was ever measured.
const (
	Failed   State = "failed"
	Stale    State = "stale"
	Doubtful State = "doubtful"
	Proved   State = "proved"
	Never    State = "never"
)

// States lists them.
func States() []State { return []State{Failed, Stale, Doubtful, Proved, Never} }

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Failed:
		return text.New("failed", "nicht bestanden")
	case Stale:
		return text.New("proved too long ago", "Nachweis veraltet")
	case Doubtful:
		return text.New("in doubt", "fraglich")
	case Proved:
		return text.New("proved", "nachgewiesen")
	case Never:
		return text.New("never measured", "nie gemessen")
	}
	return text.Same(string(s))
}

// Shown is what a drill showed whose report was published.
type Shown struct {
	Run        string
	Version    int // of the plan
	Type       Type
	Held       time.Time
	Begun      time.Time // the run: what changed before it, a drill entered afterwards was about already
	Aborted    bool
	Undone     []string // steps that weren't carried out, although the drill was about them
	Objectives []ShownOf
}

// Whole says that a drill was carried through: it wasn't aborted, and each of its
// steps was done. Else what it achieved it achieved without what is missing: that
// leaves in doubt what it met, and lifts nothing that failed before.
func (s Shown) Whole() bool { return !s.Aborted && len(s.Undone) == 0 }

// ShownOf is what it showed of one objective.
type ShownOf struct {
	Objective string
	Value     string // as agreed then: a duration, or a decimal
	Base      Base   // of rto
	Achieved  string // seconds, or a decimal; empty: not known
	Verdict   Verdict
}

// Known is all that coverage follows from.
type Known struct {
	Service, Plan string
	Versions      []PlanVersion // those drilled since, and the one in force, ascending
	Drills        []Shown
	Around        []Around
	Every         time.Duration // how often it is to be drilled; 0: Drilled
}

// PlanVersion is one version of a plan, and since when it was in force.
type PlanVersion struct {
	Version int
	At      time.Time
	Spec    Plan
}

// Around is a change beside the plan: an agreement, a dependency, an event.
type Around struct {
	ChangedSince
	Of []string // the objectives that it puts in doubt; none: each
}

// What changed.
const (
	ChangedPlan       = "plan"
	ChangedAgreement  = "agreement"
	ChangedDependency = "dependency"
	ChangedEvent      = "event"
	ChangedDrill      = "drill"      // it failed, and no later one that is no weaker passed
	ChangedIncomplete = "incomplete" // none: the drill that proved it wasn't carried through
)

// ChangedSince is a change since an objective was proved, or what was missing
// then, which puts that in doubt.
type ChangedSince struct {
	What    string    `json:"what"`
	Name    string    `json:"name,omitempty"`
	Version int       `json:"version,omitempty"`
	At      time.Time `json:"at"`
	Detail  text.Text `json:"detail"`
}

// Coverage is what is proved of one objective of a plan: run and type are those
// of the drill that proved it last, or the availability review in which it was
// decided that an outage did, and its type Outage.
type Coverage struct {
	Service    string         `json:"service"`
	Plan       string         `json:"plan"`
	Objective  string         `json:"objective"`
	Value      string         `json:"value"` // as agreed today
	LastProved *time.Time     `json:"last_proved,omitempty"`
	Run        string         `json:"run,omitempty"`
	Type       Type           `json:"type,omitempty"`
	State      State          `json:"state"`
	Since      []ChangedSince `json:"since" nullable:"false"`
}

// Cover says of each objective that the newest version of a plan agrees what is
// proved of it. A drill that measured it proves it, and an outage of which an
// availability review decided that; an estimate moves nothing.
func Cover(k Known, now time.Time) []Coverage {
	if len(k.Versions) == 0 {
		return nil
	}
	if k.Every == 0 {
		k.Every = Drilled
	}
	var all []Coverage
	for _, o := range k.Versions[len(k.Versions)-1].Spec.Objectives.agreed() {
		all = append(all, k.cover(o, now))
	}
	return all
}

func (k Known) cover(today agreed, now time.Time) Coverage {
	c := Coverage{Service: k.Service, Plan: k.Plan, Objective: today.name, Value: today.value, State: Never, Since: []ChangedSince{}}
	measured := k.measured(today.name)
	failures := unlifted(measured)
	for _, f := range failures {
		c.Since = append(c.Since, ChangedSince{What: ChangedDrill, Name: f.Run, At: f.Held, Detail: f.failure()})
	}
	if last := newestPass(measured); last != nil {
		held := last.Held
		c.LastProved, c.Run, c.Type = &held, last.Run, last.Type
		c.Since = append(c.Since, k.since(today, *last, now)...)
		if c.State = Proved; len(c.Since) > 0 || !today.provedBy(last.of) {
			c.State = Doubtful
		}
	}
	switch {
	case len(failures) > 0:
		c.State = Failed
	case c.LastProved != nil && now.Sub(*c.LastProved) > k.Every:
		c.State = Stale
	}
	slices.SortStableFunc(c.Since, func(a, b ChangedSince) int { return a.At.Compare(b.At) })
	return c
}

// measurement is what one drill measured of one objective.
type measurement struct {
	Shown
	of ShownOf
}

// measured are the measurements of an objective, in the order of the drills;
// estimates aren't among them.
func (k Known) measured(objective string) []measurement {
	var all []measurement
	for _, d := range k.Drills {
		for _, o := range d.Objectives {
			if o.Objective == objective && d.Type.Proves(objective) && o.Verdict != Estimated {
				all = append(all, measurement{d, o})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b measurement) int {
		if c := a.Held.Compare(b.Held); c != 0 {
			return c
		}
		return strings.Compare(a.Run, b.Run)
	})
	return all
}

// sameIncident says that a later measurement may be of what this one is of, seen by
// others: where either is of a real incident, it began before the service was back,
// as far as is known. Two drills are two.
func (m measurement) sameIncident(later measurement) bool {
	if m.Type.InEarnest() || later.Type.InEarnest() {
		return !later.Held.After(m.recovered())
	}
	return !later.Held.After(m.Held)
}

// recovered is when a service was back, as far as is known.
func (m measurement) recovered() time.Time {
	if took, err := strconv.ParseInt(m.of.Achieved, 10, 64); err == nil && m.of.Objective == ObjectiveRTO {
		return m.Held.Add(time.Duration(took) * time.Second)
	}
	return m.Held
}

// unlifted are the failures that no later drill lifted: one that passed, carried
// through, of a type no weaker, and of another incident.
func unlifted(all []measurement) []measurement {
	var left []measurement
	for i, m := range all {
		if m.of.Verdict != Pass && !slices.ContainsFunc(all[i+1:], func(later measurement) bool {
			return later.of.Verdict == Pass && later.Whole() && later.Type.NoWeakerThan(m.Type) && !m.sameIncident(later)
		}) {
			left = append(left, m)
		}
	}
	return left
}

// Unlifted are the drills and outages that failed an objective, and that none since
// lifted.
func (k Known) Unlifted(objective string) (all []Shown) {
	for _, m := range unlifted(k.measured(objective)) {
		all = append(all, m.Shown)
	}
	return all
}

func newestPass(all []measurement) *measurement {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].of.Verdict == Pass {
			return &all[i]
		}
	}
	return nil
}

// failure says in words what a drill showed instead.
func (m measurement) failure() text.Text {
	f := text.F("%s: %s", "%s: %s", m.Type, m.of.Verdict)
	if m.of.Achieved == "" {
		return f
	}
	return text.F("%s; achieved %s, agreed %s", "%s; erreicht %s, vereinbart %s", f, ObjectiveValue(m.of.Objective, m.of.Achieved), ObjectiveValue(m.of.Objective, m.of.Value))
}

// missing says in words what a drill wasn't carried through without.
func (m measurement) missing() text.Text {
	var all []text.Text
	if m.Aborted {
		all = append(all, text.New("aborted", "abgebrochen"))
	}
	if n := len(m.Undone); n > namedUndone {
		all = append(all, text.F("steps that weren't carried out: %s and %d more", "nicht ausgeführte Schritte: %s und %d weitere", strings.Join(m.Undone[:namedUndone], ", "), n-namedUndone))
	} else if n > 0 {
		all = append(all, text.F("%s: %s", "%s: %s", text.N(n, text.New("step that wasn't carried out", "nicht ausgeführter Schritt"), text.New("steps that weren't carried out", "nicht ausgeführte Schritte")), text.List(m.Undone)))
	}
	return text.F("%s: %s", "%s: %s", m.Type, text.Join(all, "; "))
}

// namedUndone is how many steps are named: a plan may have hundreds.
const namedUndone = 10

// since is what puts in doubt what a drill proved: that it wasn't carried through,
// and changes, of the plan all versions after the one that was drilled, of the rest
// what happened after it.
func (k Known) since(today agreed, last measurement, now time.Time) []ChangedSince {
	var all []ChangedSince
	if !last.Whole() {
		all = append(all, ChangedSince{What: ChangedIncomplete, Name: last.Run, At: last.Held, Detail: last.missing()})
	}
	proves := today.provedBy(last.of)
	for i, v := range k.Versions {
		if i == 0 || v.Version <= last.Version {
			continue
		}
		before := k.Versions[i-1].Spec
		parts := changedParts(today.name, before, v.Spec)
		if was, is := before.Objectives.of(today.name), v.Spec.Objectives.of(today.name); was != is && !proves {
			parts = append(parts, revalued(was, is))
		}
		if len(parts) > 0 {
			all = append(all, ChangedSince{What: ChangedPlan, Name: k.Plan, Version: v.Version, At: v.At, Detail: text.Join(parts, "; ")})
		}
	}
	for _, a := range k.Around {
		if a.At.After(last.Held) && a.At.After(last.Begun) && !a.At.After(now) && (len(a.Of) == 0 || slices.Contains(a.Of, today.name)) {
			all = append(all, a.ChangedSince)
		}
	}
	return all
}
