package slo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/calendar"
	"turnus/itsm/slo"
)

// windowOf compiles a calendar's window.
func windowOf(t require.TestingT, duration, start, zone string) slo.Window {
	c, err := slo.Compile(spec(func(s *slo.Spec) { s.TimeWindow = inCalendar(duration, start, zone) }))
	require.NoError(t, err)
	return c.Window
}

func instant(t require.TestingT, s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

func TestCalendarWindows(t *testing.T) {
	for _, c := range []struct {
		name, duration, start, zone, at, from, to string
	}{
		{"a month", "1M", "2026-01-01 00:00:00", "Europe/Berlin", "2026-03-15T12:00:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"its first instant", "1M", "2026-01-01 00:00:00", "Europe/Berlin", "2026-03-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		{"its last second", "1M", "2026-01-01 00:00:00", "Europe/Berlin", "2026-02-28T23:59:59+01:00", "2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00"},
		{"its zone's midnight, not that of UTC", "1M", "2026-01-01 00:00:00", "Europe/Berlin", "2026-03-31T23:00:00Z", "2026-04-01T00:00:00+02:00", "2026-05-01T00:00:00+02:00"},
		{"a day of 23 hours", "1d", "2026-01-01 00:00:00", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"a day of 25 hours", "1d", "2026-01-01 00:00:00", "Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{"a day that begins in the gap", "1d", "2026-01-01 02:30:00", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T02:30:00+02:00"},
		{"a day that begins in the repeated hour", "1d", "2026-01-01 02:30:00", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T02:30:00+01:00"},
		{"24 hours don't follow the clock", "24h", "2026-01-01 00:00:00", "Europe/Berlin", "2026-07-01T12:00:00Z", "2026-06-30T23:00:00Z", "2026-07-01T23:00:00Z"},
		{"weeks from a Thursday", "2w", "2026-01-01 12:00:00", "America/New_York", "2026-03-12T12:00:00-04:00", "2026-03-12T12:00:00-04:00", "2026-03-26T12:00:00-04:00"},
		{"weeks before the change", "2w", "2026-01-01 12:00:00", "America/New_York", "2026-03-12T11:59:59-04:00", "2026-02-26T12:00:00-05:00", "2026-03-12T12:00:00-04:00"},
		{"February in a leap year", "1M", "2026-01-01 00:00:00", "UTC", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"},
		{"from the 31st: the last of February", "1M", "2026-01-31 00:00:00", "UTC", "2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"and then the 31st again, not the 28th", "1M", "2026-01-31 00:00:00", "UTC", "2026-03-31T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"},
		{"29 February in a leap year", "1M", "2026-01-31 00:00:00", "UTC", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"},
		{"a quarter", "1Q", "2026-01-01 00:00:00", "Europe/Berlin", "2026-06-30T21:59:59Z", "2026-04-01T00:00:00+02:00", "2026-07-01T00:00:00+02:00"},
		{"a year from a leap day", "1Y", "2024-02-29 00:00:00", "UTC", "2025-03-01T00:00:00Z", "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"},
		{"and in the next leap year on it", "1Y", "2024-02-29 00:00:00", "UTC", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"},
		{"two months", "2M", "2025-11-01 00:00:00", "UTC", "2026-02-28T00:00:00Z", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"minutes", "90m", "2026-01-01 00:00:00", "UTC", "2026-01-01T01:30:00Z", "2026-01-01T01:30:00Z", "2026-01-01T03:00:00Z"},
		{"a midnight that is skipped", "1d", "2018-01-01 00:00:00", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},
		{"a date that is skipped", "1d", "2011-12-01 10:00:00", "Pacific/Apia", "2011-12-30T20:00:00Z", "2011-12-30T20:00:00Z", "2011-12-31T20:00:00Z"},
		{"the last day of a leap year", "1d", "2024-01-01 00:00:00", "Europe/Berlin", "2024-12-31T12:00:00Z", "2024-12-31T00:00:00+01:00", "2025-01-01T00:00:00+01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			span, ok := windowOf(t, c.duration, c.start, c.zone).At(instant(t, c.at))
			require.True(t, ok)
			require.Equal(t, instant(t, c.from).UTC(), time.Unix(span.From, 0).UTC())
			require.Equal(t, instant(t, c.to).UTC(), time.Unix(span.To, 0).UTC())
		})
	}
}

func TestNoWindowBeforeTheStart(t *testing.T) {
	w := windowOf(t, "1M", "2026-01-01 00:00:00", "Europe/Berlin")
	_, ok := w.At(instant(t, "2025-12-31T22:59:59Z"))
	require.False(t, ok)
	_, ok = w.At(instant(t, "2025-12-31T23:00:00Z"))
	require.True(t, ok)
	_, ok = w.At(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))
	require.False(t, ok)
	_, ok = w.At(time.Unix(1<<62, 0))
	require.False(t, ok)
}

// A rolling window has a length, whatever the clock and the months do.
func TestRollingWindows(t *testing.T) {
	c, err := slo.Compile(spec(func(s *slo.Spec) { s.TimeWindow = rolling("4w") }))
	require.NoError(t, err)
	require.True(t, c.Window.Rolling())
	at := instant(t, "2026-04-01T00:00:00+02:00")
	span, ok := c.Window.At(at)
	require.True(t, ok)
	require.Equal(t, at.Unix(), span.To)
	require.Equal(t, int64(28*day), span.Seconds())
}

func TestLocalTimes(t *testing.T) {
	l, err := slo.ParseLocalTime("2022-01-01 12:00:00")
	require.NoError(t, err)
	require.Equal(t, "2022-01-01 12:00:00", l.String())
	for _, in := range []string{"", "2022-01-01", "2022-01-01T12:00:00", "2022-01-01T12:00:00Z", "2022-01-01 12:00:00Z", "2022-01-01 12:00:00+01:00",
		"2022-01-01 12:00", "2022-01-01 12:00:00.5", "2022-02-30 12:00:00", "2022-01-01 24:00:00", "2022-01-01 12:60:00", "0000-01-01 12:00:00", "22-01-01 12:00:00", "2022-1-01 12:00:000"} {
		_, err := slo.ParseLocalTime(in)
		require.ErrorContains(t, err, "isn't a local time", in)
	}
}

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu"}

// The windows of a calendar follow each other without gap or overlap, each
// contains its instants, and those of days and longer begin at the start's
// local time wherever that exists.
func TestWindowsTileTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		start := time.Unix(rapid.Int64Range(0, 1700000000).Draw(t, "start"), 0).UTC().Format(time.DateTime)
		duration := rapid.SampledFrom([]string{"7m", "1h", "36h", "1d", "3d", "1w", "1M", "5M", "1Q", "1Y", "3Y"}).Draw(t, "duration")
		w := windowOf(t, duration, start, name)
		at := time.Unix(rapid.Int64Range(1700100000, 2200000000).Draw(t, "at"), 0)
		span, ok := w.At(at)
		require.True(t, ok)
		require.True(t, span.Contains(at.Unix()), "%v %v", span, at)
		for _, inside := range []int64{span.From, span.To - 1} {
			same, ok := w.At(time.Unix(inside, 0))
			require.True(t, ok)
			require.Equal(t, span, same)
		}
		next, ok := w.At(time.Unix(span.To, 0))
		require.True(t, ok)
		require.Equal(t, span.To, next.From)
		if before, ok := w.At(time.Unix(span.From-1, 0)); ok {
			require.Equal(t, span.From, before.To)
		}
		if u := duration[len(duration)-1]; u == 'd' || u == 'w' || u == 'M' || u == 'Q' || u == 'Y' {
			zone, err := calendar.Zone(name)
			require.NoError(t, err)
			begins := time.Unix(span.From, 0).In(zone)
			if reads := begins.Format("15:04:05"); reads != start[11:] {
				d := calendar.DateOf(begins)
				_, off := begins.Zone()
				_, before := begins.Add(-3 * time.Hour).Zone()
				require.NotEqual(t, off, before, "%s begins at %s, where no clock changes (%s)", d, reads, start)
			}
		}
	})
}

func FuzzWindow(f *testing.F) {
	f.Add("1M", "2026-01-31 02:30:00", "Europe/Berlin", int64(1774747800))
	f.Add("1d", "2011-12-01 10:00:00", "Pacific/Apia", int64(1325275200))
	f.Add("999999Y", "9999-12-31 23:59:59", "UTC", int64(253402300799))
	f.Add("1m", "0001-01-01 00:00:00", "America/New_York", int64(1<<62))
	f.Fuzz(func(t *testing.T, duration, start, zone string, at int64) {
		var w slo.TimeWindow
		var err error
		if w.Duration, err = slo.ParseDuration(duration); err != nil {
			return
		}
		w.Calendar = &slo.CalendarWindow{TimeZone: zone}
		if w.Calendar.StartTime, err = slo.ParseLocalTime(start); err != nil {
			return
		}
		require.Equal(t, start, w.Calendar.StartTime.String())
		c, err := slo.Compile(spec(func(s *slo.Spec) { s.TimeWindow = []slo.TimeWindow{w} }))
		if err != nil {
			return
		}
		if span, ok := c.Window.At(time.Unix(at, 0)); ok {
			require.True(t, span.Contains(at), "%v %d", span, at)
		}
	})
}
