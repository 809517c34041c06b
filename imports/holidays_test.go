package imports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

func TestWhichDaysAnEventHas(t *testing.T) {
	berlin, err := calendar.Zone("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct{ name, event, taken, left string }{
		{"a date", "DTSTART;VALUE=DATE:20260101", "2026-01-01", ""},
		{"a date without VALUE", "DTSTART:20260101", "2026-01-01", ""},
		{"the end is exclusive", "DTSTART:20261225|DTEND:20261227", "2026-12-25 2026-12-26", ""},
		{"an end on the same day is one day", "DTSTART:20260101|DTEND:20260101", "2026-01-01", ""},
		{"a duration", "DTSTART:20261224|DURATION:P3D", "2026-12-24 2026-12-25 2026-12-26", ""},
		{"in weeks", "DTSTART:20260101|DURATION:P1W", "2026-01-01 2026-01-02 2026-01-03 2026-01-04 2026-01-05 2026-01-06 2026-01-07", ""},
		{"in hours", "DTSTART:20260101|DURATION:+PT24H0M0S", "2026-01-01", ""},
		{"from midnight to midnight", "DTSTART:20260101T000000|DTEND:20260102T000000", "2026-01-01", ""},
		{"in a zone of the file", "DTSTART;TZID=Mitteleuropäische Zeit:20260101T000000|DTEND;TZID=\"W. Europe\":20260102T000000", "2026-01-01", ""},
		{"in UTC, from midnight to midnight in the calendar's zone", "DTSTART:20251231T230000Z|DTEND:20260101T230000Z", "2026-01-01", ""},
		{"over the change of the clock", "DTSTART:20260328T230000Z|DTEND:20260329T220000Z", "2026-03-29", ""},
		{"in UTC, at midnight of Greenwich", "DTSTART:20260101T000000Z|DTEND:20260102T000000Z", "", "part-of-day 2026-01-01"},
		{"midnight to 24 hours later", "DTSTART:20260101T000000|DURATION:P1D", "2026-01-01", ""},
		{"an afternoon", "DTSTART:20261224T120000|DTEND:20261225T000000", "", "part-of-day 2026-12-24"},
		{"a morning", "DTSTART:20261224T000000|DURATION:PT12H", "", "part-of-day 2026-12-24"},
		{"an instant", "DTSTART:20261224T180000", "", "part-of-day 2026-12-24"},
		{"noon to noon", "DTSTART:20261224T120000|DTEND:20261225T120000", "", "part-of-day 2026-12-24"},
		{"over the new year", "DTSTART:20301231|DTEND:20310102", "2030-12-31", ""},
		{"from the year before", "DTSTART:20241231|DTEND:20250102", "2025-01-01", ""},
		{"a leap day", "DTSTART:20280229", "2028-02-29", ""},

		{"before the years", "DTSTART:20240101", "", "outside 2024-01-01"},
		{"after them", "DTSTART:20310101", "", "outside 2031-01-01"},
		{"no start", "SUMMARY:", "", "unreadable"},
		{"a day that doesn't exist", "DTSTART:20260230", "", "unreadable"},
		{"no date at all", "DTSTART:tomorrow", "", "unreadable"},
		{"the year 0", "DTSTART:00000101", "", "unreadable"},
		{"a fraction", "DTSTART:20260101T000000.5", "", "unreadable"},
		{"an hour that doesn't exist", "DTSTART:20260101T240000", "", "unreadable"},
		{"a time in a date", "DTSTART;VALUE=DATE:20260101T000000", "", "unreadable"},
		{"two starts", "DTSTART:20260101|DTSTART:20260102", "", "unreadable 2026-01-01"},
		{"the end before the start", "DTSTART:20260102|DTEND:20260101", "", "unreadable 2026-01-02"},
		{"a negative duration", "DTSTART:20260101|DURATION:-P1D", "", "unreadable 2026-01-01"},
		{"no duration", "DTSTART:20260101|DURATION:P", "", "unreadable 2026-01-01"},
		{"a duration in months", "DTSTART:20260101|DURATION:P1M", "", "unreadable 2026-01-01"},
		{"an enormous duration", "DTSTART:20260101|DURATION:P99999999W", "", "unreadable 2026-01-01"},
		{"end and duration", "DTSTART:20260101|DTEND:20260102|DURATION:P1D", "", "unreadable 2026-01-01"},
		{"a date and a time", "DTSTART:20260101|DTEND:20260102T000000", "", "unreadable 2026-01-01"},
		{"a list of dates that was broken", "DTSTART:20260101|RRULE:FREQ=YEARLY|EXDATE:20270101,\r\n20280101", "", "unreadable 2026-01-01"},
		{"a text that was broken", "DTSTART:20260101|DESCRIPTION:See\r\nthis page", "2026-01-01", ""},
		{"the holidays of a school", "DTSTART:20260701|DTEND:20260815", "", "long 2026-07-01"},
		{"centuries", "DTSTART:20260101|DTEND:99991231", "", "long 2026-01-01"},
		{"cancelled", "DTSTART:20260101|STATUS:CANCELLED", "", "cancelled 2026-01-01"},
		{"tentative", "DTSTART:20260101|STATUS:TENTATIVE", "", "tentative 2026-01-01"},
		{"confirmed and transparent", "DTSTART:20260101|STATUS:CONFIRMED|TRANSP:TRANSPARENT", "2026-01-01", ""},
		{"an alarm has dates of its own", "DTSTART:20260101|BEGIN:VALARM|TRIGGER:-PT1H|DURATION:PT5M|DTSTART:20270101|END:VALARM", "2026-01-01", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := someYears
			o.Zone = berlin
			f, err := Holidays(strings.NewReader(ics(c.event)), o)
			require.NoError(t, err)
			var taken, left []string
			for _, h := range f.Holidays {
				taken = append(taken, h.Date.String())
			}
			_, left = shown(f)
			require.Equal(t, c.taken, strings.Join(taken, " "))
			require.Equal(t, c.left, strings.Join(left, " "))
			for _, l := range f.LeftOut {
				require.Equal(t, int64(4), l.Line)
				require.NotEmpty(t, l.Reason.En)
				require.NotEqual(t, l.Reason.En, l.Reason.De)
			}
		})
	}
}

