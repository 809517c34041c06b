package render

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/text"
	"turnus/report"
)

// lined is the sample of March 2016, Berlin, with a timeline: an outage of a
// second, maintenance, and a gap of a day.
func lined(lanes int, title string) report.Report {
	r := sample()
	t := report.Timeline{Caption: text.New("March", "März"), From: r.From, To: r.To}
	at := func(day, hour int) time.Time { return time.Date(2016, 3, day, hour, 0, 0, 0, time.UTC) }
	for range lanes {
		t.Lane(text.Same(title), []report.Span{
			{From: t.From, To: at(5, 0), Kind: report.SpanUp}, {From: at(5, 0), To: at(5, 0).Add(time.Second), Kind: report.SpanDown},
			{From: at(5, 0).Add(time.Second), To: at(10, 2), Kind: report.SpanUp}, {From: at(10, 2), To: at(10, 4), Kind: report.SpanMaintenance},
			{From: at(10, 4), To: at(11, 4), Kind: report.SpanUnknown}, {From: at(11, 4), To: t.To, Kind: report.SpanUp},
		})
	}
	r.Sections[0].Timelines = []report.Timeline{t}
	return r
}

// ends are where a path begins and ends from left to right.
func ends(t *testing.T, path string) (from, to float64) {
	t.Helper()
	var y string
	_, err := fmt.Sscanf(strings.ReplaceAll(strings.ReplaceAll(path, "H", " "), "V", " "), "M%f %s %f", &from, &y, &to)
	require.NoError(t, err, path)
	return from, to
}

func TestTimeline(t *testing.T) {
	for lang, want := range map[text.Lang]string{
		text.En: "March. shop: down 1\u202fs (once); no data 24\u202fh; maintenance 2\u202fh; available in agreed time 716\u202fh 59\u202fmin 59\u202fs",
		text.De: "März. shop: Ausfall 1\u202fs (einmal); keine Daten 24\u202fh; Wartung 2\u202fh; verfügbar in vereinbarter Zeit 716\u202fh 59\u202fmin 59\u202fs",
	} {
		svg := parse(t, page1(t, lined(1, "shop"), lang)).find("svg")
		require.Equal(t, want, svg[0].attr["aria-label"], "who can't see it gets the sums")
		shapes := map[string]string{}
		for _, p := range svg[0].find("path") {
			shapes[p.attr["class"]] = p.attr["d"]
		}
		require.Len(t, shapes, 4)
		from, to := ends(t, shapes["down"])
		require.InDelta(t, 0.9, to-from, 0.11, "a second is a hairline")
		from, to = ends(t, shapes["unknown"])
		require.InDelta(t, (lineWidth-lineLeft-lineRight)*24/743, to-from, 0.2)
		require.Len(t, svg, 1+4, "a swatch for each kind that is there")
		tall := map[string]bool{}
		for _, kind := range []string{"down", "unknown", "up"} { // maintenance and gaps differ by their outline
			_, y, _ := strings.Cut(shapes[kind], " ")
			y, _, _ = strings.Cut(y, "H")
			tall[y] = true
		}
		require.Len(t, tall, 3, "nothing is told by colour alone")
	}
}

// Days begin at local midnights: that of the clock change is an hour shorter.
func TestDaysOfATimeline(t *testing.T) {
	svg := parse(t, page1(t, lined(1, "shop"), text.En)).find("svg")[0]
	var x []float64
	for _, l := range svg.find("line") {
		v, err := strconv.ParseFloat(l.attr["x1"], 64)
		require.NoError(t, err)
		x = append(x, v)
	}
	require.Len(t, x, 32, "31 midnights, and the end")
	hour := (lineWidth - lineLeft - lineRight) / 743
	require.InDelta(t, 24*hour, x[1]-x[0], 0.11)
	require.InDelta(t, 23*hour, x[27]-x[26], 0.11, "27 March 2016 has 23 hours")
	require.InDelta(t, lineWidth-lineRight, x[31], 0.01)
	labels := 0
	for _, l := range svg.find("text") {
		if l.attr["class"] == "axis" {
			labels++
		}
	}
	require.Equal(t, 31, labels)
}

// Whatever is in it is text, and many lanes of countless spans stay a small page.
func TestTimelinesAreEscapedAndBounded(t *testing.T) {
	const evil = `"/></svg><script>alert('1')</script>`
	require.NotContains(t, page1(t, lined(1, evil), text.En), "<script")
	r := sample()
	line := report.Timeline{From: r.From, To: r.To}
	for range 40 {
		var spans []report.Span
		for at, i := r.From, 0; at.Before(r.To); at, i = at.Add(time.Minute), i+1 {
			spans = append(spans, report.Span{From: at, To: at.Add(time.Minute), Kind: report.SpanKinds()[i/20%4]})
		}
		line.Lane(text.Same("shop"), spans)
	}
	before := len(page1(t, r, text.En))
	r.Sections[0].Timelines = []report.Timeline{line}
	require.Less(t, len(page1(t, r, text.En))-before, 600<<10)
	require.NotPanics(t, func() {
		r.Sections[0].Timelines = []report.Timeline{{}, {From: r.To, To: r.From, Lanes: []report.Lane{{Spans: []report.Span{{From: r.From, To: r.To, Kind: "?"}}}}}}
		page1(t, r, text.De)
	})
}
