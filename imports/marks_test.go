package imports

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

// googleGermany has entries in the shape of Google's feed "Holidays in
// Germany": everything transparent and confirmed, the kind in DESCRIPTION, the
// line folded.
var googleGermany = ics(
	"DTSTART;VALUE=DATE:20161111|DTEND;VALUE=DATE:20161112|UID:20161111_a1@google.com|STATUS:CONFIRMED|TRANSP:TRANSPARENT|SUMMARY:St. Martin's Day|"+
		"DESCRIPTION:Observance\\nTo hide observances\\, go to Google Calendar Setting\r\n s > Holidays in Germany",
	"DTSTART;VALUE=DATE:20161113|DTEND;VALUE=DATE:20161114|UID:20161113_a2@google.com|STATUS:CONFIRMED|TRANSP:TRANSPARENT|SUMMARY:National Day of Mourning|"+
		"DESCRIPTION:Observance\\nTo hide observances\\, go to Google Calendar Setting\r\n s > Holidays in Germany",
	"DTSTART;VALUE=DATE:20161101|DTEND;VALUE=DATE:20161102|UID:20161101_a3@google.com|STATUS:CONFIRMED|TRANSP:TRANSPARENT|SUMMARY:All Saints' Day (regional holiday)|"+
		"DESCRIPTION:Public holiday in Baden-Württemberg\\, Bavaria\\, North Rhine-Westphalia\\, Rhineland-Palatinate\\, Saarland",
	"DTSTART;VALUE=DATE:20161003|DTEND;VALUE=DATE:20161004|UID:20161003_a4@google.com|STATUS:CONFIRMED|TRANSP:TRANSPARENT|SUMMARY:Day of German Unity|DESCRIPTION:Public holiday",
)

// https://github.com/zammad/zammad/issues/390: a ticket opened on 9 November
// 2016 at 23:00 was to be escalated after 48 hours, of which each day has
// twelve. Google's feed of German holidays had St. Martin's Day and the
// National Day of Mourning in it, and both were taken for holidays.
func TestAHolidayFeedWithWorkingDaysInIt(t *testing.T) {
	zone, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	o := HolidayOptions{Format: ICalendar, Zone: zone, Region: "DE-BE", From: 2016, To: 2016}
	f, err := Holidays(strings.NewReader(googleGermany), o)
	require.NoError(t, err)
	taken, left := shown(f)
	require.Equal(t, []string{"2016-10-03 Day of German Unity"}, taken)
	require.Equal(t, []string{"observance 2016-11-11 St. Martin's Day", "observance 2016-11-13 National Day of Mourning",
		"regional 2016-11-01 All Saints' Day (regional holiday)"}, left, "and the person who loads it is told")
	require.Equal(t, `it is marked "Observance": no public holiday`, f.LeftOut[0].Reason.En)

	breach := func(list []calendar.Holiday) string {
		spec := calendar.Spec{Zone: "Europe/Berlin", Hours: map[string][]string{}}
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			spec.Hours[d] = []string{"09:00-21:00"}
		}
		spec, _, _ = spec.With(list)
		c, err := calendar.Compile(spec)
		require.NoError(t, err)
		at, ok := c.Add(time.Date(2016, 11, 9, 22, 0, 0, 0, time.UTC), 48*3600, time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC))
		require.True(t, ok)
		return at.In(zone).Format("2006-01-02 15:04")
	}
	require.Equal(t, "2016-11-13 21:00", breach(f.Holidays), "four days of twelve hours")
	o.All = true
	f, err = Holidays(strings.NewReader(googleGermany), o)
	require.NoError(t, err)
	require.Len(t, f.Holidays, 4)
	require.Empty(t, f.LeftOut)
	require.Equal(t, "2016-11-15 21:00", breach(f.Holidays), "what the thread complains about, for those who ask for it")
}

