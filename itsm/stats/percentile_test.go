package stats_test

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

// r7 is what spreadsheets interpolate.
func r7(sorted []int64, p float64) float64 {
	h := float64(len(sorted)-1) * p
	i := int(math.Floor(h))
	if i+1 == len(sorted) {
		return float64(sorted[i])
	}
	return float64(sorted[i]) + (h-float64(i))*float64(sorted[i+1]-sorted[i])
}

func TestPercentileV06(t *testing.T) {
	s := stats.SortSample([]int64{100, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1})
	p95, err := s.Percentile(num("0.95"))
	require.NoError(t, err)
	require.Equal(t, int64(19), *p95)
	require.Equal(t, stats.Proportion{K: 19, N: 20}, s.Within(20))
	missed, err := stats.AllowedMisses(20, num("0.95"))
	require.NoError(t, err)
	require.Equal(t, int64(1), missed, "19 of 20 meet 95 %%")

	naive := r7(s, 0.95)
	require.InDelta(t, 23.05, naive, 1e-9)
	require.Greater(t, naive, 20.0, "interpolated, the same cases would miss the target")
}

func TestPercentiles(t *testing.T) {
	s := stats.SortSample([]int64{50, 20, 35, 40, 15})
	for p, want := range map[string]int64{"0.05": 15, "0.3": 20, "0.4": 20, "0.41": 35, "0.5": 35, "1": 50} {
		v, err := s.Percentile(num(p))
		require.NoError(t, err)
		require.Equal(t, want, *v, p)
	}
	// 0.07·100 is 7.000000000000001 in floating point, and rank 8.
	hundred := make([]int64, 100)
	for i := range hundred {
		hundred[i] = int64(i + 1)
	}
	v, err := stats.Sample(hundred).Percentile(num("0.07"))
	require.NoError(t, err)
	require.Equal(t, int64(7), *v)
	share, n := 0.07, 100.0
	require.Equal(t, 8.0, math.Ceil(share*n))

	none, err := stats.SortSample(nil).Percentile(num("0.95"))
	require.NoError(t, err)
	require.Nil(t, none, "of no cases it is not applicable, not 0")
	require.Nil(t, stats.SortSample(nil).Within(5).Share())
	for _, p := range []*big.Rat{nil, num("0"), num("95"), num("-1")} {
		_, err := s.Percentile(p)
		field(t, "p", err)
	}
}

// At least a share p lies within a limit if and only if the percentile does;
// and it is the least value of which that can be said.
func TestPercentileMeansShareWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-5, 60), 1, 80).Draw(t, "values")
		num := rapid.Int64Range(1, 1000).Draw(t, "p")
		limit := rapid.Int64Range(-6, 61).Draw(t, "limit")
		p := big.NewRat(num, 1000)
		within := int64(0)
		for _, v := range values {
			if v <= limit {
				within++
			}
		}
		s := stats.SortSample(slices.Clone(values))
		require.Equal(t, stats.Proportion{K: within, N: int64(len(values))}, s.Within(limit))
		v, err := s.Percentile(p)
		require.NoError(t, err)
		met := within*1000 >= num*int64(len(values))
		require.Equal(t, met, *v <= limit)
		require.Contains(t, values, *v)
		allowed, err := stats.AllowedMisses(int64(len(values)), p)
		require.NoError(t, err)
		require.Equal(t, met, int64(len(values))-within <= allowed)
	})
}
