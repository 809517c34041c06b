package rules

import (
	"strings"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// Difference is one thing that two versions say otherwise.
type Difference struct {
	Item        text.Text
	Before, Now report.Cell
}

// differences are collected item by item; what is alike is left out.
type differences []Difference

// none stands where a version says nothing.
func none() text.Text { return text.Same("–") }

func (d *differences) words(item, before, now text.Text) {
	if before.IsZero() {
		before = none()
	}
	if now.IsZero() {
		now = none()
	}
	if before != now {
		*d = append(*d, Difference{item, report.Words(before), report.Words(now)})
	}
}

// OfService says where two versions of a service differ: nil is none.
func OfService(before, now *agreement.ServiceSpec) []Difference {
	var d differences
	var was, is agreement.ServiceSpec
	if before != nil {
		was = *before
	}
	if now != nil {
		is = *now
	}
	name := func(s agreement.ServiceSpec) text.Text {
		if s.Calendar == "" {
			return text.Text{}
		}
		return CalendarName(s.Calendar)
	}
	d.words(countsFrom(), since(was.Valid), since(is.Valid))
	d.words(text.New("Calendar", "Kalender"), name(was), name(is))
	d.words(text.New("Time zone", "Zeitzone"), text.Same(was.Zone), text.Same(is.Zone))
	d.words(text.New("Owner", "Verantwortlich"), text.Same(was.Owner), text.Same(is.Owner))
	d.words(text.New("Approvers", "Freigabeberechtigt"), text.Same(strings.Join(was.Approvers, ", ")), text.Same(strings.Join(is.Approvers, ", ")))
	d.words(text.New("Language", "Sprache"), text.Same(string(was.Language)), text.Same(string(is.Language)))
	d.words(text.New("Review", "Prüfung"), text.Same(string(was.Review)), text.Same(string(is.Review)))
	d.words(text.New("Address of tickets", "Adresse der Tickets"), text.Same(was.TicketURL), text.Same(is.TicketURL))
	return d
}

func countsFrom() text.Text { return text.New("Counts for periods", "Gilt für Perioden") }

func since(v *calendar.Since) text.Text {
	if v == nil {
		return text.New("that begin after it is declared", "mit Beginn nach der Änderung")
	}
	return text.F("that begin on %s or later", "mit Beginn ab %s", report.Date(v.From))
}
