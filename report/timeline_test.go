package report_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/text"
	"turnus/report"
)

var june = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func month() report.Timeline {
	return report.Timeline{Caption: text.Same("June"), From: june, To: june.AddDate(0, 1, 0)}
}

// A lane keeps what it is given, clipped, and neighbours of one kind as one.
func TestLanes(t *testing.T) {
	line := month()
	hour := func(n int) time.Time { return june.Add(time.Duration(n) * time.Hour) }
	line.Lane(text.Same("shop"), []report.Span{
		{From: hour(-5), To: hour(2), Kind: report.SpanUp}, {From: hour(2), To: hour(4), Kind: report.SpanUp},
		{From: hour(4), To: hour(5), Kind: report.SpanDown}, {From: hour(5), To: hour(5), Kind: report.SpanDown}, {From: hour(719), To: hour(800), Kind: report.SpanDown},
	})
	require.Equal(t, []report.Lane{{Title: text.Same("shop"),
		Sums:  []report.Sum{{Kind: report.SpanDown, Seconds: 7200, Times: 2}, {Kind: report.SpanUp, Seconds: 4 * 3600, Times: 1}},
		Spans: []report.Span{{From: hour(0), To: hour(4), Kind: report.SpanUp}, {From: hour(4), To: hour(5), Kind: report.SpanDown}, {From: hour(719), To: hour(720), Kind: report.SpanDown}},
	}}, line.Lanes)
}

// Marks stand in order of time, whatever order they come in; what lies outside
// the span isn't one of its marks.
func TestMarks(t *testing.T) {
	line := month()
	day := func(n int) time.Time { return june.AddDate(0, 0, n) }
	line.Limit(day(3).In(time.FixedZone("", 3600)), text.Same("RTO"))
	line.Mark(day(0), text.Same("disruption"))
	line.Mark(day(30), text.Same("ended"))
	line.Mark(day(3), text.Same("confirmed"))
	line.Mark(day(-1), text.Same("before"))
	line.Limit(day(31), text.Same("MTPD"))
	require.Equal(t, []report.Mark{{At: day(0), Title: text.Same("disruption")}, {At: day(3), Title: text.Same("RTO"), Limit: true},
		{At: day(3), Title: text.Same("confirmed")}, {At: day(30), Title: text.Same("ended")}}, line.Marks)
}

// However many spans a lane is given, it stays small, its sums stay exact, and no
// outage is lost.
func TestLanesAreBoundedAndLoseNoOutage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := month()
		var all []report.Span
		var down int64
		for at := line.From; at.Before(line.To); {
			s := report.Span{From: at, To: at.Add(time.Duration(rapid.IntRange(1, 20_000).Draw(t, "seconds")) * time.Second), Kind: rapid.SampledFrom(report.SpanKinds()).Draw(t, "kind")}
			if s.To.After(line.To) {
				s.To = line.To
			}
			if s.Kind == report.SpanDown {
				down += int64(s.To.Sub(s.From).Seconds())
			}
			all, at = append(all, s), s.To
		}
		line.Lane(text.Same("x"), all)
		l := line.Lanes[0]
		require.LessOrEqual(t, len(l.Spans), 480)
		for _, s := range l.Sums {
			if s.Kind == report.SpanDown {
				require.Equal(t, down, s.Seconds)
			}
		}
		for i, s := range l.Spans {
			require.True(t, s.From.Before(s.To))
			if i > 0 {
				require.Equal(t, l.Spans[i-1].To, s.From, "no gap, no overlap")
			}
		}
		for _, s := range all {
			if s.Kind != report.SpanDown {
				continue
			}
			shown := false
			for _, x := range l.Spans {
				shown = shown || x.Kind == report.SpanDown && x.From.Before(s.To) && s.From.Before(x.To)
			}
			require.True(t, shown, "%v", s)
		}
	})
}

// A document without timelines, findings or such figures is what it was before
// there were any.
func TestDocumentsWithoutTimelines(t *testing.T) {
	w := report.Write(report.Document{})
	s := w.Section("S", "S")
	s.Timeline(report.Timeline{})
	require.True(t, s.Empty())
	s.Timeline(report.Timeline{Lanes: []report.Lane{{}}})
	require.False(t, s.Empty())
	b, err := json.Marshal(report.Document{Sections: []report.Section{{Tables: []report.Table{{}}}}, Figures: []report.Figure{{}}})
	require.NoError(t, err)
	for _, name := range []string{"timelines", "marks", "findings", `"of"`} {
		require.NotContains(t, string(b), name)
	}
}

// Durations read as people write them.
func TestLasting(t *testing.T) {
	for seconds, want := range map[int64]text.Text{
		0: text.Same("0\u202fs"), 59: text.Same("59\u202fs"), 3600: text.Same("1\u202fh"), 16_230: text.Same("4\u202fh 30\u202fmin 30\u202fs"),
		-90: text.Same("\u22121\u202fmin 30\u202fs"), 2_674_800_000: text.New("743,000\u202fh", "743.000\u202fh"),
	} {
		require.Equal(t, want, report.Lasting(seconds))
	}
}

// A share of seconds is worded by its value, and a miss of it is a missed target.
func TestSharesOfTime(t *testing.T) {
	value, up, all := "99.408078", int64(2_569_500), int64(2_584_800)
	f := report.Figure{Group: report.Under("shop-2026"), Name: "shop.availability", Label: text.New("shop: availability", "shop: Verfügbarkeit"), Value: &value,
		Unit: report.InPercent, Numerator: &up, Denominator: &all, Of: report.InSeconds, Target: "99.8", Verdict: report.Missed}
	require.Equal(t, text.New("shop: availability: 99.408078\u00a0%; agreed are 99.8\u00a0% (shop-2026)", "shop: Verfügbarkeit: 99,408078\u00a0%; vereinbart sind 99,8\u00a0% (shop-2026)"), f.InWords())
	require.False(t, f.Above())
	require.Len(t, report.Misses([]report.Figure{f}), 1)
	require.Equal(t, "shop-2026/shop.availability", f.Key())
}
