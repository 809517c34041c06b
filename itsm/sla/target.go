package sla

import (
	"slices"
	"strings"

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
// or else the instant given.
func (t *target) over(l line, at int64) bool {
	if !l.open() {
		at = l[len(l)-1].at
	}
	if at-l[0].at <= t.within {
		return false // not even by the wall clock
	}
	if t.spec.Reopen != agreement.NewCycle { // without a list of one
		return cycle{line: l, end: at}.over(t.cal, t.spec.Reopen, t.within)
	}
	for _, c := range cyclesOf(l, at, t.spec.Reopen) {
		if c.over(t.cal, t.spec.Reopen, t.within) {
			return true
		}
	}
	return false
}

// figures of a target, over all versions of its agreement.
type figures struct {
	TargetResult
}

// decide counts a decided ticket, and what its source says of it.
func (f *figures) decide(met bool, claim string) {
	f.Decided++
	f.Met += one(met)
	f.Breached += one(!met)
	claimed := strings.EqualFold(claim, "true")
	if claimed || strings.EqualFold(claim, "false") {
		f.Claims++
		f.ClaimedMet += one(claimed)
		f.Differ += one(claimed != met)
	}
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
