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

// everywhere are the nine holidays that all sixteen acts have; 3 October is one
// by article 2 of the Unification Treaty.
const everywhere = "01-01 E-2 E+1 05-01 E+39 E+50 10-03 12-25 12-26"

// law is what each state's act has beyond them: a date, a distance from Easter
// (E+60), R for the day of repentance; from (@) or only in (=) a year. Days of
// some municipalities only aren't here: Assumption in most of Bavaria and the
// Peace Festival in Augsburg (BY), Corpus Christi in parts of SN and TH.
// Sundays as such are holidays in Hesse, and Easter isn't named beside them.
var law = map[string]struct {
	act, days string
	count     string // of holidays from 2016 to 2030, one digit a year, c being twelve
}{
	"BB": {"FTG § 2", "E+0 E+49 10-31", "ccccccccccccccc"},
	"BE": {"Gesetz über die Sonn- und Feiertage § 1, changed 2015 (GVBl. S. 378), 2019 (S. 22) and 2024 (S. 460)",
		"03-08@2019 05-08=2020 05-08=2025 06-17=2028 10-31=2017", "9a9abaaaabaabaa"},
	"BW": {"FTG § 1", "01-06 E+60 10-31=2017 11-01", "cdccccccccccccc"},
	"BY": {"FTG Art. 1 (1) 1", "01-06 E+60 10-31=2017 11-01", "cdccccccccccccc"},
	"HB": {"Gesetz über die Sonn- und Feiertage § 2, changed 2018", "10-31@2017", "9aaaaaaaaaaaaaa"},
	"HE": {"HFeiertagsG § 1; 2017 by regulation", "E+60 10-31=2017", "abaaaaaaaaaaaaa"},
	"HH": {"Feiertagsgesetz § 1, changed 2018", "10-31@2017", "9aaaaaaaaaaaaaa"},
	"MV": {"FTG M-V § 2, changed 2022", "03-08@2023 10-31", "aaaaaaabbbbbbbb"},
	"NI": {"NFeiertagsG § 2, changed 2018", "10-31@2017", "9aaaaaaaaaaaaaa"},
	"NW": {"Feiertagsgesetz NW § 2", "E+60 10-31=2017 11-01", "bcbbbbbbbbbbbbb"},
	"RP": {"LFtG § 2", "E+60 10-31=2017 11-01", "bcbbbbbbbbbbbbb"},
	"SH": {"SFTG § 2, changed 2018", "10-31@2017", "9aaaaaaaaaaaaaa"},
	"SL": {"SFG § 2", "E+60 08-15 10-31=2017 11-01", "cdccccccccccccc"},
	"SN": {"SächsSFG § 1", "10-31 R", "bbbbbbbbbbbbbbb"},
	"ST": {"FeiertG LSA § 2", "01-06 10-31", "bbbbbbbbbbbbbbb"},
	"TH": {"ThürFGtG § 2, changed 2019", "09-20@2019 10-31", "aaabbbbbbbbbbbb"},
}

// germanNames are the days by the acts' own words, or nearly so.
var germanNames = map[string]string{
	"01-01": "Neujahr", "01-06": "Heilige Drei Könige", "03-08": "Internationaler Frauentag", "E-2": "Karfreitag", "E+0": "Ostersonntag",
	"E+1": "Ostermontag", "05-01": "Tag der Arbeit", "05-08": "Tag der Befreiung", "E+39": "Christi Himmelfahrt", "E+49": "Pfingstsonntag",
	"E+50": "Pfingstmontag", "E+60": "Fronleichnam", "06-17": "75. Jahrestag des Aufstandes vom 17. Juni 1953", "08-15": "Mariä Himmelfahrt",
	"09-20": "Weltkindertag", "10-03": "Tag der Deutschen Einheit", "10-31": "Reformationstag", "11-01": "Allerheiligen",
	"R": "Buß- und Bettag", "12-25": "Erster Weihnachtstag", "12-26": "Zweiter Weihnachtstag",
}

