package calendar_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

func TestHolidaysElsewhere(t *testing.T) {
	for _, c := range []struct {
		region string
		year   int
		want   string
	}{
		{"AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"FR", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"},
		{"NL", 2026, "01-01 04-06 04-27 05-05 05-14 05-25 12-25 12-26"},
		{"GB-ENG", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"},
		{"US", 2021, "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"},
		{"PL", 2025, "01-01 01-06 04-21 05-01 05-03 06-19 08-15 11-01 11-11 12-24 12-25 12-26"},
		{"PL", 2024, "01-01 01-06 04-01 05-01 05-03 05-30 08-15 11-01 11-11 12-25 12-26"},
		{"IT", 2025, "01-01 01-06 04-21 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"},
		{"IT", 2026, "01-01 01-06 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"},
		{"DK", 2026, "01-01 04-02 04-03 04-06 05-14 05-25 12-25 12-26"},
		{"DE", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
	} {
		list, err := calendar.PublicHolidays(c.region, c.year)
		require.NoError(t, err)
		var got []string
		for _, h := range list {
			got = append(got, h.Date.String()[5:])
		}
		require.Equal(t, c.want, strings.Join(got, " "), "%s %d", c.region, c.year)
	}
}

func TestEveryRegionHasHolidays(t *testing.T) {
	regions := calendar.Regions()
	require.Contains(t, regions, "DE-TH")
	require.Contains(t, regions, "CH-ZH")
	for _, r := range regions {
		for _, year := range []int{1995, 2026, 2100} {
			list, err := calendar.PublicHolidays(r, year)
			require.NoError(t, err)
			require.True(t, slices.IsSortedFunc(list, func(a, b calendar.Holiday) int { return strings.Compare(a.Date.String(), b.Date.String()) }))
			for i, h := range list {
				require.Equal(t, year, h.Date.Year)
				require.True(t, i == 0 || list[i-1].Date != h.Date)
			}
			require.NotEmpty(t, list, r)
		}
	}
}

func TestTwoHolidaysOnOneDay(t *testing.T) {
	list, err := calendar.PublicHolidays("DE-BE", 2008)
	require.NoError(t, err)
	i := slices.IndexFunc(list, func(h calendar.Holiday) bool { return h.Date.String() == "2008-05-01" })
	require.Equal(t, "Labour Day / Ascension Day", list[i].Name.En)
}
