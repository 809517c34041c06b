package report

import (
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// Lasting writes a duration in hours, minutes and seconds; a day has no fixed
// length in service hours.
func Lasting(seconds int64) text.Text { return agreement.Duration(seconds).InWords() }

// Date writes a date as each language does.
func Date(d calendar.Date) text.Text { return d.InWords() }

// Period writes a period, as documents have it, in words. What isn't one is
// given back as it is.
func Period(s string) text.Text {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		return text.Same(s)
	}
	return p.InWords()
}
