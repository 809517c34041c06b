package calendar

import (
	"math"
	"sort"
	"sync/atomic"
	"time"

	"turnus/itsm/interval"
)

// A chunk is the calendar in about thirteen months of instants, unrolled: its
// open spans with running totals, so that a question about any two instants
// costs two look-ups and not a walk through days. What a look-up touches is
// kept small, in seconds since the chunk's start, for the processor's cache.
const (
	chunkBits = 25            // 2^25 s = 388 days
	slotBits  = 16            // 2^14 s = 4.5 hours: an index into the spans
	daySecs   = int64(86_400) // of a wall clock, which knows no gaps
)

type chunkCell = atomic.Pointer[chunk]

type chunk struct {
	start int64
	total int64                               // open seconds
	spans []openSpan                          // the last one ends the list: it begins with the next chunk
	slots [1 << (chunkBits - slotBits)]uint32 // the first span that ends after the slot begins
}

// openSpan is [from, to), in seconds since the chunk's start.
type openSpan struct {
	from, to uint32
	sum      uint32 // open seconds of the chunk before this span
}

// chunk gives the chunk with a number, counted from 1970.
func (c *Calendar) chunk(i int64) *chunk {
	if uint64(i) < uint64(len(c.known)) {
		if k := c.known[i].Load(); k != nil {
			return k
		}
	}
	return c.unroll(i)
}

// unroll builds a chunk and keeps it. Of those outside the known years only a
// few are kept, so that odd dates can't fill the memory.
func (c *Calendar) unroll(i int64) *chunk {
	cell := &c.far[uint64(i)%uint64(len(c.far))]
	if uint64(i) < uint64(len(c.known)) {
		cell = &c.known[i]
	}
	k := cell.Load()
	if k == nil || k.start != i<<chunkBits {
		k = c.build(i)
		cell.Store(k) // two at once build the same
	}
	return k
}

// build unrolls a chunk. Under one offset wall-clock readings and instants
// differ by a constant, so each stretch between two clock changes maps the
// readings that it really shows: skipped ones never, repeated ones twice.
func (c *Calendar) build(i int64) *chunk {
	k := &chunk{start: i << chunkBits}
	end := (i + 1) << chunkBits
	first := floorDiv(k.start, daySecs) - 3 // no offset, and no night before it, reaches further
	days := c.days(first, floorDiv(end, daySecs)+3)
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
			for _, h := range days[day-first] {
				x := interval.Span{From: day*daySecs + h.from, To: day*daySecs + h.to}.Clip(wall)
				if !x.Empty() {
					k.add(uint32(x.From-int64(off)-k.start), uint32(x.To-int64(off)-k.start))
				}
			}
		}
		at = to
	}
	k.index()
	return k
}

// days lists the hours that begin on each date from first to last, given as
// days since 1970.
func (c *Calendar) days(first, last int64) [][]hours {
	all := make([][]hours, last-first+1)
	for i := range all {
		all[i] = c.week[floorMod(first+int64(i)+4, 7)] // 1 January 1970 was a Thursday
	}
	set := func(day int64, h []hours) {
		if first <= day && day <= last {
			all[day-first] = h
		}
	}
	for day := range c.dates {
		set(day, nil)
	}
	if c.region != "" {
		for y := year(first * daySecs); y <= year(last*daySecs); y++ {
			for _, day := range c.holidayDates(y) {
				set(day, nil)
			}
		}
	}
	for day, h := range c.special { // they hold on holidays, too
		set(day, h)
	}
	return all
}

// add appends a span; what overlaps or touches the last one joins it.
func (k *chunk) add(from, to uint32) {
	if n := len(k.spans); n > 0 && from <= k.spans[n-1].to {
		k.spans[n-1].to = max(k.spans[n-1].to, to)
		return
	}
	k.spans = append(k.spans, openSpan{from: from, to: to})
}

func (k *chunk) index() {
	sum := uint32(0)
	for i := range k.spans {
		k.spans[i].sum = sum
		sum += k.spans[i].to - k.spans[i].from
	}
	k.total = int64(sum)
	k.spans = append(k.spans, openSpan{from: 1 << chunkBits, to: math.MaxUint32, sum: sum})
	n := uint32(0)
	for s := range k.slots {
		for k.spans[n].to <= uint32(s)<<slotBits {
			n++
		}
		k.slots[s] = n
	}
}

// from gives the spans that end after an instant; one before the chunk gives all.
func (k *chunk) from(at int64) []openSpan {
	if at < k.start {
		return k.spans[:len(k.spans)-1]
	}
	n := k.slots[(at-k.start)>>slotBits]
	for k.spans[n].to <= uint32(at-k.start) {
		n++
	}
	return k.spans[n : len(k.spans)-1]
}

// span gives a span of the chunk as instants.
func (k *chunk) span(s openSpan) interval.Span {
	return interval.Span{From: k.start + int64(s.from), To: k.start + int64(s.to)}
}

// before gives the open seconds of the chunk before an instant in it.
func (k *chunk) before(at int64) int64 {
	x := uint32(at) & (1<<chunkBits - 1) // chunks begin at multiples of their length
	n := k.slots[x>>slotBits]
	for k.spans[n].to <= x {
		n++
	}
	s := &k.spans[n]
	if x <= s.from {
		return int64(s.sum)
	}
	return int64(s.sum + x - s.from)
}

// reach gives the earliest instant with so many open seconds before it, at
// least one and at most the total.
func (k *chunk) reach(seconds int64) int64 {
	n := sort.Search(len(k.spans)-1, func(i int) bool { return int64(k.spans[i+1].sum) >= seconds })
	return k.start + int64(k.spans[n].from) + seconds - int64(k.spans[n].sum)
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
