package task

import (
	"time"

	"turnus/itsm/calendar"
)

// Working days for a decision, and how long before its end the reminder comes,
// unless a policy says otherwise.
const (
	workingDays    = 3
	reminderBefore = 1
	closedFor      = 30 // days after which a calendar counts as closed for good
)

// Timing says how long a task may take, in working days of the calendar of what
// its run is about. The zero value: due after three, reminded of one before,
// escalated when due, to the owner.
type Timing struct {
	Days       int  // from opening to due
	Remind     int  // before due
	Soon       bool // due at a named instant, within hours: reminded of after three quarters of the time
	Escalate   int  // after due
	EscalateTo Who  // whom; Owner if left out, of a task that is the owner's own: the approvers
}

// withDefaults is the timing with what was left out.
func (t Timing) withDefaults(f For) Timing {
	if t.Days == 0 {
		t.Days, t.Remind = workingDays, reminderBefore
	}
	if t.EscalateTo == "" {
		t.EscalateTo = Owner
		if f.Who == Owner {
			t.EscalateTo = Approvers
		}
	}
	return t
}

// Schedule gives a task's instants: it is due at the same time of day so many
// working days after it was opened, or at the instant that it names; reminder
// and escalation come working days before and after; of what is due within hours the
// reminder comes while there is time left. Where the calendar stays
// closed for thirty days every day counts. A reminder isn't before the opening.
func Schedule(cal *calendar.Calendar, opened time.Time, named *time.Time, t Timing, f For) (remind, due, escalate time.Time) {
	t = t.withDefaults(f)
	if named != nil {
		due, remind = named.UTC(), workday(cal, *named, -t.Remind)
		if t.Soon {
			remind = opened.UTC().Add(due.Sub(opened) / 4 * 3)
		}
	} else {
		due, remind = workday(cal, opened, t.Days), workday(cal, opened, t.Days-t.Remind)
	}
	if remind.Before(opened) {
		remind = opened.UTC()
	}
	return remind, due, workday(cal, due, t.Escalate)
}

// EscalatesTo says whom an unanswered task is escalated to.
func (t Timing) EscalatesTo(f For) Who { return t.withDefaults(f).EscalateTo }

// workday is the same time of day so many working days later, or earlier.
func workday(cal *calendar.Calendar, from time.Time, n int) time.Time {
	if n == 0 {
		return from.UTC()
	}
	way := 1
	if n < 0 {
		n, way = -n, -1
	}
	local := from.In(cal.Zone())
	d := calendar.DateOf(local)
	for ; n > 0; n-- {
		next := d.Add(way)
		for skipped := 0; !cal.WorkingDay(next); skipped++ {
			if skipped == closedFor {
				next = d.Add(way)
				break
			}
			next = next.Add(way)
		}
		d = next
	}
	return calendar.At(d, time.Duration(local.Hour())*time.Hour+time.Duration(local.Minute())*time.Minute+
		time.Duration(local.Second())*time.Second, cal.Zone()).UTC()
}

// FollowUp is what happens to a task that nobody has answered.
type FollowUp string

// What happens. Nothing answers: expiry never approves.
const (
	Wait     FollowUp = "wait"
	Remind   FollowUp = "remind"
	Escalate FollowUp = "escalate"
)

// Next says what is to be done with a task now, and when to ask again; a zero
// instant means that only an answer changes anything.
func Next(t Task, now time.Time) (FollowUp, time.Time) {
	switch {
	case t.State != Open:
		return Wait, time.Time{}
	case t.Escalated == nil && !now.Before(t.Escalate):
		return Escalate, time.Time{}
	case t.Reminded == nil && t.Escalated == nil && !now.Before(t.Remind):
		return Remind, t.Escalate
	case t.Reminded == nil && t.Escalated == nil:
		return Wait, t.Remind
	case t.Escalated == nil:
		return Wait, t.Escalate
	}
	return Wait, time.Time{}
}
