package sla

import (
	"math/big"
	"slices"
)

// countOpening counts a ticket opened in the period, in the month that ends at
// an instant.
func (d *derivation) countOpening(k known, end int64) {
	d.opened++
	under := false
	for _, t := range d.terms {
		if t.where.matches(k) {
			under, t.used = true, true
			t.contract.workload[end]++
		}
	}
	d.unmatched += one(!under)
	d.untargeted += one(under && !slices.ContainsFunc(d.status, func(s status) bool { return s.matched }))
}

func (d *derivation) result() Result {
	r := Result{Agreements: []AgreementResult{}, Opened: d.opened, Unmatched: d.unmatched, Untargeted: d.untargeted, Flagged: d.flagged}
	for _, c := range d.contracts {
		if a, ok := c.result(d.from, d.end); ok {
			r.Agreements = append(r.Agreements, a)
		}
	}
	return r
}

// result of an agreement, if one of its versions concerns the period: it holds
// for openings in it, or a ticket that counts fell under it.
func (c *contract) result(from, to int64) (AgreementResult, bool) {
	a := AgreementResult{Name: c.name, Targets: []TargetResult{}, Workload: []WorkloadResult{}}
	var newest *terms
	seen := map[string]bool{}
	for _, t := range c.versions {
		if !t.used && !c.holds(t, from, to) {
			continue
		}
		a.Versions = append(a.Versions, t.Version)
		if newest == nil {
			newest = t
		}
		for _, x := range t.targets {
			if name := x.spec.Name; !seen[name] && (t == newest || x.figures.any()) {
				seen[name] = true
				a.Targets = append(a.Targets, x.result())
			}
		}
	}
	if newest == nil {
		return a, false
	}
	slices.Sort(a.Versions)
	a.Title, a.Customer = newest.Title, newest.Spec.Customer
	for _, w := range newest.Spec.Workload {
		x := WorkloadResult{Limit: w, Verdict: Met}
		for _, n := range c.workload {
			x.Actual += n
			if n > w.Limit {
				x.Verdict = Missed
			}
		}
		if w.Limit == 0 {
			x.Verdict = NoData
		}
		a.Workload = append(a.Workload, x)
	}
	return a, true
}

// holds says whether a version is in force at some instant of a span: newer
// ones may cover all of its time.
func (c *contract) holds(t *terms, from, to int64) bool {
	at := []int64{max(t.from, from)}
	for _, newer := range c.versions {
		at = append(at, newer.to) // where it ends, an older one is in force again
	}
	return slices.ContainsFunc(at, func(i int64) bool { return i >= from && i < to && c.inForce(i) == t })
}

func (f *figures) any() bool { return f.Decided+f.Open+f.Reopened > 0 }

// result of a target: met if the share of met tickets is at least what was
// agreed, compared without rounding.
func (t *target) result() TargetResult {
	r := t.figures.TargetResult
	r.Target = t.spec
	if r.Decided == 0 {
		r.Verdict = NoData
		return r
	}
	attain, _ := percentage(t.spec.Attain.String()) // checked before
	needed := attain.Mul(attain, new(big.Rat).SetInt64(r.Decided))
	if new(big.Rat).SetInt64(r.Met*100).Cmp(needed) >= 0 {
		r.Verdict = Met
	} else {
		r.Verdict = Missed
	}
	return r
}
