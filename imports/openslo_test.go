package imports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

func readOpenSLO(t *testing.T, b []byte) slo.Spec {
	t.Helper()
	raws, err := Resources(b)
	require.NoError(t, err)
	require.Len(t, raws, 1)
	require.Equal(t, resource.OpenSLO, raws[0].APIVersion)
	require.Equal(t, resource.SLO, raws[0].Kind)
	s, err := resource.Decode[slo.Spec]("spec", raws[0].Spec)
	require.NoError(t, err)
	return s
}

func theirs(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", "openslo", name))
	require.NoError(t, err)
	return b
}

func TestOpenSLOReadsTheirExamples(t *testing.T) {
	s := readOpenSLO(t, theirs(t, "occurences-slo.yaml"))
	require.Equal(t, "web-shop", s.Service)
	require.Equal(t, "search-latency", s.Indicator.Metadata.Name)
	require.Equal(t, slo.Occurrences, s.BudgetingMethod)
	require.Equal(t, slo.Less, s.Objectives[0].Op)
	require.Equal(t, json.Number("500"), s.Objectives[0].Value)
	require.JSONEq(t, `{"query":"Any"}`, string(s.Indicator.Spec.ThresholdMetric.MetricSource.Spec))
	require.Nil(t, s.AlertPolicies, "a field without a value is left out")
	c, err := slo.Compile(s)
	require.NoError(t, err)
	require.True(t, c.Window.Rolling())
	require.Equal(t, "99.000000", c.Objectives[0].Target.Percent())

	s = readOpenSLO(t, theirs(t, "ratio-timeslices.yaml"))
	c, err = slo.Compile(s)
	require.NoError(t, err)
	require.Equal(t, slo.RatioTimeslices, c.Objectives[0].Method)
	require.Equal(t, int64(60), c.Objectives[0].Slice)

	s = readOpenSLO(t, theirs(t, "timeslices-slo.yaml"))
	require.Equal(t, "2022-01-01 12:00:00", s.TimeWindow[0].Calendar.StartTime.String())
	require.Equal(t, "America/New_York", s.TimeWindow[0].Calendar.TimeZone)
	n, ok := s.TimeWindow[0].Duration.Seconds()
	require.True(t, ok)
	require.Equal(t, int64(60), n, "1m is a minute, whatever the comment beside it says; a month is 1M")
	c, err = slo.Compile(s)
	require.NoError(t, err)
	require.Len(t, c.Objectives, 2)
	require.Equal(t, "99.500000", c.Objectives[0].Target.Percent())
	require.Equal(t, "99.000000", c.Objectives[1].SliceTarget.Percent())
}

const objective = `apiVersion: openslo/v1
kind: SLO
metadata: {name: search, displayName: Search, labels: {team: [a, b], tier: "1"}, annotations: {example.org/x: y}}
spec:
  service: web-shop
  indicatorRef: search-ok
  timeWindow: [{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}}]
  budgetingMethod: Timeslices
  objectives: [{targetPercent: 99.90, timeSliceTarget: 0.95, timeSliceWindow: 5}]
  alertPolicies: [burning, {alertPolicyRef: slowly}]
`

func TestOpenSLOTakesWhatTheSpecAllows(t *testing.T) {
	raws, err := Resources([]byte(objective))
	require.NoError(t, err)
	require.JSONEq(t, `["a","b"]`, string(raws[0].Metadata.Labels["team"]))
	require.Equal(t, "y", raws[0].Metadata.Annotations["example.org/x"])
	s := readOpenSLO(t, []byte(objective))
	require.Equal(t, json.Number("99.90"), s.Objectives[0].TargetPercent, "as it was written")
	require.Equal(t, "5m", s.Objectives[0].TimeSliceWindow.String(), "a number is in minutes")
	require.Len(t, s.AlertPolicies, 2)

	// The same in JSON, and beside Turnus's own.
	b, err := json.Marshal(raws)
	require.NoError(t, err)
	again, err := Resources(b)
	require.NoError(t, err)
	require.Equal(t, raws, again)
	raws, err = Resources([]byte(contract + "---\n" + objective))
	require.NoError(t, err)
	require.Len(t, raws, 6)

	// Nothing is left out of what a metric's source says.
	raws, err = Resources([]byte("apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: x}\nspec: {description: , thresholdMetric: {metricSource: {type: Any, spec: {a: , timeSliceWindow: 5}}}}\n"))
	require.NoError(t, err)
	require.JSONEq(t, `{"thresholdMetric":{"metricSource":{"type":"Any","spec":{"a":null,"timeSliceWindow":5}}}}`, string(raws[0].Spec))
}

