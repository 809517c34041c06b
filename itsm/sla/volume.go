package sla

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
)

// unit is a sub-period that a workload limit holds for, the coarsest first.
type unit int

const (
	month unit = iota
	day
	hour
)

// unitOf reads what a limit holds for; the months of early agreements don't
// say so.
func unitOf(per string) (unit, bool) {
	switch per {
	case agreement.PerMonth, "":
		return month, true
	case agreement.PerDay:
		return day, true
	case agreement.PerHour:
		return hour, true
	}
	return 0, false
}

// wall finds the months, days and hours of a zone's wall clock, and remembers
// the last of each, since tickets come in about the order of their opening.
type wall struct {
	zone *time.Location
	last [3]struct {
		start    int64 // names the sub-period
		from, to int64 // the instants known to be in it
	}
}

// start gives the first instant of the sub-period around an instant. An hour
// begins where the wall clock reads a full hour under the offset in force; one
// that daylight saving repeats is two, and has two starts.
func (w *wall) start(u unit, at int64) int64 {
	x := &w.last[u]
	if x.from <= at && at < x.to {
		return x.start
	}
	local := time.Unix(at, 0).In(w.zone)
	if u == hour {
		_, offset := local.Zone()
		x.start = at - floorMod(at+int64(offset), 3600)
		x.from, x.to = x.start, x.start+3600
		if begin, end := local.ZoneBounds(); !begin.IsZero() || !end.IsZero() {
			if !begin.IsZero() {
				x.from = max(x.from, begin.Unix())
			}
			if !end.IsZero() {
				x.to = min(x.to, end.Unix())
			}
		}
		return x.start
	}
	first := calendar.DateOf(local)
	next := first.Add(1)
	if u == month {
		first.Day = 1
		next = first.Add(31)
		next.Day = 1
	}
	x.start = first.Start(w.zone).Unix()
	x.from, x.to = x.start, next.Start(w.zone).Unix()
	return x.start
}

func floorMod(a, b int64) int64 { return ((a % b) + b) % b }

// volume counts the tickets opened under an agreement, by the start of their
// sub-period.
type volume map[int64]int64

// opens counts a ticket opened under a contract.
func (d *derivation) opens(c *contract, at int64) {
	for u, v := range c.volumes {
		if v != nil {
			v[d.wall.start(unit(u), at)]++
		}
	}
}

// openedBefore counts a ticket opened before the period: whether its own
// sub-period was above a limit decides whether its targets are void.
func (d *derivation) openedBefore(k known, opened int64) {
	for _, t := range d.terms {
		if len(t.voids) > 0 && t.where.matches(k) {
			d.opens(t.contract, opened)
		}
	}
}

// limit is a workload limit that voids targets.
type limit struct {
	per  unit
	most int64
}

// overloaded says whether the finest sub-period of the voiding limits, or one
// around it, was above its limit.
func (t *terms) overloaded(w *wall, start int64) bool {
	for _, l := range t.voids {
		if t.contract.volumes[l.per][w.start(l.per, start)] > l.most {
			return true
		}
	}
	return false
}

// workloadResult sets the volumes of a period against a limit.
func (c *contract) workloadResult(w agreement.WorkloadLimit, from, to int64) WorkloadResult {
	x := WorkloadResult{Limit: w, Verdict: Met}
	over := false
	for _, n := range c.workload {
		x.Actual += n
		over = over || n > w.Limit
	}
	if u, _ := unitOf(w.Per); u != month {
		x.Peak, x.Exceeded = c.volumes[u].against(w.Limit, from, to)
		over = len(x.Exceeded) > 0
	}
	switch {
	case w.Limit == 0:
		x.Verdict, x.Exceeded = NoData, nil
	case over:
		x.Verdict = Missed
	}
	return x
}

// against gives the fullest sub-period within a span (of several the first),
// nil where nothing was opened, and all that are above a limit, in order.
func (v volume) against(limit, from, to int64) (peak *Subperiod, above []Subperiod) {
	for _, start := range sortedKeys(v) {
		if start < from || start >= to {
			continue
		}
		x := Subperiod{From: instant(start), Tickets: v[start]}
		if peak == nil || x.Tickets > peak.Tickets {
			peak = &x
		}
		if x.Tickets > limit {
			above = append(above, x)
		}
	}
	return peak, above
}
