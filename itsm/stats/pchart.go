package stats

import (
	"fmt"
	"math/big"

	"turnus/itsm/fault"
)

// PChart is the frozen baseline of a chart of proportions. SigmaZ says how many
// times as much the points vary as chance makes them (Laney 2002): the mean
// moving range of z = (p−p̄)/√(p̄(1−p̄)/n), over 1.128.
type PChart struct {
	N      int      `json:"n"`       // points of the baseline that have cases
	Centre *big.Rat `json:"centre"`  // all K over all N: shares are never averaged
	SigmaZ *big.Rat `json:"sigma_z"` // nil where too few points have enough cases to say
}

// A normal approximation needs this many expected cases of either outcome.
const minExpected = 5

func rangeToSigma() *big.Rat { return big.NewRat(1128, 1000) }

// NewPChart freezes a baseline of at least MinBaseline points with cases; those
// without are gaps. Faults: baseline.
func NewPChart(baseline []Proportion) (PChart, error) {
	if err := checkProportions("baseline", baseline); err != nil {
		return PChart{}, err
	}
	k, n := new(big.Int), new(big.Int)
	shares := shares(baseline)
	for _, p := range baseline {
		k.Add(k, big.NewInt(p.K))
		n.Add(n, big.NewInt(p.N))
	}
	c := PChart{N: len(present(shares))}
	if c.N < MinBaseline {
		return PChart{}, fault.Invalidf("baseline", "a baseline of %d points with cases is too short: it needs %d",
			"Ein Basiszeitraum von %d Punkten mit Fällen ist zu kurz: Nötig sind %d.", c.N, MinBaseline)
	}
	c.Centre = new(big.Rat).SetFrac(k, n)
	z := make([]*big.Rat, len(baseline))
	for i, p := range baseline {
		if p.N > 0 && !c.small(p.N) {
			off := sub(shares[i], c.Centre)
			z[i] = mul(integer(int64(off.Sign())), root(quo(square(off), c.variance(p.N))))
		}
	}
	if moving := present(ranges(z)); len(moving) >= MinBaseline-1 {
		c.SigmaZ = rounded(quo(mean(moving), rangeToSigma()))
	}
	return c, nil
}

// Overdispersed says that the baseline varies more than chance makes it, so
// that Laney's limits apply; they are never narrower than the plain ones.
func (c PChart) Overdispersed() bool { return c.SigmaZ != nil && c.SigmaZ.Cmp(one()) > 0 }

// Chart judges points, be they the baseline's own, later ones or both, in one
// row. Limits step with n: p̄ ± 3·√(p̄(1−p̄)/n), times SigmaZ if overdispersed;
// where n·p̄ or n·(1−p̄) is less than 5 they are those of the binomial
// distribution itself, each leaving out at most what three sigma do. Faults:
// points, baseline (one that NewPChart didn't make).
func (c PChart) Chart(points []Proportion) (Chart, error) {
	if err := checkProportions("points", points); err != nil {
		return Chart{}, err
	}
	if checkShare("", c.Centre) != nil || c.SigmaZ != nil && checkNumber("", c.SigmaZ) != nil {
		return Chart{}, noBaseline()
	}
	flat := c.Centre.Sign() == 0 || c.Centre.Cmp(one()) == 0
	chart := Chart{Kind: KindP, Centre: clone(c.Centre), Flat: flat, Points: make([]Point, len(points))}
	if c.Overdispersed() {
		chart.Kind = KindPPrime
	}
	shares := shares(points)
	places := make([]place, len(points))
	for i, p := range points {
		chart.Points[i].Value = shares[i]
		switch {
		case p.N == 0 || flat:
		case c.small(p.N):
			chart.Points[i].Exact = true
			chart.Points[i].Limits, places[i] = c.exact(p)
		default:
			chart.Points[i].Limits, places[i] = c.normal(p)
		}
	}
	chart.Signals = signalsOf(marksOf(shares, c.Centre, places))
	return chart, nil
}

// normal gives the limits, and how a point lies to two sigma and to them,
// compared as squares: the roots are for show only.
func (c PChart) normal(p Proportion) (*Limits, place) {
	v := c.variance(p.N)
	if c.Overdispersed() {
		v = mul(v, square(c.SigmaZ))
	}
	off := sub(p.Share(), c.Centre)
	past := func(sigmas int64) int {
		if square(off).Cmp(mul(integer(sigmas*sigmas), v)) > 0 {
			return off.Sign()
		}
		return 0
	}
	shown := Natural{new(big.Rat), one()}.around(c.Centre, rounded(mul(integer(3), root(v))))
	return &shown, place{past(2), past(3)}
}

// exact gives the outermost shares that aren't outside, and how a point lies to
// what is as likely beyond two sigma, and to them.
func (c PChart) exact(p Proportion) (*Limits, place) {
	past := func(least, greatest int64) int {
		switch {
		case p.K < least:
			return -1
		case p.K > greatest:
			return 1
		}
		return 0
	}
	least, greatest := usual(p.N, c.Centre, beyondThree())
	low, high := Ratio(least, p.N), Ratio(greatest, p.N)
	return &Limits{low, high, clone(low), clone(high)}, place{past(usual(p.N, c.Centre, beyondTwo())), past(least, greatest)}
}

// variance of a share of n cases.
func (c PChart) variance(n int64) *big.Rat {
	return quo(mul(c.Centre, sub(one(), c.Centre)), integer(n))
}

// small says that n cases are too few for the normal approximation.
func (c PChart) small(n int64) bool {
	rarer := c.Centre
	if other := sub(one(), rarer); other.Cmp(rarer) < 0 {
		rarer = other
	}
	return mul(integer(n), rarer).Cmp(integer(minExpected)) < 0
}

func shares(points []Proportion) Series {
	s := make(Series, len(points))
	for i, p := range points {
		s[i] = p.Share()
	}
	return s
}

func checkProportions(field string, points []Proportion) error {
	if err := checkLength(field, len(points), MaxPoints); err != nil {
		return err
	}
	for i, p := range points {
		if err := p.check(); err != nil {
			return fault.As(err).At(fmt.Sprintf("%s[%d]", field, i))
		}
	}
	return nil
}
