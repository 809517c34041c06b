package sla

import (
	"errors"
	"math/big"

	"turnus/itsm/calendar"
	"turnus/itsm/stats"
)

// Study says what the figures of a report can bear: how certain they are, and
// how they go over time (domain guide, 4.2 to 4.4). None of it is a verdict.
type Study struct {
	Targets []TargetStudy `json:"targets"` // in the order of the result
	Volumes []VolumeStudy `json:"volumes"` // of the agreements with a workload limit
}

// TargetStudy is about one target.
type TargetStudy struct {
	Agreement string          `json:"agreement"`
	Target    string          `json:"target"`
	Wilson    *stats.Interval `json:"wilson"` // of the attainment, 95 %; nil: nothing was decided
	Remark    stats.Remark    `json:"remark"` // how it stands to the target
	Misses    int64           `json:"misses"` // that this number of decided tickets allows

	Line     Line           `json:"line"`
	Kendall  stats.Kendall  `json:"kendall"` // of the line since its last break
	Adjusted stats.Adjusted `json:"adjusted"`
	Trend    stats.Trend    `json:"trend"`
	Baseline *Baseline      `json:"baseline,omitempty"`
	Chart    *stats.Chart   `json:"chart,omitempty"` // of the line since its last break; nil without a baseline
}

// VolumeStudy is about the tickets opened under an agreement.
type VolumeStudy struct {
	Agreement string       `json:"agreement"`
	Periods   []string     `json:"periods"`
	Rates     stats.Series `json:"rates"` // tickets a day, since periods differ in length
	Baseline  *Baseline    `json:"baseline,omitempty"`
	Chart     *stats.Chart `json:"chart,omitempty"`
}

// Line is a target's figures over the periods, oldest first; one without cases
// or without a report is a gap.
type Line struct {
	Periods []string           `json:"periods"`
	Points  []stats.Proportion `json:"points"`
	Attain  []string           `json:"attain"` // as agreed then; empty in a gap
	Since   int                `json:"since"`  // from here on the rules are those of now: what is before it isn't comparable
}

// level of significance of the tests of one report, all together.
func level() *big.Rat { return big.NewRat(5, 100) }

// StudyOf studies the figures of a set. A provisional period is part of no
// line: what is still to come would look like a change.
func StudyOf(f Frozen, r Result) (Study, error) {
	s := Study{Targets: []TargetStudy{}, Volumes: []VolumeStudy{}}
	var all []*big.Rat
	for _, a := range r.Agreements {
		for _, t := range a.Targets {
			x, err := studyTarget(f, a.Name, t)
			if err != nil {
				return s, err
			}
			s.Targets = append(s.Targets, x)
			var p *big.Rat
			if x.Kendall.Label(true) != stats.TooShort && x.Kendall.Label(true) != stats.Unlabelled {
				p = x.Kendall.P()
			}
			all = append(all, p)
		}
		if len(a.Workload) > 0 {
			x, err := studyVolume(f, a)
			if err != nil {
				return s, err
			}
			s.Volumes = append(s.Volumes, x)
		}
	}
	adjusted, err := stats.BenjaminiHochberg(all, level())
	if err != nil {
		return s, err
	}
	for i := range s.Targets {
		x := &s.Targets[i]
		x.Adjusted, x.Trend = adjusted[i], x.Kendall.Label(adjusted[i].Rejected)
	}
	return s, nil
}

func studyTarget(f Frozen, name string, t TargetResult) (x TargetStudy, err error) {
	x.Agreement, x.Target = name, t.Target.Name
	now := stats.Proportion{K: t.Met, N: t.Decided}
	attain, fine := percentage(t.Target.Attain.String())
	if fine != nil {
		return x, fine
	}
	attain.Quo(attain, big.NewRat(100, 1))
	var errs [5]error
	x.Wilson, errs[0] = now.Wilson(stats.Z95)
	x.Remark, errs[1] = now.Against(attain, stats.Z95)
	x.Misses, errs[2] = stats.AllowedMisses(now.N, attain)
	if x.Line, errs[3] = f.line(name, t.Target.Name); errs[3] == nil && !f.Provisional {
		l := &x.Line
		l.Periods, l.Points, l.Attain = append(l.Periods, f.Period), append(l.Points, now), append(l.Attain, t.Target.Attain.String())
	}
	points := x.Line.Points[min(x.Line.Since, len(x.Line.Points)):]
	x.Kendall, errs[4] = stats.MannKendall(shares(points))
	if err = errors.Join(errs[:]...); err != nil {
		return x, err
	}
	if x.Baseline = f.baseline(name, t.Target.Name); x.Baseline != nil && x.Baseline.Shares != nil {
		c, err := x.Baseline.Shares.Chart(points)
		if err != nil {
			return x, err
		}
		x.Chart = &c
	}
	return x, nil
}

