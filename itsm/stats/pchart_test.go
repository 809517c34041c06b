package stats_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

type points = []stats.Proportion

// of gives points of n cases each.
func of(n int64, k ...int64) (all points) {
	for _, x := range k {
		all = append(all, stats.Proportion{K: x, N: n})
	}
	return all
}

func TestPChart(t *testing.T) {
	// 240 of 1,200: the centre is of all cases, 0.2; the mean of the shares would
	// be 0.2198.
	baseline := append(of(100, 18, 22, 19, 21), of(200, 41, 39, 40, 40)...)
	baseline[7] = stats.Proportion{K: 8, N: 20}
	baseline = append(baseline, stats.Proportion{}, stats.Proportion{K: 32, N: 180})
	p, err := stats.NewPChart(baseline)
	require.NoError(t, err)
	require.Equal(t, 9, p.N, "a point without cases is a gap")
	require.Equal(t, "1/5", p.Centre.RatString())
	require.False(t, p.Overdispersed())

	// 3·√(0.2·0.8/n): 0.12 at 100, 0.048 at 625.
	c, err := p.Chart(points{{K: 32, N: 100}, {K: 33, N: 100}, {K: 8, N: 100}, {K: 7, N: 100}, {}, {K: 95, N: 625}, {K: 94, N: 625}})
	require.NoError(t, err)
	require.Equal(t, stats.KindP, c.Kind)
	near(t, "0.320000", c.Points[0].Limits.Upper)
	near(t, "0.080000", c.Points[0].Limits.Lower)
	near(t, "0.248000", c.Points[5].Limits.Upper)
	near(t, "0.152000", c.Points[6].Limits.Lower)
	require.Nil(t, c.Points[4].Limits)
	require.Nil(t, c.Points[4].Value)
	var outside []int
	for _, s := range c.Signals {
		if s.Rule == stats.Outside {
			outside = append(outside, s.Points...)
		}
	}
	require.Equal(t, []int{1, 3, 6}, outside, "on the limit is inside: compared as squares, without a root")
}

func TestExactLimitsAtSmallNumbers(t *testing.T) {
	p := stats.PChart{N: 8, Centre: num("0.95")}
	c, err := p.Chart(of(20, 20, 16, 15, 14))
	require.NoError(t, err)
	for _, x := range c.Points {
		require.True(t, x.Exact, "20·0.05 = 1 is less than 5")
		require.Equal(t, "1", x.Limits.Upper.RatString(), "all of 20 happens to 36 % of such months")
		// P(X ≤ 15) = 0.002574, P(X ≤ 14) = 0.000329: 15 isn't rarer than 0.00135.
		require.Equal(t, "3/4", x.Limits.Lower.RatString())
	}
	require.Equal(t, []stats.Signal{
		{Rule: stats.Outside, Direction: stats.Down, Points: []int{3}},
		{Rule: stats.TwoOfThree, Direction: stats.Down, Points: []int{1, 2, 3}},
	}, c.Signals)

	// The normal approximation would call 15 and 16 of 20 signals.
	naive := 0.95 - 3*math.Sqrt(0.95*0.05/20)
	require.Greater(t, naive, 16.0/20)

	large, err := p.Chart(of(100, 95))
	require.NoError(t, err)
	require.False(t, large.Points[0].Exact, "100·0.05 is 5")
}

// Exact limits against sums of fractions, written out.
func TestExactLimitsAgreeWithSums(t *testing.T) {
	three, two := num("0.001349898031630"), num("0.022750131948179")
	require.InDelta(t, distuv.UnitNormal.CDF(-3), float(three), 1e-15)
	require.InDelta(t, distuv.UnitNormal.CDF(-2), float(two), 1e-15)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 60).Draw(t, "n")
		den := rapid.Int64Range(2, 400).Draw(t, "den")
		p := big.NewRat(rapid.Int64Range(1, den-1).Draw(t, "num"), den)
		k := rapid.Int64Range(0, n).Draw(t, "k")
		c, err := stats.PChart{N: 8, Centre: p}.Chart(points{{K: k, N: n}, {K: k, N: n}})
		require.NoError(t, err)
		q := new(big.Rat).Sub(big.NewRat(1, 1), p)
		rarer := min(float(p), float(q))
		if math.Abs(rarer*float64(n)-5) > 1e-9 {
			require.Equal(t, rarer*float64(n) < 5, c.Points[0].Exact)
		}
		if !c.Points[0].Exact {
			return
		}
		mass := func(k int64) *big.Rat {
			m := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
			for i := range n {
				if i < k {
					m.Mul(m, p)
				} else {
					m.Mul(m, q)
				}
			}
			return m
		}
		tails := func(k int64) (down, up *big.Rat) {
			down, up = new(big.Rat), new(big.Rat)
			for i := range n + 1 {
				if i <= k {
					down.Add(down, mass(i))
				}
				if i >= k {
					up.Add(up, mass(i))
				}
			}
			return down, up
		}
		down, up := tails(k)
		l := c.Points[0].Limits
		share := big.NewRat(k, n)
		require.Equal(t, down.Cmp(three) < 0, share.Cmp(l.Lower) < 0)
		require.Equal(t, up.Cmp(three) < 0, share.Cmp(l.Upper) > 0)
		pair := false
		for _, s := range c.Signals {
			pair = pair || s.Rule == stats.TwoOfThree
		}
		require.Equal(t, down.Cmp(two) < 0 || up.Cmp(two) < 0, pair)
		require.InDelta(t, distuv.Binomial{N: float64(n), P: float(p)}.CDF(float64(k)), float(down), 1e-9)
	})
}

