package imports

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
)

// aRecord reads a table of outages as that of Berlin on 1 June 2026.
func aRecord() Options {
	m := mapping.Spec{Dataset: dataset.Outages, Columns: map[string]string{"reference": "Ref", "component": "Part", "start": "From", "end": "To",
		"cause": "Cause", "severity": "Sev", "gone": "Gone", "users": "Who", "affected": "Many"}}
	m.Time = "02.01.2006 15:04"
	return Options{Format: CSV, Zone: berlin, Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Mapping: m}
}

const recordHeading = "Ref;Part;From;To;Cause;Sev;Gone;Who;Many\n"

// outagesIn gives outages as text, and rejects as row, key, column and reason.
func outagesIn(t require.TestingT, file string, o Options) (taken, rejected []string, err error) {
	for w, err := range Outages(strings.NewReader(file), o) {
		var why *dataset.Reject
		switch {
		case errors.As(err, &why):
			require.NotEqual(t, why.Reason.En, why.Reason.De)
			rejected = append(rejected, fmt.Sprintf("%d %s %s %s", why.Row, why.Number, why.Column, why.Reason.En))
		case err != nil:
			return taken, rejected, err
		default:
			taken = append(taken, shownOutage(w))
		}
	}
	return taken, rejected, nil
}

func shownOutage(o uptime.Outage) string {
	to := "open"
	if !o.To.IsZero() {
		to = o.To.Format("01-02 15:04Z07")
	}
	who := strings.Join(o.Users, "+")
	if o.Affected != nil {
		who = fmt.Sprint(*o.Affected)
	}
	return strings.Join([]string{o.Reference, o.Component, o.From.Format("01-02 15:04Z07"), to, o.Cause, o.Severity, o.Gone, who}, "|")
}

func TestOutagesOfATable(t *testing.T) {
	taken, bad, err := outagesIn(t, recordHeading+
		"I-1;web;01.03.2026 10:00;01.03.2026 11:30;\"cable,\ncut\";high;50 %;;12\n"+
		"I-2;;29.03.2026 01:30;29.03.2026 03:30;;;0.25;Zoe, Abel , Zoe;\n"+ // an hour, over the clock change
		"I-3;;30.05.2026 10:00;;;;1;Abel Zoe;\n"+
		"I-4;;30.05.2026 10:00;–;?;;1,0;Maria Muster;\n"+
		";mail;31.05.2026 10:00; - ;;;100%;Abel One;0\n"+ // both
		";;01.03.2026 10:30;01.03.2026 12:00;;;0,5;Abel One; Berta Two;\n", aRecord())
	require.NoError(t, err)
	require.Equal(t, []string{
		"I-1|web|03-01 09:00Z|03-01 10:30Z|cable,\ncut|high|0.5|12",
		"I-2||03-29 00:30Z|03-29 01:30Z|||0.25|Abel+Zoe",
		"I-3||05-30 08:00Z|open||||Abel+Zoe",
		"I-4||05-30 08:00Z|open||||Maria+Muster",
	}, taken)
	require.Equal(t, []string{
		"5  Many the row has the users by name, too: one of the two is enough, and which counts isn't clear",
		"6   this row has 10 cells and the heading 9"}, bad)
}

// Each row that makes no sense is said with its row, its column and the reason.
func TestOutagesThatMakeNoSense(t *testing.T) {
	for row, want := range map[string]string{
		"I-1;;01.03.2026 11:00;01.03.2026 10:00;;;;;":                  "1 I-1 To end before start: it ends before it starts",
		"I-1;;01.03.2026 11:00;01.03.2026 11:00;;;;;":                  "1 I-1 To start and end are the same instant: no time lies between them",
		"I-1;;01.07.2026 11:00;;;;;;":                                  "1 I-1 From this instant is still to come",
		"I-1;;01.03.2026 11:00;01.07.2026 11:00;;;;;":                  "1 I-1 To this instant is still to come",
		"I-1;;;01.07.2026 11:00;;;;;":                                  "1 I-1 From an instant is missing here",
		"I-1;;2026-03-01 11:00;;;;;;":                                  "1 I-1 From this isn't an instant written like 02.01.2006 15:04",
		"I-1;;01.03.2026 11:00;soon;;;;;":                              "1 I-1 To this isn't an instant written like 02.01.2006 15:04",
		"I-1;;30.12.1899 00:00;;;;;;":                                  "1 I-1 From this instant lies before 1970: look at how the file writes years",
		"I-1;;01.03.2026 11:00;;;;0;;":                                 "1 I-1 Gone this isn't a share above 0 and up to 1 with 6 decimals at most, written like 0.5 or 50 %",
		"I-1;;01.03.2026 11:00;;;;1.5;;":                               "1 I-1 Gone this isn't a share",
		"I-1;;01.03.2026 11:00;;;;50;;":                                "1 I-1 Gone this isn't a share",
		"I-1;;01.03.2026 11:00;;;;-0.5;;":                              "1 I-1 Gone this isn't a share",
		"I-1;;01.03.2026 11:00;;;;0.1234567;;":                         "1 I-1 Gone this isn't a share",
		"I-1;;01.03.2026 11:00;;;;100.1%;;":                            "1 I-1 Gone this isn't a share",
		"I-1;;01.03.2026 11:00;;;;;;many":                              "1 I-1 Many this isn't a number of users from 0 to 1000000000, in digits alone",
		"I-1;;01.03.2026 11:00;;;;;;-1":                                "1 I-1 Many this isn't a number of users",
		"I-1;;01.03.2026 11:00;;;;;;1.200":                             "1 I-1 Many this isn't a number of users",
		"I-1;;01.03.2026 11:00;;;;;;1000000001":                        "1 I-1 Many this isn't a number of users",
		"I-1;;01.03.2026 11:00;;;;;" + users(1001) + ";":               "1 I-1 Who these are more than 1000 names: give their number as affected",
		strings.Repeat("x", 201) + ";;01.03.2026 11:00;;;;;;":          "1  Ref longer than 200 bytes",
		"I\x1f1;;01.03.2026 11:00;;;;;;":                               "1  Ref a control character or a line break isn't part of a name",
		"I-1;\"we\nb\";01.03.2026 11:00;;;;;;":                         "1 I-1 Part a control character or a line break isn't part of a name",
		"I-1;;01.03.2026 11:00;;" + strings.Repeat("x", 1001) + ";;;;": "1 I-1 Cause longer than 1000 bytes",
		"I-1;\xff;01.03.2026 11:00;;;;;;":                              "1 I-1 Part these bytes aren't text in the file's encoding",
		"Ref;Part;From;To;Cause;Sev;Gone;Who;Many":                     "1   this is the heading once more",
	} {
		taken, bad, err := outagesIn(t, recordHeading+row+"\n", aRecord())
		require.NoError(t, err, row)
		require.Empty(t, taken, row)
		require.Len(t, bad, 1, row)
		require.True(t, strings.HasPrefix(bad[0], want), "%s\n%s", bad[0], want)
	}
}

