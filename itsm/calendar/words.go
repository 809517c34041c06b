package calendar

import (
	"fmt"
	"time"

	"turnus/itsm/text"
)

var months = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
	"August", "September", "Oktober", "November", "Dezember"}

// InWords writes a date as each language does: 31 March 2016, 31.03.2016. What
// people type in is written as String does.
func (d Date) InWords() text.Text {
	return text.New(fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year), fmt.Sprintf("%02d.%02d.%d", d.Day, d.Month, d.Year))
}

// InWords writes a period as each language does: March 2016, März 2016.
func (p Period) InWords() text.Text {
	y, m := p.First.Year, p.First.Month
	switch p.Grain {
	case Month:
		return text.F("%[1]s %[3]d", "%[2]s %[3]d", m, months[m-1], y)
	case Quarter:
		return text.F("Quarter %d of %d", "%d. Quartal %d", (int(m)+2)/3, y)
	case Day:
		return p.First.InWords()
	}
	return text.F("Year %d", "Jahr %d", y)
}

// InWords writes an instant in its own zone, with date, time, seconds where there
// are any, and the abbreviation of the zone in force then: 31 March 2016, 06:00
// CEST; 31.03.2016, 06:00 Uhr MESZ.
func InWords(t time.Time) text.Text {
	clock := "15:04"
	if t.Second() != 0 {
		clock = "15:04:05"
	}
	return text.F("%s, %s\u00a0%s", "%s, %s\u00a0Uhr\u00a0%s", DateOf(t).InWords(), t.Format(clock), abbreviation(t))
}

// abbreviation of the zone in force at an instant: CET, in German MEZ; where
// the zone has none but an offset, UTC+3.
func abbreviation(t time.Time) text.Text {
	name, offset := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		sign := "+"
		if offset < 0 {
			sign, offset = "\u2212", -offset
		}
		name = fmt.Sprintf("UTC%s%d", sign, offset/3600)
		if m := offset / 60 % 60; m != 0 {
			name += fmt.Sprintf(":%02d", m)
		}
	}
	switch name {
	case "CET":
		return text.New(name, "MEZ")
	case "CEST":
		return text.New(name, "MESZ")
	}
	return text.Same(name)
}