func TestOpenSLORefuses(t *testing.T) {
	with := func(old, now string) string {
		require.Contains(t, objective, old)
		return strings.Replace(objective, old, now, 1)
	}
	of := func(version, kind string) string {
		return "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: x}\nspec: {description: x}\n"
	}
	for _, c := range []struct {
		name, in string
		says     []string
	}{
		{"Sloth's format", "version: prometheus/v1\nservice: myservice\nslos: []\n", []string{"document 1: ", `"prometheus/v1"`, "Sloth's own format, not OpenSLO"}},
		{"Sloth's resource", of("sloth.slok.dev/v1", "PrometheusServiceLevel"), []string{"document 1: ", "sloth.slok.dev/v1", "not OpenSLO"}},
		{"v1alpha", string(theirs(t, "openslo-kubernetes-apiserver.yml")), []string{"SLO/requests-availability-openslo apiVersion", "SLO/requests-latency-openslo apiVersion", "openslo/v1alpha", "openslo/v1 is read"}},
		{"v2alpha", of("openslo.com/v2alpha", "SLO"), []string{"SLO/x apiVersion", "another version of OpenSLO"}},
		{"a Service", of("openslo/v1", "Service"), []string{"kind", "a Service of turnus/v1"}},
		{"a DataSource", of("openslo/v1", "DataSource"), []string{"document 1 kind", "SLI and SLO are taken", "DataSource"}},
		{"an AlertPolicy", of("openslo/v1", "AlertPolicy"), []string{"document 1 kind", "SLI and SLO are taken"}},
		{"an AlertCondition", of("openslo/v1", "AlertCondition"), []string{"document 1 kind", "SLI and SLO are taken"}},
		{"an AlertNotificationTarget", of("openslo/v1", "AlertNotificationTarget"), []string{"document 1 kind", "SLI and SLO are taken"}},
		{"no kind of theirs", of("openslo/v1", "Calendar"), []string{"kind", "isn't a kind of OpenSLO v1"}},
		{"no kind", "apiVersion: openslo/v1\nmetadata: {name: x}\nspec: {}\n", []string{"document 1 kind: This is missing"}},
		{"an SLO of ours", of("turnus/v1", "SLO"), []string{"SLO/x apiVersion", "openslo/v1"}},
		{"a name", with("name: search,", "name: Search,"), []string{"document 1 metadata.name", "isn't a name"}},
		{"a label", with(`tier: "1"`, "tier: 1"), []string{"SLO/search metadata.labels.tier", "a text, or a list of texts"}},
		{"a label's list", with(`[a, b]`, "[a, [b]]"), []string{"SLO/search metadata.labels.team"}},
		{"100 %", with("99.90", "100"), []string{"SLO/search spec.objectives[0].targetPercent", "below 100"}},
		{"a rolling month", with("calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}", "isRolling: true"), []string{"SLO/search spec.timeWindow[0].duration", "m, h, d or w"}},
		{"a start with a zone", with("2026-01-01 00:00:00", "2026-01-01T00:00:00Z"), []string{"SLO/search spec.timeWindow[0].calendar.startTime", "timeZone"}},
		{"an unknown zone", with("Europe/Berlin", "CEST"), []string{"SLO/search spec.timeWindow[0].calendar.timeZone"}},
		{"two windows", with("timeWindow: [", "timeWindow: [{duration: 1d, isRolling: true}, "), []string{"SLO/search spec.timeWindow", "exactly one"}},
		{"no window", with("timeWindow: [{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}}]", "timeWindow:"), []string{"SLO/search spec.timeWindow: This is missing"}},
		{"the case of a duration", with("1M", "1D"), []string{"SLO/search spec.timeWindow[0].duration", "isn't a duration"}},
		{"half a minute", with("timeSliceWindow: 5", "timeSliceWindow: 0.5"), []string{"SLO/search spec.objectives[0].timeSliceWindow", `"0.5m" isn't a duration`}},
		{"an unknown field", with("indicatorRef:", "indicatorref:"), []string{"SLO/search spec.indicatorref", "no such field"}},
		{"both indicators", with("indicatorRef:", "indicator: {metadata: {name: a}, spec: {thresholdMetric: {metricSource: {type: Any}}}}\n  indicatorRef:"), []string{"SLO/search spec.indicator: Either"}},
		{"an indicator of nothing", with("indicatorRef: search-ok", "indicator: {metadata: {name: a}, spec: {}}"), []string{"SLO/search spec.indicator.spec.ratioMetric"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			raws, err := Resources([]byte(c.in))
			require.Empty(t, raws)
			all := fault.All(err)
			require.NotEmpty(t, all, "%v", err)
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
			for _, f := range all {
				require.Equal(t, fault.Invalid, f.Code)
				require.NotContains(t, f.Message.En+f.Message.De, "%!")
			}
		})
	}
}
