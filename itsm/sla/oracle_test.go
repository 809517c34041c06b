package sla_test

import (
	"fmt"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
)

// The oracle walks a clock's time minute by minute, and second by second where
// something happens within a minute. It takes the contract's sentences
// literally, and shares nothing with the package but the zones' data.

// hoursOracle says of an instant whether its wall-clock reading is inside the
// hours. Hours and the offsets of its zones are whole minutes.
type hoursOracle struct {
	zone    *time.Location
	week    [7][][2]int // by time.Weekday: minutes of the day, the end as far as the next one's
	special map[string][][2]int
	closed  map[string]bool
}

// newHoursOracle reads a spec; of a region's holidays it knows those given.
func newHoursOracle(s calendar.Spec, zone *time.Location, holidays ...string) hoursOracle {
	o := hoursOracle{zone: zone, special: map[string][][2]int{}, closed: map[string]bool{}}
	minutes := func(list []string) (all [][2]int) {
		for _, x := range list {
			var h, m, h2, m2 int
			if n, err := fmt.Sscanf(x, "%d:%d-%d:%d", &h, &m, &h2, &m2); n != 4 {
				panic(err)
			}
			from, to := h*60+m, h2*60+m2
			if to <= from {
				to += 24 * 60
			}
			all = append(all, [2]int{from, to})
		}
		return all
	}
	for i, d := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		o.week[i] = minutes(s.Hours[d])
	}
	for _, x := range s.Special {
		o.special[x.Date.String()] = minutes(x.Hours)
	}
	for _, d := range s.Holidays.Dates {
		o.closed[d.String()] = true
	}
	for _, d := range holidays {
		o.closed[d] = true
	}
	return o
}

// on gives the spans that begin on a date.
func (o hoursOracle) on(date time.Time) [][2]int {
	key := date.Format(time.DateOnly)
	if s, ok := o.special[key]; ok {
		return s
	}
	if o.closed[key] {
		return nil
	}
	return o.week[date.Weekday()]
}

// walk gives a function that says of ascending minutes whether they are open.
func (o hoursOracle) walk() func(minute int64) bool {
	day := 0
	var today, yesterday [][2]int
	return func(minute int64) bool {
		local := time.Unix(minute, 0).In(o.zone)
		if y, m, d := local.Date(); d != day {
			day = d
			today = o.on(time.Date(y, m, d, 12, 0, 0, 0, time.UTC))
			yesterday = o.on(time.Date(y, m, d-1, 12, 0, 0, 0, time.UTC))
		}
		hour, min, _ := local.Clock()
		reading := hour*60 + min
		has := func(spans [][2]int, reading int) bool {
			return slices.ContainsFunc(spans, func(s [2]int) bool { return s[0] <= reading && reading < s[1] })
		}
		return has(today, reading) || has(yesterday, reading+24*60)
	}
}

// stateIn is the state in the second that begins at an instant: that of the
// last event until then.
func stateIn(ev []sla.Event, at int64) (is sla.State) {
	for _, e := range ev {
		if e.At.Unix() <= at {
			is = e.Is
		}
	}
	return is
}

// nextStep gives the next instant at which the walk looks again: a minute on,
// or a second where an event lies within this minute.
func nextStep(ev []sla.Event, at, end int64) int64 {
	minute := at + 60 - (at%60+60)%60
	for _, e := range ev {
		if x := e.At.Unix(); at < x && x < minute {
			return min(at+1, end)
		}
	}
	return min(minute, end)
}

// countClock walks a clock. Of a running one it looks for the breach that is still
// to come until the horizon.
func countClock(o hoursOracle, ev []sla.Event, target int64, reopen agreement.Reopen, asOf, horizon int64) sla.ClockResult {
	last := ev[len(ev)-1]
	end := asOf
	if last.Is == sla.StateStopped { // it ended when it was stopped for good
		for i := len(ev) - 1; i >= 0 && stateIn(ev, ev[i].At.Unix()) == sla.StateStopped; i-- {
			end = ev[i].At.Unix()
		}
	}
	start := ev[0].At.Unix()
	instant := func(at int64) *time.Time { t := time.Unix(at, 0).UTC(); return &t }
	r := sla.ClockResult{Segments: []sla.Segment{}}
	var c sla.Cycle
	var reached *time.Time // by the cycle's clock
	finish := func(at int64, open bool) {
		c.To, c.Verdict = *instant(at), sla.Met
		switch {
		case c.Elapsed > target:
			c.Verdict, c.BreachAt = sla.Breached, reached
		case open:
			c.Verdict = sla.Running
		}
		r.Cycles = append(r.Cycles, c)
	}
	begin := func(at int64) {
		c, reached = sla.Cycle{From: *instant(at)}, nil
		if target == 0 {
			reached = instant(at)
		}
	}
	tick := func(at, next int64) {
		if n := next - at; reached == nil && c.Elapsed+n >= target {
			reached = instant(at + target - c.Elapsed)
		}
		c.Elapsed += next - at
	}

	open := o.walk()
	is := sla.State("")
	for at := start; ; {
		was := is
		is = stateIn(ev, at)
		switch {
		case at == start:
			begin(at)
			if is == sla.StateStopped && reopen == agreement.NewCycle {
				finish(at, false)
			}
		case reopen == agreement.NewCycle && was != sla.StateStopped && is == sla.StateStopped:
			finish(at, false)
		case reopen == agreement.NewCycle && was == sla.StateStopped && is != sla.StateStopped:
			begin(at)
		}
		if at >= end {
			break
		}
		next := nextStep(ev, at, end)
		kind := sla.Closed
		if open(at - (at%60+60)%60) {
			switch {
			case is == sla.StatePaused:
				kind = sla.Paused
				c.Paused += next - at
			case is == sla.StateStopped && reopen != agreement.Wall: // under wall it is reopened later, or the walk had ended
				kind = sla.Stopped
			default:
				kind = sla.Counted
				tick(at, next)
			}
		}
		if n := len(r.Segments); n > 0 && r.Segments[n-1].Kind == kind {
			r.Segments[n-1].To = *instant(next)
		} else {
			r.Segments = append(r.Segments, sla.Segment{From: *instant(at), To: *instant(next), Kind: kind})
		}
		at = next
	}
	if goesOn := last.Is != sla.StateStopped; goesOn || reopen != agreement.NewCycle {
		finish(end, goesOn)
	}
	if x := &r.Cycles[len(r.Cycles)-1]; x.Verdict == sla.Running && last.Is == sla.StateRunning {
		for at := end; reached == nil && at < horizon; {
			next := min(at+60-(at%60+60)%60, horizon)
			if open(at - (at%60+60)%60) {
				tick(at, next)
			}
			at = next
		}
		x.BreachAt = reached
	}
	for _, x := range r.Cycles {
		r.Elapsed = x.Elapsed
		r.Paused += x.Paused
	}
	x := r.Cycles[len(r.Cycles)-1]
	if i := slices.IndexFunc(r.Cycles, func(x sla.Cycle) bool { return x.Verdict == sla.Breached }); i >= 0 {
		x = r.Cycles[i]
	}
	r.Verdict, r.BreachAt = x.Verdict, x.BreachAt
	return r
}
