package sla

import (
	"math/big"
	"regexp"

	"turnus/itsm/agreement"
)

// Score of an agreement: Σ w·s / Σ w over the targets with data, s being the
// attainment in per cent (domain guide, 1.5). A target without data is neither
// 0 nor 100: it is left out, and the coverage says by how much.
type Score struct {
	Value    *string `json:"value"`    // per cent, six decimals; nil: nothing was decided, or no weight covers it
	Coverage string  `json:"coverage"` // Σ w with data / Σ w of all, in per cent with six decimals
	Targets  int64   `json:"targets"`  // that have a weight
	WithData int64   `json:"with_data"`
}

// scoreOf gives the score of targets, or nil where no weight is above 0.
func scoreOf(targets []TargetResult) *Score {
	s := Score{}
	weighted, covered, all := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, t := range targets {
		w := weight(t.Target.Weight.String())
		if w == nil || w.Sign() == 0 {
			continue
		}
		s.Targets++
		all.Add(all, w)
		if t.Decided == 0 {
			continue
		}
		s.WithData++
		covered.Add(covered, w)
		weighted.Add(weighted, w.Mul(w, big.NewRat(t.Met, t.Decided)))
	}
	if s.Targets == 0 {
		return nil
	}
	if s.WithData > 0 {
		v := inPercent(weighted.Quo(weighted, covered))
		s.Value = &v
	}
	s.Coverage = inPercent(covered.Quo(covered, all))
	return &s
}

// inPercent rounds a share for display only: nothing is decided on it.
func inPercent(share *big.Rat) string {
	return new(big.Rat).Mul(share, big.NewRat(100, 1)).FloatString(6)
}

var weights = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,18})?$`)

// weight of a target; nil if it has none.
func weight(s string) *big.Rat {
	if !weights.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// CreditsResult proposes what the provider owes for a month: for approval with
// the report, not as a booking.
type CreditsResult struct {
	Agreed  agreement.Credits `json:"agreed"`
	Targets []TargetCredit    `json:"targets"` // those that have tiers
	Percent *string           `json:"percent"` // of the fee, all targets together; nil: nothing was decided
	Amount  *string           `json:"amount"`  // exact, in the fee's currency
	Capped  bool              `json:"capped,omitempty"`
}

// TargetCredit is the credit for one target.
type TargetCredit struct {
	Target  string  `json:"target"`
	Percent *string `json:"percent"` // of the fee; nil: nothing was decided
	Amount  *string `json:"amount"`  // by itself, before several are put together
}

func creditsOf(c agreement.Credits, targets []TargetResult) *CreditsResult {
	r := CreditsResult{Agreed: c, Targets: []TargetCredit{}}
	var owed []*big.Rat
	for _, t := range targets {
		if len(c.Of(t.Target.Name)) == 0 {
			continue
		}
		x := TargetCredit{Target: t.Target.Name}
		o := c.Owed(t.Target, t.Met, t.Decided)
		x.Percent, x.Amount = exact(o), amount(c, o)
		r.Targets = append(r.Targets, x)
		owed = append(owed, o)
	}
	total, capped := c.Total(owed)
	r.Percent, r.Amount, r.Capped = exact(total), amount(c, total), capped
	return &r
}

func amount(c agreement.Credits, percent *big.Rat) *string {
	if percent == nil {
		return nil
	}
	return exact(c.Amount(percent))
}

// exact writes a finite decimal with as many places as it has; nil for nil.
func exact(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	places, finite := r.FloatPrec()
	if !finite {
		places = 12 // never: decimals were multiplied, and divided by 100
	}
	s := r.FloatString(places)
	return &s
}
