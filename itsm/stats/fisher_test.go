package stats_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

// By hand: of the tables with the same rows and columns, those no likelier.
func TestFisher(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after stats.Proportion
		p             string // exact
	}{
		// Fisher's tea: 70 tables, of which one has 4 and one has 0 right, and 16 each have 3 and 1.
		{"all cups told apart", stats.Proportion{K: 4, N: 4}, stats.Proportion{K: 0, N: 4}, "2/70"},
		{"three of four cups", stats.Proportion{K: 3, N: 4}, stats.Proportion{K: 1, N: 4}, "34/70"},
		{"no difference", stats.Proportion{K: 2, N: 4}, stats.Proportion{K: 2, N: 4}, "1"},
		// C(12,x)·C(12,10−x) of C(24,10) = 1961256: 12·C(12,9) = 2640 for x = 1 and for x = 9, 66 for x = 0 and for x = 10.
		{"1 of 12 and 9 of 12", stats.Proportion{K: 1, N: 12}, stats.Proportion{K: 9, N: 12}, "5412/1961256"},
		// One side has no table as unlikely: C(3,x)·C(7,2−x) of 45 is 21, 21, 3.
		{"uneven", stats.Proportion{K: 2, N: 3}, stats.Proportion{K: 0, N: 7}, "3/45"},
		// The likeliest of 21, 21, 3: two are as likely, so that all three count.
		{"equally likely", stats.Proportion{K: 1, N: 3}, stats.Proportion{K: 1, N: 7}, "1"},
		{"all met", stats.Proportion{K: 5, N: 5}, stats.Proportion{K: 9, N: 9}, "1"},
		{"none met", stats.Proportion{K: 0, N: 5}, stats.Proportion{K: 0, N: 9}, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := stats.FisherTest(c.before, c.after)
			require.NoError(t, err)
			require.True(t, f.Exact)
			require.Equal(t, num(c.p).RatString(), f.P.RatString())
		})
	}
	for _, none := range [][2]stats.Proportion{{{}, {K: 1, N: 2}}, {{K: 1, N: 2}, {}}} {
		f, err := stats.FisherTest(none[0], none[1])
		require.NoError(t, err)
		require.Nil(t, f.P, "no cases, no test")
	}
	for at, bad := range map[string][2]stats.Proportion{"before.k": {{K: 3, N: 2}, {K: 1, N: 2}}, "after.n": {{K: 1, N: 2}, {K: 1, N: 2e15}}} {
		_, err := stats.FisherTest(bad[0], bad[1])
		field(t, at, err)
	}
}

// inAllWays counts over all ways to choose which cases are counted, the
// probability of each number that falls to the first proportion, and adds up
// those no likelier than what was observed.
func inAllWays(before, after stats.Proportion) *big.Rat {
	n := before.N + after.N
	ways, all := map[int64]int64{}, int64(0)
	for set := range int64(1) << n {
		var first, counted int64
		for i := range n {
			if set>>i&1 == 1 {
				if counted++; i < before.N {
					first++
				}
			}
		}
		if counted == before.K+after.K {
			ways[first]++
			all++
		}
	}
	var far int64
	for _, w := range ways {
		if w <= ways[before.K] {
			far += w
		}
	}
	return big.NewRat(far, all)
}

// proportions draws two of up to so many cases each.
func proportions(t *rapid.T, most int64) (before, after stats.Proportion) {
	draw := func(name string) stats.Proportion {
		n := rapid.Int64Range(1, most).Draw(t, name+" n")
		return stats.Proportion{K: rapid.Int64Range(0, n).Draw(t, name+" k"), N: n}
	}
	return draw("before"), draw("after")
}

func TestFisherAgreesWithAllWaysToChoose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := proportions(t, 6)
		f, err := stats.FisherTest(before, after)
		require.NoError(t, err)
		require.Equal(t, inAllWays(before, after).RatString(), f.P.RatString())
	})
}

// P is the same whichever comes first, and whether what was met is counted or
// what was breached.
func TestFisherIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := proportions(t, 300)
		rest := func(p stats.Proportion) stats.Proportion { return stats.Proportion{K: p.N - p.K, N: p.N} }
		f, err := stats.FisherTest(before, after)
		require.NoError(t, err)
		for _, same := range [][2]stats.Proportion{{after, before}, {rest(before), rest(after)}, {rest(after), rest(before)}} {
			g, err := stats.FisherTest(same[0], same[1])
			require.NoError(t, err)
			require.Equal(t, f.P.RatString(), g.P.RatString())
		}
		require.Positive(t, f.P.Sign())
		require.LessOrEqual(t, f.P.Cmp(big.NewRat(1, 1)), 0)
	})
}

// Where the approximation takes over it is near what it takes the place of, and
// no count takes long.
func TestFisherOfManyCases(t *testing.T) {
	for _, c := range [][4]int64{{1020, 2000, 1100, 2200}, {1200, 2000, 1800, 3200}, {1000, 2000, 1500, 3000}} {
		exact, err := stats.FisherTest(stats.Proportion{K: c[0], N: c[1]}, stats.Proportion{K: c[2], N: c[3]})
		require.NoError(t, err)
		require.True(t, exact.Exact)
		near, err := stats.FisherTest(stats.Proportion{K: c[0] + 1, N: c[1] + 1}, stats.Proportion{K: c[2] + 1, N: c[3] + 1})
		require.NoError(t, err)
		require.False(t, near.Exact)
		require.InDelta(t, float(exact.P), float(near.P), 0.02, "%v", c)
	}
	began := time.Now()
	for _, c := range [][4]int64{{999_999_999_000, 1e12, 999_999_998_900, 1e12}, {1_000, 2_000, 5e14, 1e15}, {5e14, 1e15, 5e14 + 1, 1e15}} {
		f, err := stats.FisherTest(stats.Proportion{K: c[0], N: c[1]}, stats.Proportion{K: c[2], N: c[3]})
		require.NoError(t, err)
		require.LessOrEqual(t, f.P.Cmp(big.NewRat(1, 1)), 0)
	}
	require.Less(t, time.Since(began), time.Minute)
	f, err := stats.FisherTest(stats.Proportion{K: 999_999_999_990, N: 1e12}, stats.Proportion{K: 5e11, N: 1e12})
	require.NoError(t, err)
	require.Zero(t, f.P.Sign(), "less than half of the twelfth decimal")
}
