package calendar_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

func named(t testing.TB, dates ...string) (list []calendar.Holiday) {
	for _, d := range dates {
		list = append(list, calendar.Holiday{Date: date(t, d), Name: text.Same(d)})
	}
	return list
}

func TestHolidaysAreAddedToASpec(t *testing.T) {
	spec := calendar.Spec{Zone: "Europe/Berlin", Hours: office,
		Holidays: calendar.Holidays{Region: "DE-BE", Dates: []calendar.Date{date(t, "2026-12-31"), date(t, "2026-12-24")}}}
	changed, added, already := spec.With(named(t, "2026-03-08", "2026-06-04", "2026-12-24", "2026-11-01", "2026-06-04"))
	require.Equal(t, named(t, "2026-06-04", "2026-11-01"), added)
	require.Equal(t, named(t, "2026-03-08", "2026-12-24", "2026-06-04"), already, "by the law of the region, by a date, by the same list")
	require.Equal(t, []calendar.Date{date(t, "2026-06-04"), date(t, "2026-11-01"), date(t, "2026-12-24"), date(t, "2026-12-31")}, changed.Holidays.Dates)
	require.Equal(t, "2026-12-31", spec.Holidays.Dates[0].String(), "the spec itself stays")
	require.False(t, compile(t, changed).WorkingDay(date(t, "2026-06-04")))
	require.True(t, compile(t, spec).WorkingDay(date(t, "2026-06-04")))

	again, added, already := changed.With(named(t, "2026-06-04", "2026-11-01"))
	require.Empty(t, added)
	require.Len(t, already, 2)
	require.Equal(t, changed, again, "nothing new: nothing changes, not even the order")
	same, added, _ := spec.With(nil)
	require.Empty(t, added)
	require.Equal(t, spec, same)

	_, added, _ = calendar.Spec{}.With(named(t, "1900-01-01", "2200-12-25"))
	require.Len(t, added, 2, "no region, and years without known law")
}

func TestEveryHolidayIsAddedOrWasThere(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date{Year: 2026, Month: 1, Day: 1}.Add(rapid.IntRange(-40, 40).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		spec := calendar.Spec{Zone: "UTC", Hours: daily("00:00-24:00"), Holidays: calendar.Holidays{
			Region: rapid.SampledFrom([]string{"", "DE-BY", "AT"}).Draw(t, "region"), Dates: rapid.SliceOf(day).Draw(t, "dates")}}
		var list []calendar.Holiday
		for _, d := range rapid.SliceOf(day).Draw(t, "list") {
			list = append(list, calendar.Holiday{Date: d})
		}
		changed, added, already := spec.With(list)
		if len(added)+len(already) != len(list) {
			t.Fatalf("%d added, %d there already, of %d", len(added), len(already), len(list))
		}
		before, err := calendar.Compile(spec)
		if err != nil {
			t.Fatal(err)
		}
		after, err := calendar.Compile(changed)
		if err != nil {
			t.Fatal(err)
		}
		fresh := map[calendar.Date]bool{}
		for _, h := range added {
			fresh[h.Date] = true
		}
		for d := (calendar.Date{Year: 2025, Month: 11, Day: 1}); d.Year < 2026 || d.Month < 3; d = d.Add(1) {
			if before.WorkingDay(d) != (after.WorkingDay(d) || fresh[d]) {
				t.Fatalf("%v: open before %t, after %t, added %t", d, before.WorkingDay(d), after.WorkingDay(d), fresh[d])
			}
		}
	})
}
