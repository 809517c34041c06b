package stats_test

import (
	"math"
	"math/big"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

func TestWilsonV07(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high string
	}{
		{3, 4, "30.064", "95.441"},
		{3, 3, "43.850", "100.000"},
		{188, 200, "89.807", "96.535"},
		{0, 3, "0.000", "56.150"},
	} {
		in, err := stats.Proportion{K: c.k, N: c.n}.Wilson(stats.Z95)
		require.NoError(t, err)
		hundred := big.NewRat(100, 1)
		near(t, c.low, new(big.Rat).Mul(in.Low, hundred))
		near(t, c.high, new(big.Rat).Mul(in.High, hundred))
	}
	in, err := stats.Proportion{K: 3, N: 3}.Wilson(stats.Z95)
	require.NoError(t, err)
	require.Equal(t, "1", in.High.RatString(), "all of all ends at 1, not near it")
	// What ± z·√(p(1−p)/n) says: 3 of 3 is certain, 3 of 4 may be 117 %.
	require.NotEqual(t, "1", in.Low.RatString())
	in, err = stats.Proportion{K: 3, N: 4}.Wilson(stats.Z95)
	require.NoError(t, err)
	require.Less(t, float(in.High), 1.0)
	require.Greater(t, 0.75+stats.Z95*math.Sqrt(0.75*0.25/4), 1.0)
}

func TestNoCasesAreNotApplicable(t *testing.T) {
	none := stats.Proportion{}
	require.Nil(t, none.Share())
	in, err := none.Wilson(stats.Z95)
	require.NoError(t, err)
	require.Nil(t, in)
	r, err := none.Against(num("0.95"), stats.Z95)
	require.NoError(t, err)
	require.Equal(t, stats.NoCases, r)
}

func TestAgainstTarget(t *testing.T) {
	for _, c := range []struct {
		k, n   int64
		target string
		want   stats.Remark
	}{
		{3, 4, "0.95", stats.Indistinct}, // missed on the plain count all the same
		{188, 200, "0.95", stats.Indistinct},
		{150, 200, "0.95", stats.Below},
		{200, 200, "0.95", stats.Above},
		{20, 20, "0.95", stats.Indistinct}, // met, and proves little
		{99, 100, "1", stats.Below},        // one miss disproves "always"
		{100, 100, "1", stats.Indistinct},
		{0, 100, "0", stats.Indistinct},
		{1, 100, "0", stats.Above},
	} {
		r, err := stats.Proportion{K: c.k, N: c.n}.Against(num(c.target), stats.Z95)
		require.NoError(t, err)
		require.Equal(t, c.want, r, "%d of %d against %s", c.k, c.n, c.target)
		require.NotEmpty(t, r.Title().De)
	}
	// The end of the interval is inside: with z = 1 that of 3 of 3 is 3/4.
	r, err := stats.Proportion{K: 3, N: 3}.Against(num("3/4"), 1)
	require.NoError(t, err)
	require.Equal(t, stats.Indistinct, r)
}

func TestMissesAndTargets(t *testing.T) {
	for n := int64(1); n < 20; n++ {
		m, err := stats.AllowedMisses(n, num("0.95"))
		require.NoError(t, err)
		require.Zero(t, m, "with n = %d one miss is enough", n)
	}
	for _, c := range []struct {
		n, want int64
		target  string
	}{{20, 1, "0.95"}, {39, 1, "0.95"}, {40, 2, "0.95"}, {1000, 1, "0.999"}, {999, 0, "0.999"}, {0, 0, "0.95"}, {7, 7, "0"}, {7, 0, "1"},
		{math.MaxInt64, math.MaxInt64 / 2, "1/2"}} {
		m, err := stats.AllowedMisses(c.n, num(c.target))
		require.NoError(t, err)
		require.Equal(t, c.want, m, "%d at %s", c.n, c.target)
	}
}

