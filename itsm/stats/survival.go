package stats

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"turnus/itsm/fault"
)

// Lifetime is how long something took to its end; or, open, how long it has
// gone on without one (censored). In whatever unit, 0 or more.
type Lifetime struct {
	Length int64
	Open   bool
}

// Survival is the Kaplan-Meier estimate (product limit; Kaplan and Meier 1958,
// J. Amer. Statist. Assoc. 53:457–481) of the share that has no end yet after
// some time. What is open counts for as long as it has been watched: the mean
// of those that ended knows only the quick ones.
type Survival struct {
	N     int64          `json:"n"`     // lifetimes
	Ended int64          `json:"ended"` // those that came to an end
	Steps []SurvivalStep `json:"steps"` // at each length at which some ended, ascending
}

// SurvivalStep is one length at which some came to an end.
type SurvivalStep struct {
	At     int64 `json:"at"`
	AtRisk int64 `json:"at_risk"` // that went on until then; what is open at that very length is among them
	Ended  int64 `json:"ended"`
}

// KaplanMeier estimates survival from lifetimes, in any order. Faults: more
// than 100,000 of them, a length below 0.
func KaplanMeier(lifetimes []Lifetime) (Survival, error) {
	s := Survival{N: int64(len(lifetimes)), Steps: []SurvivalStep{}}
	if err := checkLength("lifetimes", len(lifetimes), MaxHistory); err != nil {
		return s, err
	}
	for i, l := range lifetimes {
		if l.Length < 0 {
			return s, fault.Invalidf(fmt.Sprintf("lifetimes[%d]", i), "it ends before it begins: give a length of 0 or more, not %d",
				"Das endet, bevor es beginnt: eine Dauer ab 0 angeben, nicht %d.", l.Length)
		}
	}
	sorted := slices.SortedFunc(slices.Values(lifetimes), func(a, b Lifetime) int { return cmp.Compare(a.Length, b.Length) })
	for i := 0; i < len(sorted); {
		step := SurvivalStep{At: sorted[i].Length, AtRisk: int64(len(sorted) - i)}
		for ; i < len(sorted) && sorted[i].Length == step.At; i++ {
			if !sorted[i].Open {
				step.Ended++
			}
		}
		if step.Ended > 0 {
			s.Ended += step.Ended
			s.Steps = append(s.Steps, step)
		}
	}
	return s, nil
}

// After is the share that went on for longer than a length; nil of nothing.
// Beyond the last length that was watched it stays as it was there.
func (s Survival) After(length int64) *big.Rat {
	if s.N == 0 {
		return nil
	}
	num, den := big.NewInt(1), big.NewInt(1)
	for _, step := range s.Steps {
		if step.At > length {
			break
		}
		step.narrow(num, den)
	}
	return new(big.Rat).SetFrac(num, den)
}

// Median is the least length after which at most half went on; nil where more
// than half still do, or there is nothing.
func (s Survival) Median() *int64 {
	num, den := big.NewInt(1), big.NewInt(1)
	for _, step := range s.Steps {
		step.narrow(num, den)
		if new(big.Int).Lsh(num, 1).Cmp(den) <= 0 {
			return &step.At
		}
	}
	return nil
}

// narrow multiplies a share by that of those at risk that went on. It isn't
// reduced at each step, which would cost more than all the rest.
func (s SurvivalStep) narrow(num, den *big.Int) {
	num.Mul(num, big.NewInt(s.AtRisk-s.Ended))
	den.Mul(den, big.NewInt(s.AtRisk))
}
