package availabilityreview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/stats"
	"turnus/itsm/uptime"
)

// past are reports of months that end before 2026-06, the oldest first, with these
// figures; an empty one is a report that says nothing.
func past(f availabilityreview.Frozen, figures ...string) (list []availabilityreview.Past) {
	periods, err := availabilityreview.Earlier(f.Period)
	if err != nil {
		panic(err)
	}
	for i, s := range figures {
		t := availabilityreview.PastTarget{Agreement: "shop-sla", Name: "t1", Attain: "99.8", Rules: f.Rules("shop-sla", "t1")}
		if s != "" {
			t.Availability = &s
		}
		list = append(list, availabilityreview.Past{Period: periods[len(periods)-len(figures)+i], Targets: []availabilityreview.PastTarget{t}})
	}
	return list
}

func TestTrend(t *testing.T) {
	f := frozen(t, "2026-06", `{}`)
	require.Nil(t, only(t, derive(t, f, data{})).Trend, "no earlier report")

	f.History = past(f, "99.9", "99.95", "", "99.9", "99.8", "99.9", "99.85", "99.9", "99.9", "99.85", "99.9", "99.95")
	d := data{outages: []uptime.Outage{out("2026-06-10 10:00", "2026-06-12 10:00")}}
	x := only(t, derive(t, f, d)).Trend
	require.Len(t, x.Points, 13)
	require.Equal(t, []any{"2025-06", "2026-06"}, []any{x.Points[0].Period, x.Points[12].Period})
	require.Nil(t, x.Points[2].Availability, "a gap")
	require.Equal(t, "93.333333", pct(x.Points[12].Availability))
	require.Zero(t, x.Since)
	require.Equal(t, []int{11, 12}, []int{x.Baseline.N, x.Kendall.N}, "this month isn't part of the baseline")
	require.Equal(t, stats.Outside, x.Chart.Signals[0].Rule)
	require.Equal(t, []int{12}, x.Chart.Signals[0].Points)
	require.Equal(t, stats.NoTrend, x.Label)

	// Other rules break the line.
	for i := range 6 {
		f.History[i].Targets[0].Rules = "others"
	}
	x = only(t, derive(t, f, d)).Trend
	require.Equal(t, 6, x.Since)
	require.Equal(t, []bool{false, true, false}, []bool{x.Points[5].Break, x.Points[6].Break, x.Points[7].Break})
	require.Equal(t, []int{7}, []int{x.Kendall.N})
	require.Nil(t, x.Chart, "too few for a baseline")
	require.Equal(t, stats.Unlabelled, x.Label)

	// A month that isn't over is part of no line.
	f.Provisional, f.AsOf = true, at("2026-06-20 00:00")
	require.Len(t, only(t, derive(t, f, d)).Trend.Points, 12)
	f.History[0].Targets[0].Availability = new("1e999999999")
	require.NotPanics(t, func() { derive(t, f, d) })
}

// Rules say what is measured, and nothing else.
func TestRules(t *testing.T) {
	rules := func(target string) string { return frozen(t, "2026-06", target).Rules("shop-sla", "t1") }
	same := rules(`{}`)
	require.Len(t, same, 64)
	for _, target := range []string{`{"attain":99}`, `{"availability":{"coverage":80}}`, `{"availability":{"population":7}}`, `{"availability":{"counts":"outages"}}`} {
		require.Equal(t, same, rules(target), target)
	}
	for _, target := range []string{`{"calendar":"office"}`, `{"availability":{"component":"web"}}`, `{"availability":{"maintenance":"excused"}}`, `{"availability":{"notice":"PT1H"}}`,
		`{"availability":{"probes":{"every":"PT1M"}}}`, `{"availability":{"degraded":true}}`} {
		require.NotEqual(t, same, rules(target), target)
	}
	require.Empty(t, frozen(t, "2026-06", `{}`).Rules("shop-sla", "other"))
	require.Empty(t, frozen(t, "2026-06", `{}`).Rules("other", "t1"))
}

func TestEarlier(t *testing.T) {
	e, err := availabilityreview.Earlier("2026-Q2")
	require.NoError(t, err)
	require.Len(t, e, availabilityreview.MaxHistory)
	require.Equal(t, []string{"2023-Q2", "2026-Q1"}, []string{e[0], e[11]})
	_, err = availabilityreview.Earlier("soon")
	require.Error(t, err)
}
