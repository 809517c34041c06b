package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

var (
	daily = func(spans ...string) map[string][]string {
		h := map[string][]string{}
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			h[d] = spans
		}
		return h
	}
	office = map[string][]string{"mon": {"08:00-18:00"}, "tue": {"08:00-18:00"}, "wed": {"08:00-18:00"},
		"thu": {"08:00-18:00"}, "fri": {"08:00-18:00"}}
)

func compile(t testing.TB, s calendar.Spec) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Compile(s)
	require.NoError(t, err)
	return c
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	x, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return x
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestOpenHours(t *testing.T) {
	night := map[string][]string{"mon": {"22:00-06:00"}}
	for _, c := range []struct {
		name     string
		spec     calendar.Spec
		from, to string
		minutes  int64
		naive    int64 // what a count by days, or by wall-clock differences, gives
	}{
		{"V01: March 2026 in Berlin has 743 hours", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")},
			"2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 743 * 60, 44640},
		{"V01: October 2026 has 745", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")},
			"2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", 745 * 60, 44640},
		{"V01: February 2028 has 696", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")},
			"2028-02-01T00:00:00+01:00", "2028-03-01T00:00:00+01:00", 696 * 60, 40320},
		{"V01: an outage over the change", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")},
			"2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", 60, 120},
		{"V02: from Maundy Thursday to the Tuesday after Easter", calendar.Spec{Zone: "Europe/Berlin", Hours: office,
			Holidays: calendar.Holidays{Region: "DE-BE"}}, "2026-04-02T16:30:00+02:00", "2026-04-07T17:00:00+02:00", 630, 1830},
		{"V02: the same with dates", calendar.Spec{Zone: "Europe/Berlin", Hours: office,
			Holidays: calendar.Holidays{Dates: []calendar.Date{date(t, "2026-04-03"), date(t, "2026-04-06")}}},
			"2026-04-02T16:30:00+02:00", "2026-04-07T17:00:00+02:00", 630, 1830},
		{"a skipped hour counts nothing", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("02:00-03:00")},
			"2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 0, 60},
		{"a repeated hour counts twice", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("02:00-03:00")},
			"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 120, 60},
		{"half an hour at Lord Howe, forward", calendar.Spec{Zone: "Australia/Lord_Howe", Hours: daily("01:00-03:00")},
			"2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00", 90, 120},
		{"and back", calendar.Spec{Zone: "Australia/Lord_Howe", Hours: daily("01:00-03:00")},
			"2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30", 150, 120},
		{"a day that Samoa skipped", calendar.Spec{Zone: "Pacific/Apia", Hours: daily("08:00-18:00")},
			"2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00", 2 * 600, 3 * 600},
		{"a night that runs into the skipped day goes on after it: its readings don't exist",
			calendar.Spec{Zone: "Pacific/Apia", Hours: map[string][]string{"thu": {"22:00-06:00"}}},
			"2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00", 120, 480},
		{"a midnight that São Paulo skipped", calendar.Spec{Zone: "America/Sao_Paulo", Hours: daily("00:00-02:00")},
			"2018-11-03T12:00:00-03:00", "2018-11-04T12:00:00-02:00", 60, 120},
		{"an hour before midnight that it repeated", calendar.Spec{Zone: "America/Sao_Paulo", Hours: map[string][]string{"sat": {"23:00-24:00"}}},
			"2018-02-17T12:00:00-02:00", "2018-02-18T12:00:00-03:00", 120, 60},
		{"a night belongs to the day on which it begins", calendar.Spec{Zone: "UTC", Hours: night},
			"2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", 480, 0},
		{"a holiday closes the night that begins on it", calendar.Spec{Zone: "UTC", Hours: night,
			Holidays: calendar.Holidays{Dates: []calendar.Date{date(t, "2026-11-02")}}}, "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", 0, 360},
		{"and not the one that reaches into it", calendar.Spec{Zone: "UTC", Hours: night,
			Holidays: calendar.Holidays{Dates: []calendar.Date{date(t, "2026-11-03")}}}, "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", 480, 120},
		{"an end at the start is a whole day", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"08:00-08:00"}}},
			"2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", 1440, 0},
		{"24:00 ends a span", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"22:00-24:00"}}},
			"2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", 120, 0},
		{"special hours replace the weekday's", calendar.Spec{Zone: "UTC", Hours: office,
			Special: []calendar.Special{{Date: date(t, "2026-12-31"), Hours: []string{"08:00-12:00"}}}},
			"2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z", 240, 600},
		{"on a holiday too", calendar.Spec{Zone: "Europe/Berlin", Hours: office, Holidays: calendar.Holidays{Region: "DE-BE"},
			Special: []calendar.Special{{Date: date(t, "2026-12-25"), Hours: []string{"10:00-11:00", "12:00-13:00"}}}},
			"2026-12-25T00:00:00+01:00", "2026-12-26T00:00:00+01:00", 120, 0},
		{"special without hours is closed", calendar.Spec{Zone: "UTC", Hours: office,
			Special: []calendar.Special{{Date: date(t, "2026-12-31")}}}, "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z", 0, 600},
		{"a special night may meet the next morning: counted once", calendar.Spec{Zone: "UTC", Hours: office,
			Special: []calendar.Special{{Date: date(t, "2026-12-30"), Hours: []string{"20:00-12:00"}}}},
			"2026-12-30T00:00:00Z", "2027-01-01T00:00:00Z", 22 * 60, 26 * 60},
		{"never open is valid", calendar.Spec{Zone: "UTC"}, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 0, 1},
		{"the last day of a leap year", calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-12:00")},
			"2016-12-30T00:00:00+01:00", "2017-01-02T00:00:00+01:00", 3 * 720, 0},
		{"a long time", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"08:00-09:00"}}},
			"0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", 521_723 * 60, 0},
		{"backwards", calendar.Spec{Zone: "UTC", Hours: office}, "2026-11-03T00:00:00Z", "2026-11-02T00:00:00Z", 0, 600},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := compile(t, c.spec)
			got := cal.Seconds(at(t, c.from), at(t, c.to))
			require.Equal(t, c.minutes*60, got)
			require.NotEqual(t, c.naive*60, got)
		})
	}
}

