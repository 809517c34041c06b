package imports

import (
	"slices"
	"time"
)

// Readings of the wall clock are written as instants in UTC here, since a rule
// counts in them, and a day of theirs has 24 hours.
//
// A rule is followed here, a period after the other, and not by a library: those
// that there are look for one that never fires up to the year 9999 within one
// call, and some rules keep them for good. The tests hold what comes out against
// one of them.

const aDay = 24 * time.Hour

// maxInSet is of how many a rule may take positions.
const maxInSet = 100_000

// each gives the readings at which a rule fires, in their order, from its start on
// until last; of a rule without a number those before from may be left out. It
// ends where give wants no more. looks counts down what is looked at: false says
// that it wasn't enough.
func (r rule) each(start, from, last time.Time, looks *int, give func(time.Time) bool) bool {
	r.derive(start)
	n := 0
	set := func(all []time.Time) (more bool) {
		for _, t := range r.positioned(all) {
			if t.Before(start) {
				continue
			}
			if n++; r.count > 0 && n > r.count || t.After(last) || !give(t) {
				return false
			}
		}
		return true
	}
	if r.freq > daily {
		return r.eachUnit(start, last, looks, set)
	}
	clock := r.clock()
	k := 0
	if r.count == 0 && r.freq == yearly {
		k = max(0, (from.Year()-start.Year()-1)/r.interval*r.interval)
	}
	var all []time.Time
	for ; ; k += r.interval {
		first, days := r.period(start, k)
		if first.After(last) {
			return true
		}
		all = all[:0]
		for i := range days {
			if *looks--; *looks < 0 {
				return false
			}
			d := first.Add(time.Duration(i) * aDay)
			if !r.fits(d) {
				continue
			}
			if *looks -= len(clock) - 1; *looks < 0 || len(all)+len(clock) > maxInSet && r.positions != nil {
				return false
			}
			for _, c := range clock {
				all = append(all, d.Add(c))
			}
			if r.positions == nil {
				if !set(all) {
					return true
				}
				all = all[:0]
			}
		}
		if !set(all) {
			return true
		}
	}
}

// eachUnit follows a rule by hours, minutes or seconds.
func (r rule) eachUnit(start, last time.Time, looks *int, set func([]time.Time) bool) bool {
	unit := map[frequency]time.Duration{hourly: time.Hour, minutely: time.Minute, secondly: time.Second}[r.freq]
	step := time.Duration(r.interval) * unit
	var all []time.Time
	for t := start.Truncate(unit); !t.After(last); t = t.Add(step) {
		if *looks--; *looks < 0 {
			return false
		}
		if day := t.Truncate(aDay); !r.fits(day) { // on to the last unit of that day
			if rest := day.Add(aDay - 1).Sub(t); rest > step {
				t = t.Add(rest / step * step)
			}
			continue
		}
		if !among(r.hours, t.Hour()) || r.freq > hourly && !among(r.minutes, t.Minute()) || r.freq > minutely && !among(r.seconds, t.Second()) {
			continue
		}
		all = all[:0]
		minutes, seconds := []int{t.Minute()}, []int{t.Second()}
		if r.freq == hourly {
			minutes = r.minutes
		}
		if r.freq < secondly {
			seconds = r.seconds
		}
		*looks -= len(minutes)*len(seconds) - 1
		hour := t.Truncate(time.Hour)
		for _, m := range minutes {
			for _, s := range seconds {
				all = append(all, hour.Add(time.Duration(m)*time.Minute+time.Duration(s)*time.Second))
			}
		}
		if !set(all) {
			return true
		}
	}
	return true
}

// among says whether a list that isn't given, or has it, lets a number pass.
func among(list []int, n int) bool { return list == nil || slices.Contains(list, n) }

// derive fills in what a rule leaves to its start.
func (r *rule) derive(start time.Time) {
	if r.yearDays == nil && r.monthDays == nil && r.days == nil {
		switch {
		case r.weeks != nil, r.freq == weekly:
			r.days = []ruleDay{{day: start.Weekday()}}
		case r.freq == yearly:
			if r.monthDays = []int{start.Day()}; r.months == nil {
				r.months = []int{int(start.Month())}
			}
		case r.freq == monthly:
			r.monthDays = []int{start.Day()}
		}
	}
	if r.hours == nil && r.freq < hourly {
		r.hours = []int{start.Hour()}
	}
	if r.minutes == nil && r.freq < minutely {
		r.minutes = []int{start.Minute()}
	}
	if r.seconds == nil && r.freq < secondly {
		r.seconds = []int{start.Second()}
	}
	for _, list := range []*[]int{&r.hours, &r.minutes, &r.seconds} {
		if *list != nil {
			*list = slices.Compact(slices.Sorted(slices.Values(*list)))
		}
	}
}

