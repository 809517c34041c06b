package render

import (
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
	"turnus/itsm/text"
)

// Feed is the plan as calendar applications subscribe to it.
type Feed struct {
	Name   text.Text
	Note   text.Text            // what the reader has to know about it; may be empty
	Titles map[string]text.Text // of the processes, by name
	Zones  map[string]string    // of what slots are about, as in Service/desk: IANA names; UTC where one is missing
	Slots  []planning.Slot
}

// slotLasts is how long a slot stands in a calendar: a due date has no length,
// and many applications don't show what has none.
const slotLasts = 30 * time.Minute

// ICalendar writes the plan in the format of RFC 5545: each slot is an event
// that blocks nobody's time and keeps its UID as long as it is planned. Any
// language but German is English.
func ICalendar(w io.Writer, f Feed, lang text.Lang, now time.Time) error {
	if lang != text.De {
		lang = text.En
	}
	c := ics.NewCalendarFor("Turnus")
	c.SetProductId("-//Turnus//Plan//" + strings.ToUpper(string(lang)))
	c.SetMethod(ics.MethodPublish)
	c.SetName(text.Line(f.Name.In(lang)))
	if note := f.Note.In(lang); note != "" {
		c.SetDescription(text.Line(note))
		c.SetXWRCalDesc(text.Line(note))
	}
	c.SetRefreshInterval("PT1H") // the library says that it is a duration
	c.SetXPublishedTTL("PT1H")
	for _, s := range f.Slots {
		in := format{lang: lang, zone: time.UTC}
		if name := f.Zones[s.About.String()]; name != "" {
			var err error
			if in.zone, err = calendar.Zone(name); err != nil {
				return err
			}
		}
		e := c.AddEvent(s.Key.ID(1) + "@turnus")
		e.SetDtStampTime(now)
		e.SetStartAt(s.Due)
		e.SetEndAt(s.Due.Add(slotLasts))
		e.SetSummary(text.Line(f.Titles[s.Process].In(lang) + " " + s.Scope + " " + s.Period + " (" + s.State.Title().In(lang) + ")"))
		e.SetDescription(in.slot(s))
		e.SetTimeTransparency(ics.TransparencyTransparent)
		e.SetStatus(ics.ObjectStatusConfirmed)
		if s.State == planning.Waived {
			e.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	return c.SerializeTo(w, ics.WithNewLineWindows) // as the RFC has it on every system
}

// slot says of a slot what its summary doesn't.
func (f format) slot(s planning.Slot) string {
	lines := []string{
		f.text(text.F("State: %s", "Status: %s", s.State)),
		f.text(text.F("In time until: %s", "Fristgerecht bis: %s", f.last(s.Late))),
	}
	if !s.Reason.IsZero() {
		lines = append(lines, f.text(text.F("Reason: %s", "Grund: %s", s.Reason)))
	}
	if s.Run != "" {
		lines = append(lines, f.text(text.F("Run: %s", "Lauf: %s", s.Run)))
	}
	return text.Plain(strings.Join(lines, "\n"))
}

// last is the last day before a midnight; what is none in this zone, since the
// interval has another, stays an instant.
func (f format) last(end time.Time) text.Text {
	day := calendar.DateOf(end.In(f.zone))
	if !day.Start(f.zone).Equal(end) {
		return calendar.InWords(end.In(f.zone))
	}
	return day.Add(-1).InWords()
}
