package stats_test

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

func TestMannKendallV08(t *testing.T) {
	s := series("99.9 99.9 99.8 99.7 99.7 99.6 99.7 99.5")
	k, err := stats.MannKendall(s)
	require.NoError(t, err)
	require.Equal(t, 8, k.N)
	require.Equal(t, -22, k.S)
	require.Equal(t, []int{2, 3}, k.Ties)
	near(t, "60.666667", k.Variance)
	near(t, "-2.696151", k.Z)
	near(t, "0.007015", k.PNormal)
	near(t, "0.002976", k.PExact)
	near(t, "-0.053571", k.Slope)
	require.Equal(t, k.PExact, k.P())
	require.Equal(t, stats.Falling, k.Label(true))
	require.Equal(t, stats.NoTrend, k.Label(false))

	// Without ties the variance would be 65.333333 and Z -2.598076.
	require.NotEqual(t, "65.333333", k.Variance.FloatString(6))
	require.NotEqual(t, "-2.598076", k.Z.FloatString(6))

	b, err := json.Marshal(k)
	require.NoError(t, err)
	require.Equal(t, `{"n":8,"s":-22,"ties":[2,3],"variance":"182/3","z":"-2696151102819/1000000000000",`+
		`"p_normal":"3507291941/500000000000","p_exact":"1/336","slope":"-3/56"}`, string(b))
}

func TestShortSeriesClaimNothing(t *testing.T) {
	for _, c := range []struct {
		series string
		n      int
		p      string // exact; empty: not applicable
		label  stats.Trend
	}{
		{"", 0, "", stats.TooShort},
		{"- - -", 0, "", stats.TooShort},
		{"5", 1, "", stats.TooShort},
		{"5 6", 2, "1.000000", stats.TooShort},
		{"1 2 3 4", 4, "0.083333", stats.TooShort}, // V08: the smallest that four can have
		{"1 2 3 4 5", 5, "0.016667", stats.Unlabelled},
		{"1 2 3 4 5 6 7", 7, "0.000397", stats.Unlabelled},
		{"1 2 3 4 5 6 7 8", 8, "0.000050", stats.Rising},
		{"8 7 6 - 5 4 3 2 1", 8, "0.000050", stats.Falling},
		{"7 7 7 7 7 7 7 7", 8, "1.000000", stats.NoTrend}, // the ceiling of 100 %
		{"7 7 7 7 7 7 7 7 7 7 7 7", 12, "1.000000", stats.NoTrend},
	} {
		k, err := stats.MannKendall(series(c.series))
		require.NoError(t, err)
		require.Equal(t, c.n, k.N, c.series)
		require.Equal(t, c.label, k.Label(true), c.series)
		require.NotEmpty(t, k.Label(true).Title().De)
		if c.p == "" {
			require.Nil(t, k.P(), c.series)
			continue
		}
		near(t, c.p, k.P())
	}
}

func TestGapsWidenTheDistance(t *testing.T) {
	k, err := stats.MannKendall(series("1 - - 4"))
	require.NoError(t, err)
	require.Equal(t, "1", k.Slope.RatString(), "three in three months, not in one")
	zeros, err := stats.MannKendall(series("1 0 0 4"))
	require.NoError(t, err)
	require.NotEqual(t, zeros.Slope, k.Slope, "a gap isn't 0")
	require.NotEqual(t, zeros.N, k.N)
}

func TestLongSeries(t *testing.T) {
	var s stats.Series
	for i := range int64(stats.MaxPoints) {
		s = append(s, big.NewRat(i*i%97, 7))
	}
	k, err := stats.MannKendall(s)
	require.NoError(t, err)
	require.Nil(t, k.PExact)
	require.InDelta(t, 2*distuv.UnitNormal.CDF(-math.Abs(float(k.Z))), float(k.P()), 1e-11)
	_, err = stats.MannKendall(append(s, nil))
	field(t, "series", err)
}

