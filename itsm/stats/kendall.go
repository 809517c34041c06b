package stats

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"turnus/itsm/text"
)

const (
	claimFrom = 5  // values; with 4 even a perfect series has p = 0.083
	labelFrom = 8  // values
	exactUpTo = 10 // values; beyond them the normal approximation serves
)

// Kendall is the Mann-Kendall test of a series for a trend, with its slope.
type Kendall struct {
	N        int      `json:"n"` // values, without the gaps
	S        int      `json:"s"` // pairs that rise less pairs that fall
	Ties     []int    `json:"ties"`
	Variance *big.Rat `json:"variance"` // of S, ties considered
	Z        *big.Rat `json:"z"`        // (S∓1)/√Variance; nil where the values don't differ
	PNormal  *big.Rat `json:"p_normal"` // two-sided, of Z
	PExact   *big.Rat `json:"p_exact"`  // two-sided, over all arrangements of these very values; up to 10 of them
	Slope    *big.Rat `json:"slope"`    // Theil-Sen, per step; nil of fewer than 2 values
}

// MannKendall tests a series: S = Σ sgn(x_j − x_i) over i < j, its variance
// [n(n−1)(2n+5) − Σ t(t−1)(2t+5)]/18 with t the sizes of groups of equal values
// (Ties, ascending), and how likely chance alone makes an S as far from 0
// (guide, 4.4; Mann 1945, Kendall 1975). Gaps are left out, and widen the
// distance that the slope is measured over. Faults: series.
func MannKendall(series Series) (Kendall, error) {
	if err := series.check("series", MaxPoints); err != nil {
		return Kendall{}, err
	}
	ranks, sizes := ranksOf(present(series))
	k := Kendall{N: len(ranks), Ties: []int{}, Slope: theilSen(series)}
	for i, a := range ranks {
		for _, b := range ranks[i+1:] {
			k.S += cmp.Compare(b, a)
		}
	}
	v := weight(k.N)
	for _, t := range sizes {
		if v -= weight(t); t > 1 {
			k.Ties = append(k.Ties, t)
		}
	}
	slices.Sort(k.Ties)
	k.Variance = big.NewRat(v, 18)
	if v > 0 {
		z := quo(integer(int64(k.S-cmp.Compare(k.S, 0))), root(k.Variance))
		k.Z, k.PNormal = rounded(z), bothTails(z)
	}
	if k.N > 1 && (k.N <= exactUpTo || v == 0) {
		k.PExact = exactP(sizes, k.S)
	}
	return k, nil
}

// P is the exact p where there is one, else that of the normal distribution;
// nil of fewer than 2 values.
func (k Kendall) P() *big.Rat {
	if k.PExact != nil {
		return k.PExact
	}
	return k.PNormal
}

func weight(n int) int64 {
	m := int64(n)
	return m * (m - 1) * (2*m + 5)
}

// ranksOf numbers values by size from 0, equal ones alike, and counts how many
// have each number.
func ranksOf(values []*big.Rat) (ranks, sizes []int) {
	order := indexes(0, len(values))
	slices.SortStableFunc(order, func(a, b int) int { return values[a].Cmp(values[b]) })
	ranks = make([]int, len(values))
	for i, at := range order {
		if i == 0 || values[at].Cmp(values[order[i-1]]) != 0 {
			sizes = append(sizes, 0)
		}
		ranks[at] = len(sizes) - 1
		sizes[len(sizes)-1]++
	}
	return ranks, sizes
}

// exactP is the share of the distinct arrangements of the values whose S is at
// least as far from 0. The arrangements with d falling pairs are counted by the
// coefficient of q^d in Π(1−q^m), m = 1…n, over the same product of each group
// of equal values (MacMahon 1915), and S is the pairs of different values less
// 2d. Ten values need 46 coefficients, none above 10!.
func exactP(sizes []int, s int) *big.Rat {
	n := 0
	for _, t := range sizes {
		n += t
	}
	pairs := n * (n - 1) / 2
	for _, t := range sizes {
		pairs -= t * (t - 1) / 2
	}
	count := make([]int64, pairs+1)
	count[0] = 1
	for m := 1; m <= n; m++ { // times 1 − q^m
		for d := pairs; d >= m; d-- {
			count[d] -= count[d-m]
		}
	}
	for _, t := range sizes {
		for m := 1; m <= t; m++ { // over 1 − q^m
			for d := m; d <= pairs; d++ {
				count[d] += count[d-m]
			}
		}
	}
	var far, all int64
	for d, c := range count {
		all += c
		if x := pairs - 2*d; x >= s && x >= -s || x <= s && x <= -s {
			far += c
		}
	}
	return big.NewRat(far, all)
}

// bothTails is the probability that a standard normal value is at least as far
// from 0 as z, to twelve decimals: 0 is less than half of the last. Rounding
// leaves out the bits in which the machines' own arithmetic may differ.
func bothTails(z *big.Rat) *big.Rat {
	f, _ := z.Float64()
	return rounded(new(big.Rat).SetFloat64(math.Erfc(math.Abs(f) / math.Sqrt2)))
}

// theilSen is the median of the slopes of all pairs of values, per step.
func theilSen(series Series) *big.Rat {
	var slopes []*big.Rat
	for i, a := range series {
		for j := i + 1; j < len(series); j++ {
			if b := series[j]; a != nil && b != nil {
				slopes = append(slopes, quo(sub(b, a), integer(int64(j-i))))
			}
		}
	}
	return median(slopes)
}

// Trend is what may be said of a series.
type Trend string

// The trends.
const (
	TooShort   Trend = "too-short"  // fewer than 5 values: nothing can be claimed
	Unlabelled Trend = "unlabelled" // 5 to 7: p may be shown, the word trend isn't used
	NoTrend    Trend = "no-trend"   // none shown, which doesn't prove that there is none
	Rising     Trend = "rising"
	Falling    Trend = "falling"
)

// Label names the trend if the test is significant: P is at most the level, or,
// of several in one report, BenjaminiHochberg rejected it.
func (k Kendall) Label(significant bool) Trend {
	switch {
	case k.N < claimFrom:
		return TooShort
	case k.N < labelFrom:
		return Unlabelled
	case !significant || k.S == 0:
		return NoTrend
	case k.S > 0:
		return Rising
	}
	return Falling
}

// Title of a trend, for people.
func (t Trend) Title() text.Text {
	switch t {
	case Unlabelled:
		return text.New("too few values to speak of a trend", "zu wenige Werte, um von einem Trend zu sprechen")
	case NoTrend:
		return text.New("no trend shown", "kein Trend nachweisbar")
	case Rising:
		return text.New("rising", "steigend")
	case Falling:
		return text.New("falling", "fallend")
	case TooShort:
		return text.New("too few values for any claim", "zu wenige Werte für eine Aussage")
	}
	return text.Same(string(t))
}
