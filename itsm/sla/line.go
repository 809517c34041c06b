package sla

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
)

type state uint8

const (
	running state = iota
	paused
	stopped
)

func stateOf(s State) state {
	switch s {
	case StatePaused:
		return paused
	case StateStopped:
		return stopped
	}
	return running
}

// line is the time line of a clock: its changes of state, in strict order of
// time, each to another state than before. Only the first may be a stop: of a
// clock that was stopped at the instant at which it began.
type line []change

type change struct {
	at int64 // Unix seconds
	is state
}

// add appends a change no earlier than the last. Of two at one instant the
// later holds, as if the other had never been.
func (l *line) add(at int64, is state) {
	if n := len(*l); n > 0 && (*l)[n-1].at == at {
		*l = (*l)[:n-1]
	}
	if n := len(*l); n == 0 || (*l)[n-1].is != is {
		*l = append(*l, change{at, is})
	}
}

// open says that the clock hasn't been stopped.
func (l line) open() bool { return l[len(l)-1].is != stopped }

// before gives the part of the line that was known before an instant.
func (l line) before(at int64) line {
	n := len(l)
	for n > 0 && l[n-1].at >= at {
		n--
	}
	return l[:n]
}

// cycle is a part of a line that has a clock of its own.
type cycle struct {
	line line
	end  int64
	open bool // it still goes on at its end
}

// cyclesOf cuts a line at its reopenings under new-cycle; else it is one.
func cyclesOf(l line, end int64, reopen agreement.Reopen) []cycle {
	if reopen != agreement.NewCycle {
		return []cycle{{l, end, l.open()}}
	}
	var all []cycle
	for first, i := 0, 0; i < len(l); i++ {
		switch {
		case l[i].is == stopped:
			all = append(all, cycle{l[first : i+1], l[i].at, false})
			first = i + 1
		case i == len(l)-1:
			all = append(all, cycle{l[first:], end, true})
		}
	}
	return all
}

// tally is what a clock shows, in seconds of the calendar's hours.
type tally struct{ elapsed, paused int64 }

// run counts a cycle.
func (c cycle) run(cal *calendar.Calendar, reopen agreement.Reopen) (t tally) {
	for i, x := range c.line {
		n := cal.Seconds(time.Unix(x.at, 0), time.Unix(c.until(i), 0))
		switch {
		case c.counts(i, reopen):
			t.elapsed += n
		case x.is == paused:
			t.paused += n
		}
	}
	return t
}

// elapsed is run, without what is paused.
func (c cycle) elapsed(cal *calendar.Calendar, reopen agreement.Reopen) (n int64) {
	for i, x := range c.line {
		if c.counts(i, reopen) {
			n += cal.Seconds(time.Unix(x.at, 0), time.Unix(c.until(i), 0))
		}
	}
	return n
}

// until is the end of the state that change i begins.
func (c *cycle) until(i int) int64 {
	if i+1 < len(c.line) {
		return c.line[i+1].at
	}
	return c.end
}

// counts says whether the clock runs after change i. Under wall it runs while
// stopped, too, if it is reopened afterwards.
func (c *cycle) counts(i int, reopen agreement.Reopen) bool {
	is := c.line[i].is
	return is == running || is == stopped && reopen == agreement.Wall && i+1 < len(c.line)
}

// kind says how the time after change i is treated, where it is open.
func (c *cycle) kind(i int, reopen agreement.Reopen) Kind {
	if c.counts(i, reopen) {
		return Counted
	}
	return [...]Kind{running: Counted, paused: Paused, stopped: Stopped}[c.line[i].is]
}

// breach gives the earliest instant at which the cycle's clock reaches the
// target, if need be after its end, as if nothing changed; nil if it never
// does.
func (c cycle) breach(cal *calendar.Calendar, target int64, reopen agreement.Reopen) *time.Time {
	if target == 0 {
		at := instant(c.line[0].at)
		return &at
	}
	for i, x := range c.line {
		if !c.counts(i, reopen) {
			continue
		}
		from, horizon := time.Unix(x.at, 0), time.Unix(c.until(i), 0)
		last := c.open && i+1 == len(c.line)
		if last {
			horizon = forever
		}
		if at, ok := cal.Add(from, target, horizon); ok {
			return &at
		}
		if last {
			return nil
		}
		target -= cal.Seconds(from, horizon)
	}
	return nil
}

// forever is the last instant that RFC 3339 can name.
var forever = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// segments lays the calendar's hours over a line.
func segments(cal *calendar.Calendar, l line, end int64, reopen agreement.Reopen) []Segment {
	out := []Segment{}
	add := func(from, to int64, k Kind) {
		if from >= to {
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == k {
			out[n-1].To = instant(to)
			return
		}
		out = append(out, Segment{From: instant(from), To: instant(to), Kind: k})
	}
	all := cycle{l, end, l.open()}
	for i, x := range l {
		kind, at, to := all.kind(i, reopen), x.at, all.until(i)
		for s := range cal.Open(time.Unix(at, 0), time.Unix(to, 0)) {
			add(at, s.From, Closed)
			add(s.From, s.To, kind)
			at = s.To
		}
		add(at, to, Closed)
	}
	return out
}

// from gives the line as if it had begun at an instant, in the state that it
// had then; a line that was stopped then stays as it is.
func (l line) from(at int64) line {
	i := len(l) - 1
	for i > 0 && l[i].at > at {
		i--
	}
	switch {
	case l[i].is == stopped:
		return l
	case l[i].at >= at:
		return l[i:]
	}
	return append(line{{at, l[i].is}}, l[i+1:]...)
}

// reopened says whether the line goes on after a stop, at an instant or later.
func (l line) reopened(since int64) bool {
	for i := len(l) - 1; i > 0 && l[i].at >= since; i-- {
		if l[i-1].is == stopped {
			return true
		}
	}
	return false
}
