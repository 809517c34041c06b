package stats

import (
	"math/big"
	"slices"
	"sort"

	"turnus/itsm/fault"
)

// Sample holds values in ascending order, in whatever unit: seconds mostly.
type Sample []int64

// SortSample puts values in order, in place, and gives them as a sample.
func SortSample(values []int64) Sample {
	slices.Sort(values)
	return values
}

// Percentile is the value at rank ⌈p·n⌉ (nearest rank, type 1 of Hyndman and
// Fan 1996): the least one that at least a share p of all doesn't exceed. It
// is what "95 % within 4 h" means, and no interpolation does: at least p of
// the values are within a limit if and only if this one is (guide, 1.5).
// p is above 0 and up to 1; of no values it is nil. Faults: p.
func (s Sample) Percentile(p *big.Rat) (*int64, error) {
	if err := checkShare("p", p); err != nil {
		return nil, err
	}
	if p.Sign() == 0 {
		return nil, fault.Invalidf("p", "there is no percentile 0: give a share above 0", "Ein Perzentil 0 gibt es nicht: Einen Anteil über 0 angeben.")
	}
	if len(s) == 0 {
		return nil, nil
	}
	v := s[ceilOf(p, int64(len(s)))-1]
	return &v, nil
}

// Within counts the values that don't exceed a limit; the limit counts as
// within.
func (s Sample) Within(limit int64) Proportion {
	k := sort.Search(len(s), func(i int) bool { return s[i] > limit })
	return Proportion{int64(k), int64(len(s))}
}
