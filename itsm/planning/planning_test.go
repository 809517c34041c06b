package planning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

func slots(t *testing.T, r Rule, zone string, cal *calendar.Calendar, adjust Adjust, from, to string) []string {
	t.Helper()
	z, err := calendar.Zone(zone)
	require.NoError(t, err)
	p, err := Compile(r, z, cal, adjust)
	require.NoError(t, err)
	a, err := time.Parse(time.RFC3339, from)
	require.NoError(t, err)
	b, err := time.Parse(time.RFC3339, to)
	require.NoError(t, err)
	list, err := p.Slots(a, b)
	require.NoError(t, err)
	all := []string{}
	for _, s := range list {
		all = append(all, s.Format(time.RFC3339))
	}
	return all
}

// Vector V17 of the domain guide.
func TestRecurrenceOf2026(t *testing.T) {
	year := [2]string{"2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"}
	require.Len(t, slots(t, Rule{Day: 31, Of: "month", At: "06:00"}, "Europe/Berlin", nil, None, year[0], year[1]), 7)
	require.Len(t, slots(t, Rule{Cron: "0 6 31 * *"}, "Europe/Berlin", nil, None, year[0], year[1]), 7)
	require.Len(t, slots(t, Rule{Day: -1, Of: "month", At: "06:00"}, "Europe/Berlin", nil, None, year[0], year[1]), 12)
	sundays := slots(t, Rule{Cron: "30 2 * * sun"}, "Europe/Berlin", nil, None, year[0], year[1])
	require.Len(t, sundays, 52)
	require.Contains(t, sundays, "2026-03-29T01:30:00Z", "the hour is skipped, the slot isn't")
	require.Contains(t, sundays, "2026-10-25T00:30:00Z", "of two the first")
	require.NotContains(t, sundays, "2026-10-25T01:30:00Z")
}

func TestDayRules(t *testing.T) {
	office, err := calendar.Compile(calendar.Spec{Zone: "Europe/Berlin", Hours: map[string][]string{
		"mon": {"08:00-18:00"}, "tue": {"08:00-18:00"}, "wed": {"08:00-18:00"}, "thu": {"08:00-18:00"}, "fri": {"08:00-16:00"}},
		Holidays: calendar.Holidays{Region: "DE-BE"}})
	require.NoError(t, err)
	at := func(r Rule, adjust Adjust, from, to string) []string {
		return slots(t, r, "Europe/Berlin", office, adjust, from+"T00:00:00Z", to+"T00:00:00Z")
	}
	require.Equal(t, []string{"2026-11-04T05:00:00Z", "2026-12-03T05:00:00Z", "2027-01-06T05:00:00Z"},
		at(Rule{WorkingDay: 3, Of: "month", At: "06:00"}, None, "2026-11-01", "2027-02-01"), "New Year's Day isn't one")
	require.Equal(t, []string{"2026-12-30T05:00:00Z"}, at(Rule{WorkingDay: -2, Of: "quarter", At: "06:00"}, None, "2026-12-01", "2027-01-01"))
	last := Rule{Day: -1, Of: "month", At: "06:00"} // 31 May 2026 is a Sunday
	require.Equal(t, []string{"2026-05-29T04:00:00Z"}, at(last, ModifiedFollowing, "2026-05-20", "2026-06-10"), "stays in its month")
	require.Equal(t, []string{"2026-06-01T04:00:00Z"}, at(last, Following, "2026-05-20", "2026-06-10"))
	require.Equal(t, []string{"2026-05-04T04:00:00Z"}, at(Rule{Day: 1, Of: "month", At: "06:00"}, ModifiedPreceding, "2026-04-20", "2026-05-20"),
		"1 May is a holiday, and before it lies April")
	require.Empty(t, at(Rule{WorkingDay: 23, Of: "month", At: "06:00"}, None, "2026-02-01", "2026-03-01"), "February has no such day")
	require.Equal(t, []string{"2028-02-29T05:00:00Z"}, at(Rule{Cron: "0 6 29 2 *"}, None, "2025-01-01", "2032-01-01"))
	require.Equal(t, []string{"2026-10-05T04:00:00Z"}, at(Rule{Cron: "0 6 3-5 10 *"}, Following, "2026-10-01", "2026-10-20"),
		"a holiday on Saturday, Sunday and Monday come to one slot")
}

