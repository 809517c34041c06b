package sla_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/sla"
	"turnus/itsm/stats"
)

// history of published months up to May 2026, each with so many of 100 met; -1
// is a month without a report.
func published(f *sla.Frozen, target string, met ...int) {
	periods, _ := sla.Earlier("2026-06")
	periods = periods[len(periods)-len(met):]
	for i, m := range met {
		if m < 0 {
			continue
		}
		p := -1
		for j := range f.History {
			if f.History[j].Period == periods[i] {
				p = j
			}
		}
		if p < 0 {
			n := int64(3000)
			f.History = append(f.History, sla.Past{Period: periods[i], Run: "sla-report/desk/" + periods[i], Version: 1,
				Agreements: []sla.PastAgreement{{Name: "desk", Opened: &n, Rules: f.Rules("desk", "")}}})
			p = len(f.History) - 1
		}
		a := &f.History[p].Agreements[0]
		a.Targets = append(a.Targets, sla.PastTarget{Name: target, Met: int64(m), Decided: 100, Attain: "95", Rules: f.Rules("desk", target)})
	}
}

func study(t testing.TB, f sla.Frozen, r sla.Result) sla.Study {
	t.Helper()
	s, err := sla.StudyOf(f, r)
	require.NoError(t, err)
	return s
}

func TestFirstReportHasNoTrend(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	s := study(t, f, derive(t, f, met("1", 3, 1)...))
	x := s.Targets[0]
	require.Equal(t, stats.TooShort, x.Trend)
	require.Equal(t, []string{"2026-06"}, x.Line.Periods)
	require.Nil(t, x.Chart)
	require.Equal(t, []string{"0.300642", "0.954413"}, []string{x.Wilson.Low.FloatString(6), x.Wilson.High.FloatString(6)}, "V07: 3 of 4")
	require.Equal(t, stats.Indistinct, x.Remark, "75 % against 95 %: missed, and not distinguishable")
	require.Zero(t, x.Misses, "with 4 one miss is enough")

	x = study(t, f, derive(t, f)).Targets[0]
	require.Nil(t, x.Wilson)
	require.Equal(t, stats.NoCases, x.Remark)
}

// V08's series, ending with the period of the report.
func TestV08TrendOfATarget(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	periods := []string{"2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05"}
	for i, m := range []int64{999, 999, 998, 997, 997, 996, 997} {
		f.History = append(f.History, sla.Past{Period: periods[i], Agreements: []sla.PastAgreement{{Name: "desk",
			Targets: []sla.PastTarget{{Name: "p1", Met: m, Decided: 1000, Attain: "95", Rules: f.Rules("desk", "p1")}}}}})
	}
	x := study(t, f, derive(t, f, met("1", 995, 5)...)).Targets[0]
	require.Equal(t, []int{-22, 8}, []int{x.Kendall.S, x.Kendall.N})
	require.Equal(t, "0.002976", x.Kendall.P().FloatString(6))
	require.Equal(t, "-0.053571", x.Kendall.Slope.Mul(x.Kendall.Slope, stats.Ratio(100, 1)).FloatString(6))
	require.Equal(t, stats.Falling, x.Trend)
	f.History = f.History[1:]
	require.Equal(t, stats.Unlabelled, study(t, f, derive(t, f, met("1", 995, 5)...)).Targets[0].Trend, "7 values")
}

