package dataset

import (
	"time"

	"turnus/itsm/text"
)

// earliest is the first instant that a row may hold. One before it is none of a
// ticket: a year of two digits where four are read, or an empty cell's.
var earliest = time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)

// maxAhead is how many years ahead something can be announced.
const maxAhead = 100

// OutOfTime says why a row can't hold an instant of something that happened: it
// lies after now, or before all that can be meant. Empty: it can.
func OutOfTime(at, now time.Time) text.Text {
	if at.After(now) {
		return text.New("this instant is still to come", "dieser Zeitpunkt liegt in der Zukunft")
	}
	return tooEarly(at)
}

// OutOfPlans says the same of an instant of something that is announced.
func OutOfPlans(at, now time.Time) text.Text {
	if at.After(now.AddDate(maxAhead, 0, 0)) {
		return text.F("this instant lies more than %[1]d years ahead: look at how the file writes years",
			"dieser Zeitpunkt liegt mehr als %[1]d Jahre in der Zukunft: prüfen, wie die Datei Jahre schreibt", maxAhead)
	}
	return tooEarly(at)
}

func tooEarly(at time.Time) text.Text {
	if at.Before(earliest) {
		return text.New("this instant lies before the year 1000: look at how the file writes years",
			"dieser Zeitpunkt liegt vor dem Jahr 1000: prüfen, wie die Datei Jahre schreibt")
	}
	return text.Text{}
}