func TestRules(t *testing.T) {
	for _, c := range []struct{ name, event, taken, left string }{
		{"each year", "DTSTART:20160101|RRULE:FREQ=YEARLY", "25-01-01 26-01-01 27-01-01 28-01-01 29-01-01 30-01-01", ""},
		{"in lower case", "DTSTART:20260101|RRULE:freq=yearly", "26-01-01 27-01-01 28-01-01 29-01-01 30-01-01", ""},
		{"from its start on", "DTSTART:20280614|RRULE:FREQ=YEARLY", "28-06-14 29-06-14 30-06-14", ""},
		{"until", "DTSTART:20160101|RRULE:FREQ=YEARLY;UNTIL=20270101", "25-01-01 26-01-01 27-01-01", ""},
		{"until just before", "DTSTART:20160102|RRULE:FREQ=YEARLY;UNTIL=20270101T000000Z", "25-01-02 26-01-02", ""},
		{"a number of times", "DTSTART:20160101|RRULE:FREQ=YEARLY;COUNT=11", "25-01-01 26-01-01", ""},
		{"every second year", "DTSTART:20150101|RRULE:FREQ=YEARLY;INTERVAL=2", "25-01-01 27-01-01 29-01-01", ""},
		{"every fourth since long ago", "DTSTART:16010704|RRULE:FREQ=YEARLY;INTERVAL=4", "25-07-04 29-07-04", ""},
		{"a day of a month", "DTSTART:20260501|RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "26-05-01 27-05-01 28-05-01 29-05-01 30-05-01", ""},
		{"months with the start's day", "DTSTART:20300101|RRULE:FREQ=YEARLY;BYMONTH=1,7", "30-01-01 30-07-01", ""},
		{"the last day of a month", "DTSTART:20280201|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "28-02-29 29-02-28 30-02-28", ""},
		{"a leap day comes in leap years", "DTSTART:20240229|RRULE:FREQ=YEARLY", "28-02-29", ""},
		{"Thanksgiving", "DTSTART:20281123|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "28-11-23 29-11-22 30-11-28", ""},
		{"Memorial Day", "DTSTART:20280529|RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;WKST=SU", "28-05-29 29-05-28 30-05-27", ""},
		{"the Wednesday from the 16th to the 22nd", "DTSTART:20281122|RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=16,17,18,19,20,21,22;BYDAY=WE", "28-11-22 29-11-21 30-11-20", ""},
		{"a day of the year", "DTSTART:20291231|RRULE:FREQ=YEARLY;BYYEARDAY=-1", "29-12-31 30-12-31", ""},
		{"the last working day of a year", "DTSTART:20291231|RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "29-12-31 30-12-31", ""},
		{"two days each time", "DTSTART:20291225|DTEND:20291227|RRULE:FREQ=YEARLY", "29-12-25 29-12-26 30-12-25 30-12-26", ""},
		{"over the first of the years", "DTSTART:20101231|DTEND:20110102|RRULE:FREQ=YEARLY;COUNT=16", "25-01-01 25-12-31 26-01-01", ""},
		{"without some", "DTSTART:20270101|RRULE:FREQ=YEARLY|EXDATE;VALUE=DATE:20280101,20290101", "27-01-01 30-01-01", ""},
		{"without any", "DTSTART:20260101|EXDATE:20260101", "", "cancelled 2026-01-01"},
		{"with others", "DTSTART:20280101|RDATE:20290106|RDATE;VALUE=DATE:20300106", "28-01-01 29-01-06 30-01-06", ""},
		{"a rule that never fires", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "", "outside 2026-01-01"},
		{"over before the years", "DTSTART:20160101|RRULE:FREQ=YEARLY;COUNT=3", "", "outside 2016-01-01"},

		{"each month", "DTSTART:20260101|RRULE:FREQ=MONTHLY;BYMONTHDAY=1", "", "unsupported 2026-01-01"},
		{"each week", "DTSTART:20260101|RRULE:FREQ=WEEKLY", "", "unsupported 2026-01-01"},
		{"by week", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYWEEKNO=20", "", "unsupported 2026-01-01"},
		{"days with and without a number", "DTSTART:20290101|RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=MO,1SU", "29-05-06 29-05-07 29-05-14 29-05-21 29-05-28 30-05-05 30-05-06 30-05-13 30-05-20 30-05-27", ""},
		{"by hour", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYHOUR=9", "", "unsupported 2026-01-01"},
		{"by Easter, an extension", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYEASTER=1", "", "unsupported 2026-01-01"},
		{"in another calendar", "DTSTART:20260101|RRULE:RSCALE=CHINESE;FREQ=YEARLY", "", "unsupported 2026-01-01"},
		{"two rules", "DTSTART:20260101|RRULE:FREQ=YEARLY|RRULE:FREQ=YEARLY;BYMONTH=2", "", "unsupported 2026-01-01"},
		{"an exception's rule", "DTSTART:20260101|RRULE:FREQ=YEARLY|EXRULE:FREQ=YEARLY;INTERVAL=2", "", "unsupported 2026-01-01"},
		{"no frequency", "DTSTART:20260101|RRULE:BYMONTH=1", "", "unsupported 2026-01-01"},
		{"nonsense", "DTSTART:20260101|RRULE:yearly", "", "unreadable 2026-01-01"},
		{"a month that doesn't exist", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYMONTH=13", "", "unreadable 2026-01-01"},
		{"a week of a month that doesn't exist", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=53MO", "", "unreadable 2026-01-01"},
		{"nor backwards", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=-53MO", "", "unreadable 2026-01-01"},
		{"the 53rd of a year", "DTSTART:20290101|RRULE:FREQ=YEARLY;BYDAY=53MO,-53SU", "29-12-31", ""},
		{"a part twice", "DTSTART:20260101|RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTH=2", "", "unreadable 2026-01-01"},
		{"an interval of 0", "DTSTART:20260101|RRULE:FREQ=YEARLY;INTERVAL=0", "", "unreadable 2026-01-01"},
		{"an interval without end", "DTSTART:20260101|RRULE:FREQ=YEARLY;INTERVAL=9223372036854775807", "", "unreadable 2026-01-01"},
		{"until never", "DTSTART:20260101|RRULE:FREQ=YEARLY;UNTIL=forever", "", "unreadable 2026-01-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Holidays(strings.NewReader(ics(c.event)), someYears)
			require.NoError(t, err)
			var taken []string
			for _, h := range f.Holidays {
				taken = append(taken, h.Date.String()[2:])
			}
			_, left := shown(f)
			require.Equal(t, c.taken, strings.Join(taken, " "))
			require.Equal(t, c.left, strings.Join(left, " "))
		})
	}
}

// One occurrence of a rule is moved, another cancelled, whichever stands first.
func TestOccurrencesThatAreReplaced(t *testing.T) {
	rule := "UID:a|DTSTART:20270427|RRULE:FREQ=YEARLY|SUMMARY:King's Day"
	moved := "UID:a|RECURRENCE-ID;VALUE=DATE:20280427|DTSTART:20280426|SUMMARY:King's Day (moved)"
	off := "UID:a|RECURRENCE-ID:20290427|DTSTART:20290427|STATUS:CANCELLED|SUMMARY:King's Day"
	other := "UID:b|RECURRENCE-ID:20270427|DTSTART:20270101|SUMMARY:of a rule that isn't here"
	for _, events := range [][]string{{rule, moved, off, other}, {other, off, moved, rule}} {
		f, err := Holidays(strings.NewReader(ics(events...)), someYears)
		require.NoError(t, err)
		taken, left := shown(f)
		require.Equal(t, []string{"2027-01-01 of a rule that isn't here", "2027-04-27 King's Day", "2028-04-26 King's Day (moved)", "2030-04-27 King's Day"}, taken)
		require.Equal(t, []string{"cancelled 2029-04-27 King's Day"}, left)
	}
	f, err := Holidays(strings.NewReader(ics(rule, "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE:20280427|DTSTART:20280426")), someYears)
	require.NoError(t, err)
	taken, left := shown(f)
	require.Equal(t, []string{"2027-04-27 King's Day", "2029-04-27 King's Day", "2030-04-27 King's Day"}, taken)
	require.Equal(t, []string{"unsupported 2028-04-26"}, left)

	f, err = Holidays(strings.NewReader(strings.Replace(ics(rule), "VERSION:2.0", "METHOD:CANCEL", 1)), someYears)
	require.NoError(t, err)
	require.Empty(t, f.Holidays)
	require.Equal(t, calendar.Cancelled, f.LeftOut[0].Why)
}

func TestNames(t *testing.T) {
	f, err := Holidays(strings.NewReader(ics(
		"DTSTART:20260101|SUMMARY;LANGUAGE=de:Neujahr\\, der \\\"erste\\\" \\n Tag\\; \\\\",
		"DTSTART:20260501|SUMMARY:Tag der Arbeit", "DTSTART:20260501|SUMMARY:Tag der Arbeit", "DTSTART:20260501|SUMMARY:Christi Himmelfahrt", "DTSTART:20260501",
		"DTSTART:20261003", "DTSTART:20261225|SUMMARY:a\x00b\x07")), someYears)
	require.NoError(t, err)
	taken, left := shown(f)
	require.Empty(t, left)
	require.Equal(t, []string{`2026-01-01 Neujahr, der \"erste\" Tag; \`, "2026-05-01 Tag der Arbeit / Christi Himmelfahrt", "2026-10-03 unnamed", "2026-12-25 a\u2400b\x07"}, taken)
	require.Equal(t, "ohne Namen", f.Holidays[2].Name.De)
}
