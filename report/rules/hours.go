package rules

import (
	"slices"
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

var weekdays = [...]struct {
	key  string
	name text.Text
}{{"mon", text.New("Mon", "Mo")}, {"tue", text.New("Tue", "Di")}, {"wed", text.New("Wed", "Mi")}, {"thu", text.New("Thu", "Do")},
	{"fri", text.New("Fri", "Fr")}, {"sat", text.New("Sat", "Sa")}, {"sun", text.New("Sun", "So")}}

// WeeklyHours words a weekly pattern; days in a row with the same hours are one.
func WeeklyHours(h map[string][]string) text.Text {
	var all []text.Text
	for i := 0; i < len(weekdays); {
		spans := h[weekdays[i].key]
		j := i + 1
		for j < len(weekdays) && slices.Equal(h[weekdays[j].key], spans) {
			j++
		}
		first, last := weekdays[i].name, weekdays[j-1].name
		switch {
		case len(spans) == 0:
		case j == i+1:
			all = append(all, text.F("%s %s", "%s %s", first, hours(spans)))
		default:
			all = append(all, text.F("%s–%s %s", "%s–%s %s", first, last, hours(spans)))
		}
		i = j
	}
	if len(all) == 0 {
		return text.New("never open", "keine Servicezeit")
	}
	return text.Join(all, "; ")
}

// hours of a day, with dashes as in print.
func hours(spans []string) string { return strings.ReplaceAll(strings.Join(spans, ", "), "-", "–") }

// Holidays words which days are holidays.
func Holidays(h calendar.Holidays) text.Text {
	var all []text.Text
	if h.Region != "" {
		all = append(all, text.F("public holidays %s", "gesetzliche Feiertage %s", calendar.InRegion(h.Region)))
	}
	for _, d := range h.Dates {
		all = append(all, report.Date(d))
	}
	if len(all) == 0 {
		return text.New("none", "keine")
	}
	return text.Join(all, ", ")
}

// SpecialDays words the days with hours of their own.
func SpecialDays(days []calendar.Special) text.Text {
	var all []text.Text
	for _, s := range days {
		if len(s.Hours) == 0 {
			all = append(all, text.F("%s closed", "%s geschlossen", report.Date(s.Date)))
		} else {
			all = append(all, text.F("%s %s", "%s %s", report.Date(s.Date), hours(s.Hours)))
		}
	}
	if len(all) == 0 {
		return text.New("none", "keine")
	}
	return text.Join(all, "; ")
}
