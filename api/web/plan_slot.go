package web

import (
	"net/http"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// slotView is a slot as pages show it.
type slotView struct{ planning.Slot }

func viewOf(s planning.Slot) slotView { return slotView{s} }

// Path is the address of its page.
func (s slotView) Path() string { return slotPath(s.Key) }

func slotPath(k run.Key) string { return "/plan/slots/" + k.ID(1) }

// Title is that of its process.
func (s slotView) Title() text.Text { return processTitle(s.Process) }

// month is the one, from 0 on, in which it is due on the page of a year, which
// begins and ends in UTC.
func (s slotView) month(year int) int {
	switch due := s.in(s.Due); {
	case due.Year() < year:
		return 0
	case due.Year() > year:
		return 11
	default:
		return int(due.Month()) - 1
	}
}

func (s slotView) in(t time.Time) time.Time {
	if z, err := calendar.Zone(s.Zone); err == nil && s.Zone != "" {
		return t.In(z)
	}
	return t.UTC()
}

// From is the first day on which what is published counts as done in time.
func (s slotView) From() text.Text { return calendar.DateOf(s.in(s.Early)).InWords() }

// Until is the last day on which it is in time.
func (s slotView) Until() text.Text {
	end := s.in(s.Late)
	if day := calendar.DateOf(end); day.Start(end.Location()).Equal(end) {
		return day.Add(-1).InWords()
	}
	return calendar.InWords(end)
}

// Both says that it was missed and is something else now.
func (s slotView) Both() bool { return s.MissedAt != nil && s.State != planning.Missed }

// slotPage is a slot's page.
type slotPage struct {
	slotView
	Story planning.Story
	Mine  bool // the visitor acts on it
	Deeds []deed
}

func (v *visit) slotKey() run.Key {
	return run.Key{Process: v.param("process"), Scope: v.param("scope"), Period: v.param("period")}
}

func (v *visit) slot() (planning.Story, error) { return v.api.Slot(v.r.Context(), v.slotKey().ID(1)) }

func showSlot(v *visit) error {
	story, err := v.slot()
	if err != nil {
		return err
	}
	s := slotPage{slotView: viewOf(story.Slot), Story: story, Mine: story.Owner == v.session.Person && v.session.Actor.Has(person.ProcessOwner)}
	if s.Mine {
		for _, d := range deeds() {
			if d.fits(story) {
				d.Path = d.at(story)
				s.Deeds = append(s.Deeds, d)
			}
		}
	}
	return v.show(http.StatusOK, "slot", text.F("%s: %s, %s", "%s: %s, %s", s.Title(), s.Scope, periodOf(s.Period)), s)
}

// Coming says what becomes of a slot next, and when.
func (s slotPage) Coming() text.Text {
	switch s.State {
	case planning.Planned:
		return text.F("It falls due on %s. Its run starts by itself then, as soon as the period is over and its data are there.",
			"Der Termin wird am %s fällig. Der Lauf startet dann von selbst, sobald die Periode vorbei ist und ihre Daten vorliegen.", calendar.InWords(s.in(s.Due)))
	case planning.Due:
		switch {
		case s.Story.Paused != nil:
			return text.New("The interval is paused: nothing starts until it is resumed.", "Das Intervall pausiert: Bis es fortgesetzt wird, startet nichts.")
		case s.Story.Next != nil:
			return text.F("Turnus looks at it again by itself on %s.", "Turnus prüft den Termin von selbst erneut am %s.", calendar.InWords(s.in(*s.Story.Next)))
		}
		return text.New("It doesn't go on by itself: its owner starts it, or records it as missed.",
			"Von selbst geht es nicht weiter: Die verantwortliche Person startet den Lauf oder erklärt den Termin für versäumt.")
	case planning.InWork:
		return text.New("Its run is in work: what it waits for stands on its page.", "Der Lauf ist in Arbeit: Worauf er wartet, steht auf seiner Seite.")
	case planning.Missed:
		return text.New("It was missed, and a finding says so. It can still be started after all.", "Der Termin ist versäumt, ein Befund hält das fest. Er lässt sich nachholen.")
	case planning.Waived:
		return text.New("It shall not be done.", "Der Termin entfällt.")
	}
	return text.New("Nothing is left to do.", "Es ist nichts mehr zu tun.")
}

func periodOf(p string) text.Text {
	if parsed, err := calendar.ParsePeriod(p); err == nil {
		return parsed.InWords()
	}
	return text.Same(p)
}

// periodDates are the first and the last date of a period; nothing of what is
// none.
func periodDates(name string) [2]string {
	p, err := calendar.ParsePeriod(name)
	if err != nil {
		return [2]string{}
	}
	return [2]string{p.First.String(), p.Next.Add(-1).String()}
}
