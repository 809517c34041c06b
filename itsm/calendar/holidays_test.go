package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// Easter Sundays and days of repentance from the almanac.
var (
	easters = map[int]string{2016: "03-27", 2017: "04-16", 2018: "04-01", 2019: "04-21", 2020: "04-12", 2021: "04-04", 2022: "04-17",
		2023: "04-09", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01", 2030: "04-21"}
	repentances = map[int]string{2016: "11-16", 2017: "11-22", 2018: "11-21", 2019: "11-20", 2020: "11-18", 2021: "11-17", 2022: "11-16",
		2023: "11-22", 2024: "11-20", 2025: "11-19", 2026: "11-18", 2027: "11-17", 2028: "11-22", 2029: "11-21", 2030: "11-20"}
)

// What each state's act has beyond the nine of all states: a date, a distance
// from Easter (E+60), R for repentance; from or only in a year after @ or =.
var law = map[string]string{
	"BB": "E+0 E+49 10-31",
	"BE": "03-08@2019 05-08=2020 05-08=2025 06-17=2028 10-31=2017",
	"BW": "01-06 E+60 10-31=2017 11-01",
	"BY": "01-06 E+60 10-31=2017 11-01",
	"HB": "10-31@2017",
	"HE": "E+60 10-31=2017",
	"HH": "10-31@2017",
	"MV": "03-08@2023 10-31",
	"NI": "10-31@2017",
	"NW": "E+60 10-31=2017 11-01",
	"RP": "E+60 10-31=2017 11-01",
	"SH": "10-31@2017",
	"SL": "E+60 08-15 10-31=2017 11-01",
	"SN": "10-31 R",
	"ST": "01-06 10-31",
	"TH": "09-20@2019 10-31",
}

func TestGermanHolidaysAgainstTheLaw(t *testing.T) {
	for state, more := range law {
		for year := 2016; year <= 2030; year++ {
			easter, err := time.Parse(time.DateOnly, fmt.Sprintf("%d-%s", year, easters[year]))
			require.NoError(t, err)
			var want []string
			for _, rule := range strings.Fields("01-01 E-2 E+1 05-01 E+39 E+50 10-03 12-25 12-26 " + more) {
				if day, since, ok := strings.Cut(rule, "@"); ok {
					if fmt.Sprint(year) < since {
						continue
					}
					rule = day
				}
				if day, only, ok := strings.Cut(rule, "="); ok {
					if fmt.Sprint(year) != only {
						continue
					}
					rule = day
				}
				var n int
				switch _, err := fmt.Sscanf(rule, "E%d", &n); {
				case err == nil:
					want = append(want, easter.AddDate(0, 0, n).Format(time.DateOnly))
				case rule == "R":
					want = append(want, fmt.Sprintf("%d-%s", year, repentances[year]))
				default:
					want = append(want, fmt.Sprintf("%d-%s", year, rule))
				}
			}
			slices.Sort(want)
			list, err := calendar.PublicHolidays("DE-"+state, year)
			require.NoError(t, err)
			var got []string
			for _, h := range list {
				got = append(got, h.Date.String())
				require.NotEmpty(t, h.Name.En)
				require.NotEmpty(t, h.Name.De)
				require.NotEqual(t, h.Name.En, h.Name.De, "German holidays have an English name")
			}
			require.Equal(t, want, got, "%s %d", state, year)
		}
	}
}

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
