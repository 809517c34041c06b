package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"turnus/itsm/fault"
)

// maxSpans of a day: every half hour. Each is held against the others.
const maxSpans = 48

// weekdays by time.Weekday.
var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Compile checks a spec and makes the calendar. The error holds a fault for
// each thing that is wrong (see fault.All), with its field within the spec, as
// in hours.mon[0]. Hours of a special day may meet the night before or the day
// after: an instant is open if any span has it. Within the week's own pattern
// an overlap is a slip, and refused.
func Compile(spec Spec) (*Calendar, error) {
	c := &Calendar{special: map[int64][]hours{}, dates: map[int64]bool{}, region: spec.Holidays.Region}
	var wrong fault.List
	report := func(f *fault.Error) { wrong.Add(f) }

	zone, err := Zone(spec.Zone)
	if err != nil {
		report(fault.As(err))
	}
	c.zone = zone
	for _, name := range sortedKeys(spec.Hours) {
		day := slices.Index(weekdays[:], name)
		if day < 0 {
			report(fault.Invalidf("hours."+name, "%.20q isn't a weekday: use mon, tue, wed, thu, fri, sat, sun",
				"%.20q ist kein Wochentag: mon, tue, wed, thu, fri, sat, sun angeben.", name))
			continue
		}
		c.week[day] = compileDay("hours."+name, spec.Hours[name], report)
	}
	c.checkNights(report)
	if r := spec.Holidays.Region; r != "" && !knownRegion(r) {
		report(unknownRegion(r).At("holidays"))
	}
	for i, d := range spec.Holidays.Dates {
		if d == (Date{}) {
			report(missingDate(fmt.Sprintf("holidays.dates[%d]", i)))
		}
		c.dates[d.number()] = true
	}
	for i, s := range spec.Special {
		field := fmt.Sprintf("special[%d]", i)
		if s.Date == (Date{}) {
			report(missingDate(field + ".date"))
			continue
		}
		if _, twice := c.special[s.Date.number()]; twice {
			report(fault.Invalidf(field+".date", "%s is there twice: give all its hours in one entry",
				"%s steht zweimal da: Alle Zeiten in einem Eintrag angeben.", s.Date))
		}
		c.special[s.Date.number()] = compileDay(field+".hours", s.Hours, report)
	}
	switch len(wrong) {
	case 0:
		c.bound()
		return c, nil
	case 1:
		return nil, wrong[0]
	}
	return nil, wrong.Err()
}

// bound notes from when on a calendar without weekly hours stays closed.
func (c *Calendar) bound() {
	for _, h := range c.week {
		if len(h) > 0 {
			return
		}
	}
	c.last = 1 - 1<<62 // never open: closed since ever
	for day, h := range c.special {
		if len(h) > 0 {
			c.last = max(c.last, (day+4)*daySecs) // the next day's end, wherever on earth
		}
	}
}

// compileDay reads the spans of one day, in order of time.
func compileDay(field string, list []string, report func(*fault.Error)) []hours {
	if len(list) > maxSpans {
		report(fault.Invalidf(field, "A day has %d spans of hours at most; these are %d.", "Ein Tag hat höchstens %d Zeiträume; das sind %d.", maxSpans, len(list)))
		return nil
	}
	var day []hours
	for i, s := range list {
		h, err := parseHours(s)
		if err != nil {
			report(err.At(fmt.Sprintf("%s[%d]", field, i)))
			continue
		}
		for _, o := range day {
			if h.from < o.to && o.from < h.to {
				report(overlap(fmt.Sprintf("%s[%d]", field, i), h, o))
			}
		}
		day = append(day, h)
	}
	slices.SortFunc(day, func(a, b hours) int { return int(a.from - b.from) })
	return day
}

// checkNights refuses weekly spans that reach into the next day's hours.
func (c *Calendar) checkNights(report func(*fault.Error)) {
	for day, today := range c.week {
		for _, night := range c.week[(day+6)%7] {
			for i, h := range today {
				if night.to-daySecs > h.from {
					report(overlap(fmt.Sprintf("hours.%s[%d]", weekdays[day], i), h, night))
				}
			}
		}
	}
}

func overlap(field string, h, o hours) *fault.Error {
	return fault.Invalidf(field, "%s overlaps with %s: join them or move one",
		"%s überschneidet sich mit %s: Zusammenfassen oder verschieben.", h, o)
}

func missingDate(field string) *fault.Error {
	return fault.Invalidf(field, "the date is missing: use YYYY-MM-DD, as in 2026-12-24",
		"Das Datum fehlt: JJJJ-MM-TT, etwa 2026-12-24.")
}

var span = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$`)

// parseHours reads 08:00-18:00, 18:00-24:00 or, into the next day, 22:00-06:00.
func parseHours(s string) (hours, *fault.Error) {
	m := span.FindStringSubmatch(s)
	if m == nil {
		return hours{}, fault.Invalidf("", "%.40q isn't a span of hours: use HH:MM-HH:MM, as in 08:00-18:00; 24:00 may end it",
			"%.40q ist kein Zeitraum: HH:MM-HH:MM, etwa 08:00-18:00; 24:00 darf am Ende stehen.", s)
	}
	at := func(h, m string) int64 {
		hh, _ := strconv.Atoi(h) // two digits
		mm, _ := strconv.Atoi(m)
		return int64(hh*3600 + mm*60)
	}
	h := hours{from: at(m[1], m[2]), to: daySecs}
	if m[3] != "" {
		if h.to = at(m[3], m[4]); h.to <= h.from {
			h.to += daySecs
		}
	}
	return h, nil
}

// String is the span as it is written in a spec.
func (h hours) String() string {
	end := h.to
	if end > daySecs {
		end -= daySecs
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/3600, h.from/60%60, end/3600, end/60%60)
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
