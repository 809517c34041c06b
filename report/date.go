package report

import (
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// Lasting writes a duration in hours, minutes and seconds; a day has no fixed
// length in service hours.
func Lasting(seconds int64) text.Text {
	if seconds < 0 {
		return text.F("\u2212%s", "\u2212%s", Lasting(-seconds))
	}
	var all []text.Text
	for _, u := range []struct {
		n    int64
		unit string
	}{{seconds / 3600, "h"}, {seconds / 60 % 60, "min"}, {seconds % 60, "s"}} {
		if u.n > 0 {
			all = append(all, text.F("%s\u202f%s", "%s\u202f%s", Number(u.n), u.unit))
		}
	}
	if len(all) == 0 {
		return text.Same("0\u202fs")
	}
	return text.Join(all, " ")
}

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
