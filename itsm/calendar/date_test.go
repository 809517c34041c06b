package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

func TestDates(t *testing.T) {
	d := date(t, "2028-02-28")
	require.Equal(t, "2028-03-01", d.Add(2).String())
	require.Equal(t, time.Monday, d.Weekday())
	require.True(t, d.Before(d.Add(1)))
	require.False(t, d.Before(d))
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "0000-01-01", "02.03.2026", "2026-02-03T00:00:00Z"} {
		_, err := calendar.ParseDate(s)
		require.ErrorContains(t, err, "isn't a date", s)
	}
}

func TestDatesStart(t *testing.T) {
	for _, c := range []struct{ zone, date, want string }{
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"},
		{"Europe/Berlin", "2026-03-30", "2026-03-30T00:00:00+02:00"},
		{"Europe/Berlin", "2017-01-01", "2017-01-01T00:00:00+01:00"}, // after a leap year
		{"America/New_York", "2041-01-01", "2041-01-01T00:00:00-05:00"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"}, // no midnight
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00"}, // 23:00 twice before it
		{"America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00"},    // 00:00 twice
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},      // no such day
		{"Pacific/Kiritimati", "2026-01-01", "2026-01-01T00:00:00+14:00"},
		{"Etc/GMT+12", "2026-01-01", "2026-01-01T00:00:00-12:00"},
	} {
		zone, err := calendar.Zone(c.zone)
		require.NoError(t, err)
		require.Equal(t, c.want, date(t, c.date).Start(zone).Format(time.RFC3339), "%s %s", c.zone, c.date)
	}
}

func TestPeriods(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct {
		name     string
		grain    calendar.Grain
		from, to string
	}{
		{"2026", calendar.Year, "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"},
		{"2026-Q4", calendar.Quarter, "2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"},
		{"2026-Q1", calendar.Quarter, "2026-01-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"2026-03", calendar.Month, "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"2016-12", calendar.Month, "2016-12-01T00:00:00+01:00", "2017-01-01T00:00:00+01:00"},
		{"2026-03-29", calendar.Day, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
	} {
		p, err := calendar.ParsePeriod(c.name)
		require.NoError(t, err)
		require.Equal(t, c.grain, p.Grain)
		from, to := p.Bounds(berlin)
		require.Equal(t, c.from, from.Format(time.RFC3339), c.name)
		require.Equal(t, c.to, to.Format(time.RFC3339), c.name)
	}
	for _, s := range []string{"", "26", "0000", "2026-13", "2026-Q5", "2026-Q0", "2026-q1", "2026-1", "2026-02-30", "2026-10.2", "+026", "2026 Q1"} {
		_, err := calendar.ParsePeriod(s)
		require.ErrorContains(t, err, "isn't a period", s)
	}
}

func TestZones(t *testing.T) {
	a, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	b, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	require.Same(t, a, b)
	utc, err := calendar.Zone("UTC")
	require.NoError(t, err)
	require.Same(t, time.UTC, utc)
	for _, name := range []string{"", "Local", "Europe", "Europe/", "../etc/passwd", "MEZ", "UTC+1"} {
		_, err := calendar.Zone(name)
		require.ErrorContains(t, err, "isn't a time zone", name)
	}
}
