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

// Schedule gives a task's instants: it is due at the same time of day three
// working days after it was opened; the reminder comes one working day before,
// the escalation when it is due. Where the calendar stays closed for thirty
// days every day counts.
func Schedule(cal *calendar.Calendar, opened time.Time) (remind, due, escalate time.Time) {
	local := opened.In(cal.Zone())
	date := calendar.DateOf(local)
	nth := func(n int) time.Time {
		d := date
		for ; n > 0; n-- {
			next := d.Add(1)
			for skipped := 0; !cal.WorkingDay(next); skipped++ {
				if skipped == closedFor {
					next = d.Add(1)
					break
				}
				next = next.Add(1)
			}
			d = next
		}
		return calendar.At(d, time.Duration(local.Hour())*time.Hour+time.Duration(local.Minute())*time.Minute+
			time.Duration(local.Second())*time.Second, cal.Zone()).UTC()
	}
	due = nth(workingDays)
	return nth(workingDays - reminderBefore), due, due
}

// Step is what happens to a task that nobody has answered.
type Step string

// The steps. There is none that answers: expiry never approves.
const (
	Wait      Step = "wait"
	Reminding Step = "remind"
	Escalate  Step = "escalate"
)

// Next says what is to be done with a task now, and when to ask again; a zero
// instant means that only an answer changes anything.
func Next(t Task, now time.Time) (Step, time.Time) {
	switch {
	case t.State != Open:
		return Wait, time.Time{}
	case t.Escalated == nil && !now.Before(t.Escalate):
		return Escalate, time.Time{}
	case t.Reminded == nil && t.Escalated == nil && !now.Before(t.Remind):
		return Reminding, t.Escalate
	case t.Reminded == nil && t.Escalated == nil:
		return Wait, t.Remind
	case t.Escalated == nil:
		return Wait, t.Escalate
	}
	return Wait, time.Time{}
}
