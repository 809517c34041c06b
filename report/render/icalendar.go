package render

import (
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"turnus/itsm/planning"
	"turnus/itsm/text"
)

// Feed is the plan as calendar applications subscribe to it.
type Feed struct {
	Name   text.Text
	Note   text.Text            // what the reader has to know about it; may be empty
	Titles map[string]text.Text // of the processes, by name
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
	in := format{lang: lang, zone: time.UTC}
	for _, s := range f.Slots {
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
		f.text(text.New("State: ", "Stand: ")) + f.text(s.State.Title()),
		f.text(text.New("In time until: ", "Rechtzeitig bis: ")) + f.instant(s.Late),
	}
	if why := f.text(s.Reason); why != "" {
		lines = append(lines, f.text(text.New("Reason: ", "Grund: "))+why)
	}
	if s.Run != "" {
		lines = append(lines, f.text(text.New("Run: ", "Lauf: "))+s.Run)
	}
	return text.Plain(strings.Join(lines, "\n"))
}
