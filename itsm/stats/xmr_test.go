package stats_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

var percent = stats.Natural{Low: new(big.Rat), High: big.NewRat(100, 1)}

func TestXmRV19(t *testing.T) {
	baseline := series("96 94 97 95 93 96 95 94")
	x, err := stats.NewXmR(baseline)
	require.NoError(t, err)
	require.Equal(t, "95", x.Mean.RatString())
	require.Equal(t, "2", x.MeanRange.RatString())

	c, err := x.Chart(append(baseline, num("88")), percent)
	require.NoError(t, err)
	last := c.Points[8]
	near(t, "89.68", last.Limits.Lower)
	near(t, "100.32", last.Limits.Upper)
	near(t, "89.68", last.Limits.LowerShown)
	require.Equal(t, "100", last.Limits.UpperShown.RatString())
	near(t, "6.536", c.Range.Upper)
	require.Equal(t, "6", last.Range.RatString())
	require.False(t, last.RangeOutside, "its moving range 6 is inside")
	require.Equal(t, []stats.Signal{{Rule: stats.Outside, Direction: stats.Down, Points: []int{8}}}, c.Signals)
	require.Equal(t, c.Points[0].Limits, last.Limits, "the baseline is frozen: a shift doesn't widen it")

	// Three standard deviations of all points would give 91.072078, and of the
	// points with the new one wider limits still.
	var sum, squares float64
	for _, v := range baseline {
		sum += float(v)
		squares += float(v) * float(v)
	}
	naive := sum/8 - 3*math.Sqrt((squares-sum*sum/8)/7)
	require.InDelta(t, 91.072078, naive, 1e-6)
	require.Greater(t, math.Abs(float(last.Limits.Lower)-naive), 1.0)

	b, err := json.Marshal(c.Points[8])
	require.NoError(t, err)
	require.Equal(t, `{"value":"88","limits":{"lower":"2242/25","upper":"2508/25","lower_shown":"2242/25","upper_shown":"100"},"range":"6"}`, string(b))
}

func TestBaselineIsKeptAsJSON(t *testing.T) {
	x, err := stats.NewXmR(series("96 94 97.7 95 93 96 95 94 1/3"))
	require.NoError(t, err)
	b, err := json.Marshal(x)
	require.NoError(t, err)
	var back stats.XmR
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, x, back)

	_, err = stats.XmR{}.Chart(nil, percent)
	field(t, "baseline", err)
	_, err = stats.XmR{N: 8, Mean: num("1"), MeanRange: num("-1")}.Chart(nil, percent)
	field(t, "baseline", err)
}

func TestBaselinesTooShort(t *testing.T) {
	for s, ok := range map[string]bool{
		"1 2 3 4 5 6 7":           false,
		"1 2 3 4 5 6 7 8":         true,
		"1 2 3 4 - 5 6 7 8":       false, // 6 ranges
		"1 2 3 4 - 5 6 7 8 9":     true,
		"1 - 2 - 3 - 4 - 5 - 6 -": false,
		"":                        false,
	} {
		_, err := stats.NewXmR(series(s))
		if ok {
			require.NoError(t, err, s)
			continue
		}
		field(t, "baseline", err)
	}
}

func TestGapsHaveNoRange(t *testing.T) {
	x, err := stats.NewXmR(series("96 94 - 97 95 93 96 95 94 94"))
	require.NoError(t, err)
	require.Equal(t, 9, x.N)
	near(t, "94.888889", x.Mean)
	require.Equal(t, "11/7", x.MeanRange.RatString(), "2 before the gap, then 2, 2, 3, 1, 1 and 0")

	c, err := x.Chart(series("95 - 95"), percent)
	require.NoError(t, err)
	require.Nil(t, c.Points[1].Value)
	require.Nil(t, c.Points[1].Range)
	require.Nil(t, c.Points[2].Range)
	require.Empty(t, c.Signals, "a gap isn't 0, which would be far outside")
}