func TestRulesThatAreRefused(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct {
		rule  Rule
		field string
	}{
		{Rule{}, "rule"}, {Rule{Cron: "0 6 1 * *", Day: 1}, "rule"}, {Rule{Cron: "0 6 1 * *", At: "06:00"}, "rule"},
		{Rule{Day: 1, Of: "week", At: "06:00"}, "rule.of"}, {Rule{Day: 1, Of: "month"}, "rule.at"}, {Rule{Day: 1, Of: "month", At: "6:00"}, "rule.at"},
		{Rule{Day: 1, Of: "month", At: "24:00"}, "rule.at"}, {Rule{Day: 32, Of: "month", At: "06:00"}, "rule.day"},
		{Rule{WorkingDay: -93, Of: "quarter", At: "06:00"}, "rule.working_day"},
		{Rule{Cron: "* * * * * *"}, "rule.cron"}, {Rule{Cron: "0 6 1 *"}, "rule.cron"}, {Rule{Cron: "@daily"}, "rule.cron"},
		{Rule{Cron: "TZ=UTC 0 6 1 * *"}, "rule.cron"}, {Rule{Cron: "TZ=UTC"}, "rule.cron"}, {Rule{Cron: "? 6 1 * *"}, "rule.cron"},
		{Rule{Cron: "60 6 1 * *"}, "rule.cron"}, {Rule{Cron: "0 24 1 * *"}, "rule.cron"}, {Rule{Cron: "0 6 0 * *"}, "rule.cron"},
		{Rule{Cron: "0 6 32 * *"}, "rule.cron"}, {Rule{Cron: "0 6 1 13 *"}, "rule.cron"}, {Rule{Cron: "0 6 * * 8"}, "rule.cron"},
		{Rule{Cron: "*-5 6 1 * *"}, "rule.cron"}, {Rule{Cron: "5-1 6 1 * *"}, "rule.cron"}, {Rule{Cron: "*/0 6 1 * *"}, "rule.cron"},
		{Rule{Cron: "0 6 * mon *"}, "rule.cron"}, {Rule{Cron: "0 6 * * xyz"}, "rule.cron"}, {Rule{Cron: "0,,5 6 1 * *"}, "rule.cron"},
		{Rule{Cron: "-1 6 1 * *"}, "rule.cron"}, {Rule{Cron: "0 6 1 * * " + string(make([]byte, 300))}, "rule.cron"},
	} {
		_, err := Compile(c.rule, berlin, nil, None)
		require.True(t, fault.Is(err, fault.Invalid), "%+v: %v", c.rule, err)
		require.Equal(t, c.field, fault.As(err).Field, "%+v", c.rule)
	}
	_, err = Compile(Rule{Cron: "0 6 1 * *"}, berlin, nil, "nearest")
	require.Equal(t, "adjust", fault.As(err).Field)
}

func TestCronInItsUsualMeaning(t *testing.T) {
	week := func(cron string) []string { // 1 June 2026 is a Monday
		return slots(t, Rule{Cron: cron}, "UTC", nil, None, "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z")
	}
	require.Equal(t, []string{"2026-06-07T06:00:00Z"}, week("0 6 * * 7"))
	require.Equal(t, week("0 6 * * 0"), week("0 6 * * 7"))
	require.Equal(t, week("0 6 * * SUN"), week("0 6 * * sun"))
	require.Equal(t, []string{"2026-06-05T06:00:00Z", "2026-06-06T06:00:00Z", "2026-06-07T06:00:00Z"}, week("0 6 * * 5-7"))
	require.Equal(t, []string{"2026-06-03T06:00:00Z", "2026-06-05T06:00:00Z"}, week("0 6 3 * fri"), "either is enough")
	require.Equal(t, []string{"2026-06-03T06:00:00Z"}, week("0 6 3 * *"))
	require.Equal(t, []string{"2026-06-03T06:00:00Z"}, week("0 6 3 jun *"))
	require.Equal(t, []string{"2026-06-01T06:05:00Z", "2026-06-01T06:25:00Z", "2026-06-01T06:45:00Z"}, week("5/20 6 1 * *"), "from 5 to the hour's end")
	require.Len(t, week("0 6 */2 * mon"), 4, "*/2 restricts: 1, 3, 5 and 7 June, or Monday")
}

// A calendar that stays closed is told, or changes nothing, and ends soon.
func TestClosedCalendars(t *testing.T) {
	never, err := calendar.Compile(calendar.Spec{Zone: "Europe/Berlin"})
	require.NoError(t, err)
	daily := Rule{Cron: "0 6 * * *"}
	require.Len(t, slots(t, daily, "Europe/Berlin", never, ModifiedFollowing, "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z"), 7)
	p, err := Compile(daily, never.Zone(), never, Following)
	require.NoError(t, err)
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	_, err = p.Slots(from, from.AddDate(0, 1, 0))
	require.Equal(t, "calendar", fault.As(err).Field)
	_, err = p.Slots(from, from.AddDate(200, 0, 0))
	require.Equal(t, "to", fault.As(err).Field)
	every, err := Compile(Rule{Cron: "* * * * *"}, time.UTC, nil, None)
	require.NoError(t, err)
	_, err = every.Slots(from, from.AddDate(100, 0, 0))
	require.Equal(t, "to", fault.As(err).Field)
	none, err := every.Slots(from, from)
	require.NoError(t, err)
	require.Empty(t, none)
}

func FuzzCron(f *testing.F) {
	for _, s := range []string{"0 6 1 * *", "*/5 0-3 * jan-mar sun", "5/10 * * * 5-7", "TZ=UTC"} {
		f.Add(s)
	}
	from := time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Compile(Rule{Cron: s}, time.UTC, nil, None)
		if err != nil {
			require.NotNil(t, fault.As(err))
			return
		}
		got, err := p.Slots(from, from.AddDate(0, 0, 5))
		require.NoError(t, err)
		for i, at := range got {
			require.False(t, at.Before(from))
			require.True(t, i == 0 || got[i-1].Before(at))
		}
	})
}
