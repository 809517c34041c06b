package slareport

import (
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
)

// calendars lists the hours that the clocks ran in.
func calendars(s *report.SectionWriter, f sla.Frozen) {
	t := s.Table("Calendars", "Kalender").Left("Calendar", "Kalender").Left("Time zone", "Zeitzone").
		Left("Hours", "Stunden").Left("Holidays", "Feiertage").Left("Special days", "Sondertage")
	for _, c := range f.Calendars {
		t.Row(report.Say("%s, version %d", "%s, Version %d", c.Name, c.Version), report.Name(c.Spec.Zone),
			report.Words(weeklyHours(c.Spec.Hours)), report.Words(holidayWords(c.Spec.Holidays)), report.Words(specialDays(c.Spec.Special)))
	}
}

var weekdays = [...]struct{ key, en, de string }{{"mon", "Mon", "Mo"}, {"tue", "Tue", "Di"}, {"wed", "Wed", "Mi"},
	{"thu", "Thu", "Do"}, {"fri", "Fri", "Fr"}, {"sat", "Sat", "Sa"}, {"sun", "Sun", "So"}}

// weeklyHours words a weekly pattern; days in a row with the same hours are one.
func weeklyHours(h map[string][]string) text.Text {
	var en, de []string
	for i := 0; i < len(weekdays); {
		spans := strings.Join(h[weekdays[i].key], ", ")
		j := i + 1
		for j < len(weekdays) && strings.Join(h[weekdays[j].key], ", ") == spans {
			j++
		}
		if spans != "" {
			first, last := weekdays[i], weekdays[j-1]
			spans = strings.ReplaceAll(spans, "-", "–")
			if first == last {
				en, de = append(en, first.en+" "+spans), append(de, first.de+" "+spans)
			} else {
				en, de = append(en, first.en+"–"+last.en+" "+spans), append(de, first.de+"–"+last.de+" "+spans)
			}
		}
		i = j
	}
	if len(en) == 0 {
		return text.New("never open", "nie geöffnet")
	}
	return text.New(strings.Join(en, "; "), strings.Join(de, "; "))
}

func holidayWords(h calendar.Holidays) text.Text {
	var en, de []string
	if h.Region != "" {
		en, de = append(en, "public holidays of "+h.Region), append(de, "gesetzliche Feiertage in "+h.Region)
	}
	for _, d := range h.Dates {
		en, de = append(en, report.Date(d).En), append(de, report.Date(d).De)
	}
	if len(en) == 0 {
		return text.New("none", "keine")
	}
	return text.New(strings.Join(en, ", "), strings.Join(de, ", "))
}

func specialDays(days []calendar.Special) text.Text {
	var en, de []string
	for _, s := range days {
		if len(s.Hours) == 0 {
			en, de = append(en, report.Date(s.Date).En+" closed"), append(de, report.Date(s.Date).De+" geschlossen")
			continue
		}
		spans := strings.ReplaceAll(strings.Join(s.Hours, ", "), "-", "–")
		en, de = append(en, report.Date(s.Date).En+" "+spans), append(de, report.Date(s.Date).De+" "+spans)
	}
	if len(en) == 0 {
		return text.New("none", "keine")
	}
	return text.New(strings.Join(en, "; "), strings.Join(de, "; "))
}
