package availability

import (
	"slices"

	"turnus/itsm/interval"
)

// merged is a failure: outages that overlap or touch, or between which nothing
// is known.
type merged struct {
	interval.Span
	parts []outage
	open  bool
}

// merge joins outages, which are in order of time.
func (f *facts) merge() []merged {
	var list []merged
	for _, o := range f.outages {
		n := len(list) - 1
		if n < 0 || o.From > list[n].To && !covers(f.unknown, interval.Span{From: list[n].To, To: o.From}) {
			list = append(list, merged{Span: o.Span})
			n++
		}
		list[n].To = max(list[n].To, o.To)
		list[n].parts = append(list[n].parts, o)
		list[n].open = list[n].open || o.open // which ends at as_of, as none ends later
	}
	return list
}

// covers says whether all of a span lies in a set in normal form.
func covers(set interval.Set, s interval.Span) bool {
	i, _ := slices.BinarySearchFunc(set, s.From, func(x interval.Span, at int64) int {
		if x.To <= at {
			return -1
		}
		return 1
	})
	return i < len(set) && set[i].From <= s.From && set[i].To >= s.To
}

// count lists the merged outages and counts failures and restorations.
func (r *Result) count(f *facts, l timeline) {
	r.Outages = []Merged{}
	r.Classes = make([]Class, len(f.bounds)+1)
	for i, b := range f.bounds {
		r.Classes[i].Below, r.Classes[i+1].From = b, b
	}
	window := f.window()
	for _, m := range f.merge() {
		if window.Contains(m.From) {
			r.Sums.Failures++
			class, found := slices.BinarySearch(f.bounds, m.Seconds())
			if found {
				class++
			}
			r.Classes[class].Failures++
		}
		if window.Contains(m.To) { // an open one ends at as_of, after the window
			r.Sums.Restored++
			r.Sums.Restoring += m.Seconds()
		}
		if m.From < f.period.To && m.To >= f.period.From {
			r.Outages = append(r.Outages, m.listed(l))
		}
	}
}

func (m merged) listed(l timeline) Merged {
	x := Merged{From: instant(m.From), To: instant(m.To), Open: m.open}
	known := map[string]bool{}
	for _, o := range m.parts {
		x.Of = append(x.Of, o.of)
		if o.cause != "" && !known[o.cause] {
			known[o.cause] = true
			x.Causes = append(x.Causes, o.cause)
		}
	}
	from, to := l.grid.pieces(m.Span)
	for i := from; i < to; i++ {
		if l.kinds[i] == KindDown {
			x.Down += l.grid.span(i).Seconds()
		}
	}
	return x
}
