package availabilityreview

import (
	"math/big"

	"turnus/itsm/slo"
	"turnus/itsm/stats"
)

// fixedFrom is how many points a baseline is made of at most.
const fixedFrom = 12

// level of significance of the tests of one report, all together.
func level() *big.Rat { return big.NewRat(5, 100) }

// trends sets the availability of each target beside that of earlier periods. A
// provisional period is part of no trend: what is still to come would look like a
// change (domain guide, 4.3 and 4.4).
func (d *derivation) trends(r *Result) error {
	var trends []*Trend
	var tests []*big.Rat
	for _, a := range r.Agreements {
		for i := range a.Targets {
			t, err := d.trend(a.Name, &a.Targets[i])
			if err != nil {
				return err
			}
			if t == nil {
				continue
			}
			a.Targets[i].Trend = t
			var p *big.Rat
			if label := t.Kendall.Label(true); label != stats.TooShort && label != stats.Unlabelled {
				p = t.Kendall.P()
			}
			trends, tests = append(trends, t), append(tests, p)
		}
	}
	adjusted, err := stats.BenjaminiHochberg(tests, level())
	if err != nil {
		return err
	}
	for i, t := range trends {
		t.Adjusted, t.Label = adjusted[i], t.Kendall.Label(adjusted[i].Rejected)
	}
	return nil
}

// trend of one target; nil where no earlier report has it.
func (d *derivation) trend(agreement string, now *TargetResult) (*Trend, error) {
	periods, err := Earlier(d.Period)
	if err != nil {
		return nil, err
	}
	t := &Trend{}
	rules := d.Rules(agreement, now.Target.Name)
	last := "" // rules of the newest point
	add := func(p Point, under string) {
		if p.Break = len(t.Points) > 0 && under != "" && under != last; under != "" {
			last = under
		}
		t.Points = append(t.Points, p)
		if under != "" && under != rules {
			t.Since = len(t.Points)
		}
	}
	for _, period := range periods {
		p := d.past(period, agreement, now.Target.Name)
		switch {
		case p != nil:
			add(Point{Period: period, Availability: p.Availability, Attain: p.Attain}, p.Rules)
		case len(t.Points) > 0:
			add(Point{Period: period}, "")
		}
	}
	if len(t.Points) == 0 {
		return nil, nil
	}
	if !d.Provisional {
		add(Point{Period: d.Period, Availability: now.Sum.Availability, Attain: string(now.Target.Attain)}, rules)
	}
	return t, t.test(!d.Provisional)
}

// test looks at the points since the last break; the last one may be this period.
func (t *Trend) test(now bool) error {
	var points stats.Series
	for _, p := range t.Points[min(t.Since, len(t.Points)):] {
		points = append(points, share(p.Availability))
	}
	var err error
	if t.Kendall, err = stats.MannKendall(points); err != nil {
		return err
	}
	earlier := points
	if now && len(points) > 0 {
		earlier = points[:len(points)-1]
	}
	n, steps := 0, 0 // values, and those next to each other
	for i, v := range earlier {
		if v == nil {
			continue
		}
		if n++; i > 0 && earlier[i-1] != nil {
			steps++
		}
		if n == fixedFrom {
			earlier = earlier[:i+1]
			break
		}
	}
	if n < stats.MinBaseline || steps < stats.MinBaseline-1 {
		return nil
	}
	baseline, err := stats.NewXmR(earlier)
	if err != nil {
		return err
	}
	chart, err := baseline.Chart(points, stats.Natural{Low: new(big.Rat), High: big.NewRat(100, 1)})
	t.Baseline, t.Chart = &baseline, &chart
	return err
}

// share reads a percentage; nil is a gap.
func share(s *string) *big.Rat {
	if s == nil {
		return nil
	}
	r, err := slo.ParseRatio(*s)
	if err != nil {
		return nil
	}
	return r.Rat()
}

func (d *derivation) past(period, agreement, target string) *PastTarget {
	for i := range d.History {
		if d.History[i].Period != period {
			continue
		}
		for k := range d.History[i].Targets {
			if t := &d.History[i].Targets[k]; t.Agreement == agreement && t.Name == target {
				return t
			}
		}
	}
	return nil
}