func TestOpenSpansAreInOrderAndWhole(t *testing.T) {
	cal := compile(t, calendar.Spec{Zone: "UTC", Hours: daily("22:00-06:00", "06:00-07:00")})
	var got []interval.Span
	from, to := at(t, "2026-11-02T23:00:00Z"), at(t, "2026-11-04T06:30:00Z")
	for s := range cal.Open(from, to) {
		got = append(got, s)
	}
	require.Equal(t, []interval.Span{
		interval.Between(from, at(t, "2026-11-03T07:00:00Z")),
		interval.Between(at(t, "2026-11-03T22:00:00Z"), to),
	}, got)

	always := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00")})
	n := 0
	for s := range always.Open(at(t, "1960-01-01T00:00:00Z"), at(t, "2060-01-01T00:00:00Z")) {
		n++
		require.Equal(t, interval.Between(at(t, "1960-01-01T00:00:00Z"), at(t, "2060-01-01T00:00:00Z")), s)
	}
	require.Equal(t, 1, n, "what touches is one span, over years too")
	for range cal.Open(from, to) {
		break // an iterator may be left
	}
}

func TestAdd(t *testing.T) {
	end := at(t, "9999-12-31T23:59:59Z")
	bh := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: office, Holidays: calendar.Holidays{Region: "DE-BE"}})
	got, ok := bh.Add(at(t, "2026-04-02T16:30:00+02:00"), 480*60, end)
	require.True(t, ok)
	require.Equal(t, at(t, "2026-04-07T14:30:00+02:00").UTC(), got, "V02")
	require.NotEqual(t, at(t, "2026-04-03T14:30:00+02:00").UTC(), got, "V02 ignoring holidays")

	got, ok = bh.Add(at(t, "2026-11-02T08:00:00+01:00"), 36000, end)
	require.True(t, ok)
	require.Equal(t, at(t, "2026-11-02T18:00:00+01:00").UTC(), got, "at closing, not at the next opening")
	_, ok = bh.Add(at(t, "2026-11-02T08:00:00+01:00"), 36000, at(t, "2026-11-02T17:59:59+01:00"))
	require.False(t, ok, "after the horizon")
	got, ok = bh.Add(at(t, "2026-11-01T00:00:00+01:00"), 0, end)
	require.True(t, ok)
	require.Equal(t, at(t, "2026-11-01T00:00:00+01:00").UTC(), got, "nothing is reached at once")

	got, ok = calendar.AlwaysOpenIn(time.UTC).Add(at(t, "2026-11-01T00:00:00Z"), 61, end)
	require.True(t, ok)
	require.Equal(t, at(t, "2026-11-01T00:01:01Z"), got)

	never := compile(t, calendar.Spec{Zone: "UTC"})
	_, ok = never.Add(at(t, "2026-11-01T00:00:00Z"), 1, end)
	require.False(t, ok)
	once := compile(t, calendar.Spec{Zone: "UTC", Special: []calendar.Special{{Date: date(t, "2026-11-07"), Hours: []string{"23:00-01:00"}}}})
	got, ok = once.Add(at(t, "2026-11-01T00:00:00Z"), 7200, end)
	require.True(t, ok)
	require.Equal(t, at(t, "2026-11-08T01:00:00Z"), got)
	_, ok = once.Add(at(t, "2026-11-01T00:00:00Z"), 7201, end)
	require.False(t, ok)
}

