package availability

import (
	"cmp"
	"math"
	"slices"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/interval"
)

// Derive computes a case on the calendar of its service hours. It clips to the
// period, merges what overlaps, takes maintenance out, stays within the hours,
// and only then measures. Errors are faults with the field: outages[2].to,
// target, as_of.
func Derive(cal *calendar.Calendar, c Case) (Result, error) {
	f, err := c.check()
	if err != nil {
		return Result{}, err
	}
	l := f.timeline(cal)
	r := Result{Provisional: f.known < f.period.To, Late: f.late, Segments: l.segments()}
	r.count(f, l)
	s := &r.Sums
	seconds := map[Kind]int64{}
	for i, k := range l.kinds {
		n := l.grid.span(i).Seconds()
		seconds[k] += n
		switch {
		case k == KindDown:
			s.Lost += n * l.weights[i]
		case k == KindMaintenance && l.weights[i] > 0:
			s.Excused += n
		}
	}
	s.Down, s.Maintenance, s.Unknown = seconds[KindDown], seconds[KindMaintenance], seconds[KindUnknown]
	s.Measured = seconds[KindUp] + s.Down
	s.Agreed = s.Measured
	if c.Policy == Excused {
		s.Agreed += s.Maintenance
	}
	r.tell(s.divide(f.target, f.floor))
	r.Users = l.users(f, c.Population, r.Agreed)
	return r, nil
}

// percent is Percent as results have it.
func percent(part, whole int64) *string {
	s := Percent(part, whole, 6)
	return &s
}

// timeline says of each piece of the period what it is, and how much of the
// service was gone, also where that doesn't count.
type timeline struct {
	grid    grid
	kinds   []Kind
	weights []int64
}

func (f *facts) timeline(cal *calendar.Calendar) timeline {
	open := interval.Set(slices.Collect(cal.Open(time.Unix(f.period.From, 0), time.Unix(f.period.To, 0))))
	ahead := interval.Span{From: f.known, To: math.MaxInt64}
	outages := make(interval.Set, len(f.outages))
	for i, o := range f.outages {
		outages[i] = o.Span
	}
	g := cut(f.period, open, f.planned, f.unknown, outages, interval.Set{f.life, ahead})
	l := timeline{g, make([]Kind, len(g)-1), make([]int64, len(g)-1)}

	heaviest := slices.SortedStableFunc(slices.Values(f.outages), func(a, b outage) int { return cmp.Compare(b.weight, a.weight) })
	p := g.painter()
	for _, o := range heaviest {
		p.paint(o.Span, func(i int) { l.weights[i] = o.weight })
	}

	p = g.painter()
	as := func(k Kind, set ...interval.Span) {
		for _, s := range set {
			p.paint(s, func(i int) { l.kinds[i] = k })
		}
	}
	as(KindAhead, ahead)
	as(KindOutside, interval.Span{From: math.MinInt64, To: f.life.From}, interval.Span{From: f.life.To, To: math.MaxInt64})
	as(KindClosed, interval.Set{f.period}.Minus(open)...)
	as(KindMaintenance, f.planned...)
	as(KindDown, outages...)
	as(KindUnknown, f.unknown...)
	as(KindUp, f.period)
	return l
}

// segments joins pieces that are treated alike.
func (l timeline) segments() []Segment {
	list := []Segment{}
	for i, k := range l.kinds {
		s := l.grid.span(i)
		x := Segment{From: instant(s.From), To: instant(s.To), Kind: k}
		if k == KindDown && l.weights[i] < one {
			x.Weight = millionths(l.weights[i])
		}
		if n := len(list); n > 0 && list[n-1].Kind == x.Kind && list[n-1].Weight == x.Weight {
			list[n-1].To = x.To
			continue
		}
		list = append(list, x)
	}
	return list
}
