package render

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
	"turnus/report"
)

// drilled is the sample with the timeline of a drill of so many hours, which
// began at a local time of Berlin.
func drilled(begun time.Time, hours int) report.Report {
	r := sample()
	at := func(minutes int) time.Time { return begun.Add(time.Duration(minutes) * time.Minute) }
	t := report.Timeline{Caption: text.New("Course", "Verlauf"), From: begun, To: at(hours * 60)}
	t.Lane(text.Same("database"), []report.Span{{From: at(30), To: at(80), Kind: report.SpanWorking}, {From: at(80), To: at(90), Kind: report.SpanPaused}, {From: at(90), To: at(100), Kind: report.SpanFailed}})
	t.Mark(at(0), text.New("disruption", "Störung"))
	t.Mark(at(100), text.New("confirmed", "bestätigt"))
	t.Limit(at(101), text.Same("RTO"))
	r.Sections[0].Timelines = []report.Timeline{t}
	return r
}

func berlin(t *testing.T, local string) time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at, err := time.ParseInLocation(time.DateTime, local, zone)
	require.NoError(t, err)
	return at
}

// named are the texts of a class in a drawing, in their order.
func named(t *testing.T, r report.Report, lang text.Lang, class string) (all []string) {
	for _, l := range parse(t, page1(t, r, lang)).find("svg")[0].find("text") {
		if l.attr["class"] == class {
			all = append(all, l.text)
		}
	}
	return all
}

// Events have numbers that the legend explains, a limit its name, and labels
// that would lie on each other stand in rows of their own.
func TestMarksOfATimeline(t *testing.T) {
	r := drilled(berlin(t, "2026-10-05 10:00:00"), 3)
	page := page1(t, r, text.De)
	svg := parse(t, page).find("svg")[0]
	require.Contains(t, svg.attr["aria-label"], "Störung: 05.10.2026, 10:00\u00a0Uhr\u00a0MESZ")
	require.Contains(t, svg.attr["aria-label"], "RTO: 05.10.2026, 11:41\u00a0Uhr\u00a0MESZ")
	require.Contains(t, svg.attr["aria-label"], "in Bearbeitung, ohne Erfolg 10\u202fmin; unterbrochen 10\u202fmin; in Bearbeitung 50\u202fmin")
	for _, want := range []string{"<li>1\u00a0Störung, 10:00\u00a0Uhr</li>", "<li>2\u00a0bestätigt, 11:40\u00a0Uhr</li>", "Uhrzeiten in der Zeitzone"} {
		require.Contains(t, page, want)
	}
	require.Equal(t, []string{"1", "2"}, named(t, r, text.De, "event"))
	require.Equal(t, []string{"RTO"}, named(t, r, text.De, "limit"))
	rows, x := map[string]string{}, map[string]float64{}
	for _, l := range svg.find("text") {
		if c := l.attr["class"]; c == "event" || c == "limit" {
			rows[l.text] = l.attr["y"]
			at, err := strconv.ParseFloat(l.attr["x"], 64)
			require.NoError(t, err)
			x[l.text] = at
		}
	}
	require.Equal(t, rows["1"], rows["2"])
	require.NotEqual(t, rows["2"], rows["RTO"], "they are a minute apart")
	require.InDelta(t, lineLeft, x["1"], 0.1)
	require.InDelta(t, lineLeft+(lineWidth-lineLeft-lineRight)*100/180, x["2"], 0.1)
}

// The time of day is that of the clocks: over midnight, where an hour is
// skipped, and where one comes twice.
func TestHoursOfATimeline(t *testing.T) {
	for name, c := range map[string]struct {
		begun string
		hours int
		want  []string
	}{
		"in the day":          {"2026-10-05 10:00:00", 3, []string{"10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30", "11:45", "12:00", "12:15", "12:30", "12:45"}},
		"over midnight":       {"2026-10-05 21:30:00", 5, []string{"21:30", "22:00", "22:30", "23:00", "23:30", "10/6", "00:30", "01:00", "01:30", "02:00"}},
		"an hour is skipped":  {"2027-03-28 00:10:00", 7, []string{"01:00", "03:00", "04:00", "05:00", "06:00", "07:00", "08:00"}},
		"an hour comes twice": {"2026-10-25 00:10:00", 7, []string{"01:00", "02:00", "02:00", "03:00", "04:00", "05:00", "06:00"}},
		"two days":            {"2026-10-05 10:00:00", 48, []string{"12:00", "18:00", "10/6", "06:00", "12:00", "18:00", "10/7", "06:00"}},
	} {
		require.Equal(t, c.want, named(t, drilled(berlin(t, c.begun), c.hours), text.En, "axis"), name)
	}
	require.NotContains(t, page1(t, drilled(berlin(t, "2026-10-05 10:00:00"), 49), text.En), "Times in the time zone")
}
