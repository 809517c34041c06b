package availabilityreview

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
)

// sampling says what probes gave, where they count: the end of an outage is known
// to the time between two samples, so that each of its ends within agreed time
// may add as much to the downtime, or take it away (domain guide, 2.2).
func (d *derivation) sampling(all []*terms, l ledger, sum sums) *Sampling {
	i := slices.IndexFunc(all, func(t *terms) bool { return t.watch != nil && t.Counts != agreement.CountOutages })
	if i < 0 {
		return nil
	}
	w := all[i].watch
	s := &Sampling{Samples: w.samples, Down: w.down, Unknown: w.unknown, Probes: w.probes, Precision: all[i].Probes.Every.Seconds()}
	if s.Probes == nil {
		s.Probes = []string{}
	}
	for _, t := range all {
		if t.watch != nil && t.Counts != agreement.CountOutages {
			s.Error += int64(t.ends(l)) * t.Probes.Every.Seconds()
		}
	}
	if s.Error = min(s.Error, d.period.Seconds()); sum.Measured > 0 {
		whole := sum.Agreed * million
		s.Low = percent(max(whole-sum.Lost-s.Error*million, 0), whole)
		s.High = percent(min(whole-sum.Lost+s.Error*million, whole), whole)
	}
	return s
}

// ends counts the ends of what probes saw, within agreed time in which the terms
// count.
func (t *terms) ends(l ledger) (n int) {
	for _, c := range t.counts {
		from, _ := slices.BinarySearch(t.edges, c.From)
		for _, at := range t.edges[from:] {
			if at > c.To {
				break
			}
			if l.edge(at) {
				n++
			}
		}
	}
	return n
}

// edge says that downtime begins or ends at an instant, next to agreed time.
func (l ledger) edge(at int64) bool {
	i, found := slices.BinarySearchFunc(l, at, func(x availability.Segment, at int64) int {
		switch from := x.From.Unix(); {
		case from < at:
			return -1
		case from > at:
			return 1
		}
		return 0
	})
	if !found || i == 0 {
		return false
	}
	agreed := func(k availability.Kind) bool { return k == availability.KindUp || k == availability.KindUnknown }
	before, after := l[i-1].Kind, l[i].Kind
	return before == availability.KindDown && agreed(after) || agreed(before) && after == availability.KindDown
}
