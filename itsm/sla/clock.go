package sla

import (
	"fmt"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// State of a clock between two events.
type State string

// The states.
const (
	StateRunning State = "running"
	StatePaused  State = "paused"
	StateStopped State = "stopped"
)

// Event changes a clock's state; running after stopped is a reopening.
type Event struct {
	At time.Time `json:"at"`
	Is State     `json:"is"`
}

// ClockResult is a clock with its receipt. Instants are cut to whole seconds.
type ClockResult struct {
	Elapsed  int64      `json:"elapsed_s"` // in the calendar's hours; of the last cycle
	Paused   int64      `json:"paused_s"`  // likewise, over all cycles
	Verdict  Verdict    `json:"verdict"`   // met, breached or running
	BreachAt *time.Time `json:"breach_at"` // when the target was, or will be, reached
	Cycles   []Cycle    `json:"cycles"`    // one, except under new-cycle
	Segments []Segment  `json:"segments"`
}

// Cycle runs from an opening or reopening to the stop after it, or to the end.
type Cycle struct {
	From     time.Time  `json:"from"`
	To       time.Time  `json:"to"`
	Elapsed  int64      `json:"elapsed_s"`
	Paused   int64      `json:"paused_s"`
	Verdict  Verdict    `json:"verdict"`
	BreachAt *time.Time `json:"breach_at"`
}

// Kind says how a segment of the time line was treated.
type Kind string

// The kinds. Closed is outside the calendar's hours, whatever the state.
const (
	Counted Kind = "counted"
	Paused  Kind = "paused"
	Stopped Kind = "stopped"
	Closed  Kind = "closed"
)

// Segment is one stretch of a clock's time line, [From, To).
type Segment struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Kind   Kind      `json:"kind"`
	Closed int64     `json:"closed_s,omitempty"` // in receipts of very long clocks: closed time within, not listed by itself
}

// Clock runs a clock over its events (CONTRACT.md, section 4). The target is
// in seconds of the calendar's hours, and reached exactly it is met. A zero
// asOf means none, which needs a last event that stops. Errors are faults
// with the field: events[2].at, as_of, target, reopen.
func Clock(cal *calendar.Calendar, events []Event, target int64, reopen agreement.Reopen, asOf time.Time) (ClockResult, error) {
	if err := checkClock(events, target, reopen, asOf); err != nil {
		return ClockResult{}, err
	}
	var l line
	for _, e := range events {
		l.add(e.At.Unix(), stateOf(e.Is))
	}
	end := l[len(l)-1].at
	if l.open() {
		end = asOf.Unix()
	}
	r := clockOf(cal, l, end, target, reopen)
	r.Segments = segments(cal, l, end, reopen)
	return r, nil
}

// clockOf runs a clock over a line up to its end: the last stop, or else an
// instant no earlier than the last change. Segments are left out.
func clockOf(cal *calendar.Calendar, l line, end, target int64, reopen agreement.Reopen) (r ClockResult) {
	cycles := cyclesOf(l, end, reopen)
	for i, c := range cycles {
		t := c.run(cal, reopen)
		x := Cycle{From: instant(c.line[0].at), To: instant(c.end), Elapsed: t.elapsed, Paused: t.paused, Verdict: Met}
		running := i == len(cycles)-1 && l.open()
		switch {
		case t.elapsed > target:
			x.Verdict, x.BreachAt = Breached, c.breach(cal, target, reopen)
		case running:
			x.Verdict = Running
			if l[len(l)-1].is != paused {
				x.BreachAt = c.breach(cal, target, reopen)
			}
		}
		r.Cycles = append(r.Cycles, x)
		r.Elapsed = x.Elapsed
		r.Paused += x.Paused
		if r.Verdict != Breached { // of several the first breached one counts
			r.Verdict, r.BreachAt = x.Verdict, x.BreachAt
		}
	}
	return r
}

func checkClock(events []Event, target int64, reopen agreement.Reopen, asOf time.Time) error {
	switch reopen {
	case "", agreement.Continue, agreement.NewCycle, agreement.Wall:
	default:
		return fault.Invalidf("reopen", "%.40q isn't a rule for reopenings: use continue, new-cycle or wall",
			"%.40q ist keine Regel für Wiedereröffnungen: continue, new-cycle oder wall.", string(reopen))
	}
	if target < 0 {
		return fault.Invalidf("target", "a target can't be negative", "Ein Zielwert kann nicht negativ sein.")
	}
	if len(events) == 0 {
		return fault.Invalidf("events", "there is no event: the first says when the clock starts",
			"Kein Ereignis vorhanden: Das erste sagt, wann die SLA-Uhr beginnt.")
	}
	for i, e := range events {
		switch {
		case e.Is != StateRunning && e.Is != StatePaused && e.Is != StateStopped:
			return fault.Invalidf(fmt.Sprintf("events[%d].is", i), "%.40q isn't a state: use running, paused or stopped",
				"%.40q ist kein Status: running, paused oder stopped.", string(e.Is))
		case i == 0 && e.Is == StateStopped:
			return fault.Invalidf("events[0].is", "a clock can't begin stopped: the first event is running or paused",
				"Eine SLA-Uhr kann nicht gestoppt beginnen: Das erste Ereignis ist running oder paused.")
		case i > 0 && e.At.Before(events[i-1].At):
			return fault.Invalidf(fmt.Sprintf("events[%d].at", i), "%s is before the event in front of it: give events in order of time",
				"%s liegt vor dem Ereignis davor: Ereignisse in zeitlicher Reihenfolge angeben.", e.At.Format(time.RFC3339))
		}
	}
	last := events[len(events)-1]
	switch {
	case asOf.IsZero() && last.Is != StateStopped:
		return fault.Invalidf("as_of", "the clock hasn't stopped: say as_of up to when it counts",
			"Die SLA-Uhr steht noch nicht: as_of angeben, bis wann sie zählt.")
	case !asOf.IsZero() && asOf.Before(last.At):
		return fault.Invalidf("as_of", "%s is before the last event, at %s",
			"%s liegt vor dem letzten Ereignis um %s.", asOf.Format(time.RFC3339), last.At.Format(time.RFC3339))
	}
	return nil
}

func instant(at int64) time.Time { return time.Unix(at, 0).UTC() }
