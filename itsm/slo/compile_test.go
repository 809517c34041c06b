package slo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

// spec is a good one, changed.
func spec(change func(*slo.Spec)) slo.Spec {
	s := slo.Spec{Service: "web-shop", Indicator: &slo.Indicator{Metadata: resource.Metadata{Name: "ok"}, Spec: ratio()},
		TimeWindow: rolling("30d"), BudgetingMethod: slo.Occurrences, Objectives: []slo.Goal{{DisplayName: "Good", Target: "0.999"}}}
	if change != nil {
		change(&s)
	}
	return s
}

func metric() *slo.Metric { return &slo.Metric{MetricSource: slo.MetricSource{Type: "Prometheus"}} }

func ratio() slo.IndicatorSpec {
	return slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Good: metric(), Total: metric()}}
}

func duration(s string) slo.Duration {
	d, err := slo.ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}

func rolling(d string) []slo.TimeWindow {
	yes := true
	return []slo.TimeWindow{{Duration: duration(d), IsRolling: &yes}}
}

func inCalendar(d, start, zone string) []slo.TimeWindow {
	l, err := slo.ParseLocalTime(start)
	if err != nil {
		panic(err)
	}
	return []slo.TimeWindow{{Duration: duration(d), Calendar: &slo.CalendarWindow{StartTime: l, TimeZone: zone}}}
}

func sliced(m slo.Method) func(*slo.Spec) {
	return func(s *slo.Spec) {
		s.BudgetingMethod = m
		s.Objectives[0].TimeSliceTarget, s.Objectives[0].TimeSliceWindow = "0.95", duration("5m")
	}
}

func TestCompile(t *testing.T) {
	c, err := slo.Compile(spec(nil))
	require.NoError(t, err)
	require.Equal(t, "99.900000", c.Objectives[0].Target.Percent())
	require.Zero(t, c.Objectives[0].Slice)

	c, err = slo.Compile(spec(func(s *slo.Spec) {
		sliced(slo.Timeslices)(s)
		s.Objectives = append(s.Objectives, s.Objectives[0])
		s.Objectives[1].Target, s.Objectives[1].TargetPercent, s.Objectives[1].TimeSliceWindow = "", "99.95", duration("1d")
	}))
	require.NoError(t, err)
	require.Equal(t, int64(300), c.Objectives[0].Slice)
	require.Zero(t, c.Objectives[0].SliceTarget.Cmp(dec("0.95")))
	require.Zero(t, c.Objectives[1].Target.Cmp(dec("0.9995")))
	require.Equal(t, int64(day), c.Objectives[1].Slice)

	for _, good := range []func(*slo.Spec){
		func(s *slo.Spec) { s.Indicator, s.IndicatorRef = nil, "ok" },
		func(s *slo.Spec) { s.TimeWindow = inCalendar("1M", "2026-01-01 00:00:00", "Europe/Berlin") },
		func(s *slo.Spec) { s.Objectives[0].Target = "0" },
		func(s *slo.Spec) { s.Objectives[0].Target = "0.999999999999" },
		func(s *slo.Spec) { s.Objectives[0].Op = slo.Greater }, // in OpenSLO's own examples
		func(s *slo.Spec) { sliced(slo.RatioTimeslices)(s); s.Objectives[0].TimeSliceTarget = "" },
		func(s *slo.Spec) { sliced(slo.Timeslices)(s); s.Objectives[0].TimeSliceTarget = "1" },
		func(s *slo.Spec) {
			s.AlertPolicies = []json.RawMessage{[]byte(`"a"`), []byte(`{"alertPolicyRef":"b"}`)}
		},
		func(s *slo.Spec) {
			s.Indicator.Spec = slo.IndicatorSpec{ThresholdMetric: metric()}
			s.Objectives[0].Op, s.Objectives[0].Value = slo.Less, "500"
		},
	} {
		_, err := slo.Compile(spec(good))
		require.NoError(t, err)
	}
}