func studyVolume(f Frozen, a AgreementResult) (x VolumeStudy, err error) {
	x.Agreement = a.Name
	if x.Periods, x.Rates, err = f.rates(a.Name); err != nil {
		return x, err
	}
	if !f.Provisional {
		rate, err := perDay(f.Period, a.Workload[0].Actual)
		if err != nil {
			return x, err
		}
		x.Periods, x.Rates = append(x.Periods, f.Period), append(x.Rates, rate)
	}
	if x.Baseline = f.baseline(a.Name, ""); x.Baseline != nil && x.Baseline.Rates != nil {
		c, err := x.Baseline.Rates.Chart(x.Rates, stats.Natural{Low: new(big.Rat)})
		if err != nil {
			return x, err
		}
		x.Chart = &c
	}
	return x, nil
}

// line gives a target's figures in the earlier periods, from the first report
// on that has it.
func (f Frozen) line(name, target string) (Line, error) {
	l := Line{Periods: []string{}, Points: []stats.Proportion{}, Attain: []string{}}
	periods, err := Earlier(f.Period)
	if err != nil || len(f.History) == 0 {
		return l, err
	}
	rules := f.Rules(name, target)
	for _, period := range periods {
		t := f.past(period).target(name, target)
		if t == nil && len(l.Periods) == 0 {
			continue
		}
		point, attain := stats.Proportion{}, ""
		if t != nil {
			point, attain = stats.Proportion{K: t.Met, N: t.Decided}, t.Attain
		}
		l.Periods, l.Points, l.Attain = append(l.Periods, period), append(l.Points, point), append(l.Attain, attain)
		if t != nil && t.Rules != rules {
			l.Since = len(l.Periods)
		}
	}
	return l, nil
}

// rates gives the tickets opened a day under an agreement in the earlier
// periods, from the first report on that says it of the same tickets as now.
func (f Frozen) rates(name string) (used []string, rates stats.Series, err error) {
	used, rates = []string{}, stats.Series{}
	periods, err := Earlier(f.Period)
	if err != nil || len(f.History) == 0 {
		return used, rates, err
	}
	rules := f.Rules(name, "")
	for _, period := range periods {
		var rate *big.Rat
		a := f.past(period).agreement(name)
		if a != nil && a.Rules != rules { // other tickets
			used, rates = used[:0], rates[:0]
			continue
		}
		if a != nil && a.Opened != nil {
			if rate, err = perDay(period, *a.Opened); err != nil {
				return used, rates, err
			}
		}
		if rate == nil && len(used) == 0 {
			continue
		}
		used, rates = append(used, period), append(rates, rate)
	}
	return used, rates, nil
}

// perDay divides by the days of a period: months differ in length.
func perDay(period string, n int64) (*big.Rat, error) {
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		return nil, err
	}
	return big.NewRat(n, p.Days()), nil
}

func (f Frozen) past(period string) *Past {
	for i := range f.History {
		if f.History[i].Period == period {
			return &f.History[i]
		}
	}
	return nil
}

func (p *Past) agreement(name string) *PastAgreement {
	if p == nil {
		return nil
	}
	for i := range p.Agreements {
		if p.Agreements[i].Name == name {
			return &p.Agreements[i]
		}
	}
	return nil
}

func (p *Past) target(name, target string) *PastTarget {
	a := p.agreement(name)
	if a == nil {
		return nil
	}
	for i := range a.Targets {
		if a.Targets[i].Name == target {
			return &a.Targets[i]
		}
	}
	return nil
}

func shares(points []stats.Proportion) stats.Series {
	s := make(stats.Series, len(points))
	for i, p := range points {
		s[i] = p.Share()
	}
	return s
}
