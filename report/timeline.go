package report

import (
	"slices"
	"time"

	"turnus/itsm/text"
)

// Timeline shows what became of a span of time: a lane for each thing that it
// is about, and in each lane what every stretch of the span was.
type Timeline struct {
	Caption text.Text `json:"caption"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"` // exclusive
	Lanes   []Lane    `json:"lanes"`
	Marks   []Mark    `json:"marks,omitempty"` // in order of time
}

// Lane is one thing over the whole span.
type Lane struct {
	Title text.Text `json:"title"`
	Sums  []Sum     `json:"sums"`  // of all that was given, one a kind, in the order of SpanKinds
	Spans []Span    `json:"spans"` // in order of time; of more than maxSpans only what can be drawn is left
}

// Sum says how much of a lane is of a kind.
type Sum struct {
	Kind    SpanKind `json:"kind"`
	Seconds int64    `json:"seconds"`
	Times   int64    `json:"times"` // stretches
}

// Span is [From, To).
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Kind SpanKind  `json:"kind"`
}

// SpanKind says what a stretch of time was.
type SpanKind string

// The kinds.
const (
	SpanDown        SpanKind = "down"
	SpanUnknown     SpanKind = "unknown"
	SpanMaintenance SpanKind = "maintenance"
	SpanFailed      SpanKind = "failed"  // work that led to nothing
	SpanPaused      SpanKind = "paused"  // of work
	SpanWorking     SpanKind = "working" // on a step
	SpanUp          SpanKind = "up"
	SpanClosed      SpanKind = "closed" // nothing was agreed
	SpanAhead       SpanKind = "ahead"  // nobody has looked yet
)

// SpanKinds lists them: where two can't be drawn beside each other, the first is.
func SpanKinds() []SpanKind {
	return []SpanKind{SpanDown, SpanUnknown, SpanMaintenance, SpanFailed, SpanPaused, SpanWorking, SpanUp, SpanClosed, SpanAhead}
}

// Title of a kind.
func (k SpanKind) Title() text.Text {
	switch k {
	case SpanDown:
		return text.New("down", "Ausfall")
	case SpanUnknown:
		return text.New("no data", "keine Daten")
	case SpanMaintenance:
		return text.New("maintenance", "Wartung")
	case SpanFailed:
		return text.New("in work, without success", "in Bearbeitung, ohne Erfolg")
	case SpanPaused:
		return text.New("paused", "unterbrochen")
	case SpanWorking:
		return text.New("in work", "in Bearbeitung")
	case SpanUp:
		return text.New("available in agreed time", "verfügbar in vereinbarter Zeit")
	case SpanClosed:
		return text.New("outside service hours", "außerhalb der Servicezeiten")
	case SpanAhead:
		return text.New("not yet known", "noch nicht bekannt")
	}
	return text.Same(string(k))
}

// What a lane is drawn with at most: more spans than that become as many cells.
const maxSpans = 480

// Lane adds a lane; its spans are in order of time and don't overlap. Neighbours
// of one kind become one. Of more than can be drawn each cell of the lane shows
// what comes first among SpanKinds: no outage is lost, however short.
func (t *Timeline) Lane(title text.Text, spans []Span) {
	l := Lane{Title: title, Sums: []Sum{}, Spans: []Span{}}
	for _, s := range spans {
		if s.From.Before(t.From) {
			s.From = t.From
		}
		if s.To.After(t.To) {
			s.To = t.To
		}
		if s.From.Before(s.To) {
			l.add(s)
		}
	}
	for _, k := range SpanKinds() {
		sum := Sum{Kind: k}
		for _, s := range l.Spans {
			if s.Kind == k {
				sum.Seconds, sum.Times = sum.Seconds+int64(s.To.Sub(s.From)/time.Second), sum.Times+1
			}
		}
		if sum.Times > 0 {
			l.Sums = append(l.Sums, sum)
		}
	}
	if len(l.Spans) > maxSpans {
		all := l.Spans
		l.Spans = []Span{}
		t.cells(all, l.add)
	}
	t.Lanes = append(t.Lanes, l)
}

// add puts a span behind the others, in UTC.
func (l *Lane) add(s Span) {
	s.From, s.To = s.From.UTC(), s.To.UTC()
	if n := len(l.Spans); n > 0 && l.Spans[n-1].Kind == s.Kind && l.Spans[n-1].To.Equal(s.From) {
		l.Spans[n-1].To = s.To
		return
	}
	l.Spans = append(l.Spans, s)
}

// cells gives the kind of each cell that a span touches.
func (t *Timeline) cells(spans []Span, each func(Span)) {
	kinds := SpanKinds()
	from, length := t.From.Unix(), t.To.Unix()-t.From.Unix()
	border := func(i int64) time.Time { return time.Unix(from+length*i/maxSpans, 0) }
	next := 0
	for i := range int64(maxSpans) {
		cell := Span{From: border(i), To: border(i + 1)}
		for next < len(spans) && !spans[next].To.After(cell.From) {
			next++
		}
		first := len(kinds)
		for _, s := range spans[next:] {
			if !s.From.Before(cell.To) {
				break
			}
			first = min(first, slices.Index(kinds, s.Kind))
		}
		if first >= 0 && first < len(kinds) {
			cell.Kind = kinds[first]
			each(cell)
		}
	}
}
