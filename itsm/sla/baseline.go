package sla

import (
	"math/big"

	"turnus/itsm/stats"
)

// Baseline is what a control chart measures later points by: the first twelve
// periods with cases under the same rules. Until there are twelve it is made of
// those there are, eight at least; then it is fixed, and each report takes it
// over from the one before (domain guide, 4.3).
type Baseline struct {
	Agreement string        `json:"agreement"`
	Target    string        `json:"target,omitempty"` // empty: of the tickets opened
	Rules     string        `json:"rules,omitempty"`  // that it was measured under
	First     string        `json:"first"`            // period
	Last      string        `json:"last"`
	Fixed     bool          `json:"fixed,omitempty"`
	Shares    *stats.PChart `json:"shares,omitempty"` // of a target
	Rates     *stats.XmR    `json:"rates,omitempty"`  // of the tickets opened
}

const fixedFrom = 12 // points

// BaselinesOf gives the baselines of a set with its history, before being those
// of the set behind the last report.
func BaselinesOf(f Frozen, before []Baseline) ([]Baseline, error) {
	var all []Baseline
	seen := map[[2]string]bool{}
	for _, a := range f.Agreements {
		names := []string{""}
		for _, t := range a.Spec.OfTickets() {
			names = append(names, t.Name)
		}
		for _, target := range names {
			key := [2]string{a.Name, target}
			if seen[key] {
				continue
			}
			seen[key] = true
			b, err := f.newBaseline(a.Name, target, before)
			if err != nil {
				return nil, err
			}
			if b != nil {
				all = append(all, *b)
			}
		}
	}
	return all, nil
}

func (f Frozen) newBaseline(name, target string, before []Baseline) (*Baseline, error) {
	b := Baseline{Agreement: name, Target: target, Rules: f.Rules(name, target)}
	for _, was := range before {
		if was.Fixed && was.Agreement == name && was.Target == target && was.Rules == b.Rules {
			return &was, nil
		}
	}
	if target == "" {
		periods, rates, err := f.rates(name)
		if err != nil {
			return nil, err
		}
		from, to, enough := b.among(periods, rates)
		if !enough {
			return nil, nil
		}
		x, err := stats.NewXmR(rates[from:to])
		b.Rates = &x
		return &b, err
	}
	l, err := f.line(name, target)
	if err != nil || l.Since >= len(l.Points) {
		return nil, err
	}
	points := l.Points[l.Since:]
	from, to, enough := b.among(l.Periods[l.Since:], shares(points))
	if !enough {
		return nil, nil
	}
	x, err := stats.NewPChart(points[from:to])
	b.Shares = &x
	return &b, err
}

// among finds the periods that the baseline is made of, and says whether they
// are enough.
func (b *Baseline) among(periods []string, values []*big.Rat) (from, to int, enough bool) {
	n, steps := 0, 0
	for i, v := range values {
		if v == nil || n == fixedFrom {
			continue
		}
		if n == 0 {
			from = i
		} else if values[i-1] != nil {
			steps++
		}
		n, to = n+1, i+1
	}
	if n < stats.MinBaseline || b.Target == "" && steps < stats.MinBaseline-1 {
		return 0, 0, false
	}
	b.First, b.Last, b.Fixed = periods[from], periods[to-1], n == fixedFrom
	return from, to, true
}

func (f Frozen) baseline(name, target string) *Baseline {
	for i := range f.Baselines {
		if f.Baselines[i].Agreement == name && f.Baselines[i].Target == target {
			return &f.Baselines[i]
		}
	}
	return nil
}
