package render

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// A timeline is drawn as charts are: as SVG with fixed coordinates. What a
// stretch was is told by its height and outline, and who can't see it gets the
// sums in words.
const (
	lineWidth   = 720.0
	lineLeft    = 150.0 // of the plot; before it stands the name of the lane
	lineRight   = 4.0
	lineTop     = 4.0
	lineBottom  = 18.0
	laneHeight  = 19.0
	hairline    = 0.9 // the least that is seen on paper
	laneLetters = 27  // of a name
	lowLanes    = 12  // whose days are read below them
	labelWidth  = 24  // of a date at most
)

// heights of the kinds, from the middle of a lane up and down.
var heights = map[report.SpanKind]float64{
	report.SpanDown: 7.5, report.SpanUnknown: 5, report.SpanMaintenance: 5, report.SpanUp: 3, report.SpanClosed: 0.4, report.SpanAhead: 0.4,
	report.SpanFailed: 5, report.SpanPaused: 2.5, report.SpanWorking: 5,
}

// line is a timeline with its coordinates, written for attributes.
type line struct {
	Width, Height string
	Top, Bottom   string
	Above         bool // the days are named above the lanes as well
	Lanes         []lane
	Lines         []rule
	Labels        []label
	Hours         bool // the time of day is named, not the date
	Marks         []marked
	Legend        []shape
	Words         string
}

type lane struct {
	Middle, Title string
	Whole         string // the name, where it is too long for its place
	Shapes        []shape
}

// shape is all that a lane has of a kind.
type shape struct {
	Kind  report.SpanKind
	Path  string
	Title string
}

type rule struct{ X, Class string }

// DrawTimeline lays a timeline out.
func (p *page) DrawTimeline(t report.Timeline) line {
	top := lineTop
	if len(t.Lanes) > lowLanes {
		top += lineBottom // the days stand above, too
	}
	x := func(at time.Time) float64 {
		whole := t.To.Sub(t.From).Seconds()
		if whole <= 0 {
			return lineLeft
		}
		return lineLeft + min(max(at.Sub(t.From).Seconds()/whole, 0), 1)*(lineWidth-lineLeft-lineRight)
	}
	marks, rows := p.marks(t, x)
	top += markHeight * float64(rows)
	bottom := top + laneHeight*float64(len(t.Lanes))
	d := line{Width: px(lineWidth), Height: px(bottom + lineBottom), Top: px(top), Bottom: px(bottom), Above: len(t.Lanes) > lowLanes}
	if d.Hours = t.To.Sub(t.From) <= hourly; d.Hours {
		p.hours(&d, t, x)
	} else {
		p.days(&d, t, x)
	}
	d.Marks = marks
	seen := map[report.SpanKind]bool{}
	words := []string{p.text(t.Caption)}
	for i, l := range t.Lanes {
		middle := top + laneHeight*(float64(i)+.5)
		title := p.text(l.Title)
		drawn := lane{Middle: px(middle), Title: title}
		if short := shortened(title, laneLetters); short != title {
			drawn.Title, drawn.Whole = short, title
		}
		for _, k := range slices.Backward(report.SpanKinds()) { // what counts most is drawn last
			if path := paths(l, k, middle, x); path != "" {
				seen[k] = true
				drawn.Shapes = append(drawn.Shapes, shape{Kind: k, Path: path})
			}
		}
		d.Lanes = append(d.Lanes, drawn)
		words = append(words, title+": "+p.sums(l))
	}
	for _, k := range report.SpanKinds() {
		if seen[k] {
			d.Legend = append(d.Legend, shape{Kind: k, Path: box(1, 23, 7, heights[k]), Title: p.text(k.Title())})
		}
	}
	for _, m := range t.Marks {
		words = append(words, p.text(m.Title)+": "+p.instant(m.At))
	}
	d.Words = strings.Join(words, ". ")
	return d
}

// sums words what a lane comes to.
func (p *page) sums(l report.Lane) string {
	var all []string
	for _, s := range l.Sums {
		of := p.text(s.Kind.Title()) + " " + p.seconds(s.Seconds)
		if s.Kind == report.SpanDown {
			times := p.count(s.Times) + " " + p.W("times")
			if s.Times == 1 {
				times = p.W("once")
			}
			of += " (" + times + ")"
		}
		all = append(all, of)
	}
	return strings.Join(all, "; ")
}

// paths draws the spans of a kind as one path.
func paths(l report.Lane, k report.SpanKind, middle float64, x func(time.Time) float64) string {
	var b strings.Builder
	for _, s := range l.Spans {
		if s.Kind == k {
			from, to := x(s.From), x(s.To)
			if k == report.SpanDown && to-from < hairline {
				from = min(from, lineWidth-lineRight-hairline)
				to = from + hairline
			}
			b.WriteString(box(from, to, middle, heights[k]))
		}
	}
	return b.String()
}

func box(from, to, middle, half float64) string {
	return "M" + px(from) + " " + px(middle-half) + "H" + px(to) + "V" + px(middle+half) + "H" + px(from) + "Z"
}

// days marks the local midnights, and names as many of them as there is room for:
// each day of a month, each seventh of a quarter, the months of what is longer.
func (p *page) days(d *line, t report.Timeline, x func(time.Time) float64) {
	first, last := calendar.DateOf(t.From.In(p.zone)), calendar.DateOf(t.To.Add(-time.Nanosecond).In(p.zone))
	n := first.Until(last) + 1
	if n < 1 || n > maxDays {
		return
	}
	for i := range n {
		day := first.Add(i)
		from, to := x(day.Start(p.zone)), x(day.Add(1).Start(p.zone))
		monthly, weekly := day.Day == 1 || i == 0, day.Weekday() == time.Monday
		class := "day"
		if monthly || n <= 100 && weekly {
			class = "week"
		}
		if n <= 100 || monthly {
			d.Lines = append(d.Lines, rule{px(from), class})
		}
		switch {
		case n <= 35:
			d.Labels = append(d.Labels, label{px((from + to) / 2), p.count(int64(day.Day)), "middle"})
		case n <= 100 && weekly:
			l := label{px(from), p.text(text.F("%d/%d", "%[2]d.%[1]d.", int(day.Month), day.Day)), "start"}
			if from > lineWidth-lineRight-labelWidth {
				l.X, l.Anchor = px(lineWidth-lineRight), "end"
			}
			d.Labels = append(d.Labels, l)
		case n > 100 && monthly:
			d.Labels = append(d.Labels, label{px(from), p.count(int64(day.Month)), "start"})
		}
	}
	d.Lines = append(d.Lines, rule{px(lineWidth - lineRight), "week"})
}

// maxDays whose midnights are drawn: ten years.
const maxDays = 3660

// shortened cuts a text to so many letters.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