// dayOf gives the date of a rule in a year; false where it isn't one then.
func dayOf(rule string, year int) (name, date string, ok bool) {
	if day, since, from := strings.Cut(rule, "@"); from {
		if fmt.Sprint(year) < since {
			return "", "", false
		}
		rule = day
	}
	if day, only, once := strings.Cut(rule, "="); once {
		if fmt.Sprint(year) != only {
			return "", "", false
		}
		rule = day
	}
	name = germanNames[rule]
	var n int
	switch _, err := fmt.Sscanf(rule, "E%d", &n); {
	case err == nil:
		easter, _ := time.Parse(time.DateOnly, fmt.Sprintf("%d-%s", year, easters[year])) // they are dates
		return name, easter.AddDate(0, 0, n).Format(time.DateOnly), true
	case rule == "R":
		return name, fmt.Sprintf("%d-%s", year, repentances[year]), true
	}
	return name, fmt.Sprintf("%d-%s", year, rule), true
}

func holidaysIn(t *testing.T, region string, year int) (dates, named []string) {
	t.Helper()
	list, err := calendar.PublicHolidays(region, year)
	require.NoError(t, err)
	for _, h := range list {
		dates = append(dates, h.Date.String())
		named = append(named, h.Date.String()+" "+h.Name.De)
		require.NotEmpty(t, h.Name.En)
		require.NotEqual(t, h.Name.En, h.Name.De, "German holidays have an English name")
	}
	return dates, named
}

func TestGermanHolidaysAgainstTheLaw(t *testing.T) {
	require.Len(t, law, 16)
	for state, l := range law {
		require.NotEmpty(t, l.act)
		require.Len(t, l.count, 15)
		for year := 2016; year <= 2030; year++ {
			var want []string
			for _, rule := range strings.Fields(everywhere + " " + l.days) {
				if name, date, ok := dayOf(rule, year); ok {
					require.NotEmpty(t, name, rule)
					want = append(want, date+" "+name)
				}
			}
			slices.Sort(want)
			_, got := holidaysIn(t, "DE-"+state, year)
			require.Equal(t, want, got, "%s %d", state, year)
			require.Len(t, got, strings.IndexByte("0123456789abcdef", l.count[year-2016]), "%s %d", state, year)
		}
	}
}

// What all of Germany keeps, whichever state: the nine, and Reformation Day in
// its 500th year, by sixteen acts and regulations.
func TestHolidaysOfAllGermany(t *testing.T) {
	for year := 2016; year <= 2030; year++ {
		country, _ := holidaysIn(t, "DE", year)
		var common []string
		for state := range law {
			dates, _ := holidaysIn(t, "DE-"+state, year)
			if common == nil {
				common = dates
			}
			common = slices.DeleteFunc(common, func(d string) bool { return !slices.Contains(dates, d) })
		}
		require.Equal(t, common, country, "%d", year)
		n := 9
		if year == 2017 {
			n = 10
		}
		require.Len(t, country, n, "%d", year)
	}
}

