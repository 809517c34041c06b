package stats

import (
	"math/big"
	"slices"

	"turnus/itsm/fault"
)

const (
	exactMargin = 2_000 // cases of the smallest row or column of a table; Fisher's test adds up a term for each
	maxCases    = 1e15  // of one proportion
)

// Fisher says how likely chance alone makes two proportions differ as much as
// they do, or more.
type Fisher struct {
	P     *big.Rat `json:"p"`     // two-sided; nil where one of them has no cases
	Exact bool     `json:"exact"` // else by the normal approximation
}

// FisherTest tests whether two proportions differ (Fisher 1935). Of all tables
// with the same rows (the cases of each) and the same columns (what was counted
// of both, and the rest), P is the probability of those that are no likelier
// than this one: where N cases are in all and K of them are counted, a row of n
// has x that are with probability C(K, x)·C(N−K, n−x)/C(N, n). These terms are
// integers over one denominator, so none is taken for as likely that isn't.
//
// Where the smallest row or column is above 2,000, P is that of a normal value z
// with z² = N(|ad−bc| − N/2)²/(n₁n₂K(N−K)), N/2 being Yates' (1934) correction
// for continuity, to twelve decimals. Faults: before.k, before.n, after.k,
// after.n.
func FisherTest(before, after Proportion) (Fisher, error) {
	if err := checkCases("before", before); err != nil {
		return Fisher{}, err
	}
	if err := checkCases("after", after); err != nil {
		return Fisher{}, err
	}
	if before.N == 0 || after.N == 0 {
		return Fisher{}, nil
	}
	all, counted := before.N+after.N, before.K+after.K
	// Whichever row or column is seen as the one that is drawn, P is the same:
	// the smallest has the fewest terms.
	t := slices.MinFunc([]drawn{
		{before.K, before.N, counted, all}, {after.K, after.N, counted, all},
		{before.K, counted, before.N, all}, {before.N - before.K, all - counted, before.N, all},
	}, func(a, b drawn) int { return int(min(max(a.n-b.n, -1), 1)) })
	if t.n > exactMargin {
		return Fisher{P: t.approximate()}, nil
	}
	return Fisher{P: t.exact(), Exact: true}, nil
}

func checkCases(field string, p Proportion) error {
	if err := p.check(); err != nil {
		return fault.As(err).At(field)
	}
	if p.N > maxCases {
		return fault.Invalidf(field+".n", "%d cases are too many: give 10¹⁵ at most", "%d Fälle sind zu viele: höchstens 10¹⁵.", p.N)
	}
	return nil
}

// drawn is a table of four counts: of n cases drawn from all, of which k are
// counted, x are.
type drawn struct{ x, n, k, all int64 }

// exact adds up the tables that are no likelier. n is the smallest row or
// column, so that x may be anything from 0 to n.
func (t drawn) exact() *big.Rat {
	term := func(i int64) *big.Int {
		w := new(big.Int).Binomial(t.k, i)
		return w.Mul(w, new(big.Int).Binomial(t.all-t.k, t.n-i))
	}
	own, w := term(t.x), term(0)
	far, sum := new(big.Int), new(big.Int)
	for i := int64(0); ; i++ {
		sum.Add(sum, w)
		if w.Cmp(own) <= 0 {
			far.Add(far, w)
		}
		if i == t.n {
			return new(big.Rat).SetFrac(far, sum)
		}
		// C(k, i+1)/C(k, i) = (k−i)/(i+1), and the other factor the other way.
		w.Mul(w, big.NewInt(t.k-i)).Mul(w, big.NewInt(t.n-i))
		w.Quo(w, big.NewInt(i+1)).Quo(w, big.NewInt(t.all-t.k-t.n+i+1))
	}
}

// approximate is the normal distribution's P. The difference |ad−bc| of the
// table's cells is |x·all − n·k|.
func (t drawn) approximate() *big.Rat {
	all, n, k := integer(t.all), integer(t.n), integer(t.k)
	off := sub(absolute(sub(mul(integer(t.x), all), mul(n, k))), quo(all, integer(2)))
	if off.Sign() <= 0 {
		return one()
	}
	variance := mul(mul(n, sub(all, n)), mul(k, sub(all, k)))
	return bothTails(root(quo(mul(all, square(off)), variance)))
}
