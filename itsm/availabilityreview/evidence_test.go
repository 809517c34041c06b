package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/availability"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/uptime"
)

// An outage says something about the plans that were in force when it began: kept
// to the recovery time it proves, longer it disproves, and where its length
// can't tell it says nothing.
func TestOutagesAsEvidence(t *testing.T) {
	hours := func(n int64) agreement.Duration { return agreement.Duration(n * 3600) }
	changed := at("2026-06-10 00:00")
	f := availabilityreview.Frozen{Plans: []availabilityreview.Plan{
		{Name: "fire", Version: 1, From: at("2026-06-01 00:00"), To: changed, RTO: hours(2), Base: continuity.FromDisruption},
		{Name: "fire", Version: 2, From: changed, RTO: hours(4), Base: continuity.FromDisruption},
		{Name: "flood", Version: 1, From: at("2026-06-05 00:00"), RTO: hours(3), Base: continuity.FromInvoked},
	}}
	for _, c := range []struct {
		name, from string
		lasted     time.Duration
		want       []string
	}{
		{"before any plan", "2026-05-31 23:59", time.Hour, nil},
		{"to the second", "2026-06-02 10:00", 2 * time.Hour, []string{"fire 1 proves"}},
		{"a second late", "2026-06-02 10:00", 2*time.Hour + time.Second, []string{"fire 1 disproves"}},
		{"a change at the instant", "2026-06-10 00:00", 3 * time.Hour, []string{"fire 2 proves", "flood 1 proves"}},
		{"a change during it", "2026-06-09 23:59", 3 * time.Hour, []string{"fire 1 disproves", "flood 1 proves"}},
		{"longer than from the invocation", "2026-06-12 10:00", 5 * time.Hour, []string{"fire 2 disproves"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, e := range f.Evidence(availabilityreview.Unplanned{From: at(c.from), Seconds: int64(c.lasted / time.Second)}) {
				says := " disproves"
				if e.Proves {
					says = " proves"
				}
				got = append(got, e.Plan.Name+" "+string(rune('0'+e.Plan.Version))+says)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// Where probes fell silent right before or after an outage, it may have been longer
// than what they saw: that disproves, and proves nothing.
func TestAnOutageOfUnknownLengthProvesNothing(t *testing.T) {
	plan := availabilityreview.Plan{Name: "fire", Version: 1, From: at("2026-06-01 00:00"), RTO: agreement.Duration(2 * 3600)}
	saw := down(out("2026-06-10 10:00", "2026-06-10 11:00"), out("2026-06-14 10:00", "2026-06-14 11:00"), out("2026-06-18 10:00", "2026-06-18 11:00"), out("2026-06-22 10:00", "2026-06-22 13:00"))
	silent := []uptime.Outage{out("2026-06-14 11:00", "2026-06-14 19:00"), out("2026-06-18 04:00", "2026-06-18 10:00"), out("2026-06-22 13:00", "2026-06-22 14:00")}
	for counts, want := range map[string][]bool{"probes": {true, false}, "either": {true, true, true, false}} {
		f := frozen(t, "2026-06", `{"availability":{"counts":"`+counts+`","probes":{"every":"PT1M"}}}`)
		f.Plans = []availabilityreview.Plan{plan}
		r := derive(t, f, data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, func(x time.Time) availability.Answer {
			for _, s := range silent {
				if !x.Before(s.From) && x.Before(s.To) {
					return ""
				}
			}
			return saw(x)
		})})
		require.Len(t, r.Outages, 4)
		var proves []bool
		for _, o := range r.Outages {
			for _, e := range f.Evidence(o) {
				proves = append(proves, e.Proves)
			}
		}
		require.Equal(t, want, proves, "%s: a record that is kept says that nothing was down", counts)

		f.Plans = nil
		without := derive(t, f, data{days: samples("", "p", f.Reads.From, f.Reads.To, 60, saw)})
		for _, o := range without.Outages {
			require.False(t, o.Unsure, "figures of sets without plans stay as they were")
		}
	}
}
