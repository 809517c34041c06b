package calendar

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/de"

	"turnus/itsm/text"
)

// addGermany takes the library's lists and puts right, by the holiday acts of
// the states (Feiertagsgesetze), what it doesn't know: since when a holiday
// exists, those that were decided for one year, and Brandenburg's Sundays.
func addGermany(m map[string][]*cal.Holiday) {
	for state, list := range map[string][]*cal.Holiday{
		"BB": de.HolidaysBB, "BE": de.HolidaysBE, "BW": de.HolidaysBW, "BY": de.HolidaysBY,
		"HB": de.HolidaysHB, "HE": de.HolidaysHE, "HH": de.HolidaysHH, "MV": de.HolidaysMV,
		"NI": de.HolidaysNI, "NW": de.HolidaysNW, "RP": de.HolidaysRP, "SH": de.HolidaysSH,
		"SL": de.HolidaysSL, "SN": de.HolidaysSN, "ST": de.HolidaysST, "TH": de.HolidaysTH,
	} {
		list = without(list, de.Frauentag, de.Reformationstag)
		switch state {
		case "BB", "MV", "SN", "ST", "TH": // as ever since 1990
			list = append(list, de.Reformationstag)
		case "HB", "HH", "NI", "SH": // 2017 as everywhere, by law of their own from 2018 on
			list = append(list, since(2017, de.Reformationstag))
		default: // the 500th anniversary
			list = append(list, onlyIn(2017, de.Reformationstag))
		}
		switch state {
		case "BB":
			list = append(list, aa.Easter.Clone(&cal.Holiday{Name: "Ostersonntag"}),
				aa.Pentecost.Clone(&cal.Holiday{Name: "Pfingstsonntag"}))
		case "BE":
			list = append(list, since(2019, de.Frauentag),
				once(2020, time.May, 8, "Tag der Befreiung"),
				once(2025, time.May, 8, "Tag der Befreiung"),
				once(2028, time.June, 17, "75. Jahrestag des Aufstandes vom 17. Juni 1953"))
		case "MV":
			list = append(list, since(2023, de.Frauentag))
		}
		m["DE-"+state] = list
	}
	m["DE"] = append(slices.Clone(de.Holidays), onlyIn(2017, de.Reformationstag))
}

func since(year int, h *cal.Holiday) *cal.Holiday { return h.Clone(&cal.Holiday{StartYear: year}) }

func onlyIn(year int, h *cal.Holiday) *cal.Holiday {
	return h.Clone(&cal.Holiday{StartYear: year, EndYear: year})
}

func once(year int, month time.Month, day int, name string) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: month, Day: day,
		StartYear: year, EndYear: year, Func: cal.CalcDayOfMonth}
}

func without(list []*cal.Holiday, out ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(list), func(h *cal.Holiday) bool { return slices.Contains(out, h) })
}

// names of holidays by the library's German ones.
var names = map[string]text.Text{
	"Neujahrstag":                text.New("New Year's Day", "Neujahr"),
	"Berchtoldstag":              text.New("Berchtold's Day", "Berchtoldstag"),
	"Heilige Drei Könige":        text.New("Epiphany", "Heilige Drei Könige"),
	"Josefstag":                  text.New("Saint Joseph's Day", "Josefstag"),
	"Frauentag":                  text.New("International Women's Day", "Internationaler Frauentag"),
	"Karfreitag":                 text.New("Good Friday", "Karfreitag"),
	"Ostersonntag":               text.New("Easter Sunday", "Ostersonntag"),
	"Ostermontag":                text.New("Easter Monday", "Ostermontag"),
	"Tag der Arbeit":             text.New("Labour Day", "Tag der Arbeit"),
	"Tag der Befreiung":          text.New("Liberation Day", "Tag der Befreiung"),
	"Auffahrt":                   text.New("Ascension Day", "Auffahrt"),
	"Christi Himmelfahrt":        text.New("Ascension Day", "Christi Himmelfahrt"),
	"Pfingstsonntag":             text.New("Whit Sunday", "Pfingstsonntag"),
	"Pfingstmontag":              text.New("Whit Monday", "Pfingstmontag"),
	"Fronleichnam":               text.New("Corpus Christi", "Fronleichnam"),
	"Bundesfeiertag":             text.New("Swiss National Day", "Bundesfeiertag"),
	"Mariä Himmelfahrt":          text.New("Assumption Day", "Mariä Himmelfahrt"),
	"Weltkindertag":              text.New("World Children's Day", "Weltkindertag"),
	"Tag der Deutschen Einheit":  text.New("German Unity Day", "Tag der Deutschen Einheit"),
	"Nationalfeiertag":           text.New("Austrian National Day", "Nationalfeiertag"),
	"Reformationstag":            text.New("Reformation Day", "Reformationstag"),
	"Allerheiligen":              text.New("All Saints' Day", "Allerheiligen"),
	"Buß- und Bettag":            text.New("Day of Repentance and Prayer", "Buß- und Bettag"),
	"Mariä Empfängnis":           text.New("Immaculate Conception", "Mariä Empfängnis"),
	"Christtag":                  text.New("Christmas Day", "Christtag"),
	"Stefanitag":                 text.New("Saint Stephen's Day", "Stefanitag"),
	"Weihnachtstag":              text.New("Christmas Day", "Erster Weihnachtstag"),
	"Zweiter Weihnachtsfeiertag": text.New("Second Day of Christmas", "Zweiter Weihnachtstag"),

	"75. Jahrestag des Aufstandes vom 17. Juni 1953": text.New("75th anniversary of the uprising of 17 June 1953",
		"75. Jahrestag des Aufstandes vom 17. Juni 1953"),
}
