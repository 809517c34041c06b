package stats_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/stats"
)

func lifetimes(ended, open []int64) (all []stats.Lifetime) {
	for _, n := range ended {
		all = append(all, stats.Lifetime{Length: n})
	}
	for _, n := range open {
		all = append(all, stats.Lifetime{Length: n, Open: true})
	}
	return all
}

func TestKaplanMeierV15(t *testing.T) {
	in := lifetimes([]int64{5, 10, 20}, []int64{15, 40, 40})
	before := slices.Clone(in)
	s, err := stats.KaplanMeier(in)
	require.NoError(t, err)
	require.Equal(t, before, in)
	require.Equal(t, "5/6", s.After(5).RatString())
	require.Equal(t, "2/3", s.After(10).RatString())
	require.Equal(t, "4/9", s.After(20).RatString())
	near(t, "0.833333", s.After(9))
	near(t, "0.666667", s.After(19))
	near(t, "0.444444", s.After(40))
	near(t, "1.000000", s.After(4))
	require.Equal(t, int64(20), *s.Median())
	// The mean of those that are closed would be 11.666667.
	require.NotEqual(t, int64(12), *s.Median())

	b, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, `{"n":6,"ended":3,"steps":[{"at":5,"at_risk":6,"ended":1},{"at":10,"at_risk":5,"ended":1},{"at":20,"at_risk":3,"ended":1}]}`, string(b))
}

func TestKaplanMeierAtItsEdges(t *testing.T) {
	for _, c := range []struct {
		name        string
		ended, open []int64
		median      int64 // -1: not reached
		after       map[int64]string
	}{
		{"nothing", nil, nil, -1, map[int64]string{0: "n/a"}},
		{"all open", nil, []int64{0, 3, 9}, -1, map[int64]string{0: "1", 9: "1", 100: "1"}},
		{"one, at once", []int64{0}, nil, 0, map[int64]string{0: "0"}},
		{"half at once", []int64{0, 0}, []int64{0, 7}, 0, map[int64]string{0: "1/2"}},
		{"exactly a half", []int64{4}, []int64{8}, 4, map[int64]string{3: "1", 4: "1/2"}},
		{"a little more than a half goes on", []int64{4, 5}, []int64{8, 8, 8}, -1, map[int64]string{5: "3/5"}},
		{"several at one length", []int64{7, 7, 7, 2}, nil, 7, map[int64]string{2: "3/4", 7: "0"}},
		{"open at the very length at which one ends is at risk then", []int64{6}, []int64{6, 6}, -1, map[int64]string{6: "2/3"}},
		{"open before is not", []int64{6}, []int64{5, 5}, 6, map[int64]string{5: "1", 6: "0"}},
	} {
		s, err := stats.KaplanMeier(lifetimes(c.ended, c.open))
		require.NoError(t, err, c.name)
		require.Equal(t, int64(len(c.ended)), s.Ended, c.name)
		require.Equal(t, int64(len(c.ended)+len(c.open)), s.N, c.name)
		require.NotNil(t, s.Steps, c.name)
		if c.median < 0 {
			require.Nil(t, s.Median(), c.name)
		} else {
			require.Equal(t, c.median, *s.Median(), c.name)
		}
		for at, want := range c.after {
			if want == "n/a" {
				require.Nil(t, s.After(at), c.name)
				continue
			}
			require.Equal(t, want, s.After(at).RatString(), "%s, after %d", c.name, at)
		}
	}
}

func TestKaplanMeierRefuses(t *testing.T) {
	_, err := stats.KaplanMeier([]stats.Lifetime{{Length: 3}, {Length: -1, Open: true}})
	field(t, "lifetimes[1]", err)
	_, err = stats.KaplanMeier(make([]stats.Lifetime, stats.MaxHistory+1))
	field(t, "lifetimes", err)
	all := make([]stats.Lifetime, stats.MaxHistory)
	for i := range all {
		all[i] = stats.Lifetime{Length: int64(i), Open: i%3 == 0}
	}
	s, err := stats.KaplanMeier(all)
	require.NoError(t, err)
	require.NotNil(t, s.Median(), "as many as there may be, at as many lengths")
}

// oracle follows the share from one length to the next, as the paper defines
// it, without sorting anything.
func oracle(all []stats.Lifetime, after int64) *big.Rat {
	share := big.NewRat(1, 1)
	for at := int64(0); at <= after; at++ {
		var risk, ended int64
		for _, l := range all {
			if l.Length >= at {
				risk++
			}
			if l.Length == at && !l.Open {
				ended++
			}
		}
		if risk > 0 {
			share.Mul(share, big.NewRat(risk-ended, risk))
		}
	}
	return share
}

func TestKaplanMeierAgreesWithItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Lifetime {
			return stats.Lifetime{Length: rapid.Int64Range(0, 12).Draw(t, "length"), Open: rapid.Bool().Draw(t, "open")}
		}), 1, 30).Draw(t, "lifetimes")
		s, err := stats.KaplanMeier(all)
		require.NoError(t, err)
		var median *int64
		for at := int64(0); at <= 13; at++ {
			want := oracle(all, at)
			require.Equal(t, want.RatString(), s.After(at).RatString())
			if median == nil && want.Cmp(big.NewRat(1, 2)) <= 0 {
				median = &at
			}
		}
		require.Equal(t, median, s.Median())

		// Without open ones it is the plain share, and the percentile 50.
		var lengths []int64
		for i := range all {
			all[i].Open = false
			lengths = append(lengths, all[i].Length)
		}
		s, err = stats.KaplanMeier(all)
		require.NoError(t, err)
		within := stats.SortSample(lengths).Within(6)
		require.Equal(t, big.NewRat(within.N-within.K, within.N).RatString(), s.After(6).RatString())
		half, err := stats.SortSample(lengths).Percentile(big.NewRat(1, 2))
		require.NoError(t, err)
		require.Equal(t, *half, *s.Median())
	})
}