// Of many targets tested at once some look like trends by chance: a p of 0.0155
// makes one alone, and none beside nine targets that show none.
func TestTrendsAreAdjustedAcrossTheReport(t *testing.T) {
	series := []int{90, 92, 91, 93, 94, 92, 95, 93} // and 95 now
	var targets []agreement.Target
	for i := range 10 {
		targets = append(targets, weighted(fmt.Sprintf("p%d", i), "1", ""))
	}
	f := frozen("2026-06", targets[:1]...)
	published(&f, "p0", series...)
	now := met("1", 95, 5)
	alone := study(t, f, derive(t, f, now...)).Targets[0]
	require.Equal(t, stats.Rising, alone.Trend)
	require.Equal(t, "0.0155", alone.Kendall.P().FloatString(4))

	f = frozen("2026-06", targets...)
	published(&f, "p0", series...)
	for i := range 9 {
		published(&f, fmt.Sprintf("p%d", i+1), 93, 91, 94, 92, 93, 91, 94, 92)
	}
	among := study(t, f, derive(t, f, now...)).Targets[0]
	require.Equal(t, alone.Kendall.P(), among.Kendall.P())
	require.Equal(t, stats.NoTrend, among.Trend)
	require.Equal(t, 1, among.Adjusted.Adjusted.Cmp(among.Kendall.P()))
}

func TestLinesHaveGapsAndBreaks(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	published(&f, "p1", 90, -1, 91, 92)
	r := derive(t, f, met("1", 95, 5)...)
	l := study(t, f, r).Targets[0].Line
	require.Equal(t, []string{"2026-02", "2026-03", "2026-04", "2026-05", "2026-06"}, l.Periods)
	require.Equal(t, stats.Proportion{}, l.Points[1], "no report: a gap, not 0")
	require.Equal(t, []string{"95", "", "95", "95", "95"}, l.Attain)
	require.Zero(t, l.Since)

	f.History[1].Agreements[0].Targets[0].Rules = "another clock"
	x := study(t, f, r).Targets[0]
	require.Equal(t, 3, x.Line.Since, "what was measured otherwise is shown, and not compared")
	require.Equal(t, 2, x.Kendall.N)

	f.Provisional = true
	x = study(t, f, r).Targets[0]
	require.Equal(t, "2026-05", x.Line.Periods[len(x.Line.Periods)-1], "what isn't over is no point")
	require.Equal(t, 1, x.Kendall.N)
	f.History[2].Agreements[0].Targets[0].Rules = "another clock"
	x = study(t, f, r).Targets[0]
	require.Zero(t, x.Kendall.N)
}

func TestRules(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	same := f.Rules("desk", "p1")
	require.NotEmpty(t, same)
	require.Empty(t, f.Rules("desk", "p9"))
	require.Empty(t, f.Rules("lost", ""))
	change := func(do func(*agreement.Target)) string {
		x := weighted("p1", "1", "")
		do(&x)
		return frozen("2026-06", x).Rules("desk", "p1")
	}
	require.Equal(t, same, change(func(x *agreement.Target) { x.Attain, x.Weight = "50", "0.9" }), "another level isn't another measure")
	for name, do := range map[string]func(*agreement.Target){
		"within": func(x *agreement.Target) { x.Within++ }, "calendar": func(x *agreement.Target) { x.Calendar = "office" },
		"pause": func(x *agreement.Target) { x.Pause = []string{"a"} }, "reopen": func(x *agreement.Target) { x.Reopen = agreement.Wall },
		"where": func(x *agreement.Target) { x.Where = nil }, "measure": func(x *agreement.Target) { x.Measure = agreement.Response },
	} {
		require.NotEqual(t, same, change(do), name)
	}
	two := func(x *agreement.Target, a, b string) {
		x.Where, x.Pause = agreement.Where{"priority": {a, b}}, []string{b, a}
	}
	require.Equal(t, change(func(x *agreement.Target) { two(x, "1", "2") }), change(func(x *agreement.Target) { two(x, "2", "1") }))

	// The version in force counts, not one that holds later.
	later := f
	v2 := f.Agreements[0]
	v2.Version, v2.ValidFrom, v2.Spec.Targets = 2, f.To, []agreement.Target{within("p1", 99)}
	later.Agreements = append(later.Agreements, v2)
	require.Equal(t, same, later.Rules("desk", "p1"))
}

