package calendar

import (
	"sort"
	"sync/atomic"
	"time"

	"turnus/itsm/interval"
)

// A chunk is the calendar in about thirteen months of instants, unrolled: its
// open spans with running totals, so that a question about any two instants
// costs a look-up and not a walk through days.
const (
	chunkBits = 25            // 2^25 s = 388 days
	slotBits  = 16            // 2^16 s = 18 hours: an index into the spans
	daySecs   = int64(86_400) // of a wall clock, which knows no gaps
)

type chunkCell = atomic.Pointer[chunk]

type chunk struct {
	start int64
	total int64 // open seconds
	spans []openSpan
	slots [1<<(chunkBits-slotBits) + 1]int32 // the first span that ends after the slot begins
}

type openSpan struct {
	interval.Span
	sum int64 // open seconds of the chunk before this span
}

// chunk gives the chunk with a number, counted from 1970. Those outside the
// known years are built each time, so that odd dates can't fill the memory.
func (c *Calendar) chunk(i int64) *chunk {
	if i < 0 || i >= int64(len(c.known)) {
		return c.build(i)
	}
	k := c.known[i].Load()
	if k == nil {
		k = c.build(i)
		c.known[i].Store(k) // two at once build the same
	}
	return k
}

// build unrolls a chunk. Under one offset wall-clock readings and instants
// differ by a constant, so each stretch between two clock changes maps the
// readings that it really shows: skipped ones never, repeated ones twice.
func (c *Calendar) build(i int64) *chunk {
	k := &chunk{start: i << chunkBits}
	end := (i + 1) << chunkBits
	closed := c.holidays(year(k.start)-1, year(end)+1)
	for at := k.start; at < end; {
		t := time.Unix(at, 0).In(c.zone)
		next := changeAfter(t)
		_, off := t.Zone()
		to := end
		if !next.IsZero() && next.Unix() < end {
			to = next.Unix()
		}
		wall := interval.Span{From: at + int64(off), To: to + int64(off)}
		for day := floorDiv(wall.From, daySecs) - 1; day*daySecs < wall.To; day++ {
			for _, h := range c.on(day, closed) {
				x := interval.Span{From: day*daySecs + h.from, To: day*daySecs + h.to}.Clip(wall)
				if !x.Empty() {
					k.add(interval.Span{From: x.From - int64(off), To: x.To - int64(off)})
				}
			}
		}
		at = to
	}
	k.index()
	return k
}

// add appends a span; what overlaps or touches the last one joins it.
func (k *chunk) add(s interval.Span) {
	if n := len(k.spans); n > 0 && s.From <= k.spans[n-1].To {
		k.spans[n-1].To = max(k.spans[n-1].To, s.To)
		return
	}
	k.spans = append(k.spans, openSpan{Span: s})
}

func (k *chunk) index() {
	for i := range k.spans {
		k.spans[i].sum = k.total
		k.total += k.spans[i].Seconds()
	}
	n := 0
	for s := range k.slots {
		for n < len(k.spans) && k.spans[n].To <= k.start+int64(s)<<slotBits {
			n++
		}
		k.slots[s] = int32(n)
	}
}

// from gives the spans that end after an instant; one before the chunk gives all.
func (k *chunk) from(at int64) []openSpan {
	if at < k.start {
		return k.spans
	}
	n := int(k.slots[(at-k.start)>>slotBits])
	for n < len(k.spans) && k.spans[n].To <= at {
		n++
	}
	return k.spans[n:]
}

// before gives the open seconds of the chunk before an instant in it.
func (k *chunk) before(at int64) int64 {
	rest := k.from(at)
	if len(rest) == 0 {
		return k.total
	}
	return rest[0].sum + max(at-rest[0].From, 0)
}

// reach gives the earliest instant with so many open seconds before it, at
// least one and at most the total.
func (k *chunk) reach(seconds int64) int64 {
	n := sort.Search(len(k.spans), func(i int) bool { return k.spans[i].sum+k.spans[i].Seconds() >= seconds })
	return k.spans[n].From + seconds - k.spans[n].sum
}

// on gives the hours that begin on a date, given as days since 1970.
func (c *Calendar) on(day int64, closed map[int64]bool) []hours {
	if h, ok := c.special[day]; ok {
		return h
	}
	if c.dates[day] || closed[day] {
		return nil
	}
	return c.week[floorMod(day+4, 7)] // 1 January 1970 was a Thursday
}

// holidays of the calendar's region in some years, by date.
func (c *Calendar) holidays(from, to int) map[int64]bool {
	if c.region == "" {
		return nil
	}
	days := map[int64]bool{}
	for y := from; y <= to; y++ {
		for _, d := range c.holidayDates(y) {
			days[d] = true
		}
	}
	return days
}

// holidayDates of a year, which is asked for often when dates are planned.
func (c *Calendar) holidayDates(year int) []int64 {
	if known, ok := c.years.Load(year); ok {
		return known.([]int64)
	}
	days := []int64{}
	if year >= firstYear && year <= lastYear {
		for _, h := range holidaysOf(c.region, year) {
			days = append(days, h.Date.number())
		}
	}
	c.years.Store(year, days)
	return days
}

func year(at int64) int { return time.Unix(at, 0).UTC().Year() }

func floorDiv(a, b int64) int64 { return (a - floorMod(a, b)) / b }

func floorMod(a, b int64) int64 { return (a%b + b) % b }
