package planning

import (
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// InWords says a rule in words.
func (r Rule) InWords() text.Text {
	if r.Cron != "" {
		return text.F("cron %s", "Cron-Ausdruck %s", r.Cron)
	}
	n, day := r.Day, text.New("day", "Tag")
	if r.WorkingDay != 0 {
		n, day = r.WorkingDay, text.New("working day", "Arbeitstag")
	}
	span := map[calendar.Grain]text.Text{calendar.Month: text.New("month", "Monats"), calendar.Quarter: text.New("quarter", "Quartals"), calendar.Year: text.New("year", "Jahres")}[r.Of]
	switch {
	case n == -1:
		return text.F("last %s of the %s, %s", "letzter %s des %s, %s Uhr", day, span, r.At)
	case n < 0:
		return text.F("%[1]s %[4]d of the %[2]s, counted from its end, %[3]s", "%[4]d. %[1]s, vom Ende des %[2]s gezählt, %[3]s Uhr", day, span, r.At, -n)
	}
	return text.F("%[1]s %[4]d of the %[2]s, %[3]s", "%[4]d. %[1]s des %[2]s, %[3]s Uhr", day, span, r.At, n)
}

// Adjustments lists every adjustment.
func Adjustments() []Adjust {
	return []Adjust{ModifiedFollowing, Following, ModifiedPreceding, Preceding, None}
}

// Title says to which day a slot is moved that isn't a working day.
func (a Adjust) Title() text.Text {
	switch a {
	case Following:
		return text.New("the next working day", "nächster Arbeitstag")
	case ModifiedFollowing:
		return text.New("the next working day, within the month", "nächster Arbeitstag, innerhalb des Monats")
	case Preceding:
		return text.New("the working day before", "vorheriger Arbeitstag")
	case ModifiedPreceding:
		return text.New("the working day before, within the month", "vorheriger Arbeitstag, innerhalb des Monats")
	case None:
		return text.New("stays on its date", "Datum bleibt")
	}
	return text.Same(string(a))
}

// CatchUps lists every rule for catching up.
func CatchUps() []CatchUp { return []CatchUp{Each, Latest, NoneLate} }

// Title says which slots are caught up.
func (c CatchUp) Title() text.Text {
	switch c {
	case Each:
		return text.New("each slot", "jeder Termin")
	case Latest:
		return text.New("the latest slot only; those before are missed", "nur der letzte Termin; frühere gelten als versäumt")
	case NoneLate:
		return text.New("none: what wasn't started in time is left to a person", "keiner: Was nicht rechtzeitig startet, bleibt einer Person überlassen")
	}
	return text.Same(string(c))
}
