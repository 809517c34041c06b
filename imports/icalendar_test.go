package imports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// ics is a file with some events; lines are separated by |, and end in CRLF.
func ics(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	return b.String() + "END:VCALENDAR\r\n"
}

var someYears = HolidayOptions{Format: ICalendar, From: 2025, To: 2030}

// shown are the holidays as date and name, and what is left out as reason,
// date and name.
func shown(f calendar.Feed) (taken, left []string) {
	for _, h := range f.Holidays {
		taken = append(taken, h.Date.String()+" "+h.Name.En)
	}
	for _, l := range f.LeftOut {
		said := []string{string(l.Why), l.Name}
		if l.Date != (calendar.Date{}) {
			said = slices.Insert(said, 1, l.Date.String())
		}
		left = append(left, strings.TrimSpace(strings.Join(said, " ")))
	}
	return taken, left
}

func TestContentLines(t *testing.T) {
	const file = "\xef\xbb\xbfSUMMARY:Tag der\r\n  Deutschen Ein\r\n\theit\r\n\r\n" +
		"dtstart;value=date;X-A=\"a;b:c\",d:20261003\nDESCRIPTION:Fr\xc3\r\n \xbchjahr\r\n" + // folded inside a character
		"SUMMARY:Fr\xfchling\r\nno name\r\n:nothing\r\nX;Y=\"open:z\r\nX;Y\r\nEMPTY:\r\nLAST:1\r\n "
	for _, r := range []io.Reader{strings.NewReader(file), iotest.OneByteReader(strings.NewReader(file))} {
		lines, err := newContentLines(r)
		require.NoError(t, err)
		var got []string
		for {
			l, err := lines.next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			got = append(got, fmt.Sprintf("%d %s %v %q %t", l.line, l.name, l.params, l.value, l.ok))
		}
		require.Equal(t, []string{
			`1 SUMMARY map[] "Tag der Deutschen Einheit" true`,
			`5 DTSTART map[VALUE:date X-A:a;b:c,d] "20261003" true`,
			`6 DESCRIPTION map[] "Frühjahr" true`,
			`8 SUMMARY map[] "Frühling" true`,
			`9  map[] "" false`,
			`10  map[] "" false`,
			`11 X map[] "" false`,
			`12 X map[] "" false`,
			`13 EMPTY map[] "" true`,
			`14 LAST map[] "1" true`,
		}, got)
	}
}