// clock are the times of a day, in their order.
func (r rule) clock() (all []time.Duration) {
	for _, h := range r.hours {
		for _, m := range r.minutes {
			for _, s := range r.seconds {
				all = append(all, time.Duration(h)*time.Hour+time.Duration(m)*time.Minute+time.Duration(s)*time.Second)
			}
		}
	}
	return all
}

// positioned takes the ones at the rule's positions, if it has any.
func (r rule) positioned(all []time.Time) []time.Time {
	if r.positions == nil {
		return all
	}
	var at []int
	for _, p := range r.positions {
		if p > 0 {
			p--
		} else {
			p += len(all)
		}
		if p >= 0 && p < len(all) {
			at = append(at, p)
		}
	}
	slices.Sort(at)
	var some []time.Time
	for _, p := range slices.Compact(at) {
		some = append(some, all[p])
	}
	return some
}

// period is the k-th year, month, week or day from the start's own: its first day
// and how many.
func (r rule) period(start time.Time, k int) (first time.Time, days int) {
	switch r.freq {
	case yearly:
		first = time.Date(start.Year()+k, 1, 1, 0, 0, 0, 0, time.UTC)
		return first, yearLength(first)
	case monthly:
		first = time.Date(start.Year(), start.Month()+time.Month(k), 1, 0, 0, 0, 0, time.UTC)
		return first, monthLength(first)
	case weekly:
		return weekOf(start, r.weekStart).AddDate(0, 0, 7*k), 7
	}
	return start.Truncate(aDay).AddDate(0, 0, k), 1
}

func yearLength(d time.Time) int { return time.Date(d.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay() }

func monthLength(d time.Time) int {
	return time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// weekOf is the first day of a day's week.
func weekOf(d time.Time, weekStart time.Weekday) time.Time {
	return d.Truncate(aDay).AddDate(0, 0, -int((d.Weekday()-weekStart+7)%7))
}

// fits says whether a day is one of the rule's, within its period.
func (r rule) fits(d time.Time) bool {
	if r.months != nil && !slices.Contains(r.months, int(d.Month())) {
		return false
	}
	if r.monthDays != nil && !counted(r.monthDays, d.Day(), monthLength(d)) {
		return false
	}
	if r.yearDays != nil && !counted(r.yearDays, d.YearDay(), yearLength(d)) {
		return false
	}
	if r.weeks != nil {
		if n, of := weekNumber(d, r.weekStart); !counted(r.weeks, n, of) {
			return false
		}
	}
	return r.days == nil || slices.ContainsFunc(r.days, func(w ruleDay) bool {
		if w.day != d.Weekday() {
			return false
		}
		if w.n == 0 {
			return true
		}
		at, of := d.YearDay(), 0
		if r.freq == monthly || r.months != nil {
			at = d.Day()
		}
		if w.n > 0 {
			return w.n == (at-1)/7+1
		}
		if of = yearLength(d); r.freq == monthly || r.months != nil {
			of = monthLength(d)
		}
		return w.n == -((of-at)/7 + 1)
	})
}

// counted says whether a list has the n-th of so many, from the front or from the
// end.
func counted(list []int, n, of int) bool {
	return slices.Contains(list, n) || slices.Contains(list, n-of-1)
}

// weekNumber is the number of a day's week, and how many its year has: the first
// one is that with four days of the year.
func weekNumber(d time.Time, weekStart time.Weekday) (n, of int) {
	middle := weekOf(d, weekStart).AddDate(0, 0, 3)
	last := weekOf(time.Date(middle.Year(), 12, 28, 0, 0, 0, 0, time.UTC), weekStart).AddDate(0, 0, 3)
	return (middle.YearDay()-1)/7 + 1, (last.YearDay()-1)/7 + 1
}
