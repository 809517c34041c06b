package stats

import (
	"fmt"
	"math/big"
	"slices"
)

// Adjusted is one of several tests.
type Adjusted struct {
	P        *big.Rat `json:"p"`        // nil: there was no test
	Adjusted *big.Rat `json:"adjusted"` // the least level at which it is rejected
	Rejected bool     `json:"rejected"` // significant: chance alone is rejected
}

// BenjaminiHochberg adjusts the p-values of a report's tests, so that among
// those rejected a share of at most the level is expected to be chance
// (Benjamini and Hochberg 1995; guide, 4.4). It answers in the order of its
// input, equal values alike; nil is no test and doesn't count as one. Faults:
// p, level.
func BenjaminiHochberg(p []*big.Rat, level *big.Rat) ([]Adjusted, error) {
	if err := checkLength("p", len(p), MaxTests); err != nil {
		return nil, err
	}
	if err := checkShare("level", level); err != nil {
		return nil, err
	}
	all := make([]Adjusted, len(p))
	var order []int
	for i, v := range p {
		if v == nil {
			continue
		}
		if err := checkShare(fmt.Sprintf("p[%d]", i), v); err != nil {
			return nil, err
		}
		all[i].P = clone(v)
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return p[a].Cmp(p[b]) })
	least := one()
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		if v := mul(p[i], big.NewRat(int64(len(order)), int64(rank))); v.Cmp(least) < 0 {
			least = v
		}
		all[i].Adjusted = clone(least)
		all[i].Rejected = least.Cmp(level) <= 0
	}
	return all, nil
}
