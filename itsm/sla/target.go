package sla

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/ticket"
)

type measure uint8

const (
	response measure = iota
	resolution
)

// target is an agreement's target made ready for a million tickets.
type target struct {
	terms   *terms
	spec    agreement.Target
	measure measure
	where   where // of the target alone
	within  int64
	cal     *calendar.Calendar
	figures *figures // shared by the versions of an agreement

	opened map[int64]*figures // of the tickets that a workload limit may void, by the start of their sub-period
}

// lineOf gives a ticket's changes of state under the target, into a buffer.
// The ticket runs from its opening; a response ends at the first reaction or
// stop, whichever is first, since a restored service answers its user.
func (t *target) lineOf(v *ticket.Version, l line) line {
	at := v.Opened.Unix()
	l.add(at, running)
	for i := range v.Events {
		e := &v.Events[i]
		at = max(at, e.At.Unix())
		if t.measure == response && (e.Responded || e.Stopped) {
			l.add(at, stopped)
			break
		}
		switch {
		case e.Stopped:
			l.add(at, stopped)
		case slices.Contains(t.spec.Pause, e.State):
			l.add(at, paused)
		default:
			l.add(at, running)
		}
	}
	return l
}

// lineAt gives the line as it was known at a month's end. Under restart it
// begins where the ticket's fields came to select the target, unless the clock
// stood still then: what is over isn't begun again by a change of its fields.
func (t *target) lineAt(l line, k known, end int64) line {
	l = l.before(end)
	if t.spec.OnChange != agreement.Restart {
		return l
	}
	since := l[0].at
	for n := k.n; n > 1; n-- {
		if k := (known{k.Version, n, nil}); t.terms.where.newly(k) || t.where.newly(k) {
			since = k.Events[n-1].At.Unix()
			break
		}
	}
	return l.from(since)
}

// over says whether the clock has passed the target at its end: the last stop,
// or else the instant given. It gives what the clock shows, too, unless it
// could tell without.
func (t *target) over(l line, at int64) (bool, int64) {
	if !l.open() {
		at = l[len(l)-1].at
	}
	if at-l[0].at <= t.within {
		return false, uncounted // not even by the wall clock
	}
	elapsed := t.elapsed(l, at)
	return elapsed > t.within, elapsed
}

// uncounted is an elapsed time that nobody needed yet.
const uncounted = -1

// elapsed is what the clock shows at its end; of several cycles the longest,
// since it is over if any of them is.
func (t *target) elapsed(l line, at int64) (most int64) {
	if !l.open() {
		at = l[len(l)-1].at
	}
	if t.spec.Reopen != agreement.NewCycle { // without a list of one
		return cycle{line: l, end: at}.elapsed(t.cal, t.spec.Reopen)
	}
	for _, c := range cyclesOf(l, at, t.spec.Reopen) {
		most = max(most, c.elapsed(t.cal, t.spec.Reopen))
	}
	return most
}