func TestCompileRefuses(t *testing.T) {
	set := func(change func(*slo.Goal)) func(*slo.Spec) {
		return func(s *slo.Spec) { change(&s.Objectives[0]) }
	}
	no := false
	start := slo.LocalTime{Date: calendar.Date{Year: 2026, Month: 1, Day: 1}}
	for _, c := range []struct {
		name, field string
		change      func(*slo.Spec)
	}{
		{"a long description", "description", func(s *slo.Spec) { s.Description = strings.Repeat("ü", 1051) }},
		{"a service that is no name", "service", func(s *slo.Spec) { s.Service = "Web Shop" }},
		{"no indicator", "indicator", func(s *slo.Spec) { s.Indicator = nil }},
		{"both indicators", "indicator", func(s *slo.Spec) { s.IndicatorRef = "ok" }},
		{"a reference that is no name", "indicatorRef", func(s *slo.Spec) { s.Indicator, s.IndicatorRef = nil, "a/b" }},
		{"an indicator without a name", "indicator.metadata.name", func(s *slo.Spec) { s.Indicator.Metadata.Name = "" }},
		{"an indicator of nothing", "indicator.spec.ratioMetric", func(s *slo.Spec) { s.Indicator.Spec = slo.IndicatorSpec{} }},
		{"no window", "timeWindow", func(s *slo.Spec) { s.TimeWindow = nil }},
		{"two windows", "timeWindow", func(s *slo.Spec) { s.TimeWindow = append(s.TimeWindow, s.TimeWindow[0]) }},
		{"rolling and calendar", "timeWindow[0].calendar", func(s *slo.Spec) { s.TimeWindow[0].Calendar = &slo.CalendarWindow{StartTime: start, TimeZone: "UTC"} }},
		{"neither", "timeWindow[0]", func(s *slo.Spec) { s.TimeWindow[0].IsRolling = nil }},
		{"not rolling, no calendar", "timeWindow[0]", func(s *slo.Spec) { s.TimeWindow[0].IsRolling = &no }},
		{"a rolling month", "timeWindow[0].duration", func(s *slo.Spec) { s.TimeWindow = rolling("1M") }},
		{"a rolling quarter", "timeWindow[0].duration", func(s *slo.Spec) { s.TimeWindow = rolling("1Q") }},
		{"a rolling year", "timeWindow[0].duration", func(s *slo.Spec) { s.TimeWindow = rolling("1Y") }},
		{"no zone of the IANA", "timeWindow[0].calendar.timeZone", func(s *slo.Spec) { s.TimeWindow = inCalendar("1M", "2026-01-01 00:00:00", "CEST") }},
		{"an offset", "timeWindow[0].calendar.timeZone", func(s *slo.Spec) { s.TimeWindow = inCalendar("1M", "2026-01-01 00:00:00", "+01:00") }},
		{"no method", "budgetingMethod", func(s *slo.Spec) { s.BudgetingMethod = "" }},
		{"a method in another case", "budgetingMethod", func(s *slo.Spec) { s.BudgetingMethod = "occurrences" }},
		{"no objective", "objectives", func(s *slo.Spec) { s.Objectives = nil }},
		{"no target", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "" })},
		{"both targets", "objectives[0].target", set(func(g *slo.Goal) { g.TargetPercent = "99.9" })},
		{"100 %", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "1" })},
		{"100.0 %", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "1.000" })},
		{"a percentage as target", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "99.9" })},
		{"a negative target", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "-0.1" })},
		{"an exponent", "objectives[0].target", set(func(g *slo.Goal) { g.Target = "9e-1" })},
		{"100 per cent", "objectives[0].targetPercent", set(func(g *slo.Goal) { g.Target, g.TargetPercent = "", "100" })},
		{"a huge exponent", "objectives[0].targetPercent", set(func(g *slo.Goal) { g.Target, g.TargetPercent = "", "1e-999999999" })},
		{"an operator", "objectives[0].op", set(func(g *slo.Goal) { g.Op = "<" })},
		{"slices without target", "objectives[0].timeSliceTarget", func(s *slo.Spec) { sliced(slo.Timeslices)(s); s.Objectives[0].TimeSliceTarget = "" }},
		{"a slice target of 0", "objectives[0].timeSliceTarget", func(s *slo.Spec) { sliced(slo.Timeslices)(s); s.Objectives[0].TimeSliceTarget = "0.0" }},
		{"a slice target above 1", "objectives[0].timeSliceTarget", set(func(g *slo.Goal) { g.TimeSliceTarget = "1.01" })},
		{"slices without length", "objectives[0].timeSliceWindow", func(s *slo.Spec) { sliced(slo.RatioTimeslices)(s); s.Objectives[0].TimeSliceWindow = slo.Duration{} }},
		{"slices of a month", "objectives[0].timeSliceWindow", func(s *slo.Spec) { sliced(slo.Timeslices)(s); s.Objectives[0].TimeSliceWindow = duration("1M") }},
		{"slices longer than the window", "objectives[0].timeSliceWindow", func(s *slo.Spec) { sliced(slo.Timeslices)(s); s.Objectives[0].TimeSliceWindow = duration("31d") }},
		{"an alert policy that is a number", "alertPolicies[0]", func(s *slo.Spec) { s.AlertPolicies = []json.RawMessage{[]byte("1")} }},
		{"a threshold without operator", "objectives[0].op", func(s *slo.Spec) {
			s.Indicator.Spec = slo.IndicatorSpec{ThresholdMetric: metric()}
			s.Objectives[0].Value = "1"
		}},
		{"a threshold without value", "objectives[0].value", func(s *slo.Spec) {
			s.Indicator.Spec = slo.IndicatorSpec{ThresholdMetric: metric()}
			s.Objectives[0].Op = slo.Less
		}},
		{"two objectives of a threshold", "objectives", func(s *slo.Spec) {
			s.Indicator.Spec = slo.IndicatorSpec{ThresholdMetric: metric()}
			s.Objectives[0].Op, s.Objectives[0].Value = slo.Less, "1"
			s.Objectives = append(s.Objectives, s.Objectives[0])
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := slo.Compile(spec(c.change))
			all := fault.All(err)
			require.Len(t, all, 1, "%v", err)
			require.Equal(t, c.field, all[0].Field)
			require.NotContains(t, all[0].Message.En+all[0].Message.De, "%!")
			require.NotEqual(t, all[0].Message.En, all[0].Message.De)
		})
	}
}

