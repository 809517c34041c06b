package availabilityreview_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/versions"
)

// Each month of a longer period is held against the calendar as it was valid then:
// the quarter is the sum of its months.
func TestCalendarsChangeWithinALongerPeriod(t *testing.T) {
	hours := func(version int, since, of string) versions.Calendar {
		return versions.Calendar{Name: "office", Version: version, Since: since,
			Spec: calendar.Spec{Zone: zone, Hours: map[string][]string{"mon": {of}}}}
	}
	before, after := hours(1, "", "08:00-18:00"), hours(2, "2026-03", "08:00-12:00")
	agreed := func(period string, calendars ...versions.Calendar) int64 {
		f := frozen(t, period, `{"calendar":"office"}`)
		f.Calendars = calendars
		return only(t, derive(t, f, data{})).Sum.Agreed
	}
	after.Since = ""
	sum := agreed("2026-01", before) + agreed("2026-02", before) + agreed("2026-03", after)
	require.Equal(t, int64((4+4)*10+5*4)*3600, sum)
	after.Since = "2026-03"
	require.Equal(t, sum, agreed("2026-Q1", before, after))

	f := frozen(t, "2026-Q1", `{"calendar":"office"}`)
	f.Calendars = []versions.Calendar{hours(1, "2027-01", "08:00-18:00")}
	_, err := availabilityreview.Derive(f, data{}.source())
	require.ErrorContains(t, err, "isn't among the frozen ones")
}
