package availabilityreview

import (
	"math/big"
	"strings"

	"turnus/itsm/availability"
	"turnus/itsm/interval"
)

// budget is how much downtime the percentages leave of what was agreed, and what
// each outage took of it: budget = agreed · (1 − target), each part with its own
// percentage (domain guide, section 3). There is none where no time was agreed or
// the target is 100 %.
func (d *derivation) budget(all []*terms, parts []Part, sum sums, l ledger, happened []*happening) (*TimeBudget, []Cost) {
	allowed := new(big.Rat)
	for _, p := range parts {
		if attain, ok := new(big.Rat).SetString(p.Attain); ok {
			share := new(big.Rat).Sub(big.NewRat(100, 1), attain)
			allowed.Add(allowed, share.Mul(share, big.NewRat(p.Figures.Agreed, 100)))
		}
	}
	var b *TimeBudget
	if allowed.Sign() > 0 {
		consumed := big.NewRat(sum.Lost, million)
		b = &TimeBudget{Allowed: decimal(allowed), Consumed: decimal(consumed), Remaining: decimal(new(big.Rat).Sub(allowed, consumed)), Share: shareOf(consumed, allowed)}
	}
	var costs []Cost
	for i, h := range happened {
		var own interval.Set
		for _, t := range all {
			own = own.Union(h.under[t])
		}
		if len(own) == 0 {
			continue
		}
		c := Cost{Outage: i}
		lost := new(big.Rat)
		for _, s := range own {
			l.in(s, func(x availability.Segment, part interval.Span) {
				if x.Kind != availability.KindDown {
					return
				}
				c.Down += part.Seconds()
				lost.Add(lost, new(big.Rat).Mul(weightOf(x), big.NewRat(part.Seconds(), 1)))
			})
		}
		if b != nil {
			c.Share = shareOf(lost, allowed)
		}
		costs = append(costs, c)
	}
	return b, costs
}

func weightOf(s availability.Segment) *big.Rat {
	if w, ok := new(big.Rat).SetString(s.Weight); ok {
		return w
	}
	return big.NewRat(1, 1)
}

// shareOf is part of whole as a percentage with six decimals, half away from zero.
func shareOf(part, whole *big.Rat) *string {
	r := new(big.Rat).Quo(part, whole)
	s := r.Mul(r, big.NewRat(100, 1)).FloatString(6)
	return &s
}

// decimal writes a fraction of a power of ten exactly.
func decimal(r *big.Rat) string {
	s := r.FloatString(20)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
