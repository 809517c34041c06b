package availabilityreview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
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
