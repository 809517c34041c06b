package sla

import (
	"math/big"
	"slices"

	"turnus/itsm/agreement"
)

// countOpening counts a ticket opened in the period, in the month that ends at
// an instant.
func (d *derivation) countOpening(k known, opened, end int64) {
	d.opened++
	under := false
	for _, t := range d.terms {
		if t.where.matches(k) {
			under, t.used = true, true
			t.contract.workload[end]++
			d.opens(t.contract, opened)
		}
	}
	d.unmatched += one(!under)
	d.untargeted += one(under && !slices.ContainsFunc(d.status, func(s status) bool { return s.matched }))
}

func (d *derivation) result() Result {
	r := Result{Agreements: []AgreementResult{}, Opened: d.opened, Unmatched: d.unmatched, Untargeted: d.untargeted, Flagged: d.flagged,
		Uncounted: d.uncounted, Changed: d.changed}
	for _, c := range d.contracts {
		c.settle(&d.wall)
		if a, ok := d.contractResult(c); ok {
			r.Agreements = append(r.Agreements, a)
		}
	}
	return r
}

// contractResult is the result of an agreement, if one of its versions concerns
// the period: it holds for openings in it, or a ticket that counts fell under
// it.
func (d *derivation) contractResult(c *contract) (AgreementResult, bool) {
	from, to := d.from, d.end
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
				a.Targets = append(a.Targets, x.result(d.exclusions))
			}
		}
	}
	if newest == nil {
		return a, false
	}
	slices.Sort(a.Versions)
	a.Title, a.Customer = newest.Title, newest.Spec.Customer
	for _, w := range newest.Spec.Workload {
		a.Workload = append(a.Workload, c.workloadResult(w, from, to))
	}
	a.Score = scoreOf(a.Targets)
	if newest.Spec.Credits != nil && d.isMonth() {
		a.Credits = creditsOf(*newest.Spec.Credits, a.Targets)
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

// isMonth says that the period is one month: fees and credits are a month's.
func (d *derivation) isMonth() bool {
	return d.wall.start(month, d.from) == d.from && d.wall.start(month, d.end-1) == d.from && d.wall.start(month, d.end) == d.end
}

// result of a target.
func (t *target) result(exclusions []agreement.Exclusion) TargetResult {
	c := t.figures.Counts
	r := TargetResult{
		Target: t.spec, Counts: c, Verdict: t.verdict(c),
		Percentiles: t.figures.percentiles(), Worst: t.figures.worst,
	}
	list, sum := t.figures.takenOut(exclusions)
	if len(list) > 0 {
		all := c.Plus(sum)
		r.Excluded, r.All = list, &All{all, t.verdict(all)}
	}
	return r
}

// verdict on a target: met if the share of met tickets is at least what was
// agreed, compared without rounding.
func (t *target) verdict(c Counts) Verdict {
	if c.Decided == 0 {
		return NoData
	}
	attain, _ := percentage(t.spec.Attain.String()) // checked before
	needed := attain.Mul(attain, new(big.Rat).SetInt64(c.Decided))
	if new(big.Rat).SetInt64(c.Met*100).Cmp(needed) >= 0 {
		return Met
	}
	return Missed
}

// percentiles by nearest rank, of the decided tickets; nil without any. It uses
// their times up.
func (f *figures) percentiles() *Percentiles {
	sample := f.elapsed.sample()
	f.elapsed = times{}
	if len(sample) == 0 {
		return nil
	}
	rank := func(share int64) int64 {
		v, err := sample.Percentile(big.NewRat(share, 100))
		if err != nil || v == nil {
			return 0 // neither can be: there are values, and the share is one
		}
		return *v
	}
	return &Percentiles{P50: rank(50), P90: rank(90), P95: rank(95), OpenFrom: f.openFrom}
}