func TestMarks(t *testing.T) {
	const holiday = "DTSTART:20260101|SUMMARY:sure|DESCRIPTION:Public holiday"
	for _, c := range []struct{ name, event, region, why string }{
		{"Google, in German", "DESCRIPTION:Feiertag", "", ""},
		{"Google, in German, an observance", "DESCRIPTION:Gedenktag\\nWenn Sie Gedenktage ausblenden möchten\\, rufen Sie die Einstellungen auf", "", "observance"},
		{"of the calendar's state", "DESCRIPTION:Feiertag in Baden-Württemberg\\, Bayern\\, Sachsen-Anhalt", "DE-ST", ""},
		{"of another one whose name is part of it", "DESCRIPTION:Feiertag in Sachsen-Anhalt", "DE-SN", "regional"},
		{"of the whole country", "DESCRIPTION:Gesetzlicher Feiertag in Deutschland", "DE-BE", ""},
		{"in all states", "DESCRIPTION:Gesetzlicher Feiertag in allen Bundesländern", "DE-BE", ""},
		{"by codes", "DESCRIPTION:Gesetzlicher Feiertag in: BW\\, BY\\, ST", "DE-ST", ""},
		{"by codes of others", "DESCRIPTION:Gesetzlicher Feiertag in: BW\\, BY\\, ST", "DE-SN", "regional"},
		{"of another country", "DESCRIPTION:Public holiday in Austria", "DE-BE", "regional"},
		{"of a part, for a calendar of the country", "DESCRIPTION:Public holiday in Bavaria and Saarland", "DE", "regional"},
		{"of a part, for a calendar without region", "DESCRIPTION:Public holiday in Bavaria", "", "regional"},
		{"regional, nobody says where", "SUMMARY:Assumption (Regional holiday)", "DE-SL", "regional"},
		{"the places say more than the name", "SUMMARY:Epiphany (regional holiday)|DESCRIPTION:Public holiday in Bavaria", "DE-BY", ""},
		{"with a full stop", "DESCRIPTION:Bank holiday. Shops close.", "", ""},
		{"a date that may change", "DESCRIPTION:Public holiday\\nDate is tentative and may change.", "", "tentative"},
		{"categories", "CATEGORIES:Holidays,Public holiday", "", ""},
		{"categories, an observance", "CATEGORIES:Holidays|CATEGORIES:Observance", "", "observance"},
		{"an escaped comma is no separator", "CATEGORIES:x\\,Observance", "", "unmarked"},
		{"in capitals", "CATEGORIES:OBSERVANCE", "", "observance"},
		{"in the summary", "SUMMARY:Mother's Day (Not a Public Holiday)", "", "observance"},
		{"the observed day of a holiday", "SUMMARY:Christmas Day (observed)|DESCRIPTION:Public holiday", "", ""},
		{"of date-holidays", "DESCRIPTION:observance - soo special", "", "observance"},
		{"two that contradict each other", "CATEGORIES:Public holiday|DESCRIPTION:Observance", "", "observance"},
		{"the other way round", "CATEGORIES:Observance|DESCRIPTION:Public holiday", "", "observance"},
		{"a school's", "CATEGORIES:Schulferien", "", "observance"},
		{"half a day", "DESCRIPTION:Half-day holiday", "", "observance"},
		{"unmarked beside marked ones", "DESCRIPTION:Come to the party", "", "unmarked"},
		{"a category that Outlook gives to all", "CATEGORIES:Feiertag", "", "unmarked"},
		{"a word that goes on", "DESCRIPTION:Observances", "", "observance"},
		{"another word", "DESCRIPTION:Feiertage sind schön", "", "unmarked"},
		{"Feiertag as part of a sentence", "DESCRIPTION:Feiertag der Chemie", "", "unmarked"},
		{"Apple, a day off", "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY", "", ""},
		{"Apple, a Sunday that is worked for it", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY", "", "working-day"},
		{"Google, in French", "UID:20261111_abc@google.com|DESCRIPTION:Jour férié", "", "unmarked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := someYears
			o.Region = c.region
			f, err := Holidays(strings.NewReader(ics(holiday, "DTSTART:20261111|"+c.event)), o)
			require.NoError(t, err)
			require.True(t, f.Marked)
			why := ""
			for _, l := range f.LeftOut {
				why = string(l.Why)
			}
			require.Equal(t, c.why, why)
			require.Len(t, f.Holidays, 2-len(f.LeftOut))

			o.All = true
			f, err = Holidays(strings.NewReader(ics(holiday, "DTSTART:20261111|"+c.event)), o)
			require.NoError(t, err)
			require.Equal(t, c.why == "working-day", len(f.LeftOut) == 1, "all of it, but no day that is worked")
		})
	}
}

// A feed without marks is taken at its word, and says so.
func TestUnmarkedFeeds(t *testing.T) {
	f, err := Holidays(strings.NewReader(ics("DTSTART:20260101|SUMMARY:Neujahr|CATEGORIES:Feiertag|DESCRIPTION:Der erste Tag", "DTSTART:20260106|SUMMARY:Drei Könige")), someYears)
	require.NoError(t, err)
	require.Len(t, f.Holidays, 2)
	require.False(t, f.Marked)

	f, err = Holidays(strings.NewReader(ics("DTSTART:20260101|SUMMARY:Neujahr", "DTSTART:20260214|SUMMARY:Valentinstag|CATEGORIES:Observance")), someYears)
	require.NoError(t, err)
	taken, left := shown(f)
	require.Equal(t, []string{"2026-01-01 Neujahr"}, taken, "it marks its observances only")
	require.Equal(t, []string{"observance 2026-02-14 Valentinstag"}, left)
	require.True(t, f.Marked)

	f, err = Holidays(strings.NewReader(ics("DTSTART:20260101|UID:20260101_k2@google.com|DESCRIPTION:Jour férié", "DTSTART:20260102|UID:abc@google.com|DESCRIPTION:closed")), someYears)
	require.NoError(t, err)
	require.Len(t, f.Holidays, 1, "Google's feed marks in French; people's own calendars there don't")
	require.Contains(t, f.LeftOut[0].Reason.En, "Jour férié")
}

// Each state is found by its name in both languages, and no other is.
func TestPlacesOfStates(t *testing.T) {
	seen := map[string]string{}
	for region, names := range placeNames {
		require.True(t, len(region) == 2 || strings.HasPrefix(region, "DE-"), region)
		require.Contains(t, calendar.Regions(), region)
		for _, n := range names {
			require.Empty(t, seen[n])
			seen[n] = region
			require.Equal(t, strings.ToLower(n), n)
			require.True(t, markOf("Public holiday in the moon, "+n).holds(region))
		}
	}
	n := 0
	for _, r := range calendar.Regions() {
		if strings.HasPrefix(r, "DE-") {
			n++
			require.NotEmpty(t, placeNames[r], r)
		}
	}
	require.Equal(t, 16, n)
}
