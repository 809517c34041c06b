package imports

import (
	"bytes"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"turnus/itsm/availability"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/uptime"
)

// fuzzed reads bytes and looks at what every reader promises of each row and of
// each reject.
func fuzzed[R any](t *testing.T, all func(func(R, error) bool), row func(R)) {
	for r, err := range all {
		var why *dataset.Reject
		switch {
		case errors.As(err, &why):
			require.True(t, utf8.ValidString(why.Value+why.Number+why.Column))
			require.NotContains(t, why.Value+why.Number+why.Column, "\x00")
			require.Positive(t, why.Row)
			require.False(t, why.Reason.IsZero())
		case err == nil:
			row(r)
		}
	}
}

func FuzzOutages(f *testing.F) {
	f.Add([]byte(recordHeading + "I-1;web;01.03.2026 10:00;01.03.2026 11:30;\"cable,\ncut\";high;50 %;;12\n"))
	f.Add([]byte(recordHeading + "I-2;;29.03.2026 02:30;-;;;0,25;Zoe, Abel;\n\"I-3"))
	f.Add([]byte("sep=,\nRef,Part,From,To,Cause,Sev,Gone,Who,Many\n,,25.10.2025 02:30,,,,1.000000,a;b c,\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := aRecord()
		o.Content = &dataset.Content{Count: true}
		fuzzed(t, Outages(bytes.NewReader(b), o), func(r uptime.Outage) {
			require.True(t, r.To.IsZero() || r.To.After(r.From))
			require.False(t, r.From.After(o.Now) || r.To.After(o.Now))
			require.LessOrEqual(t, len(r.Users), maxUsers)
			require.False(t, r.Users != nil && r.Affected != nil)
			require.True(t, plain(r.Reference+r.Component))
			if r.Gone != "" {
				again, ok := shareOf(r.Gone)
				require.True(t, ok)
				require.Equal(t, r.Gone, again)
			}
			require.NotEmpty(t, r.Key())
		})
	})
}

func FuzzWindows(f *testing.F) {
	table := Options{Format: CSV, Zone: berlin, Now: inJune, Mapping: mapping.Spec{Dataset: dataset.Maintenance,
		Columns: map[string]string{"reference": "Ref", "start": "From", "end": "To", "announced": "Told", "status": "State"}}}
	table.Mapping.Time = "2006-01-02 15:04"
	f.Add([]byte("Ref;From;To;Told;State\nM;2026-03-29 02:30;2026-03-29 05:00;2026-03-01 00:00;cancelled\n"), false)
	for _, event := range []string{
		"UID:a|DTSTART;TZID=Europe/Berlin:20260322T023000|DTEND;TZID=Europe/Berlin:20260322T033000|RRULE:FREQ=WEEKLY;COUNT=3|EXDATE;VALUE=DATE:20260329",
		"UID:a|DTSTART:20260301T010000Z|DURATION:P1DT1H|RRULE:FREQ=MONTHLY;BYDAY=-1SU,2MO;BYSETPOS=-1,1;WKST=SU|RDATE:20260303T010000Z",
		"UID:a|SEQUENCE:2|RECURRENCE-ID;VALUE=DATE:20260301|DTSTART;VALUE=DATE:20260303|STATUS:CANCELLED|X-TURNUS-COMPONENT:web",
		"UID:a|DTSTART:20260101T000000|DURATION:PT5M|RRULE:FREQ=SECONDLY;INTERVAL=7;BYSECOND=1,2;BYHOUR=3;BYYEARDAY=-1,100",
		"UID:a|DTSTART:00010101|RRULE:FREQ=YEARLY;BYWEEKNO=-1,53;BYDAY=WE;UNTIL=20270101",
	} {
		f.Add([]byte(ics(event)), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, calendar bool) {
		o := table
		if calendar {
			o = inCalendar(&dataset.Content{})
		}
		seen := map[string]bool{}
		fuzzed(t, Windows(bytes.NewReader(b), o), func(w uptime.Window) {
			require.True(t, w.To.After(w.From))
			require.NotEmpty(t, w.Key())
			require.True(t, plain(w.UID+w.Component))
			require.False(t, w.Announced.After(o.Now))
			require.Equal(t, time.UTC, w.From.Location())
			if calendar {
				key := w.UID + w.Original.Format(time.RFC3339)
				require.False(t, seen[key], "an occurrence comes once")
				seen[key] = true
			}
		})
	})
}

func FuzzSamples(f *testing.F) {
	readers := []Options{aProbe(map[string]string{"at": "At", "is": "Is", "component": "Part", "probe": "By"}, nil), {Format: Prometheus, Now: inJune}, {Format: Upptime, Now: inJune}}
	f.Add([]byte("At,Is,Part,By\n2026-05-01T10:00:00.9Z,UP,web,north\n"), byte(0))
	f.Add([]byte(prometheusSays(`{"metric":{"instance":"db"},"values":[[1777629600,"1"],[1777629660.75,"NaN"],[1e300,"+Inf"]]}`)), byte(1))
	f.Add([]byte(`{"status":"error","error":"x"}`), byte(1))
	f.Add([]byte("author_date\tstate\tsite\n2026-01-20T21:28:38+01:00\tup\t\"Cgm\" ''19''\n"), byte(2))
	f.Fuzz(func(t *testing.T, b []byte, reader byte) {
		o := readers[int(reader)%len(readers)]
		o.Content = &dataset.Content{Count: true}
		row := int64(0)
		fuzzed(t, Samples(bytes.NewReader(b), o), func(s uptime.Sample) {
			require.Greater(t, s.Row, row)
			row = s.Row
			require.Contains(t, []availability.Answer{availability.AnswerUp, availability.AnswerDown, availability.AnswerUnknown}, s.Is)
			require.Zero(t, s.At.Nanosecond())
			require.False(t, s.At.After(o.Now) || s.At.Before(earliest))
			require.True(t, plain(s.Component+s.Probe))
		})
	})
}
