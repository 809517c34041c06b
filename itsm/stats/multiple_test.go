package stats_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

// The example of the paper (Benjamini and Hochberg 1995, section 4): four of
// fifteen are rejected at 5 %, three by Bonferroni, nine if each is taken alone.
func TestBenjaminiHochbergPaper(t *testing.T) {
	p := series("0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1")
	all, err := stats.BenjaminiHochberg(p, num("0.05"))
	require.NoError(t, err)
	rejected, alone, bonferroni := 0, 0, 0
	for i, a := range all {
		require.Equal(t, p[i], a.P)
		if a.Rejected {
			rejected++
		}
		if a.P.Cmp(num("0.05")) <= 0 {
			alone++
		}
		if a.P.Cmp(num("1/300")) <= 0 {
			bonferroni++
		}
	}
	require.Equal(t, []int{4, 9, 3}, []int{rejected, alone, bonferroni})
	near(t, "0.0015", all[0].Adjusted)
	near(t, "0.035625", all[3].Adjusted)
	near(t, "0.060300", all[4].Adjusted)
}

func TestBenjaminiHochbergEdges(t *testing.T) {
	all, err := stats.BenjaminiHochberg(series("0.04 - 0.01 0.04 -"), num("0.04"))
	require.NoError(t, err)
	require.Equal(t, stats.Adjusted{}, all[1], "no test isn't one, and is no p of 0 or 1")
	require.Equal(t, stats.Adjusted{}, all[4])
	require.Equal(t, "0.03", all[2].Adjusted.FloatString(2), "three tests, not five")
	require.Equal(t, all[0], all[3], "equal values alike")
	require.True(t, all[0].Rejected, "on the level is rejected")

	none, err := stats.BenjaminiHochberg(nil, num("0.05"))
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = stats.BenjaminiHochberg(series("0.5 1.5"), num("0.05"))
	field(t, "p[1]", err)
	_, err = stats.BenjaminiHochberg(series("0.5"), num("5"))
	field(t, "level", err)
	_, err = stats.BenjaminiHochberg(make([]*big.Rat, stats.MaxTests+1), num("0.05"))
	field(t, "p", err)
}

// Rejected are the k least, k being the greatest with p_(k) ≤ k·q/m.
func TestBenjaminiHochbergStepsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Int64Range(0, 200), 0, 30).Draw(t, "p")
		level := rapid.Int64Range(0, 200).Draw(t, "level")
		var p []*big.Rat
		for _, v := range raw {
			p = append(p, big.NewRat(v, 200))
		}
		all, err := stats.BenjaminiHochberg(p, big.NewRat(level, 200))
		require.NoError(t, err)
		sorted := slices.Sorted(slices.Values(raw))
		last := int64(-1)
		for i, v := range sorted {
			if v*int64(len(raw)) <= int64(i+1)*level {
				last = v
			}
		}
		for i, a := range all {
			require.Equal(t, raw[i] <= last, a.Rejected)
			require.GreaterOrEqual(t, a.Adjusted.Cmp(a.P), 0)
			require.LessOrEqual(t, a.Adjusted.Cmp(big.NewRat(1, 1)), 0)
			// The adjusted value is the level at which it begins to be rejected.
			at, err := stats.BenjaminiHochberg(p, a.Adjusted)
			require.NoError(t, err)
			require.True(t, at[i].Rejected)
			if a.Adjusted.Sign() > 0 {
				below, err := stats.BenjaminiHochberg(p, new(big.Rat).Mul(a.Adjusted, big.NewRat(999999, 1000000)))
				require.NoError(t, err)
				require.False(t, below[i].Rejected)
			}
		}
	})
}
