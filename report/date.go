package report

import (
	"fmt"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

var months = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
	"August", "September", "Oktober", "November", "Dezember"}

// Month names a month.
func Month(m time.Month) text.Text { return text.New(m.String(), months[m-1]) }

// Date writes a date as each language does: 31 March 2016, 31.03.2016.
func Date(d calendar.Date) text.Text {
	return text.New(fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year), fmt.Sprintf("%02d.%02d.%d", d.Day, d.Month, d.Year))
}

// Period writes a period in words: March 2016, März 2016. What isn't one is
// given back as it is.
func Period(s string) text.Text {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		return text.Same(s)
	}
	y := p.First.Year
	switch p.Grain {
	case calendar.Month:
		m := Month(p.First.Month)
		return text.F("%[1]s %[3]d", "%[2]s %[3]d", m.En, m.De, y)
	case calendar.Quarter:
		q := (int(p.First.Month) + 2) / 3
		return text.F("Quarter %d of %d", "%d. Quartal %d", q, y)
	case calendar.Day:
		return Date(p.First)
	}
	return text.F("Year %d", "Jahr %d", y)
}
