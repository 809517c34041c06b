package calendar

import (
	"iter"
	"sync"
	"time"

	"turnus/itsm/interval"
)

// Calendar is a compiled Spec: it says which instants are inside the hours.
// It is safe for concurrent use; instants count by their whole second.
type Calendar struct {
	zone    *time.Location
	always  bool
	week    [7][]hours // by time.Weekday
	special map[int64][]hours
	dates   map[int64]bool // holidays by date
	region  string
	last    int64 // without weekly hours: closed from this instant on

	years sync.Map                         // of the region's holidays, by year
	known [1 << (32 - chunkBits)]chunkCell // the years 1970 to 2106, each built when first needed
	far   [16]chunkCell                    // some of the other years
}

// hours are seconds of a local day: from 0 to 86400, to as far as 172800,
// when the span reaches into the next day.
type hours struct{ from, to int64 }

// AlwaysOpenIn is the calendar 24x7.
func AlwaysOpenIn(zone *time.Location) *Calendar { return &Calendar{zone: zone, always: true} }

// Zone of the calendar's wall clock.
func (c *Calendar) Zone() *time.Location { return c.zone }

// WorkingDay says whether a span of the calendar begins on the date.
func (c *Calendar) WorkingDay(d Date) bool {
	if c.always {
		return true
	}
	day := d.number()
	return len(c.on(day, c.holidays(d.Year, d.Year))) > 0
}

// Seconds of open time in [from, to); 0 if to isn't after from.
func (c *Calendar) Seconds(from, to time.Time) int64 {
	f, t := from.Unix(), to.Unix()
	if f >= t {
		return 0
	}
	if c.always {
		return t - f
	}
	if c.last != 0 {
		if t = min(t, c.last); f >= t {
			return 0
		}
	}
	first, last := f>>chunkBits, t>>chunkBits
	n := -c.chunk(first).before(f)
	for ; first < last; first++ {
		n += c.chunk(first).total
	}
	return n + c.chunk(last).before(t)
}

// Add gives the earliest instant at which the open time since from reaches a
// number of seconds, and false where that isn't so by the horizon.
func (c *Calendar) Add(from time.Time, seconds int64, horizon time.Time) (time.Time, bool) {
	f, end := from.Unix(), horizon.Unix()
	if seconds <= 0 {
		return time.Unix(f, 0).UTC(), f <= end
	}
	if c.last != 0 {
		end = min(end, c.last)
	}
	if end-f < seconds {
		return time.Time{}, false
	}
	if c.always {
		return time.Unix(f+seconds, 0).UTC(), true
	}
	i := f >> chunkBits
	need := seconds + c.chunk(i).before(f)
	for ; i<<chunkBits <= end; i++ {
		k := c.chunk(i)
		if need <= k.total {
			at := k.reach(need)
			return time.Unix(at, 0).UTC(), at <= end
		}
		need -= k.total
	}
	return time.Time{}, false
}

// Open lists the open spans within [from, to), in order, as long as they get.
func (c *Calendar) Open(from, to time.Time) iter.Seq[interval.Span] {
	return func(yield func(interval.Span) bool) {
		w := interval.Between(from, to)
		if w.Empty() {
			return
		}
		if c.always {
			yield(w)
			return
		}
		var open interval.Span // waits whether the next one touches it
		for i := w.From >> chunkBits; i<<chunkBits < w.To; i++ {
			k := c.chunk(i)
			for _, o := range k.from(w.From) {
				s := k.span(o)
				x := s.Clip(w)
				switch {
				case x.Empty():
				case open.Empty():
					open = x
				case x.From <= open.To:
					open.To = x.To
				default:
					if !yield(open) {
						return
					}
					open = x
				}
				if s.To >= w.To {
					break
				}
			}
		}
		if !open.Empty() {
			yield(open)
		}
	}
}
