package stats

import (
	"math"
	"math/big"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Z95 is the normal quantile of a two-sided interval of 95 %.
const Z95 = 1.959964

// Proportion is K of N cases, counted. N = 0 is *no cases*: its share is not
// applicable, and in a chart it is a gap.
type Proportion struct {
	K int64 `json:"k"`
	N int64 `json:"n"`
}

// Share is K/N, nil for no cases.
func (p Proportion) Share() *big.Rat { return Ratio(p.K, p.N) }

func (p Proportion) check() error {
	switch {
	case p.N < 0:
		return fault.Invalidf("n", "%d cases can't be: give 0 or more", "%d Fälle gibt es nicht: 0 oder mehr angeben.", p.N)
	case p.K < 0 || p.K > p.N:
		return fault.Invalidf("k", "%d of %d cases can't be: give 0 to %[2]d", "%d von %d Fällen gibt es nicht: 0 bis %[2]d angeben.", p.K, p.N)
	}
	return nil
}

// Interval of shares, from 0 to 1, both ends inside.
type Interval struct {
	Low  *big.Rat `json:"low"`
	High *big.Rat `json:"high"`
}

// Wilson gives the score interval of a proportion (Wilson 1927; guide, 4.2), z
// being the normal quantile: Z95 unless agreed otherwise. It stays within 0
// and 1 and is honest at small n, where p ± z·√(p(1−p)/n) isn't. No cases give
// nil. Faults: k, n, z.
func (p Proportion) Wilson(z float64) (*Interval, error) {
	zz, err := p.squared(z)
	if err != nil || p.N == 0 {
		return nil, err
	}
	n, s := integer(p.N), p.Share()
	per := quo(zz, n) // z²/n
	scale := add(one(), per)
	centre := quo(add(s, quo(per, integer(2))), scale)
	// w = z·√(p(1−p)/n + z²/4n²) / (1 + z²/n), with z and 1/n under the root's
	// one factor z²/n.
	inner := add(mul(s, sub(one(), s)), quo(per, integer(4)))
	width := quo(root(mul(per, inner)), scale)
	return &Interval{rounded(sub(centre, width)), rounded(add(centre, width))}, nil
}

func (p Proportion) squared(z float64) (*big.Rat, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if math.IsNaN(z) || z <= 0 || z > 10 {
		return nil, fault.Invalidf("z", "%v isn't a quantile: give a number above 0 and up to 10, as 1.96 for 95 %%",
			"%g ist kein Quantil: eine Zahl über 0 und bis 10, etwa 1.96 für 95\u202f%%.", z)
	}
	return square(new(big.Rat).SetFloat64(z)), nil
}

// Remark says how a proportion stands to a target, chance considered. It is
// not the verdict: that is met or missed on the plain count.
type Remark string

// The remarks. Indistinct: the target lies inside the interval.
const (
	NoCases    Remark = "n/a"
	Indistinct Remark = "not-distinguishable"
	Above      Remark = "above"
	Below      Remark = "below"
)

// Title of a remark, for people.
func (r Remark) Title() text.Text {
	switch r {
	case Indistinct:
		return text.New("not distinguishable from the target", "kein signifikanter Unterschied zum Ziel")
	case Above:
		return text.New("distinguishably above the target", "signifikant über dem Ziel")
	case Below:
		return text.New("distinguishably below the target", "signifikant unter dem Ziel")
	case NoCases:
		return text.New("no cases", "keine Fälle")
	}
	return text.Same(string(r))
}

// Against says whether a target, a share from 0 to 1, lies inside the Wilson
// interval. The interval's ends solve n(k/n − t)² = z²·t(1−t), so this asks
// that equation, without a root and without rounding. Faults: k, n, z, target.
func (p Proportion) Against(target *big.Rat, z float64) (Remark, error) {
	zz, err := p.squared(z)
	if err != nil {
		return "", err
	}
	if err := checkShare("target", target); err != nil {
		return "", err
	}
	if p.N == 0 {
		return NoCases, nil
	}
	off := sub(p.Share(), target)
	if mul(integer(p.N), square(off)).Cmp(mul(zz, mul(target, sub(one(), target)))) <= 0 {
		return Indistinct, nil
	}
	if off.Sign() > 0 {
		return Above, nil
	}
	return Below, nil
}

// AllowedMisses is the greatest number of misses among n cases that still
// meets a target: at 95 % and n up to 19 it is 0, so that one is enough to
// fail. Faults: n, target.
func AllowedMisses(n int64, target *big.Rat) (int64, error) {
	if err := (Proportion{0, n}).check(); err != nil {
		return 0, err
	}
	if err := checkShare("target", target); err != nil {
		return 0, err
	}
	return n - ceilOf(target, n), nil
}

// AtLeastOneMiss is the probability 1 − (1−rate)ⁿ that n cases hold a miss when
// each is one with the given rate, from 0 to 1. Faults: n, rate.
func AtLeastOneMiss(n int64, rate *big.Rat) (*big.Rat, error) {
	if err := (Proportion{0, n}).check(); err != nil {
		return nil, err
	}
	if err := checkShare("rate", rate); err != nil {
		return nil, err
	}
	return rounded(sub(one(), power(sub(one(), rate), n))), nil
}
