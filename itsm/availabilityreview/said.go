package availabilityreview

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/interval"
)

// said is what the data says under a target's terms.
type said struct {
	recorded []out        // outages on record
	seen     []out        // that probes saw, with what records lend to them
	blind    interval.Set // time in which no probe tells anything
	dark     interval.Set // time in which no record was kept
	edges    []int64      // of what was seen, in order
	down     interval.Set // by what counts
}

// out is an outage, or a part of one.
type out struct {
	interval.Span
	component string
	seen      bool    // by probes
	record    *record // that tells of it, or lends its cause, severity and users; nil: none
	open      bool
}

// study finds out what the data says.
func (t *terms) study(d *derivation) error {
	t.dark = interval.Set{d.reads}.Minus(interval.Set{d.since})
	for i := range d.records {
		r := &d.records[i]
		if t.concerns(r.Component) {
			t.recorded = append(t.recorded, out{Span: r.span, component: r.Component, record: r, open: r.open})
		}
	}
	t.blind = interval.Set{d.reads}
	if t.watch != nil {
		if err := t.look(d); err != nil {
			return err
		}
	}
	for _, w := range d.planned {
		if t.concerns(w.Component) {
			t.excused = append(t.excused, t.excuses(w)...)
		}
	}
	t.excused = t.excused.Union()
	outs, _ := t.ask(source(t.Counts))
	t.down = spans(outs)
	return nil
}

// look finds out what probes saw.
func (t *terms) look(d *derivation) error {
	o, err := t.watch.Observed(t.Probes.Quorum, availability.Window{From: instant(d.reads.From), To: instant(d.reads.To)})
	if err != nil {
		return err
	}
	t.blind = nil
	for _, u := range o.Unknown {
		t.blind = append(t.blind, interval.Between(u.From, u.To))
	}
	limit := d.reads.To
	if d.known < d.period.To {
		limit = min(limit, d.known)
	}
	next := 0 // record that may overlap
	for _, x := range o.Outages {
		s := interval.Between(x.From, x.To)
		open := s.To >= limit
		if d.known < d.period.To {
			s.To = min(s.To, d.known)
		}
		if s.Empty() {
			continue
		}
		t.edges = append(t.edges, s.From, s.To)
		t.seen = append(t.seen, t.lend(s, open, &next)...)
	}
	return nil
}

// lend gives an outage that probes saw what records that overlap it say: of each
// its part, which reaches to the next record, and to the outage's own ends.
// Records that can't overlap later ones any more are passed.
func (t *terms) lend(s interval.Span, open bool, next *int) (parts []out) {
	for *next < len(t.recorded) && t.recorded[*next].To <= s.From && t.recorded[*next].From <= s.From {
		*next++
	}
	reach := s.From
	var ends []int // the parts that end at reach
	extend := func(to int64) {
		for _, i := range ends {
			parts[i].To = to
		}
	}
	for _, r := range t.recorded[*next:] {
		if r.From >= s.To {
			break
		}
		part := r.Span.Clip(s)
		if part.Empty() {
			continue
		}
		if len(parts) == 0 {
			part.From = s.From
		} else if part.From > reach {
			extend(part.From)
		}
		switch {
		case part.To > reach:
			reach, ends = part.To, append(ends[:0], len(parts))
		case part.To == reach:
			ends = append(ends, len(parts))
		}
		parts = append(parts, out{Span: part, component: t.Component, seen: true, record: r.record, open: open})
	}
	if len(parts) == 0 {
		return []out{{Span: s, component: t.Component, seen: true, open: open}}
	}
	extend(s.To)
	return parts
}

// source says which data is asked: what counts by the agreement, or probes by
// themselves.
type source string

const probesAlone source = "probes alone"

// ask gives outages and unknown time.
func (s *said) ask(of source) (outs []out, unknown interval.Set) {
	switch of {
	case source(agreement.CountOutages):
		return s.recorded, s.dark
	case probesAlone:
		return s.seen, s.blind
	case source(agreement.CountEither):
		return slices.Concat(s.seen, s.recorded), s.blind.Intersect(s.dark)
	}
	outs = slices.Clone(s.seen)
	for _, r := range s.recorded {
		for _, part := range clip(s.blind, r.Span) {
			x := r
			x.Span, x.open = part, r.open && part.To == r.To
			outs = append(outs, x)
		}
	}
	return outs, s.blind
}

// clip gives what of a set in order lies in a span, without looking at the rest.
func clip(set interval.Set, s interval.Span) (parts interval.Set) {
	i, _ := slices.BinarySearchFunc(set, s.From, func(x interval.Span, at int64) int {
		if x.To <= at {
			return -1
		}
		return 1
	})
	for ; i < len(set) && set[i].From < s.To; i++ {
		parts = append(parts, set[i].Clip(s))
	}
	return parts
}

// outage makes an outage of the package that counts.
func (t *terms) outage(o out) availability.Outage {
	x := availability.Outage{From: instant(o.From), To: instant(o.To)}
	r := o.record
	if r == nil {
		return x
	}
	x.Cause = r.Cause
	if t.Degraded && !o.seen {
		x.Weight = r.Gone
	}
	if t.Population == 0 {
		return x
	}
	switch {
	case int64(len(r.Users)) > t.Population:
		x.Affected = &t.Population
	case len(r.Users) > 0:
		x.Users = r.Users
	case r.Affected != nil && *r.Affected >= 0:
		x.Affected = new(min(*r.Affected, t.Population))
	}
	return x
}

func spans(outs []out) interval.Set {
	set := make(interval.Set, len(outs))
	for i, o := range outs {
		set[i] = o.Span
	}
	return set.Union()
}

func windowsOf(set interval.Set) []availability.Window {
	list := make([]availability.Window, len(set))
	for i, s := range set {
		list[i] = availability.Window{From: instant(s.From), To: instant(s.To)}
	}
	return list
}

func instant(at int64) time.Time { return time.Unix(at, 0).UTC() }
