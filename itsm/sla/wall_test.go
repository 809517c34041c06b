package sla

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/calendar"
)

// A sub-period is the same for two instants if and only if the wall clock reads
// the same month, day, or hour under the same offset; what was looked up before
// makes no difference.
func TestWall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := calendar.Zone(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"}).Draw(t, "zone"))
		require.NoError(t, err)
		w := wall{zone: zone}
		base := rapid.SampledFrom([]string{"2026-03-28", "2026-10-24", "2026-04-04", "2018-11-03", "1969-12-31", "2026-01-31"}).Draw(t, "around")
		day0, err := time.Parse(time.DateOnly, base)
		require.NoError(t, err)
		type seen struct {
			at    int64
			start [3]int64
		}
		var before []seen
		for range rapid.IntRange(2, 12).Draw(t, "n") {
			x := seen{at: day0.Unix() + rapid.Int64Range(-3600, 3*86400).Draw(t, "at")}
			for u := range x.start {
				x.start[u] = w.start(unit(u), x.at)
				require.Equal(t, (&wall{zone: zone}).start(unit(u), x.at), x.start[u])
				require.LessOrEqual(t, x.start[u], x.at)
				require.Equal(t, x.start[month], w.start(month, x.start[u]), "units nest")
			}
			require.Less(t, x.at-x.start[hour], int64(3600))
			require.Equal(t, x.start[day], w.start(day, x.start[hour]))
			for _, y := range before {
				a, b := time.Unix(x.at, 0).In(zone), time.Unix(y.at, 0).In(zone)
				for u, layout := range []string{"2006-01", "2006-01-02", "2006-01-02 15 -0700"} {
					require.Equal(t, a.Format(layout) == b.Format(layout), x.start[u] == y.start[u], "%s %s", a, b)
				}
			}
			before = append(before, x)
		}
	})
}