func users(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint("u", i))
	}
	return strings.Join(all, " ")
}

// A file tells the same rows in whatever order, and shares are exact.
func TestOutagesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			from := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 100_000).Draw(t, "minute"), 0, 0, time.UTC)
			return fmt.Sprintf("%s;%s;%s;%s;;;%d%%;;", rapid.StringMatching(`([A-C]-[1-9])?`).Draw(t, "reference"), rapid.SampledFrom([]string{"", "web"}).Draw(t, "part"),
				from.Format("02.01.2006 15:04"), from.Add(time.Duration(rapid.IntRange(-5, 50).Draw(t, "minutes"))*time.Minute).Format("02.01.2006 15:04"), rapid.IntRange(0, 101).Draw(t, "gone"))
		}), 1, 20).Draw(t, "rows")
		taken, bad, err := outagesIn(t, recordHeading+strings.Join(rows, "\n")+"\n", aRecord())
		require.NoError(t, err)
		require.Len(t, rows, len(taken)+len(bad))
		other := rapid.Permutation(rows).Draw(t, "another order")
		again, _, err := outagesIn(t, recordHeading+strings.Join(other, "\n")+"\n", aRecord())
		require.NoError(t, err)
		slices.Sort(taken)
		slices.Sort(again)
		require.Equal(t, taken, again)
	})
}

// Options that no file can be read with are refused before one is read, and say
// what would be right.
func TestOptionsOfOtherDatasets(t *testing.T) {
	tickets := mapping.Spec{Mapping: ticket.Mapping{Number: "Key", Opened: "From", Stopped: "To"}}
	without := aRecord().Mapping
	without.Columns = map[string]string{"end": "To"}
	for _, c := range []struct {
		check func(Options) error
		o     Options
		at    string
		says  string
	}{
		{CheckOutages, Options{Format: ICalendar}, "format", "isn't a format of Outages: use csv"},
		{CheckOutages, Options{Format: CSV}, "mapping", "a CSV file needs a mapping that says which columns hold start and end"},
		{CheckOutages, Options{Format: CSV, Mapping: tickets}, "mapping", "this mapping is about tickets and the file about outages: name one with dataset: outages"},
		{CheckWindows, Options{Format: CSV, Mapping: aRecord().Mapping}, "mapping", "this mapping is about outages and the file about maintenance"},
		{CheckOutages, Options{Format: CSV, Mapping: without}, "mapping.columns.start", "name the column that holds it"},
		{CheckWindows, Options{Format: ICalendar, Mapping: aRecord().Mapping}, "mapping", "a file in the format icalendar says itself what it means: leave the mapping out"},
		{CheckSamples, Options{Format: Prometheus, Mapping: tickets}, "mapping", "leave the mapping out"},
		{CheckSamples, Options{Format: "json"}, "format", "use csv, prometheus, upptime"},
	} {
		err := c.check(c.o)
		require.ErrorContains(t, err, c.says)
		require.Equal(t, c.at, fault.As(err).Field)
		require.NotEqual(t, fault.As(err).Message.En, fault.As(err).Message.De)
	}
	taken, _, err := outagesIn(t, "Ref;Part;From;Cause;Sev;Gone;Who;Many\n", aRecord())
	require.Empty(t, taken)
	require.ErrorContains(t, err, `mapping.columns.end: this file has no column "To"`)
}

// Other sources are read, packed or not, and a dry run counts their columns.
func TestPackedOutages(t *testing.T) {
	o := aRecord()
	o.Content = &dataset.Content{Count: true}
	plain := recordHeading + "I-1;web;01.03.2026 10:00;01.03.2026 11:30;;;;;"
	for _, file := range []string{plain, string(gzipped(t, strings.NewReader(plain)))} {
		taken, _, err := outagesIn(t, file, o)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		require.Equal(t, dataset.End{Row: 1, NoNewline: true}, o.Content.End)
		require.Equal(t, "start", o.Content.Columns[2].Use)
	}
	_, _, err := outagesIn(t, string(gzipped(t, strings.NewReader(plain))[:40]), o)
	require.Equal(t, fault.Malformed, fault.As(err).Code)
}
