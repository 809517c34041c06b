package report

import (
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

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