func TestBaselinesStayFixed(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	published(&f, "p1", 95, 95, 94, 95, 96, 95, 94)
	b, err := sla.BaselinesOf(f, nil)
	require.NoError(t, err)
	require.Empty(t, b, "7 are too few")

	f.History = nil
	published(&f, "p1", 95, -1, 95, 94, 95, 96, 95, 94, 96, 95)
	b, err = sla.BaselinesOf(f, nil)
	require.NoError(t, err)
	require.Len(t, b, 2)
	require.Equal(t, "", b[0].Target)
	require.Equal(t, []string{"p1", "2025-08", "2026-05"}, []string{b[1].Target, b[1].First, b[1].Last})
	require.False(t, b[1].Fixed, "9 of 12")
	require.Equal(t, "0.95", b[1].Shares.Centre.FloatString(2))

	// With twelve it is fixed; what comes later, or is restated, moves nothing.
	f.History = nil
	published(&f, "p1", 95, 95, 94, 95, 96, 95, 94, 96, 95, 95, 95, 95, 10, 10)
	b, err = sla.BaselinesOf(f, nil)
	require.NoError(t, err)
	require.Equal(t, []any{true, "2026-03", "0.950"}, []any{b[1].Fixed, b[1].Last, b[1].Shares.Centre.FloatString(3)})
	f.History = f.History[3:]
	again, err := sla.BaselinesOf(f, b)
	require.NoError(t, err)
	require.Equal(t, b, again)
	f.Baselines = again
	x := study(t, f, derive(t, f, met("1", 95, 5)...)).Targets[0]
	require.NotNil(t, x.Chart)
	require.Equal(t, stats.Outside, x.Chart.Signals[0].Rule)
	require.Equal(t, []int{9}, x.Chart.Signals[0].Points)

	// Another rule is another measure: no baseline, until there are points for one.
	f.Agreements[0].Spec.Targets[0].Within++
	b, err = sla.BaselinesOf(f, again)
	require.NoError(t, err)
	require.Len(t, b, 1)

	// It survives being kept.
	kept, err := json.Marshal(again)
	require.NoError(t, err)
	var back []sla.Baseline
	require.NoError(t, json.Unmarshal(kept, &back))
	require.Equal(t, again, back)
}

// Volumes are compared per day: February isn't quiet for being short.
func TestVolumes(t *testing.T) {
	f := frozen("2026-06", weighted("p1", "1", ""))
	published(&f, "p1", 95, 95, 94, 95, 96, 95, 94, 96, 95)
	for i := range f.History {
		n := int64([]int{30, 31, 30, 31, 31, 28, 31, 30, 31}[i]) * 100
		f.History[i].Agreements[0].Opened = &n
	}
	var err error
	f.Baselines, err = sla.BaselinesOf(f, nil)
	require.NoError(t, err)
	r := derive(t, f, met("1", 1, 0)...)
	v := study(t, f, r).Volumes[0]
	require.Equal(t, "2025-09", v.Periods[0])
	for _, rate := range v.Rates[:9] {
		require.Equal(t, "100", rate.RatString())
	}
	require.Equal(t, "1/30", v.Rates[9].RatString())
	require.True(t, v.Chart.Flat)

	f.History[4].Agreements[0].Rules = "other tickets"
	require.Equal(t, []string{"2026-02", "2026-03", "2026-04", "2026-05", "2026-06"}, study(t, f, r).Volumes[0].Periods)
	f.Agreements[0].Spec.Workload = nil
	require.Empty(t, study(t, f, derive(t, f)).Volumes)
}

func TestEarlier(t *testing.T) {
	e, err := sla.Earlier("2026-01")
	require.NoError(t, err)
	require.Len(t, e, 24)
	require.Equal(t, []string{"2024-01", "2025-12"}, []string{e[0], e[23]})
	e, err = sla.Earlier("0001-02")
	require.NoError(t, err)
	require.Equal(t, []string{"0001-01"}, e)
	_, err = sla.Earlier("soon")
	require.Error(t, err)
}
