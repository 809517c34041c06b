package drill

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
)

// deadlines.go holds what a plan sets a time for, and no verdict is about, against
// what happened: by when contacts are reached, and the time to normal operation (MTW).

// Kept says what became of a deadline.
type Kept string

// What can become of one.
const (
	InTime   Kept = "in-time" // exactly at the deadline, too
	Late     Kept = "late"
	Never    Kept = "never"     // what was to happen didn't
	NotKnown Kept = "not-known" // when it happened, or what the deadline counts from
)

// Title of what became of a deadline, for people.
func (k Kept) Title() text.Text {
	switch k {
	case InTime:
		return text.New("in time", "fristgerecht")
	case Late:
		return text.New("late", "verspätet")
	case Never:
		return text.New("not reached", "nicht erreicht")
	case NotKnown:
		return text.New("not known", "nicht bekannt")
	}
	return text.Same(string(k))
}

// Deadline is a time that a plan sets, with what became of it.
type Deadline struct {
	Within agreement.Duration
	From   continuity.Event // what it counts from
	Of     continuity.Event // what is due; empty: a call
	By     *time.Time       // nil: what it counts from isn't known
	When   *time.Time       // it happened
	Kept   Kept
}

// Over is by how many seconds it was missed, at least one; 0: it wasn't, or that
// isn't known.
func (d Deadline) Over() int64 {
	if d.Kept != Late {
		return 0
	}
	return max(1, int64(d.When.Sub(*d.By)/time.Second))
}

func deadline(within agreement.Duration, from continuity.Event, since, when *time.Time) Deadline {
	d := Deadline{Within: within, From: from, When: when, Kept: NotKnown}
	if since != nil {
		by := since.Add(time.Duration(within.Seconds()) * time.Second)
		d.By = &by
	}
	switch {
	case d.By == nil || when == nil:
	case when.After(*d.By):
		d.Kept = Late
	default:
		d.Kept = InTime
	}
	return d
}

// since is when an event happened; nil: that isn't known.
func (h Happened) since(e continuity.Event) *time.Time {
	at := h.At(e)
	if at.IsZero() && e == continuity.Disruption && h.Begun != nil {
		at = h.Begun.Disruption
	}
	if at.IsZero() {
		return nil
	}
	return &at
}

// CallDeadline is by when a contact of the plan was to be reached in a drill of a
// type, and whether it was; nil: the plan sets no time, or one from an event that a
// drill in which nothing is recovered doesn't have.
func (h Happened) CallDeadline(t continuity.Type, c continuity.Contact, made Call) *Deadline {
	if c.Within == nil || c.From == "" || !t.Measures() && ofRecovery(c.From) {
		return nil
	}
	when := made.When
	if !made.Reached { // an instant is that of trying
		when = nil
	}
	d := deadline(*c.Within, c.From, h.since(c.From), when)
	if !made.Reached && d.By != nil {
		d.Kept = Never
	}
	return &d
}

// ofRecovery says that an event is that something was recovered.
func ofRecovery(e continuity.Event) bool {
	return e == continuity.Technical || e == continuity.Confirmed || e == continuity.Full
}

// NormalDeadline holds full capacity against the plan's MTW (domain guide, 5.3), or,
// of a plan in which no step of the drill marks that, the return to normal operation.
// Nil: none is agreed, or nothing was recovered.
func (f Frozen) NormalDeadline() *Deadline {
	h, o := f.Happened, f.Plan.Spec.Objectives
	if o.MTW == nil || h == nil || h.Begun == nil || !f.Setup.Type.Measures() {
		return nil
	}
	of := func(e continuity.Event) *Deadline {
		d := deadline(*o.MTW, continuity.Disruption, h.since(continuity.Disruption), h.since(e))
		d.Of = e
		return &d
	}
	full, normal := of(continuity.Full), of(continuity.Normal)
	// What came back only after that was over hadn't its full capacity before.
	if full.When != nil || marked(f.Plan.Spec, f.Setup, continuity.Full) && normal.Kept != Late {
		return full
	}
	return normal
}

// marked says that a step of the drill marks an event.
func marked(p continuity.Plan, s Setup, e continuity.Event) bool {
	return slices.ContainsFunc(p.Steps, func(x continuity.Step) bool { return x.Marks == e && !slices.Contains(s.LeftOut, x.Name) })
}

// CalledInTime says that each contact for whom the plan sets a time was reached by
// then, and that there is one.
func (f Frozen) CalledInTime() bool {
	set := false
	if f.Happened == nil {
		return false
	}
	for i, c := range f.Plan.Spec.Contacts {
		var made Call
		if i < len(f.Happened.Calls) {
			made = f.Happened.Calls[i]
		}
		if x := f.Happened.CallDeadline(f.Setup.Type, c, made); x != nil {
			if set = true; x.Kept != InTime {
				return false
			}
		}
	}
	return set
}

// NormalInTime says that MTW is agreed and was kept.
func (f Frozen) NormalInTime() bool {
	x := f.NormalDeadline()
	return x != nil && x.Kept == InTime
}
