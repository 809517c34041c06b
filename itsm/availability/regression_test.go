package availability_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
)

// What others got wrong, in their own words and numbers: one test a thread.

// upptime/uptime-monitor#287, "Count overlapping downtime once": two status
// issues, 00:00 to 02:00 and 01:00 to 03:00, gave 240 minutes of downtime on a
// day, where the service was down for 180.
func TestUpptime287OverlappingOutagesCountOnce(t *testing.T) {
	day := availability.Window{From: at(t, "2026-03-26T00:00:00Z"), To: at(t, "2026-03-27T00:00:00Z")}
	r := derive(t, always(), availability.Case{Period: day, Outages: []availability.Outage{
		out(t, "2026-03-26T00:00:00Z", "2026-03-26T02:00:00Z"), out(t, "2026-03-26T01:00:00Z", "2026-03-26T03:00:00Z")}})
	require.Equal(t, int64(180*60), r.Down)
	require.Equal(t, "87.500000", pct(r.Availability))
	require.Equal(t, int64(1), r.Failures)
	require.NotEqual(t, int64(240*60), r.Down)
	require.NotEqual(t, "83.333333", pct(r.Availability))
}

// kuvasz-uptime/kuvasz#219: uptime events that overlap with the period count in
// full, so that a prolonged incident gives more than 7 days of downtime in a
// period of 7 days.
func TestKuvasz219OnlyTimeWithinThePeriodCounts(t *testing.T) {
	week := availability.Window{From: at(t, "2025-08-15T00:00:00Z"), To: at(t, "2025-08-22T00:00:00Z")}
	r := derive(t, always(), availability.Case{Period: week, Outages: []availability.Outage{out(t, "2025-08-10T00:00:00Z", "2025-08-25T00:00:00Z")}})
	require.Equal(t, int64(7*86400), r.Down)
	require.Equal(t, "0.000000", pct(r.Availability))

	r = derive(t, always(), availability.Case{Period: week, Outages: []availability.Outage{out(t, "2025-08-10T00:00:00Z", "2025-08-16T00:00:00Z")}})
	require.Equal(t, int64(86400), r.Down)
	require.NotEqual(t, int64(6*86400), r.Down)
	require.Equal(t, "85.714286", pct(r.Availability))
	require.Equal(t, int64(6*86400), secs(r.MTRS), "restoring took its full length, and belongs to the period in which it ended")
}

// louislam/uptime-kuma#5590, "Tracking uptime": uptime that excludes the time
// of maintenance is asked for, and answered with "we won't support this". Both
// accountings give a figure here, and they differ.
func TestUptimeKuma5590MaintenanceIsExcludedFromBoth(t *testing.T) {
	c := availability.Case{Period: month(t, "2025-02"), Target: "99.9",
		Maintenance: []availability.Maintenance{maintenance(t, "2025-02-02 02:00", "2025-02-02 06:00")},
		Outages:     []availability.Outage{out(t, "2025-02-02 02:10", "2025-02-02 05:50"), out(t, "2025-02-20 10:00", "2025-02-20 10:40")}}
	r := derive(t, always(), c)
	require.Equal(t, []int64{668 * 3600, 40 * 60, 220 * 60}, []int64{r.Agreed, r.Down, r.Excused})
	require.Equal(t, "99.900200", pct(r.Availability), "maintenance is neither downtime nor agreed time")
	require.Equal(t, availability.Met, r.Verdict)

	c.Policy = availability.Excused
	require.Equal(t, "99.900794", pct(derive(t, always(), c).Availability), "counted as if it had been up")
	c.Maintenance = nil
	r = derive(t, always(), c)
	require.Equal(t, "99.355159", pct(r.Availability), "counted as downtime")
	require.Equal(t, availability.Missed, r.Verdict)
}

// slok/sloth#529: how to take a weekly maintenance window out of the figures,
// so that an outage in it isn't counted against the objective at all. There the
// answer is to build it oneself; here the windows are part of the case, also
// over the change of the clock.
func TestSloth529WeeklyMaintenanceWindow(t *testing.T) {
	c := availability.Case{Period: month(t, "2026-03"), Target: "99.9"}
	for _, d := range []string{"01", "08", "15", "22", "29"} { // Sundays
		c.Maintenance = append(c.Maintenance, maintenance(t, "2026-03-"+d+" 01:00", "2026-03-"+d+" 05:00"))
		c.Outages = append(c.Outages, out(t, "2026-03-"+d+" 01:30", "2026-03-"+d+" 04:30"))
	}
	r := derive(t, always(), c)
	require.Equal(t, []int64{(743 - 19) * 3600, 0, 19 * 3600, 14 * 3600}, []int64{r.Agreed, r.Down, r.Maintenance, r.Excused},
		"four windows of 4 h and one of 3 h, when the clock goes forward")
	require.Equal(t, "100.000000", pct(r.Availability))
	require.Equal(t, int64(5), r.Failures, "they happened, and are listed")

	c.Maintenance = nil
	r = derive(t, always(), c)
	require.Equal(t, "98.115747", pct(r.Availability))
	require.Equal(t, availability.Missed, r.Verdict)
}

// louislam/uptime-kuma#2401, "Uptime Kuma being down counts affects uptime
// percentage": the monitor's own server was down, and the service is said to
// have been. Of success, inconclusive, fail, success the reporter got 50 % up.
func TestUptimeKuma2401ProbeOutageIsNotServiceOutage(t *testing.T) {
	start := at(t, "2022-12-13T00:00:00Z")
	period := availability.Window{From: start, To: start.Add(4 * time.Minute)}
	beats := func(list ...availability.Answer) availability.Result {
		var samples []availability.Sample
		for i, is := range list {
			samples = append(samples, availability.Sample{At: start.Add(time.Duration(i) * time.Minute), Is: is})
		}
		return observe(t, calendar.AlwaysOpenIn(time.UTC), samples, availability.Sampling{Every: 60}, period)
	}
	r := beats(availability.AnswerUp, availability.AnswerUnknown, availability.AnswerUp, availability.AnswerUp)
	require.Equal(t, "100.000000", pct(r.Availability))
	require.Equal(t, "75.000000", pct(r.Coverage))
	require.Zero(t, r.Failures)

	r = beats(availability.AnswerUp, availability.AnswerUnknown, availability.AnswerDown, availability.AnswerUp)
	require.Equal(t, []int64{180, 60, 60}, []int64{r.Agreed, r.Down, r.Unknown})
	require.Equal(t, "66.666667", pct(r.Availability))
	require.NotEqual(t, "50.000000", pct(r.Availability), "unknown taken for down")
	require.NotEqual(t, "75.000000", pct(r.Availability), "unknown taken for up: unmeasured time isn't uptime")

	// The monitor's server is gone altogether: no samples at all for 3 hours.
	var samples []availability.Sample
	for i := range 24 * 60 {
		if i < 6*60 || i >= 9*60 {
			samples = append(samples, availability.Sample{At: start.Add(time.Duration(i) * time.Minute), Is: availability.AnswerUp})
		}
	}
	r = observe(t, calendar.AlwaysOpenIn(time.UTC), samples, availability.Sampling{Every: 60}, availability.Window{From: start, To: start.Add(24 * time.Hour)})
	require.Equal(t, []int64{0, 3 * 3600}, []int64{r.Down, r.Unknown})
	require.Equal(t, "100.000000", pct(r.Availability))
	require.Equal(t, "87.500000", pct(r.Coverage))
	require.False(t, r.Reliable)
}
