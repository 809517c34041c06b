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
	r = TargetResult{Target: all[0].Target, Months: []MonthResult{}}
	c := counting{d: d, parts: []Part{}}
	for _, m := range d.months {
		x := MonthResult{Period: m.name}
		if x.Figures, x.Verdict, err = c.month(all, m); err != nil {
			return r, err
		}
		r.Months = append(r.Months, x)
	}
	slices.SortStableFunc(c.parts, func(a, b Part) int { return a.From.Compare(b.From) })
	r.Parts = c.parts
	if r.Sum, r.Verdict, err = c.period.figures(); err != nil {
		return r, err
	}
	if len(d.months) == 0 { // nothing is known yet
		r.Verdict = availability.NoData
	}
	if r.Alone, err = c.alone(); err != nil {
		return r, err
	}
	r.Timeline = d.whole(c.segments)
	l, sum := ledger(r.Timeline), c.period.all
	for _, t := range all {
		r.Degradations = r.Degradations || t.Degraded && sum.Lost != sum.Down*million
		if d.both(t) {
			r.Disagree = append(r.Disagree, t.disagree(d, l)...)
		}
	}
	slices.SortStableFunc(r.Disagree, func(a, b Disagree) int { return a.From.Compare(b.From) })
	r.Sampling = d.sampling(all, l, sum)
	r.Budget, r.Costs = d.budget(all, r.Parts, sum, l, happened)
	return r, nil
}

// counting is what is counted of a target, month after month.
type counting struct {
	d                 *derivation
	period            judging
	byRecords, bySeen judging // by outages alone, and by probes alone, where both are known
	segments          []availability.Segment
	parts             []Part
}

// month counts what lies in one, under each version that counts in it.
func (c *counting) month(all []*terms, m month) (Figures, availability.Verdict, error) {
	var sum judging
	for _, t := range all {
		for _, s := range clip(t.counts, m.Span) {
			if s.From >= c.d.known {
				continue
			}
			x, err := c.part(t, m, s)
			if err != nil {
				return Figures{}, "", err
			}
			sum.add(t, x)
		}
	}
	return sum.figures()
}

// part counts a span in which one version counts.
func (c *counting) part(t *terms, m month, s interval.Span) (sums, error) {
	x, segments, err := t.measure(c.d, s, source(t.Counts))
	if err != nil {
		return x, err
	}
	c.period.add(t, x)
	c.segments = append(c.segments, segments...)
	p := Part{Period: m.name, Version: t.version, From: instant(s.From), To: instant(s.To), Attain: string(t.Attain)}
	if p.Figures, p.Verdict, err = x.figures(string(t.Attain), string(t.Coverage)); err != nil {
		return x, err
	}
	c.parts = append(c.parts, p)
	if !c.d.both(t) {
		return x, nil
	}
	records, _, err := t.measure(c.d, s, source(agreement.CountOutages))
	if err != nil {
		return x, err
	}
	c.byRecords.add(t, records)
	seen, _, err := t.measure(c.d, s, probesAlone)
	if err == nil {
		c.bySeen.add(t, seen)
	}
	return x, err
}

// alone gives the figures of either source by itself; nil where not both are known.
func (c *counting) alone() (*Alone, error) {
	if len(c.byRecords.under) == 0 {
		return nil, nil
	}
	records, _, err := c.byRecords.figures()
	if err != nil {
		return nil, err
	}
	seen, _, err := c.bySeen.figures()
	return &Alone{Outages: &records, Probes: &seen}, err
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