func TestIndicators(t *testing.T) {
	raw := func(kind slo.RawType) *slo.RatioMetric { return &slo.RatioMetric{Raw: metric(), RawType: kind} }
	for _, good := range []slo.IndicatorSpec{
		ratio(), {ThresholdMetric: metric()}, {RatioMetric: raw(slo.Success)}, {RatioMetric: raw(slo.Failure)},
		{RatioMetric: &slo.RatioMetric{Bad: metric(), Total: metric()}},
		{ThresholdMetric: &slo.Metric{MetricSource: slo.MetricSource{MetricSourceRef: "theirs"}}},
	} {
		require.NoError(t, good.Check())
	}
	for _, c := range []struct {
		field string
		is    slo.IndicatorSpec
	}{
		{"ratioMetric", slo.IndicatorSpec{}},
		{"ratioMetric", slo.IndicatorSpec{ThresholdMetric: metric(), RatioMetric: raw(slo.Success)}},
		{"ratioMetric", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{}}},
		{"ratioMetric", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Good: metric()}}},
		{"ratioMetric", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Total: metric()}}},
		{"ratioMetric", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Good: metric(), Bad: metric(), Total: metric()}}},
		{"ratioMetric.raw", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Raw: metric(), RawType: slo.Success, Total: metric()}}},
		{"ratioMetric.rawType", slo.IndicatorSpec{RatioMetric: raw("")}},
		{"ratioMetric.rawType", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Good: metric(), Total: metric(), RawType: slo.Success}}},
		{"ratioMetric.total.metricSource.type", slo.IndicatorSpec{RatioMetric: &slo.RatioMetric{Good: metric(), Total: &slo.Metric{}}}},
		{"thresholdMetric.metricSource.type", slo.IndicatorSpec{ThresholdMetric: &slo.Metric{}}},
		{"description", slo.IndicatorSpec{ThresholdMetric: metric(), Description: strings.Repeat("x", 1051)}},
	} {
		all := fault.All(c.is.Check())
		require.Len(t, all, 1, "%s %v", c.field, all)
		require.Equal(t, c.field, all[0].Field)
	}
}