func TestFilesThatArentICalendar(t *testing.T) {
	good := ics("DTSTART:20260101|SUMMARY:x")
	for says, file := range map[string]string{
		"this file is empty":          "",
		"this file is empty ":         "\r\n\r\n",
		"line 1 isn't iCalendar":      "<html>Sign in</html>",
		"line 9 isn't iCalendar":      good + "<!-- served by x -->",
		"line 1 isn't iCalendar ":     "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
		"cut off: \"VEVENT\"":         good[:len(good)-30],
		"cut off: \"VCALENDAR\"":      strings.TrimSuffix(good, "END:VCALENDAR\r\n"),
		"ends \"VALARM\"":             strings.Replace(good, "END:VEVENT", "END:VALARM", 1),
		"vCalendar 1.0":               strings.Replace(good, "2.0", "1.0", 1),
		"counts in \"CHINESE\"":       strings.Replace(good, "VERSION:2.0", "CALSCALE:CHINESE", 1),
		"UTF-16":                      "\xff\xfeB\x00",
		"more than 16 components":     "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 1_000_000),
		"gz file is damaged":          "\x1f\x8b\x08",
		"more than 16 MB":             "BEGIN:VCALENDAR\n" + strings.Repeat("X-A:"+strings.Repeat("x", 1000)+"\n", 20_000),
		"more than 16 MB ":            "BEGIN:VCALENDAR\nX:" + strings.Repeat("x", 17<<20),
		"more than 16 MB  ":           "BEGIN:VCALENDAR\nX:" + strings.Repeat("\n y", 7<<20),
		"more than 10000 events":      ics(strings.Repeat("END:VEVENT|BEGIN:VEVENT|", 10_000) + "UID:1"),
		"than 5000 holidays":          ics(strings.Repeat("DTSTART:20250101|RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU|END:VEVENT|BEGIN:VEVENT|", 200) + "UID:1"),
		"too many years":              ics(strings.Repeat("DTSTART:00010101|RRULE:FREQ=YEARLY;COUNT=9999;BYMONTH=2;BYMONTHDAY=30|END:VEVENT|BEGIN:VEVENT|", 60) + "UID:1"),
		"more than 5000 holidays in ": ics(strings.Repeat("DTSTART:20250101|DTEND:20260101|RDATE:"+strings.Repeat("20260101,", 5000)+"20270101|END:VEVENT|BEGIN:VEVENT|", 9) + "UID:1"),
	} {
		began := time.Now()
		_, err := Holidays(strings.NewReader(file), someYears)
		require.Error(t, err, says)
		require.NotNil(t, fault.As(err), "%v", err)
		require.ErrorContains(t, err, strings.TrimRight(says, " "))
		require.Less(t, time.Since(began), time.Minute, says)
	}
	_, err := Holidays(iotest.ErrReader(io.ErrUnexpectedEOF), someYears)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a connection that broke is no damaged file")
	_, err = Holidays(io.MultiReader(strings.NewReader(good[:60]), iotest.ErrReader(io.ErrUnexpectedEOF)), someYears)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestPackedAndEmptyCalendars(t *testing.T) {
	file := ics("DTSTART:20260101|SUMMARY:x")
	for _, r := range []io.Reader{
		bytes.NewReader(gzipped(t, strings.NewReader(file))), bytes.NewReader(zipped(t, "x.ics", file)), strings.NewReader(strings.ReplaceAll(file, "\r", "")),
		strings.NewReader(ics() + file + ics()), // several calendars in one file
	} {
		f, err := Holidays(r, someYears)
		require.NoError(t, err)
		require.Len(t, f.Holidays, 1)
	}
	f, err := Holidays(strings.NewReader(ics()), someYears)
	require.NoError(t, err)
	require.Empty(t, f.Holidays)
	require.Empty(t, f.LeftOut)
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for field, o := range map[string]HolidayOptions{
		"format": {Format: "ics", From: 2025, To: 2026}, "from": {Format: ICalendar, From: 1899, To: 2026}, "to": {Format: ICalendar, From: 2027, To: 2026},
	} {
		_, err := Holidays(strings.NewReader(ics()), o)
		require.Equal(t, field, fault.As(err).Field)
	}
	_, err := Holidays(strings.NewReader(ics()), HolidayOptions{Format: ICalendar, From: 2026, To: 2201})
	require.Error(t, err)
}

// Lines of any length cost no memory, and only what is needed of them is kept.
func TestLongLines(t *testing.T) {
	f, err := Holidays(strings.NewReader(ics("DTSTART:20260101|SUMMARY:New Year|DESCRIPTION:Public holiday\\n"+strings.Repeat("ä ", 100_000)+"|X-HTML:"+strings.Repeat("x", 1<<20),
		"DTSTART:20260106|SUMMARY:"+strings.Repeat("ä", 200_000),
		"DTSTART:20260107|SUMMARY:too many exceptions|EXDATE:"+strings.Repeat("20200101,", 10_000)+"20260107")), someYears)
	require.NoError(t, err)
	require.Equal(t, "New Year", f.Holidays[0].Name.En)
	taken, left := shown(f)
	require.Len(t, taken, 1)
	require.Equal(t, "unmarked 2026-01-06 "+strings.Repeat("ä", maxName-1)+"…", left[0])
	require.Equal(t, "unreadable 2026-01-07 too many exceptions", left[1])
}

func FuzzHolidays(f *testing.F) {
	f.Add([]byte(ics("DTSTART;VALUE=DATE:20261003|DTEND;VALUE=DATE:20261004|SUMMARY:Tag der Deutschen Einheit|UID:1|RRULE:FREQ=YEARLY")), false)
	f.Add([]byte(ics("DTSTART:20251125T230000Z|DURATION:P1D|UID:2|RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1TH,5MO;COUNT=4;BYSETPOS=-1|EXDATE:20261126|RDATE:20260101",
		"DTSTART:20261225|RECURRENCE-ID:20261125T230000Z|UID:2|STATUS:CANCELLED")), true)
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;X=\"\n :\n"), true)
	f.Fuzz(func(t *testing.T, b []byte, all bool) {
		if len(b) > 1<<16 {
			return
		}
		zone, err := calendar.Zone("Europe/Berlin")
		require.NoError(t, err)
		o := HolidayOptions{Format: ICalendar, Zone: zone, Region: "DE-BY", From: 2020, To: 2032, All: all}
		got, err := Holidays(bytes.NewReader(b), o)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		var last calendar.Date
		for _, h := range got.Holidays {
			require.True(t, last.Before(h.Date))
			require.True(t, h.Date.Year >= 2020 && h.Date.Year <= 2032)
			require.NotEmpty(t, h.Name.En)
			require.NotContains(t, h.Name.En, "\x00")
			last = h.Date
		}
		for _, l := range got.LeftOut {
			require.Positive(t, l.Line)
			require.NotEmpty(t, l.Why)
			require.NotEmpty(t, l.Reason.De)
			require.NotContains(t, l.Name+l.Reason.En, "\x00")
		}
		again, err := Holidays(bytes.NewReader(b), o)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