func TestWorkingDay(t *testing.T) {
	c := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: map[string][]string{"fri": {"22:00-06:00"}, "mon": {}},
		Holidays: calendar.Holidays{Region: "DE-BE"}, Special: []calendar.Special{{Date: date(t, "2026-04-05"), Hours: []string{"10:00-12:00"}}}})
	require.True(t, c.WorkingDay(date(t, "2026-11-06")), "a Friday")
	require.False(t, c.WorkingDay(date(t, "2026-11-07")), "the night before reaches into it, and none begins")
	require.False(t, c.WorkingDay(date(t, "2026-11-09")), "a Monday without hours")
	require.False(t, c.WorkingDay(date(t, "2026-04-03")), "Good Friday")
	require.True(t, c.WorkingDay(date(t, "2026-04-05")), "special")
	require.True(t, calendar.AlwaysOpenIn(time.UTC).WorkingDay(date(t, "2026-04-05")))
	require.Equal(t, "Europe/Berlin", c.Zone().String())
}

func TestCompileNamesWhatIsWrong(t *testing.T) {
	d := date(t, "2026-12-31")
	for _, c := range []struct {
		name   string
		spec   calendar.Spec
		fields []string
	}{
		{"no zone", calendar.Spec{}, []string{"zone"}},
		{"unknown zone", calendar.Spec{Zone: "Europe/Atlantis"}, []string{"zone"}},
		{"unknown weekday", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"Mon": {"08:00-09:00"}}}, []string{"hours.Mon"}},
		{"malformed spans", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"08:00-18:00", "8:00-9:00", "24:00-01:00", "20:00-25:00", "20:60-21:00", "", "20:00–21:00", "20:00-24:01", "20:00-21:00 "}}},
			[]string{"hours.mon[1]", "hours.mon[2]", "hours.mon[3]", "hours.mon[4]", "hours.mon[5]", "hours.mon[6]", "hours.mon[7]", "hours.mon[8]"}},
		{"overlap", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"08:00-12:00", "11:59-13:00"}}}, []string{"hours.mon[1]"}},
		{"the same twice", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"mon": {"08:00-12:00", "08:00-12:00"}}}, []string{"hours.mon[1]"}},
		{"a night into the next day's hours", calendar.Spec{Zone: "UTC", Hours: map[string][]string{"sun": {"22:00-06:00"}, "mon": {"05:59-12:00"}}}, []string{"hours.mon[0]"}},
		{"unknown region", calendar.Spec{Zone: "UTC", Holidays: calendar.Holidays{Region: "DE-XX"}}, []string{"holidays.region"}},
		{"no date", calendar.Spec{Zone: "UTC", Holidays: calendar.Holidays{Dates: []calendar.Date{{}}}, Special: []calendar.Special{{}}}, []string{"holidays.dates[0]", "special[0].date"}},
		{"a date twice", calendar.Spec{Zone: "UTC", Special: []calendar.Special{{Date: d}, {Date: d}}}, []string{"special[1].date"}},
		{"special hours", calendar.Spec{Zone: "UTC", Special: []calendar.Special{{Date: d, Hours: []string{"08:00-12:00", "noon"}}}}, []string{"special[0].hours[1]"}},
		{"everything at once", calendar.Spec{Zone: "x", Hours: map[string][]string{"xyz": nil}, Holidays: calendar.Holidays{Region: "x"}}, []string{"zone", "hours.xyz", "holidays.region"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := calendar.Compile(c.spec)
			require.Error(t, err)
			var fields []string
			for _, f := range fault.All(err) {
				require.Equal(t, fault.Invalid, f.Code)
				require.NotEmpty(t, f.Message.En)
				require.NotEmpty(t, f.Message.De)
				fields = append(fields, f.Field)
			}
			require.Equal(t, c.fields, fields)
		})
	}
}

func TestCompileAcceptsWhatTouches(t *testing.T) {
	c := compile(t, calendar.Spec{Zone: "UTC", Hours: daily("06:00-22:00", "22:00-06:00")})
	require.Equal(t, int64(7*86400), c.Seconds(at(t, "2026-11-02T00:00:00Z"), at(t, "2026-11-09T00:00:00Z")))
}

// Chunks of years far away share few places: what one leaves there is never
// taken for another's.
func TestYearsFarAway(t *testing.T) {
	c, _ := twoSpans(t)
	for range 2 {
		for year := 1500; year < 4000; year += 17 {
			from := time.Date(year, 3, 1, 0, 0, 0, 0, time.UTC)
			for from.Weekday() != time.Sunday {
				from = from.AddDate(0, 0, 1)
			}
			if year < 2000 || year > 2100 { // no holidays are known there
				require.EqualValues(t, 5*8*3600, c.Seconds(from, from.AddDate(0, 0, 7)), year)
			}
		}
	}
}
