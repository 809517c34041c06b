package stats_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

// ruler is a baseline with its centre at 0 and its limits at 3, so that a
// value is its own number of sigmas.
var ruler = stats.XmR{N: 8, Mean: new(big.Rat), MeanRange: big.NewRat(300, 266)}

func TestSignals(t *testing.T) {
	up, down := stats.Up, stats.Down
	for _, c := range []struct {
		name, points string
		want         []stats.Signal
	}{
		{"nothing", "1 -1 0 2 -2 1", nil},
		{"on the limit is inside", "3 -3", nil},
		{"outside", "0 3.01 0 0 -3.01", []stats.Signal{{stats.Outside, up, []int{1}}, {stats.Outside, down, []int{4}}}},
		{"seven on a side", "1 1 1 1 1 1 1 -1", nil},
		{"eight on a side", "-1 1 1 1 1 1 1 1 1 -1", []stats.Signal{{stats.OneSide, up, []int{1, 2, 3, 4, 5, 6, 7, 8}}}},
		{"nine are one signal", "-1 -1 -1 -1 -1 -1 -1 -1 -1", []stats.Signal{{stats.OneSide, down, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}}}},
		{"the centre line ends a row", "1 1 1 1 0 1 1 1 1", nil},
		{"a gap ends a row", "1 1 1 1 - 1 1 1 1", nil},
		{"five rising", "-1 -0.5 0 0.5 1 1", nil},
		{"six rising", "1 -1 -0.5 0 0.5 1 1.5 1", []stats.Signal{{stats.Steady, up, []int{1, 2, 3, 4, 5, 6}}}},
		{"six falling", "1.5 1 0.5 0 -0.5 -1", []stats.Signal{{stats.Steady, down, []int{0, 1, 2, 3, 4, 5}}}},
		{"an equal one ends it", "-1 -0.5 0 0 0.5 1 1.5", nil},
		{"a gap ends it", "-1 -0.5 0 - 0.5 1 1.5", nil},
		{"two sigma is inside", "2 2 2", nil},
		{"two of three, neighbours", "0 2.5 2.5 0", []stats.Signal{{stats.TwoOfThree, up, []int{1, 2}}}},
		{"two of three, one between", "-2.5 0 -2.5 0", []stats.Signal{{stats.TwoOfThree, down, []int{0, 2}}}},
		{"two of four", "2.5 0 0 2.5", nil},
		{"on two sides", "2.5 -2.5", nil},
		{"a gap between", "2.5 - 2.5", nil},
		{"joined", "2.5 2.5 0 2.5 0 0 2.5", []stats.Signal{{stats.TwoOfThree, up, []int{0, 1, 3}}}},
		{"both sides at once", "2.5 -2.5 2.5 -2.5", []stats.Signal{{stats.TwoOfThree, up, []int{0, 2}}, {stats.TwoOfThree, down, []int{1, 3}}}},
		{"by rule, then in time", "2.5 4 0 0 4", []stats.Signal{{stats.Outside, up, []int{1}}, {stats.Outside, up, []int{4}}, {stats.TwoOfThree, up, []int{0, 1}}}},
		{"no points", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			chart, err := ruler.Chart(series(c.points), stats.Natural{})
			require.NoError(t, err)
			if c.want == nil {
				c.want = []stats.Signal{}
			}
			require.Equal(t, c.want, chart.Signals)
			for _, s := range chart.Signals {
				require.NotEmpty(t, s.Rule.Title().De)
			}
		})
	}
}

// windows finds the points of all stretches of a width that hold.
func windows(n, width int, holds func(i int) []int) []int {
	var all []int
	for i := 0; i+width <= n; i++ {
		all = append(all, holds(i)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The signals hold the same points as looking through every window.
func TestSignalsAgreeWithWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := values(0, 40, true).Draw(t, "points")
		if rapid.Bool().Draw(t, "drifting") { // else long rows are rare
			for i, v := range s {
				if v != nil {
					s[i] = new(big.Rat).Add(big.NewRat(v.Num().Int64()/3, 1), big.NewRat(int64(i-10), 5))
				}
			}
		}
		chart, err := ruler.Chart(s, stats.Natural{})
		require.NoError(t, err)
		got := map[stats.Rule]map[stats.Direction][]int{}
		for _, x := range chart.Signals {
			if got[x.Rule] == nil {
				got[x.Rule] = map[stats.Direction][]int{}
			}
			got[x.Rule][x.Direction] = append(got[x.Rule][x.Direction], x.Points...)
		}
		// Nothing is known before and after, as in gaps.
		padded := slices.Concat(stats.Series{nil}, s, stats.Series{nil})
		for d, sign := range map[stats.Direction]float64{stats.Up: 1, stats.Down: -1} {
			at := func(i int) (float64, bool) {
				if padded[i] == nil {
					return 0, false
				}
				return sign * float(padded[i]), true
			}
			row := func(width int, holds func(i, first int) bool) []int {
				return windows(len(padded), width, func(i int) (p []int) {
					for j := i; j < i+width; j++ {
						if _, known := at(j); !known || !holds(j, i) {
							return nil
						}
						p = append(p, j-1)
					}
					return p
				})
			}
			require.Equal(t, row(1, func(j, _ int) bool { v, _ := at(j); return v > 3 }), got[stats.Outside][d])
			require.Equal(t, row(8, func(j, _ int) bool { v, _ := at(j); return v > 0 }), got[stats.OneSide][d])
			require.Equal(t, row(6, func(j, first int) bool {
				v, _ := at(j)
				before, _ := at(max(j-1, 0))
				return j == first || v > before
			}), got[stats.Steady][d])
			require.Equal(t, windows(len(padded), 3, func(i int) (p []int) {
				if _, known := at(i + 1); !known {
					return nil
				}
				for j := i; j < i+3; j++ {
					if v, _ := at(j); v > 2 {
						p = append(p, j-1)
					}
				}
				if len(p) < 2 {
					return nil
				}
				return p
			}), got[stats.TwoOfThree][d])
		}
	})
}
