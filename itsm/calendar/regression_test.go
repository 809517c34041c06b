package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// What went wrong elsewhere, one test for each public thread. The holiday feed
// with working days in it (zammad/zammad#390) is in package imports.

var never = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// reached is when the clock of a calendar has run for some hours.
func reached(t testing.TB, c *calendar.Calendar, from string, hours int64) string {
	t.Helper()
	got, ok := c.Add(at(t, from), hours*3600, never)
	require.True(t, ok)
	return got.In(c.Zone()).Format("Mon 2006-01-02 15:04")
}

// https://github.com/osTicket/osTicket/issues/6739: a schedule of Tuesdays from
// 8 to 17 counted no day at all, or one, unless Monday and Thursday had hours
// too; tickets were overdue at once.
func TestWeekdaysInAnyCombination(t *testing.T) {
	c := compile(t, calendar.Spec{Zone: "America/New_York", Hours: map[string][]string{"tue": {"08:00-17:00"}}})
	require.Equal(t, "Tue 2024-08-20 17:00", reached(t, c, "2024-08-07T10:00:00-04:00", 18), "two Tuesdays of nine hours after the Wednesday of the thread")
	require.Equal(t, int64(4*9*3600), c.Seconds(at(t, "2024-08-01T00:00:00-04:00"), at(t, "2024-09-01T00:00:00-04:00")), "August 2024 has four Tuesdays, not none and not one")

	days := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	start := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for set := 1; set < 1<<7; set++ {
		spec := calendar.Spec{Zone: "UTC", Hours: map[string][]string{}}
		for i, d := range days {
			if set>>i&1 == 1 {
				spec.Hours[d] = []string{"08:00-17:00"}
			}
		}
		c := compile(t, spec)
		worked := int64(0)
		for n := range 70 { // from each weekday of ten weeks on
			day := start.AddDate(0, 0, n)
			if set>>int(day.Weekday())&1 == 1 {
				worked++
			}
			from, to := start.Truncate(24*time.Hour), day.Truncate(24*time.Hour).Add(24*time.Hour)
			require.Equal(t, worked*9*3600, c.Seconds(from, to), "%v until %v", spec.Hours, to)
			if worked > 0 {
				end, ok := c.Add(from, worked*9*3600, never)
				require.True(t, ok)
				require.Equal(t, 17, end.Hour())
				require.NotZero(t, set>>int(end.Weekday())&1, "it ends on a day with hours")
			}
		}
	}
}

// https://github.com/glpi-project/glpi/pull/22678: with several segments in the
// week, an escalation one hour before the deadline of the next day was carried
// out at midnight.
func TestAnHourBeforeTheDeadlineOfTheNextDay(t *testing.T) {
	c := compile(t, calendar.Spec{Zone: "Europe/Paris", Hours: office})
	const monday10, monday17 = "2026-01-12T10:00:00+01:00", "2026-01-12T17:00:00+01:00"
	require.Equal(t, "Mon 2026-01-12 14:00", reached(t, c, monday10, 4))
	require.Equal(t, "Mon 2026-01-12 13:00", reached(t, c, monday10, 4-1))
	require.Equal(t, "Tue 2026-01-13 11:00", reached(t, c, monday17, 4))
	require.Equal(t, "Tue 2026-01-13 10:00", reached(t, c, monday17, 4-1))
	require.NotEqual(t, "Tue 2026-01-13 00:00", reached(t, c, monday17, 4-1))

	split := map[string][]string{}
	for d := range office {
		split[d] = []string{"08:00-12:00", "14:00-18:00"}
	}
	c = compile(t, calendar.Spec{Zone: "Europe/Paris", Hours: split})
	require.Equal(t, "Tue 2026-01-13 15:00", reached(t, c, monday17, 6), "over the night and the noon")
	require.Equal(t, "Tue 2026-01-13 12:00", reached(t, c, monday17, 6-1), "an hour of the calendar before it: when the morning ends")
	require.Equal(t, "Mon 2026-01-19 09:00", reached(t, c, "2026-01-16T17:00:00+01:00", 2), "over the weekend")
}

// https://github.com/zammad/zammad/issues/3180: hours that could end at 23:59
// at the latest lost a minute each midnight.
func TestNoMinuteIsLostAtMidnight(t *testing.T) {
	open := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")})
	const eve = "2026-06-01T23:30:00+02:00"
	require.Equal(t, "Tue 2026-06-02 00:30", reached(t, open, eve, 1))
	require.Equal(t, "Mon 2026-06-08 23:30", reached(t, open, eve, 7*24), "and after seven nights not one either")
	require.Equal(t, int64(86_400), open.Seconds(at(t, "2026-06-01T12:00:00+02:00"), at(t, "2026-06-02T12:00:00+02:00")))
	n := 0
	for range open.Open(at(t, eve), at(t, "2026-06-30T00:00:00+02:00")) {
		n++
	}
	require.Equal(t, 1, n, "days that touch are one span")

	nights := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("22:00-06:00")})
	require.Equal(t, "Tue 2026-06-02 01:30", reached(t, nights, eve, 2), "nor by a span that goes on over midnight")
	halves := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-12:00", "12:00-00:00")})
	require.Equal(t, "Tue 2026-06-02 00:30", reached(t, halves, eve, 1), "00:00 as an end is the day's end")

	short := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-23:59")})
	require.Equal(t, "Tue 2026-06-02 00:31", reached(t, short, eve, 1), "23:59 is what it says; nobody has to write it")
}

// https://github.com/fivetran/dbt_zendesk/issues/25: hours were converted to UTC
// with the offset of the day on which the report was made, so that figures of
// winter months changed in summer.
func TestPastMonthsKeepTheirOwnOffset(t *testing.T) {
	hours := map[string][]string{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		hours[d] = []string{"09:00-17:00"}
	}
	c := compile(t, calendar.Spec{Zone: "America/New_York", Hours: hours})
	for _, x := range []struct {
		name, from, to string
		minutes        int64 // as it is
		today          int64 // with the offset of 7 April 2021, when the thread was opened
	}{
		{"in winter, from opening on", "2021-02-01T14:00:00Z", "2021-02-01T15:00:00Z", 60, 60},
		{"in winter, before opening", "2021-02-01T13:00:00Z", "2021-02-01T14:00:00Z", 0, 60},
		{"in winter, up to closing", "2021-02-01T21:00:00Z", "2021-02-01T22:00:00Z", 60, 0},
		{"over the change of the clock", "2021-03-12T21:30:00Z", "2021-03-15T13:30:00Z", 60, 30},
		{"after it", "2021-03-15T13:00:00Z", "2021-03-15T14:00:00Z", 60, 60},
	} {
		require.Equal(t, x.minutes*60, c.Seconds(at(t, x.from), at(t, x.to)), x.name)
		fixed := compile(t, calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"13:00-21:00"}, "fri": {"13:00-21:00"}}})
		require.Equal(t, x.today*60, fixed.Seconds(at(t, x.from), at(t, x.to)), "the wrong answer: %s", x.name)
	}
	require.Equal(t, "Mon 2021-03-15 09:30", reached(t, c, "2021-03-12T21:30:00Z", 1), "an agreement of 60 minutes")
	for month, want := range map[time.Month]int64{1: 21, 2: 20, 3: 23, 4: 22} {
		from := calendar.Date{Year: 2021, Month: month, Day: 1}
		to := calendar.Date{Year: 2021, Month: month + 1, Day: 1}
		require.Equal(t, want*8*3600, c.Seconds(from.Start(c.Zone()), to.Start(c.Zone())), fmt.Sprint(month))
	}
}
