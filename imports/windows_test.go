package imports

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/uptime"
)

var berlin = func() *time.Location {
	zone, err := calendar.Zone("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

// inCalendar reads an iCalendar file as that of Berlin on 1 June 2026.
func inCalendar(c *dataset.Content) Options {
	return Options{Format: ICalendar, Zone: berlin, Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Content: c}
}

// windowsIn gives windows as text, and rejects as row, number and reason.
func windowsIn(t require.TestingT, file string, o Options) (taken, rejected []string, err error) {
	for w, err := range Windows(strings.NewReader(file), o) {
		var why *dataset.Reject
		switch {
		case errors.As(err, &why):
			require.NotEqual(t, why.Reason.En, why.Reason.De)
			rejected = append(rejected, fmt.Sprintf("%d %s: %s", why.Row, why.Number, why.Reason.En))
		case err != nil:
			return taken, rejected, err
		default:
			taken = append(taken, shownWindow(w))
		}
	}
	return taken, rejected, nil
}

func shownWindow(w uptime.Window) string {
	s := w.UID
	if w.Component != "" {
		s += " [" + w.Component + "]"
	}
	s += w.From.Format(" 06-01-02 15:04") + w.To.Format(" 06-01-02 15:04")
	if !w.Original.IsZero() && !w.Original.Equal(w.From) {
		s += w.Original.Format(" was 06-01-02 15:04")
	}
	if !w.Announced.IsZero() {
		s += w.Announced.Format(" told 06-01-02 15:04")
	}
	if w.Cancelled {
		s += " cancelled"
	}
	if w.Adjusted {
		s += " adjusted"
	}
	return s
}

func TestWindowsOfACalendar(t *testing.T) {
	for _, c := range []struct {
		name  string
		file  string
		taken []string
		bad   string // the one reject's reason, with its row
	}{
		{"once, in a zone", ics("UID:a|SUMMARY:Patch|DTSTART;TZID=Europe/Berlin:20260315T010000|DTEND;TZID=Europe/Berlin:20260315T030000"), []string{"a 26-03-15 00:00 26-03-15 02:00"}, ""},
		{"in UTC, with a duration", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT90M"), []string{"a 26-03-15 01:00 26-03-15 02:30"}, ""},
		{"local", ics("UID:a|DTSTART:20260715T010000|DTEND:20260715T020000"), []string{"a 26-07-14 23:00 26-07-15 00:00"}, ""},
		{"whole days", ics("UID:a|DTSTART;VALUE=DATE:20260328|DTEND;VALUE=DATE:20260330"), []string{"a 26-03-27 23:00 26-03-29 22:00"}, ""},
		{"a day without an end", ics("UID:a|DTSTART;VALUE=DATE:20260329"), []string{"a 26-03-28 23:00 26-03-29 22:00"}, ""},
		{"a component", ics("UID:a|X-TURNUS-COMPONENT:mail\\, web|DTSTART:20260315T010000Z|DURATION:PT1H"), []string{"a [mail, web] 26-03-15 01:00 26-03-15 02:00"}, ""},
		{"a time that doesn't exist", ics("UID:a|DTSTART;TZID=Europe/Berlin:20260329T023000|DTEND;TZID=Europe/Berlin:20260329T040000"), []string{"a 26-03-29 01:30 26-03-29 02:00 adjusted"}, ""},
		{"a time that comes twice", ics("UID:a|DTSTART;TZID=Europe/Berlin:20251026T023000|DURATION:PT1H"), []string{"a 25-10-26 00:30 25-10-26 01:30"}, ""},
		{"each week over the clock change", ics("UID:a|DTSTART;TZID=Europe/Berlin:20260322T023000|DTEND;TZID=Europe/Berlin:20260322T033000|RRULE:FREQ=WEEKLY;COUNT=3"),
			[]string{"a 26-03-22 01:30 26-03-22 02:30", "a 26-03-29 01:30 26-03-29 02:30 adjusted", "a 26-04-05 00:30 26-04-05 01:30"}, ""},
		{"moved and excepted", ics("UID:a|DTSTART:20260301T010000Z|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260304T010000Z|EXDATE:20260302T010000Z",
			"UID:a|RECURRENCE-ID:20260303T010000Z|DTSTART:20260303T050000Z|DURATION:PT2H|CREATED:20260101T000000Z|LAST-MODIFIED:20260220T100000Z|SEQUENCE:0"),
			[]string{"a 26-03-01 01:00 26-03-01 02:00", "a 26-03-02 01:00 26-03-02 02:00 cancelled", "a 26-03-04 01:00 26-03-04 02:00",
				"a 26-03-03 05:00 26-03-03 07:00 was 26-03-03 01:00 told 26-02-20 10:00"}, ""},
		{"one cancelled, by its date alone, before the rule", ics("UID:a|RECURRENCE-ID;VALUE=DATE:20260303|DTSTART;TZID=Europe/Berlin:20260303T010000|DURATION:PT1H|STATUS:CANCELLED",
			"UID:a|DTSTART;TZID=Europe/Berlin:20260302T010000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2|EXDATE;VALUE=DATE:20260302"),
			[]string{"a 26-03-03 00:00 26-03-03 01:00 cancelled", "a 26-03-02 00:00 26-03-02 01:00 cancelled"}, ""},
		{"cancelled", ics("UID:a|STATUS:CANCELLED|DTSTART:20260315T010000Z|DURATION:PT1H"), []string{"a 26-03-15 01:00 26-03-15 02:00 cancelled"}, ""},
		{"beside a rule", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|RDATE:20260320T010000Z,20260315T010000Z"), []string{"a 26-03-15 01:00 26-03-15 02:00", "a 26-03-20 01:00 26-03-20 02:00"}, ""},
		{"created", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|CREATED:20260301T090000Z|LAST-MODIFIED:20260310T090000Z|DTSTAMP:20260401T000000Z"), []string{"a 26-03-15 01:00 26-03-15 02:00 told 26-03-01 09:00"}, ""},
		{"changed", ics("UID:a|SEQUENCE:1|DTSTART:20260315T010000Z|DURATION:PT1H|CREATED:20260301T090000Z|LAST-MODIFIED:20260310T090000Z|DTSTAMP:20260401T000000Z"), []string{"a 26-03-15 01:00 26-03-15 02:00 told 26-03-10 09:00"}, ""},
		{"stamped alone", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|DTSTAMP:20260302T000000Z"), []string{"a 26-03-15 01:00 26-03-15 02:00 told 26-03-02 00:00"}, ""},
		{"stamped in the future", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|DTSTAMP:20270302T000000Z"), []string{"a 26-03-15 01:00 26-03-15 02:00"}, ""},
		{"Outlook's zone", ics("UID:a|DTSTART;TZID=W. Europe Standard Time:20260715T010000|DURATION:PT1H"), []string{"a 26-07-14 23:00 26-07-15 00:00"}, ""},
		{"a zone in a path", ics("UID:a|DTSTART;TZID=/freeassociation.sourceforge.net/America/Argentina/Salta:20260715T010000|DURATION:PT1H"), []string{"a 26-07-15 04:00 26-07-15 05:00"}, ""},
		{"until a date, all of it", ics("UID:a|DTSTART:20260301T220000Z|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260302"), []string{"a 26-03-01 22:00 26-03-01 23:00", "a 26-03-02 22:00 26-03-02 23:00"}, ""},

		{"no UID", ics("DTSTART:20260315T010000Z|DURATION:PT1H"), nil, "4 : UID is missing"},
		{"no start", ics("UID:a|DURATION:PT1H"), nil, "4 a: DTSTART is missing"},
		{"no duration", ics("UID:a|DTSTART:20260315T010000Z"), nil, "4 a: it has no duration"},
		{"the end first", ics("UID:a|DTSTART:20260315T010000Z|DTEND:20260315T000000Z"), nil, "4 a: it ends before it starts"},
		{"days, the end first", ics("UID:a|DTSTART:20260315|DTEND:20260314"), nil, "4 a: it ends before it starts"},
		{"both ends", ics("UID:a|DTSTART:20260315T010000Z|DTEND:20260315T020000Z|DURATION:PT1H"), nil, "4 a: it has both DTEND and DURATION"},
		{"a zone nobody knows", ics("UID:a|DTSTART;TZID=Middle-earth:20260315T010000|DURATION:PT1H"), nil, `4 a: its time zone isn't known: "Middle-earth"; export it with an IANA name`},
		{"an interval of 0", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|RRULE:FREQ=DAILY;INTERVAL=0"), nil, `4 a: its rule can't be read: "INTERVAL=0"`},
		{"each second", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|RRULE:FREQ=SECONDLY;COUNT=1000000000"), nil, "4 a: it has more than 10000 occurrences"},
		{"each minute without an end", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|RRULE:FREQ=MINUTELY"), nil, "4 a: it has more than 10000 occurrences"},
		{"a second that never comes", ics("UID:a|DTSTART:20200315T010000Z|DURATION:PT1H|RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=30"), nil, "4 a: its rule names no time"},
		{"30 February", ics("UID:a|DTSTART:20200315T010000Z|DURATION:PT1H|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), nil, "4 a: its rule names no time"},
		{"over before it begins", ics("UID:a|DTSTART:20200315T010000Z|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20200314"), nil, "4 a: its rule names no time"},
		{"after what is followed", ics("UID:a|DTSTART:20400315T010000Z|DURATION:PT1H|RRULE:FREQ=DAILY"), nil, ""},
		{"seconds of one that never comes", ics("UID:a|DTSTART:20200315T010000Z|DURATION:PT1H|RRULE:FREQ=SECONDLY;INTERVAL=2;BYSECOND=1"), nil, "4 a: its rule goes through too many days and times"},
		{"changed from a date on", ics("UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T010000Z|DTSTART:20260303T050000Z|DURATION:PT2H"), nil, "4 a: it changes a rule from a date on (RANGE)"},
		{"twice", ics("UID:a|DTSTART:20260315T010000Z|DURATION:PT1H|SEQUENCE:0", "UID:a|DTSTART:20260316T010000Z|DURATION:PT1H|SEQUENCE:1"), []string{"a 26-03-16 01:00 26-03-16 02:00"}, "4 a: a newer form of this event"},
	} {
		taken, bad, err := windowsIn(t, c.file, inCalendar(nil))
		require.NoError(t, err, c.name)
		require.Equal(t, c.taken, taken, c.name)
		if c.bad == "" {
			require.Empty(t, bad, c.name)
		} else {
			require.Len(t, bad, 1, c.name)
			require.Contains(t, bad[0], c.bad, c.name)
		}
	}
}

// A rule that never ends is followed to the end of a month, so that the same file
// says the same all month long; a warning says how far.
func TestRulesWithoutAnEnd(t *testing.T) {
	file := ics("UID:a|SUMMARY:Patchday|DTSTART:20260101T010000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY", "UID:b|DTSTART:20260101T010000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY;COUNT=3")
	var content dataset.Content
	taken, _, err := windowsIn(t, file, inCalendar(&content))
	require.NoError(t, err)
	require.Len(t, taken, 19+3, "January 2026 to July 2027, which has 6 July, the 400th day")
	require.Equal(t, "a 27-07-01 01:00 27-07-01 02:00", taken[18])
	require.Len(t, content.Warnings, 1)
	require.Equal(t, dataset.EndlessRule, content.Warnings[0].Code)
	require.Contains(t, content.Warnings[0].Detail.En, `1 August 2027`)
	require.Contains(t, content.Warnings[0].Detail.En, `"Patchday"`)
	require.Contains(t, content.Warnings[0].Detail.De, "„Patchday“")
	later := inCalendar(nil)
	later.Now = later.Now.AddDate(0, 0, 20)
	again, _, err := windowsIn(t, file, later)
	require.NoError(t, err)
	require.Equal(t, taken, again)
}

func TestWindowsOfATable(t *testing.T) {
	o := Options{Format: CSV, Zone: berlin, Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Mapping: mapping.Spec{Dataset: dataset.Maintenance,
		Columns: map[string]string{"reference": "Ref", "component": "Part", "start": "From", "end": "To", "announced": "Told", "status": "Status"}}}
	o.Mapping.Time = "2006-01-02 15:04"
	taken, bad, err := windowsIn(t, "Ref;Part;From;To;Told;Status\n"+
		"M-1;web;2026-03-15 01:00;2026-03-15 03:00;2026-03-10 09:00;planned\n"+
		";web;2026-12-15 01:00;2026-12-15 03:00;;Canceled\n"+
		"M-3;;2026-03-29 02:30;2026-03-29 04:00;;\n"+
		"M-4;;2026-03-15 03:00;2026-03-15 01:00;;\n"+
		"M-5;;2026-03-15 03:00;-;;\n"+
		"M-6;;2026-03-15 03:00;2026-03-15 04:00;2026-07-01 00:00;\n"+
		"M-7;;2026-03-15 03:00;2026-03-15 03:00;;\n", o)
	require.NoError(t, err)
	require.Equal(t, []string{
		"M-1 [web] 26-03-15 00:00 26-03-15 02:00 told 26-03-10 08:00",
		"web 2026-12-15T00:00:00Z [web] 26-12-15 00:00 26-12-15 02:00 cancelled",
		"M-3 26-03-29 01:30 26-03-29 02:00 adjusted"}, taken)
	require.Equal(t, []string{
		"4 M-4: end before start: it ends before it starts",
		"5 M-5: a window ends: an instant is missing here",
		"6 M-6: this instant is still to come",
		"7 M-7: start and end are the same instant: no time lies between them"}, bad)
}