func TestLaneyWhenOverdispersed(t *testing.T) {
	// Shares that swing more than 10,000 cases can by chance.
	baseline := of(10_000, 9000, 9200, 8900, 9150, 9050, 9250, 8950, 9100, 9300, 9100)
	p, err := stats.NewPChart(baseline)
	require.NoError(t, err)
	require.True(t, p.Overdispersed())

	var moving float64
	centre := float(p.Centre)
	sigma := math.Sqrt(centre * (1 - centre) / 10_000)
	for i := 1; i < len(baseline); i++ {
		moving += math.Abs(float64(baseline[i].K-baseline[i-1].K)) / 10_000 / sigma
	}
	require.InDelta(t, moving/9/1.128, float(p.SigmaZ), 1e-9)

	c, err := p.Chart(baseline)
	require.NoError(t, err)
	require.Equal(t, stats.KindPPrime, c.Kind)
	require.NotEmpty(t, c.Kind.Title().De)
	require.InDelta(t, centre-3*sigma*float(p.SigmaZ), float(c.Points[0].Limits.Lower), 1e-9)
	require.Empty(t, c.Signals)

	plain, err := stats.PChart{N: p.N, Centre: p.Centre}.Chart(baseline)
	require.NoError(t, err)
	require.Equal(t, stats.KindP, plain.Kind)
	require.NotEmpty(t, plain.Signals, "the binomial limits would cry wolf")
}

func TestSteadierThanChanceIsNotNarrowed(t *testing.T) {
	p, err := stats.NewPChart(of(1000, 900, 900, 901, 900, 899, 900, 900, 900))
	require.NoError(t, err)
	require.Negative(t, p.SigmaZ.Cmp(big.NewRat(1, 1)))
	c, err := p.Chart(of(1000, 900))
	require.NoError(t, err)
	require.InDelta(t, 0.9-3*math.Sqrt(0.9*0.1/1000), float(c.Points[0].Limits.Lower), 1e-12)
}

func TestPChartEdges(t *testing.T) {
	_, err := stats.NewPChart(of(10, 9, 9, 9, 9, 9, 9, 9))
	field(t, "baseline", err)
	_, err = stats.NewPChart(append(of(10, 9, 9, 9, 9, 9, 9, 9), stats.Proportion{}))
	field(t, "baseline", err)
	_, err = stats.NewPChart(of(10, 9, 9, 11))
	field(t, "baseline[2].k", err)
	_, err = stats.PChart{}.Chart(nil)
	field(t, "baseline", err)
	_, err = stats.PChart{N: 8, Centre: num("1/2")}.Chart(of(-1, 0))
	field(t, "points[0].n", err)
	_, err = stats.PChart{N: 8, Centre: num("1/2")}.Chart(make(points, stats.MaxPoints+1))
	field(t, "points", err)

	// Twelve months without a miss don't prove that there is none.
	all, err := stats.NewPChart(of(8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8))
	require.NoError(t, err)
	c, err := all.Chart(of(8, 8, 7))
	require.NoError(t, err)
	require.True(t, c.Flat)
	require.Nil(t, c.Points[1].Limits)
	require.Empty(t, c.Signals)

	// Small points don't say how much the large ones vary.
	small, err := stats.NewPChart(of(10, 9, 8, 9, 10, 9, 9, 8, 9))
	require.NoError(t, err)
	require.Nil(t, small.SigmaZ)
	require.False(t, small.Overdispersed())
}

func FuzzPChart(f *testing.F) {
	f.Add([]byte("\x09\x0a\x08\x0a\x09\x0a\x0a\x0a\x09\x0a\x07\x0a\x09\x0a\x08\x0a\x01\xff"), int64(1))
	f.Add([]byte("\x09\x0a\x08\x0a\x09\x0a\x0a\x0a\x09\x0a\x07\x0a\x09\x0a\x08\x0a\x01\xff"), int64(math.MaxInt64/255))
	f.Fuzz(func(t *testing.T, raw []byte, scale int64) {
		var all points
		for ; len(raw) > 1; raw = raw[2:] {
			all = append(all, stats.Proportion{K: int64(raw[0]) * scale, N: int64(raw[1]) * scale})
		}
		p, err := stats.NewPChart(all)
		if err != nil {
			return
		}
		c, err := p.Chart(all)
		require.NoError(t, err)
		for i, x := range c.Points {
			require.Equal(t, all[i].N == 0, x.Value == nil)
			if x.Limits != nil {
				require.LessOrEqual(t, x.Limits.LowerShown.Cmp(c.Centre), 0)
				require.GreaterOrEqual(t, x.Limits.UpperShown.Cmp(c.Centre), 0)
			}
		}
		again, err := p.Chart(all)
		require.NoError(t, err)
		a, _ := json.Marshal(c)
		b, _ := json.Marshal(again)
		require.Equal(t, a, b)
	})
}