func TestFlatBaseline(t *testing.T) {
	x, err := stats.NewXmR(series("100 100 100 100 100 100 100 100"))
	require.NoError(t, err)
	c, err := x.Chart(series("100 99.9 100 50"), percent)
	require.NoError(t, err)
	require.True(t, c.Flat)
	require.Empty(t, c.Signals, "without variation nothing tells chance from change")
	for _, p := range c.Points {
		require.Nil(t, p.Limits)
		require.False(t, p.RangeOutside)
	}
	c, err = x.Chart(series("99 98 99 98 99 98 99 98"), percent)
	require.NoError(t, err)
	require.Len(t, c.Signals, 1)
	require.Equal(t, stats.OneSide, c.Signals[0].Rule)
}

func TestRangeOutside(t *testing.T) {
	c, err := ruler.Chart(series("0 2.9 -2.9 0"), stats.Natural{})
	require.NoError(t, err)
	require.Equal(t, []bool{false, false, true, false}, []bool{
		c.Points[0].RangeOutside, c.Points[1].RangeOutside, c.Points[2].RangeOutside, c.Points[3].RangeOutside})
	require.Equal(t, []stats.Signal{}, c.Signals)
}

func TestNaturalBounds(t *testing.T) {
	_, err := ruler.Chart(nil, stats.Natural{Low: num("1"), High: num("1")})
	field(t, "natural", err)
	c, err := ruler.Chart(series("1"), stats.Natural{Low: num("-1")})
	require.NoError(t, err)
	require.Equal(t, "-1", c.Points[0].Limits.LowerShown.RatString())
	require.Equal(t, "3", c.Points[0].Limits.UpperShown.RatString())
	require.Equal(t, "-3", c.Points[0].Limits.Lower.RatString(), "what is judged stays")
}

func TestXmRAgreesWithFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := values(8, 40, true).Draw(t, "baseline")
		before, _ := json.Marshal(s)
		x, err := stats.NewXmR(s)
		after, _ := json.Marshal(s)
		require.Equal(t, before, after, "the input stays as it is")
		var sum, n, moving, m float64
		for i, v := range s {
			if v == nil {
				continue
			}
			sum += float(v)
			n++
			if i > 0 && s[i-1] != nil {
				moving += math.Abs(float(v) - float(s[i-1]))
				m++
			}
		}
		if n < 8 || m < 7 {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.InDelta(t, sum/n, float(x.Mean), 1e-9)
		require.InDelta(t, moving/m, float(x.MeanRange), 1e-9)
		c, err := x.Chart(s, stats.Natural{})
		require.NoError(t, err)
		for i, p := range c.Points {
			require.Equal(t, s[i] == nil, p.Value == nil)
			if !c.Flat {
				require.InDelta(t, sum/n-2.66*moving/m, float(p.Limits.Lower), 1e-9)
				require.InDelta(t, sum/n+2.66*moving/m, float(p.Limits.Upper), 1e-9)
			}
		}
	})
}

// FuzzSeries takes bytes for values, gaps and where the baseline ends.
func FuzzSeries(f *testing.F) {
	f.Add([]byte("`^a_]`_^X"), 8)
	f.Add([]byte{255, 0, 255, 1, 1, 1, 1, 1, 1, 1, 1, 9}, 11)
	f.Fuzz(func(t *testing.T, raw []byte, end int) {
		s := stats.Series{}
		for i, b := range raw {
			if b == 255 {
				s = append(s, nil)
				continue
			}
			s = append(s, big.NewRat(int64(b)-100, int64(i%7+1)))
		}
		end = min(max(end, 0), len(s))
		k, err := stats.MannKendall(s)
		if len(s) > stats.MaxPoints {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
			require.Equal(t, s.Values() > 1, k.P() != nil)
			require.LessOrEqual(t, k.S*k.S, k.N*k.N*(k.N-1)*(k.N-1)/4)
		}
		if x, err := stats.NewXmR(s[:end]); err == nil {
			if c, err := x.Chart(s, percent); err == nil {
				require.Len(t, c.Points, len(s))
				for _, g := range c.Signals {
					for _, i := range g.Points {
						require.NotNil(t, c.Points[i].Value)
					}
				}
			}
		}
		_, err = stats.Measure(s[:end], s, s, end)
		require.Equal(t, end < 1, err != nil)
	})
}
