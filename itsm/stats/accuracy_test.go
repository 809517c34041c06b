package stats_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

func TestAccuracyV18(t *testing.T) {
	a, err := stats.Measure(series("10 12 11 13"), series("14 0"), series("13 1"), 1)
	require.NoError(t, err)
	require.Equal(t, 2, a.N)
	require.Equal(t, "1", a.MAE.RatString())
	require.Equal(t, "3/5", a.MASE.RatString())
	near(t, "103.703704", a.SMAPE)
	require.Nil(t, a.MAPE, "undefined: an actual value is 0")
	require.Equal(t, "0", a.Bias.RatString())
}

func TestAccuracyEdges(t *testing.T) {
	flat, err := stats.Measure(series("5 5 5"), series("5 6"), series("5 5"), 1)
	require.NoError(t, err)
	require.Nil(t, flat.MASE, "a flat history has no naive error to compare with")
	require.Equal(t, "1/2", flat.MAE.RatString())
	near(t, "8.333333", flat.MAPE)

	both, err := stats.Measure(nil, series("0"), series("0"), 1)
	require.NoError(t, err)
	require.Equal(t, "0", both.SMAPE.RatString(), "0/0 is 0 here, by definition")
	require.Nil(t, both.MAPE)

	gaps, err := stats.Measure(series("1 - 3 9"), series("4 - 8"), series("2 7 -"), 1)
	require.NoError(t, err)
	require.Equal(t, 1, gaps.N, "only steps that both know")
	require.Equal(t, "2", gaps.MAE.RatString())
	require.Equal(t, "1/3", gaps.MASE.RatString(), "3 to 9 is the only pair of neighbours")
	require.Equal(t, "2", gaps.Bias.RatString())

	season, err := stats.Measure(series("1 10 2 12"), series("4"), series("1"), 2)
	require.NoError(t, err)
	require.Equal(t, "2", season.MASE.RatString(), "3 over the mean of 1 and 2")

	none, err := stats.Measure(series("1 2"), nil, nil, 1)
	require.NoError(t, err)
	require.Equal(t, stats.Accuracy{}, none)

	_, err = stats.Measure(nil, series("1"), nil, 1)
	field(t, "forecast", err)
	_, err = stats.Measure(nil, nil, nil, 0)
	field(t, "season", err)
	_, err = stats.Measure(make(stats.Series, stats.MaxHistory+1), nil, nil, 1)
	field(t, "history", err)
}

func TestAccuracyAgreesWithFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := values(2, 40, true).Draw(t, "values")
		half := len(s) / 2
		y, f := s[:half], s[half:2*half]
		a, err := stats.Measure(s, y, f, 1)
		require.NoError(t, err)
		var n, abs, sym float64
		for i := range y {
			if y[i] == nil || f[i] == nil {
				continue
			}
			n++
			e := math.Abs(float(y[i]) - float(f[i]))
			abs += e
			if e > 0 {
				sym += 200 * e / (math.Abs(float(y[i])) + math.Abs(float(f[i])))
			}
		}
		require.Equal(t, int(n), a.N)
		if n == 0 {
			require.Nil(t, a.MAE)
			return
		}
		require.InDelta(t, abs/n, float(a.MAE), 1e-9)
		require.InDelta(t, sym/n, float(a.SMAPE), 1e-9)
	})
}

// Numbers that would make the work unbounded are refused.
func TestLongNumbersAreRefused(t *testing.T) {
	long := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 129))
	_, err := stats.MannKendall(stats.Series{nil, long})
	field(t, "series[1]", err)

	apart := make(stats.Series, 400)
	for i := range apart {
		// Odd denominators of 64 bits, with next to nothing in common.
		apart[i] = new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).SetUint64(math.MaxUint64-2*uint64(i)))
	}
	_, err = stats.NewXmR(apart)
	field(t, "baseline", err)

	counts := make(stats.Series, 10_000)
	for i := range counts {
		counts[i] = big.NewRat(1, 10_000-int64(i))
	}
	_, err = stats.Measure(counts, nil, nil, 1)
	require.NoError(t, err, "shares of counts up to 10,000 have a common denominator")

	// What denominators share counts once: here 2^50.
	var alike stats.Series
	for n := int64(2); len(alike) < stats.MaxPoints; n++ {
		if big.NewInt(n).ProbablyPrime(0) {
			alike = append(alike, big.NewRat(1, n<<50))
		}
	}
	_, err = stats.NewXmR(alike)
	require.NoError(t, err)
}