func TestAtLeastOneMiss(t *testing.T) {
	for _, c := range []struct {
		n          int64
		rate, want string
	}{
		{4, "0.05", "0.185494"}, // V07
		{0, "0.05", "0.000000"},
		{1, "0.05", "0.050000"},
		{9, "0", "0.000000"},
		{9, "1", "1.000000"},
		{math.MaxInt64, "1/2", "1.000000"},
		{1_000_000, "0.000001", "0.632121"},
	} {
		p, err := stats.AtLeastOneMiss(c.n, num(c.rate))
		require.NoError(t, err)
		near(t, c.want, p)
	}

	// As a fraction (1/2)ⁿ would take 128 MB here.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := stats.AtLeastOneMiss(1<<30, num("1/2"))
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestProportionsThatCannotBe(t *testing.T) {
	_, err := stats.Proportion{K: 5, N: 4}.Wilson(stats.Z95)
	field(t, "k", err)
	_, err = stats.Proportion{K: -1, N: 4}.Wilson(stats.Z95)
	field(t, "k", err)
	_, err = stats.Proportion{K: 0, N: -4}.Wilson(stats.Z95)
	field(t, "n", err)
	for _, z := range []float64{0, -1, math.NaN(), math.Inf(1), 11} {
		_, err = stats.Proportion{K: 1, N: 4}.Wilson(z)
		field(t, "z", err)
	}
	for _, target := range []*big.Rat{nil, num("95"), num("-0.1")} {
		_, err = stats.Proportion{K: 1, N: 4}.Against(target, stats.Z95)
		field(t, "target", err)
		_, err = stats.AllowedMisses(4, target)
		field(t, "target", err)
		_, err = stats.AtLeastOneMiss(4, target)
		field(t, "rate", err)
	}
	_, err = stats.AllowedMisses(-1, num("0.95"))
	field(t, "n", err)
	_, err = stats.AtLeastOneMiss(4, new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 500)))
	field(t, "rate", err)
}

// The interval's ends are where the score test turns, found by bisection; and
// a target is indistinct if and only if it lies between them.
func TestWilsonAgreesWithTheScoreTest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 5000).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		z := rapid.Float64Range(0.5, 4).Draw(t, "z")
		p := float64(k) / float64(n)
		in, err := stats.Proportion{K: k, N: n}.Wilson(z)
		require.NoError(t, err)
		far := func(x float64) bool { return float64(n)*(p-x)*(p-x) > z*z*x*(1-x) }
		end := func(outer float64) float64 {
			in, out := p, outer
			for range 200 {
				if mid := (in + out) / 2; far(mid) {
					out = mid
				} else {
					in = mid
				}
			}
			return in
		}
		require.InDelta(t, end(0), float(in.Low), 1e-7)
		require.InDelta(t, end(1), float(in.High), 1e-7)

		target := big.NewRat(rapid.Int64Range(0, 1000).Draw(t, "target"), 1000)
		r, err := stats.Proportion{K: k, N: n}.Against(target, z)
		require.NoError(t, err)
		switch x := float(target); {
		case x < float(in.Low)-1e-9:
			require.Equal(t, stats.Above, r)
		case x > float(in.High)+1e-9:
			require.Equal(t, stats.Below, r)
		case x > float(in.Low)+1e-9 && x < float(in.High)-1e-9:
			require.Equal(t, stats.Indistinct, r)
		}
		mirror, err := stats.Proportion{K: n - k, N: n}.Wilson(z)
		require.NoError(t, err)
		require.Equal(t, in.Low.RatString(), new(big.Rat).Sub(big.NewRat(1, 1), mirror.High).RatString())
	})
}

// The normal quantile that the constant stands for, and the binomial
// distribution, as another library has them.
func TestAgainstGonum(t *testing.T) {
	require.InDelta(t, distuv.UnitNormal.Quantile(0.975), stats.Z95, 1e-6)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 500).Draw(t, "n")
		rate := rapid.Int64Range(1, 999).Draw(t, "rate")
		p, err := stats.AtLeastOneMiss(n, big.NewRat(rate, 1000))
		require.NoError(t, err)
		require.InDelta(t, 1-distuv.Binomial{N: float64(n), P: float64(rate) / 1000}.Prob(0), float(p), 1e-9)
	})
}

func FuzzProportion(f *testing.F) {
	f.Add(int64(3), int64(4), 1.959964, int64(95), int64(100))
	f.Add(int64(math.MaxInt64), int64(math.MaxInt64), 5e-324, int64(1), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, k, n int64, z float64, num, den int64) {
		p := stats.Proportion{K: k, N: n}
		if in, err := p.Wilson(z); err == nil && n > 0 {
			share := p.Share()
			slack := big.NewRat(1, 1e12)
			require.LessOrEqual(t, new(big.Rat).Sub(in.Low, slack).Cmp(share), 0)
			require.GreaterOrEqual(t, new(big.Rat).Add(in.High, slack).Cmp(share), 0)
			require.GreaterOrEqual(t, in.Low.Sign(), 0)
			require.LessOrEqual(t, in.High.Cmp(big.NewRat(1, 1)), 0)
		}
		target := stats.Ratio(num, max(den, 0))
		if r, err := p.Against(target, z); err == nil {
			require.Contains(t, []stats.Remark{stats.NoCases, stats.Indistinct, stats.Above, stats.Below}, r)
		}
		if m, err := stats.AllowedMisses(n, target); err == nil {
			require.True(t, m >= 0 && m <= n)
		}
		if x, err := stats.AtLeastOneMiss(n, target); err == nil {
			require.True(t, x.Sign() >= 0 && x.Cmp(big.NewRat(1, 1)) <= 0)
		}
	})
}
