package drill

import (
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// timeline draws the steps as lanes with events and objectives as marks, and
// lists each entry with both its instants.
func (d draft) timeline() {
	h := d.happened()
	s := d.Section("Timeline", "Zeitlicher Verlauf")
	for _, t := range d.drawn() {
		s.Timeline(t)
	}
	marks, reasons := false, false
	for _, e := range h.Timeline {
		marks, reasons = marks || e.Step != "", reasons || e.Reason != "" || e.Corrected
	}
	t := s.Table("Events, in the order of happening", "Ereignisse in der Reihenfolge des Geschehens").Left("Event", "Ereignis").Left("Happened at", "Geschehen am").Left("Entered at", "Erfasst am").
		Left("By", "Von").Left("Marked by the step", "Gekennzeichnet durch Schritt").When(marks).Left("Counts", "Zählt").When(reasons).Left("Reason", "Grund").When(reasons)
	for _, e := range h.Timeline {
		by := given("")
		if e.Step != "" {
			_, title := d.step(e.Step)
			by = report.Words(title)
		}
		valid := report.Judged(text.New("yes", "ja"), report.Neutral)
		if e.Corrected {
			valid = report.Judged(text.New("no, corrected", "nein, berichtigt"), report.Neutral)
		}
		t.Row(report.Words(d.Setup.Type.EventTitle(e.Event)), report.At(e.When), report.At(e.At), given(e.By), by, valid, given(e.Reason))
	}
}

// maxLanes is how many lanes stand in one timeline, so that it fits on a page.
const maxLanes = 40

// drawn is the course of a drill, a lane for each step that was begun, and the
// marks again in each part of many steps. There is none where the drill wasn't
// begun.
func (d draft) drawn() (all []report.Timeline) {
	h := d.happened()
	from := d.event(continuity.Disruption)
	if from == nil || from.IsZero() {
		return nil
	}
	limits := d.limits()
	steps := slices.DeleteFunc(slices.Concat(inTime(h.Steps), inTime(h.Return)), func(x drill.Tracked) bool {
		return x.Opened == nil && x.Ended == nil || x.State == drill.LeftOut || x.State == drill.NotTested
	})
	for part := range slices.Chunk(steps, maxLanes) {
		t := report.Timeline{Caption: text.F("Steps, events and objectives of the %s", "Schritte, Ereignisse und Ziele der %s", d.Setup.Type.Noun()), From: from.UTC(), To: d.until(*from, limits)}
		for _, x := range part {
			d.lane(&t, x)
		}
		d.mark(&t, limits)
		all = append(all, t)
	}
	return all
}

// mark adds events and limits to a timeline.
func (d draft) mark(t *report.Timeline, limits []limit) {
	h := d.happened()
	for _, e := range events(h) {
		t.Mark(e.When, d.Setup.Type.EventTitle(e.Event))
	}
	if h.Abort != nil {
		t.Mark(h.Abort.When, text.New("aborted", "abgebrochen"))
	}
	for _, l := range limits {
		t.Limit(l.at, l.title)
	}
}

// inTime gives steps in the order in which they were opened.
func inTime(steps []drill.Tracked) []drill.Tracked {
	opened := func(x drill.Tracked) time.Time {
		switch {
		case x.Ended != nil && (x.Opened == nil || x.Opened.After(*x.Ended)):
			return *x.Ended
		case x.Opened != nil:
			return *x.Opened
		}
		return time.Time{}
	}
	all := slices.Clone(steps)
	slices.SortStableFunc(all, func(a, b drill.Tracked) int { return opened(a).Compare(opened(b)) })
	return all
}

// events are those of the scenario that count; of the data's age no axis of the
// drill can tell.
func events(h drill.Happened) (all []drill.Entry) {
	for _, e := range h.Timeline {
		if !e.Corrected && e.Event != continuity.Snapshot && e.Event != continuity.BackupDone {
			all = append(all, e)
		}
	}
	return all
}

type limit struct {
	at    time.Time
	title text.Text
}

// limits are the instants by which objectives had to be met.
func (d draft) limits() (all []limit) {
	o, begun := d.Plan.Spec.Objectives, d.event(continuity.Disruption)
	if base := d.base(o.From); o.RTO != nil && base != nil {
		all = append(all, limit{base.Add(time.Duration(o.RTO.Seconds()) * time.Second), text.Same("RTO")})
	}
	add := func(most *agreement.Duration, title text.Text) {
		if most != nil && begun != nil {
			all = append(all, limit{begun.Add(time.Duration(most.Seconds()) * time.Second), title})
		}
	}
	add(o.Decide, text.New("decision due", "Entscheidung fällig"))
	add(o.MTPD, text.Same("MTPD"))
	add(o.MTW, text.Same("MTW"))
	return all
}

// until is where the drawing ends: behind all that happened and behind RTO, and
// behind MTPD where that doesn't make everything else small.
func (d draft) until(from time.Time, limits []limit) time.Time {
	h, last := d.happened(), from
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for _, e := range events(h) {
		later(e.When)
	}
	for _, x := range slices.Concat(h.Steps, h.Return) {
		if x.Ended != nil {
			later(*x.Ended)
		}
	}
	if h.Abort != nil {
		later(h.Abort.When)
	}
	happened := last.Sub(from)
	for _, l := range limits {
		if l.at.Sub(from) <= 2*happened {
			later(l.at)
		}
	}
	return last.Add(max(last.Sub(from)/40, time.Minute)).UTC()
}

// lane draws a step: from its opening to its end, its pause at the end, since
// nobody recorded when it was. A step that was entered so late that its opening
// lies behind its end is drawn as the instant of its end.
func (d draft) lane(t *report.Timeline, x drill.Tracked) {
	s, title := d.step(x.Name)
	end := d.happened().Finished(s, x)
	if end == nil {
		end = &t.To
		if a := d.happened().Abort; a != nil && x.State == drill.Cancelled {
			end = &a.When
		}
	}
	begun := *end
	if x.Opened != nil && x.Opened.Before(*end) {
		begun = *x.Opened
	}
	if begun.Equal(*end) {
		begun = end.Add(-t.To.Sub(t.From) / 400)
	}
	kind := report.SpanWorking
	switch x.State {
	case drill.Failed, drill.Skipped, drill.Cancelled:
		kind = report.SpanFailed
	}
	paused := end.Add(-min(time.Duration(x.Paused)*time.Second, end.Sub(begun)))
	t.Lane(title, []report.Span{{From: begun, To: paused, Kind: kind}, {From: paused, To: *end, Kind: report.SpanPaused}})
}
