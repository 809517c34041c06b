package availabilityreview

import (
	"slices"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/interval"
)

// agreements computes the figures of all of them.
func (d *derivation) agreements(happened []*happening) ([]AgreementResult, error) {
	list := []AgreementResult{}
	for _, c := range d.contracts {
		newest := c.versions[0]
		a := AgreementResult{Name: newest.Name, Title: newest.Title, Customer: newest.Spec.Customer, Targets: []TargetResult{}}
		for _, v := range slices.Backward(c.versions) {
			a.Versions = append(a.Versions, v.Version)
		}
		for _, name := range c.targets {
			t, err := d.target(c.terms[name], happened)
			if err != nil {
				return nil, err
			}
			a.Targets = append(a.Targets, t)
		}
		list = append(list, a)
	}
	return list, nil
}

// target computes the figures of one, from its terms in all versions, the newest
// first.
func (d *derivation) target(all []*terms, happened []*happening) (r TargetResult, err error) {
	r = TargetResult{Target: all[0].Target, Months: []MonthResult{}, Parts: []Part{}}
	var period, byRecords, byProbes judging
	var segments []availability.Segment
	for _, m := range d.months {
		var month judging
		for _, t := range all {
			for _, s := range clip(t.counts, m.Span) {
				if s.From >= d.known {
					continue
				}
				x, seg, err := t.measure(d, s, source(t.Counts))
				if err != nil {
					return r, err
				}
				month.add(t, x)
				period.add(t, x)
				segments = append(segments, seg...)
				p := Part{Period: m.name, Version: t.version, From: instant(s.From), To: instant(s.To), Attain: string(t.Attain)}
				if p.Figures, p.Verdict, err = x.figures(string(t.Attain), string(t.Coverage)); err != nil {
					return r, err
				}
				r.Parts = append(r.Parts, p)
				if !d.both(t) {
					continue
				}
				if x, _, err = t.measure(d, s, source(agreement.CountOutages)); err != nil {
					return r, err
				}
				byRecords.add(t, x)
				if x, _, err = t.measure(d, s, probesAlone); err != nil {
					return r, err
				}
				byProbes.add(t, x)
			}
		}
		x := MonthResult{Period: m.name}
		if x.Figures, x.Verdict, err = month.figures(); err != nil {
			return r, err
		}
		r.Months = append(r.Months, x)
	}
	slices.SortStableFunc(r.Parts, func(a, b Part) int { return a.From.Compare(b.From) })
	if r.Sum, r.Verdict, err = period.figures(); err != nil {
		return r, err
	}
	if len(d.months) == 0 { // nothing is known yet
		r.Verdict = availability.NoData
	}
	r.Timeline = d.whole(segments)
	if len(byRecords.under) > 0 {
		r.Alone = &Alone{}
		if r.Alone.Outages, err = byRecords.alone(); err != nil {
			return r, err
		}
		if r.Alone.Probes, err = byProbes.alone(); err != nil {
			return r, err
		}
	}
	l := ledger(r.Timeline)
	for _, t := range all {
		r.Degradations = r.Degradations || t.Degraded && period.all.Lost != period.all.Down*million
		if d.both(t) {
			r.Disagree = append(r.Disagree, t.disagree(d, l)...)
		}
	}
	slices.SortStableFunc(r.Disagree, func(a, b Disagree) int { return a.From.Compare(b.From) })
	r.Sampling = d.sampling(all, l, period.all)
	r.Budget, r.Costs = d.budget(all, r.Parts, period.all, l, happened)
	return r, nil
}

// million is the weight of an outage of the whole.
const million = 1_000_000

// both says that outages and probes are both known.
func (d *derivation) both(t *terms) bool {
	return d.Dataset(dataset.Outages).Import > 0 && t.watch != nil && t.watch.any
}

// ledger is a timeline in which spans are looked up.
type ledger []availability.Segment

// in lists what of the timeline lies in a span, clipped to it.
func (l ledger) in(s interval.Span, each func(availability.Segment, interval.Span)) {
	i, _ := slices.BinarySearchFunc(l, s.From, func(x availability.Segment, at int64) int {
		if x.To.Unix() <= at {
			return -1
		}
		return 1
	})
	for ; i < len(l) && l[i].From.Unix() < s.To; i++ {
		each(l[i], interval.Between(l[i].From, l[i].To).Clip(s))
	}
}

// agreed is how much of a span is agreed service time, known or not.
func (l ledger) agreed(s interval.Span) (n int64) {
	l.in(s, func(x availability.Segment, part interval.Span) {
		switch x.Kind {
		case availability.KindUp, availability.KindDown, availability.KindUnknown:
			n += part.Seconds()
		}
	})
	return n
}