// The two tables above against their definitions: the first Sunday after the
// full moon after the equinox as the church reckons it, after Gauß; the
// Wednesday before 23 November.
func TestTheAlmanac(t *testing.T) {
	for year := 2016; year <= 2030; year++ {
		a, b, c := year%19, year%4, year%7
		d := (19*a + 24) % 30 // for 1900 to 2199
		e := (2*b + 4*c + 6*d + 5) % 7
		if d == 29 && e == 6 || d == 28 && e == 6 && a > 10 {
			e -= 7
		}
		require.Equal(t, fmt.Sprintf("%d-%s", year, easters[year]), time.Date(year, time.March, 22+d+e, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		for day := 16; day <= 22; day++ {
			if x := time.Date(year, time.November, day, 0, 0, 0, 0, time.UTC); x.Weekday() == time.Wednesday {
				require.Equal(t, fmt.Sprintf("%d-%s", year, repentances[year]), x.Format(time.DateOnly))
			}
		}
	}
}

// What other lists have, and the law hasn't.
func TestDaysThatAreNoHolidays(t *testing.T) {
	none := func(rule, why string, years []int, states ...string) {
		t.Helper()
		for _, year := range years {
			_, date, _ := dayOf(rule, year)
			for _, s := range states {
				dates, _ := holidaysIn(t, "DE-"+s, year)
				require.NotContains(t, dates, date, "%s: %s", s, why)
			}
		}
	}
	all := []string{}
	for s := range law {
		all = append(all, s)
	}
	but := func(states ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(states, s) })
	}
	years := func(from, to int) (list []int) {
		for y := from; y <= to; y++ {
			list = append(list, y)
		}
		return list
	}
	ever := years(2016, 2030)
	none("E+0", "Easter Sunday is named in Brandenburg's act only; Hesse's names Sundays", ever, but("BB")...)
	none("E+49", "Whit Sunday too", ever, but("BB")...)
	none("E-3", "Maundy Thursday", ever, all...)
	none("12-24", "Christmas Eve", ever, all...)
	none("12-31", "New Year's Eve", ever, all...)
	none("08-15", "Assumption is of all Saarland; in Bavaria of most municipalities", ever, but("SL")...)
	none("08-08", "the Peace Festival is Augsburg's", ever, all...)
	none("R", "repentance is Saxony's since 1995", ever, but("SN")...)
	none("E+60", "Corpus Christi is kept in parts of Saxony and Thuringia", ever, "SN", "TH", "BE", "BB", "HB", "HH", "MV", "NI", "SH", "ST")
	none("10-31", "Reformation Day in the north before its 500th year", years(2016, 2016), "HB", "HH", "NI", "SH")
	none("10-31", "and elsewhere after it", append(years(2016, 2016), years(2018, 2030)...), "BE", "BW", "BY", "HE", "NW", "RP", "SL")
	none("03-08", "women's day before it became one", years(2016, 2018), all...)
	none("03-08", "and in Mecklenburg-Vorpommern", years(2019, 2022), but("BE")...)
	none("03-08", "and now", years(2023, 2030), but("BE", "MV")...)
	none("09-20", "children's day before 2019", years(2016, 2018), all...)
	none("09-20", "and outside of Thuringia", ever, but("TH")...)
	none("05-08", "liberation day in Brandenburg is a day of remembrance", ever, but("BE")...)
	none("05-08", "and in Berlin in other years", slices.DeleteFunc(years(2016, 2030), func(y int) bool { return y == 2020 || y == 2025 }), "BE")
	none("06-17", "17 June outside of Berlin, and in Berlin in other years", ever, but("BE")...)
	none("06-17", "in Berlin", append(years(2016, 2027), 2029, 2030), "BE")
	none("11-01", "All Saints' Day", ever, but("BW", "BY", "NW", "RP", "SL")...)
	none("01-06", "Epiphany", ever, but("BW", "BY", "ST")...)
}

// A calendar of a state is closed on its holidays, and on no other day.
func TestCalendarsOfTheStates(t *testing.T) {
	first, last := date(t, "2016-01-01"), date(t, "2030-12-31")
	for state := range law {
		c := compile(t, calendar.Spec{Zone: "Europe/Berlin", Hours: daily("00:00-24:00"), Holidays: calendar.Holidays{Region: "DE-" + state}})
		var closed, want []string
		for d := first; !last.Before(d); d = d.Add(1) {
			if !c.WorkingDay(d) {
				closed = append(closed, d.String())
			}
		}
		for year := 2016; year <= 2030; year++ {
			dates, _ := holidaysIn(t, "DE-"+state, year)
			want = append(want, dates...)
		}
		require.Equal(t, want, closed, state)
		from, to := first.Start(c.Zone()), last.Add(1).Start(c.Zone())
		lost := int64(0)
		for _, d := range want {
			day := date(t, d)
			lost += day.Add(1).Start(c.Zone()).Unix() - day.Start(c.Zone()).Unix()
		}
		require.Equal(t, to.Unix()-from.Unix()-lost, c.Seconds(from, to), state)
	}
}
