package availabilityreview

import (
	"cmp"
	"slices"
	"strings"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/text"
	"turnus/report"
)

// maxLanes is how many lanes stand in one timeline, so that it fits on a page.
const maxLanes = 40

// timelines draw the time of the period, a lane a target, and list what is more
// than a plain service day.
func timelines(w *report.Writer, f avail.Frozen, r avail.Result) {
	s := w.Section("Timeline", "Zeitverlauf")
	var drawn report.Timeline
	lanes, rows := 0, []tableRow{}
	begin := func() report.Timeline {
		return report.Timeline{Caption: text.F("%s: what the time was, a lane for each target", "%s: Verlauf je Ziel", report.Period(f.Period)), From: f.From.UTC(), To: f.To.UTC()}
	}
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
		if lanes%maxLanes == 0 {
			s.Timeline(drawn)
			drawn = begin()
		}
		lanes++
		name := targetName(r, a, t)
		drawn.Lane(name, spans(t.Timeline))
		rows = append(rows, rowsOf(t, name)...)
	})
	if lanes == 0 {
		return
	}
	s.Timeline(drawn)
	spanTable(s, r, rows, lanes > 1)
}

// spans are segments of a result as a timeline has them.
func spans(all []availability.Segment) []report.Span {
	list := make([]report.Span, len(all))
	for i, g := range all {
		list[i] = report.Span{From: g.From, To: g.To, Kind: spanKind(g.Kind)}
	}
	return list
}

func spanKind(k availability.Kind) report.SpanKind {
	switch k {
	case availability.KindDown:
		return report.SpanDown
	case availability.KindUnknown:
		return report.SpanUnknown
	case availability.KindMaintenance:
		return report.SpanMaintenance
	case availability.KindUp:
		return report.SpanUp
	case availability.KindAhead:
		return report.SpanAhead
	}
	return report.SpanClosed
}

// tableRow is a row of the table beside a timeline.
type tableRow struct {
	report.Span
	of     avail.TargetResult
	name   text.Text
	weight string
}

func (r tableRow) seconds() int64 { return r.To.Unix() - r.From.Unix() }

// rowsOf are the outages, windows and gaps of a target.
func rowsOf(t avail.TargetResult, name text.Text) (rows []tableRow) {
	for _, g := range t.Timeline {
		switch g.Kind {
		case availability.KindDown, availability.KindUnknown, availability.KindMaintenance:
			rows = append(rows, tableRow{Span: report.Span{From: g.From, To: g.To, Kind: spanKind(g.Kind)}, of: t, name: name, weight: g.Weight})
		}
	}
	return rows
}

// causeOf says of a span what is recorded of it: the causes of outages, or what a
// window was announced for.
func causeOf(r avail.Result, s tableRow) string {
	var all []string
	add := func(cause string) {
		if cause != "" && !slices.Contains(all, cause) {
			all = append(all, cause)
		}
	}
	switch s.Kind {
	case report.SpanDown:
		for _, o := range r.Outages {
			if concerns(s.of, o.Component) && o.From.Before(s.To) && (o.Open || o.To.After(s.From)) {
				for _, c := range o.Causes {
					add(c)
				}
			}
		}
	case report.SpanMaintenance:
		for _, x := range r.Windows {
			if concerns(s.of, x.Component) && x.From.Before(s.To) && x.To.After(s.From) {
				add(x.Summary)
			}
		}
	}
	return strings.Join(all, "; ")
}

// spanTable lists the stretches of a timeline: all outages first where there are
// more than it has room for, then the longest.
func spanTable(s *report.SectionWriter, r avail.Result, rows []tableRow, several bool) {
	if len(rows) == 0 {
		s.Say("No outage, no maintenance and no time without data fall into agreed service time.", "In die vereinbarte Servicezeit fallen weder Ausfälle noch Wartung noch Zeit ohne Daten.")
		return
	}
	caption := text.New("Outages, maintenance and time without data within service hours", "Ausfälle, Wartung und Zeit ohne Daten innerhalb der Servicezeiten")
	if more := len(rows) - maxRows; more > 0 {
		slices.SortStableFunc(rows, func(a, b tableRow) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.seconds(), a.seconds()))
		})
		rows = rows[:maxRows]
		caption = text.F("%s: the outages first, %d stretches at most; %d more stand in the receipts", "%s: Ausfälle zuerst, höchstens %d Abschnitte; %d weitere stehen in den Belegen", caption, maxRows, more)
	}
	slices.SortStableFunc(rows, func(a, b tableRow) int { return a.From.Compare(b.From) })
	causes := make([]string, len(rows))
	for i, x := range rows {
		causes[i] = causeOf(r, x)
	}
	weighted := slices.ContainsFunc(rows, func(x tableRow) bool { return x.weight != "" })
	known := slices.ContainsFunc(causes, func(c string) bool { return c != "" })
	t := s.Table("%s", "%s", caption).Left("Begun", "Beginn").Left("Ended", "Ende").Right("Length", "Dauer").Left("What", "Art").
		Left("Target", "Ziel").When(several).Right("Share gone", "Ausgefallener Anteil").When(weighted).Left("Cause, or occasion", "Ursache oder Anlass").When(known)
	for i, x := range rows {
		gone := report.Name("–")
		if x.weight != "" {
			gone = report.Words(report.Decimal(x.weight))
		}
		t.Row(report.At(x.From), report.At(x.To), report.Seconds(x.seconds()), kindCell(x.Kind), report.Words(x.name), gone, named(causes[i]))
	}
}

func rank(r tableRow) int { return slices.Index(report.SpanKinds(), r.Kind) }

func kindCell(k report.SpanKind) report.Cell {
	if k == report.SpanDown {
		return report.Judged(k.Title(), report.Bad)
	}
	return report.Judged(k.Title(), report.Neutral)
}
