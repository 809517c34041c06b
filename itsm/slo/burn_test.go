package slo_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/fault"
	"turnus/itsm/slo"
)

// The rules have burnt 2 %, 5 % and 10 % of 30 days when they fire.
func TestMultiWindowShares(t *testing.T) {
	for i, want := range []string{"2.000000", "5.000000", "10.000000"} {
		require.Equal(t, want, slo.MultiWindow()[i].Share(30*day).Percent())
	}
	require.Equal(t, int64(6*3600), slo.MultiWindow()[2].Short, "6 hours, not the 2 of one page (guide, section 15)")
}

// lately is three days of minutes up to 3 d: good until `since` minutes
// before the end, then with so many bad of 1000.
func lately(t *testing.T, since int, bad int64) *slo.Series {
	return seriesFrom(t, 0, 60, times(3*1440-since, counts{1000, 1000}), times(since, counts{1000 - bad, 1000}))
}

func states(all []slo.Burning) []slo.State {
	var list []slo.State
	for _, b := range all {
		list = append(list, b.State)
	}
	return list
}

func TestAlert(t *testing.T) {
	const q, f = slo.Quiet, slo.Firing
	for _, c := range []struct {
		name  string
		since int
		bad   int64 // of 1000; the budget is 1 of 1000
		end   int64 // minutes after which it is asked, from the end
		want  []slo.State
	}{
		{"all is well", 0, 0, 0, []slo.State{q, q, q}},
		{"an hour at 20 times", 60, 20, 0, []slo.State{f, q, q}},
		{"minutes at 100 times, not long enough", 5, 100, 0, []slo.State{q, q, q}},
		{"9 minutes at 100 times", 9, 100, 0, []slo.State{f, q, q}},
		{"six hours at 7 times", 360, 7, 0, []slo.State{q, f, q}},
		{"three days at 2 times", 3 * 1440, 2, 0, []slo.State{q, q, f}},
		{"a catastrophe for long", 3 * 1440, 500, 0, []slo.State{f, f, f}},
	} {
		s := lately(t, c.since, c.bad)
		fires, all, err := occurrences("0.999").Alert(s, 3*day, slo.MultiWindow(), 0)
		require.NoError(t, err)
		require.Equal(t, c.want, states(all), c.name)
		any := false
		for _, x := range c.want {
			any = any || x == f
		}
		require.Equal(t, any, fires, c.name)
	}
}

// The short window ends an alert soon after the trouble is over, though the
// long one still remembers it.
func TestBothWindowsMustExceed(t *testing.T) {
	s := seriesFrom(t, 0, 60, times(1380, counts{1000, 1000}), times(50, counts{900, 1000}), times(10, counts{1000, 1000}))
	fires, all, err := occurrences("0.999").Alert(s, day, slo.MultiWindow()[:1], 0)
	require.NoError(t, err)
	require.Positive(t, all[0].Long.Burn.Cmp(dec("14.4")))
	require.Zero(t, all[0].Short.Burn.Sign())
	require.False(t, fires, "long alone is not enough")
	// ten minutes earlier both do
	fires, _, err = occurrences("0.999").Alert(s, day-600, slo.MultiWindow()[:1], 0)
	require.NoError(t, err)
	require.True(t, fires)
}

func TestBurnExactlyAtTheRateIsQuiet(t *testing.T) {
	at := func(bad int64) slo.State {
		s := seriesFrom(t, 0, 60, times(60, counts{100_000 - bad, 100_000}))
		_, all, err := occurrences("0.999").Alert(s, 3600, slo.MultiWindow()[:1], 0)
		require.NoError(t, err)
		return all[0].State
	}
	require.Equal(t, slo.Quiet, at(1440), "14.4 · 0.001 = 0.0144; in floating point that comes out above")
	require.Equal(t, slo.Firing, at(1441))
}

// One failure of three requests is a burn rate of 333, and wakes nobody.
func TestTooFewEvents(t *testing.T) {
	s := seriesFrom(t, 0, 60, times(57, counts{}), []counts{{1, 1}, {1, 1}, {0, 1}})
	fires, all, err := occurrences("0.999").Alert(s, 3600, slo.MultiWindow(), 4)
	require.NoError(t, err)
	require.False(t, fires)
	require.Equal(t, []slo.State{slo.TooFew, slo.TooFew, slo.TooFew}, states(all))
	require.Equal(t, int64(3), all[0].Long.Events)
	require.Equal(t, "333.33333333", all[0].Long.Burn.String())
	fires, _, err = occurrences("0.999").Alert(s, 3600, slo.MultiWindow(), 3)
	require.NoError(t, err)
	require.True(t, fires)
}

func TestNoEventsAreNotQuiet(t *testing.T) {
	s := seriesFrom(t, 0, 60, times(50, counts{0, 10}), times(10, counts{}))
	fires, all, err := occurrences("0.999").Alert(s, 3600, slo.MultiWindow()[:1], 0)
	require.NoError(t, err)
	require.False(t, fires)
	require.Equal(t, slo.Unknown, all[0].State, "the short window has no events")
}

// At a target of 90 % nothing burns 14.4 times too fast, even if all is bad.
func TestUnreachableRules(t *testing.T) {
	s := seriesFrom(t, 0, 60, times(4320, counts{0, 10}))
	fires, all, err := occurrences("0.9").Alert(s, 3*day, slo.MultiWindow(), 0)
	require.NoError(t, err)
	require.True(t, fires)
	require.Equal(t, []slo.State{slo.Unreachable, slo.Firing, slo.Firing}, states(all))
}

func TestAlertRefusesRules(t *testing.T) {
	s := seriesFrom(t, 0, 60, times(10, counts{1, 1}))
	for _, r := range []slo.BurnRule{{}, {Burn: dec("1"), Long: 60, Short: 60}, {Burn: dec("-1"), Long: 120, Short: 60}, {Burn: dec("1"), Long: 120}} {
		_, _, err := occurrences("0.9").Alert(s, 600, []slo.BurnRule{slo.MultiWindow()[0], r}, 0)
		require.True(t, fault.Is(err, fault.Invalid))
		require.Equal(t, "rules[1]", fault.As(err).Field)
	}
}

// More bad events never end an alert.
func TestAlertsAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var better, worse []counts
		for range 120 {
			bad := rapid.Int64Range(0, 30).Draw(t, "bad")
			better = append(better, counts{1000 - bad, 1000})
			worse = append(worse, counts{1000 - bad - rapid.Int64Range(0, 5).Draw(t, "more"), 1000})
		}
		rules := []slo.BurnRule{{Burn: dec("10"), Long: 3600, Short: 300}, {Burn: dec("2"), Long: 7200, Short: 1800}}
		a, _, err := occurrences("0.999").Alert(seriesFrom(t, 0, 60, better), 7200, rules, 0)
		require.NoError(t, err)
		b, _, err := occurrences("0.999").Alert(seriesFrom(t, 0, 60, worse), 7200, rules, 0)
		require.NoError(t, err)
		require.True(t, b || !a)
	})
}