// bruteForce counts over all n! permutations how often |S| is as great.
func bruteForce(x []int64) (s int, p *big.Rat) {
	score := func(x []int64) (s int) {
		for i := range x {
			for j := i + 1; j < len(x); j++ {
				switch {
				case x[j] > x[i]:
					s++
				case x[j] < x[i]:
					s--
				}
			}
		}
		return s
	}
	s = score(x)
	var far, all int64
	y := slices.Clone(x)
	var permute func(n int)
	permute = func(n int) {
		if n == len(y) {
			all++
			if v := score(y); max(v, -v) >= max(s, -s) {
				far++
			}
			return
		}
		for i := n; i < len(y); i++ {
			y[n], y[i] = y[i], y[n]
			permute(n + 1)
			y[n], y[i] = y[i], y[n]
		}
	}
	permute(0)
	return s, big.NewRat(far, all)
}

func TestMannKendallAgreesWithAllPermutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Int64Range(0, 5), 2, 7).Draw(t, "values")
		var s stats.Series
		for _, v := range x {
			s = append(s, big.NewRat(v, 10))
		}
		k, err := stats.MannKendall(s)
		require.NoError(t, err)
		want, p := bruteForce(x)
		require.Equal(t, want, k.S)
		require.Equal(t, p.RatString(), k.PExact.RatString())
	})
}

// The variance formula with ties is that of S over all permutations.
func TestVarianceAgreesWithAllPermutations(t *testing.T) {
	for _, x := range [][]int64{{1, 2, 3, 4, 5, 6}, {1, 1, 2, 2, 2, 3}, {1, 1, 1, 1, 1, 2}, {3, 3, 3, 3}} {
		var s stats.Series
		for _, v := range x {
			s = append(s, big.NewRat(v, 1))
		}
		k, err := stats.MannKendall(s)
		require.NoError(t, err)
		var squares, all int64
		y := slices.Clone(x)
		var permute func(n int)
		permute = func(n int) {
			if n == len(y) {
				var v int64
				for i := range y {
					for _, b := range y[i+1:] {
						if b > y[i] {
							v++
						} else if b < y[i] {
							v--
						}
					}
				}
				squares += v * v
				all++
				return
			}
			for i := n; i < len(y); i++ {
				y[n], y[i] = y[i], y[n]
				permute(n + 1)
				y[n], y[i] = y[i], y[n]
			}
		}
		permute(0)
		require.Equal(t, big.NewRat(squares, all).RatString(), k.Variance.RatString(), "%v", x)
	}
}

func TestTrendProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := values(0, 24, true).Draw(t, "series")
		before, _ := json.Marshal(s)
		k, err := stats.MannKendall(s)
		require.NoError(t, err)
		after, _ := json.Marshal(s)
		require.Equal(t, before, after, "the input stays as it is")
		require.Equal(t, s.Values(), k.N)

		back := slices.Clone(s)
		slices.Reverse(back)
		r, err := stats.MannKendall(back)
		require.NoError(t, err)
		require.Equal(t, -k.S, r.S)
		require.Equal(t, k.P(), r.P())
		if k.N < 2 {
			require.Nil(t, k.Slope)
			require.Nil(t, k.P())
			return
		}
		require.Equal(t, k.Slope.RatString(), new(big.Rat).Neg(r.Slope).RatString())
		require.True(t, k.P().Sign() >= 0 && k.P().Cmp(big.NewRat(1, 1)) <= 0)

		// A cube keeps the order, and so the test; a line of the steps adds to the slope.
		cubes, tilted := make(stats.Series, len(s)), make(stats.Series, len(s))
		for i, v := range s {
			if v != nil {
				cubes[i] = new(big.Rat).Mul(v, new(big.Rat).Mul(v, v))
				tilted[i] = new(big.Rat).Add(v, big.NewRat(int64(i)*3, 7))
			}
		}
		c, err := stats.MannKendall(cubes)
		require.NoError(t, err)
		require.Equal(t, []any{k.S, k.Ties, k.Variance, k.P()}, []any{c.S, c.Ties, c.Variance, c.P()})
		tilt, err := stats.MannKendall(tilted)
		require.NoError(t, err)
		require.Equal(t, new(big.Rat).Add(k.Slope, big.NewRat(3, 7)).RatString(), tilt.Slope.RatString())

		if k.Z != nil {
			require.InDelta(t, 2*distuv.UnitNormal.CDF(-math.Abs(float(k.Z))), float(k.PNormal), 1e-11)
		}
	})
}
