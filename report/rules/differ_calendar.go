package rules

import (
	"slices"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
)

// OfCalendar says where two versions of a calendar differ: nil is none. Of
// holidays it says which come and which go.
func OfCalendar(before, now *calendar.Declaration) []Difference {
	var d differences
	var was, is calendar.Declaration
	if before != nil {
		was = *before
	}
	if now != nil {
		is = *now
	}
	d.words(countsFrom(), since(was.Valid), since(is.Valid))
	d.words(text.New("Time zone", "Zeitzone"), text.Same(was.Zone), text.Same(is.Zone))
	spans := func(s *calendar.Declaration, day string) text.Text {
		if s == nil {
			return text.Text{}
		}
		if len(s.Hours[day]) == 0 {
			return text.New("closed", "geschlossen")
		}
		return text.Same(hours(s.Hours[day]))
	}
	for _, w := range weekdays {
		d.words(text.F("Hours, %s", "Servicezeiten, %s", w.name), spans(before, w.key), spans(now, w.key))
	}
	region := func(h calendar.Holidays) text.Text {
		if h.Region == "" {
			return text.Text{}
		}
		return calendar.InRegion(h.Region)
	}
	d.words(text.New("Public holidays", "Gesetzliche Feiertage"), region(was.Holidays), region(is.Holidays))
	d.words(text.New("Further holidays", "Weitere Feiertage"), only(was.Holidays.Dates, is.Holidays.Dates), only(is.Holidays.Dates, was.Holidays.Dates))
	d.words(text.New("Special days", "Sondertage"), SpecialDays(onlySpecial(was.Special, is.Special)), SpecialDays(onlySpecial(is.Special, was.Special)))
	return d
}

// only are the dates that the other version doesn't have.
func only(dates, others []calendar.Date) text.Text {
	var all []text.Text
	for _, x := range dates {
		if !slices.Contains(others, x) {
			all = append(all, report.Date(x))
		}
	}
	return text.Join(all, ", ")
}

func onlySpecial(days, others []calendar.Special) (all []calendar.Special) {
	for _, x := range days {
		if !slices.ContainsFunc(others, func(o calendar.Special) bool { return o.Date == x.Date && slices.Equal(o.Hours, x.Hours) }) {
			all = append(all, x)
		}
	}
	return all
}
