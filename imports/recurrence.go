package imports

import (
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"turnus/itsm/calendar"
)

// yearly is a rule by which an event comes each year (RFC 5545, section
// 3.3.10): what holidays need. Others are refused, with what they hold.
type yearly struct {
	option   rrule.ROption // one year of it
	start    calendar.Date
	interval int
	count    int            // 0: no end by number
	until    *calendar.Date // inclusive
}

// Bounds of a rule.
const (
	maxInterval = 400
	maxCount    = 10_000
	maxByList   = 400
)

// yearlyRule reads an RRULE; what can't be followed is noted.
func (e *vevent) yearlyRule(first calendar.Date, zone *time.Location) (y yearly, ok bool) {
	unreadable := func(part string) (yearly, bool) {
		e.wrong(calendar.Unreadable, "its rule can't be read: %.60q", "seine Regel ist nicht lesbar: %.60q", part)
		return y, false
	}
	y = yearly{start: first, interval: 1}
	var kept []string
	ordinal, inMonths, freq := 0, false, ""
	seen := map[string]bool{}
	for _, part := range strings.Split(strings.TrimSuffix(e.rule, ";"), ";") {
		name, value, found := strings.Cut(part, "=")
		if !found || value == "" || seen[name] || strings.Count(value, ",") > maxByList {
			return unreadable(part)
		}
		seen[name] = true
		var err error
		switch name {
		case "FREQ":
			freq = value
		case "INTERVAL":
			if y.interval, err = strconv.Atoi(value); err != nil || y.interval < 1 || y.interval > maxInterval {
				return unreadable(part)
			}
		case "COUNT":
			if y.count, err = strconv.Atoi(value); err != nil || y.count < 1 || y.count > maxCount {
				return unreadable(part)
			}
		case "UNTIL":
			s := e.stamp(contentLine{name: "UNTIL"}, value)
			if s == nil {
				return y, false
			}
			last := s.in(zone).date
			y.until = &last
		case "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYSETPOS", "BYDAY", "WKST":
			inMonths = inMonths || name == "BYMONTH"
			if name == "BYDAY" {
				var mixed, ok bool
				if ordinal, mixed, ok = greatestOrdinal(value); !ok {
					return unreadable(part)
				} else if mixed { // the library would take what both are
					e.wrong(calendar.Unsupported, "it repeats by days with and without a number, %.40q, which isn't followed here",
						"es wiederholt sich nach Tagen mit und ohne Nummer, %.40q, was hier nicht befolgt wird", part)
					return y, false
				}
			}
			kept = append(kept, part)
		default:
			e.wrong(calendar.Unsupported, "it repeats by %.40q, which isn't followed here", "es wiederholt sich nach %.40q, was hier nicht befolgt wird", name)
			return y, false
		}
	}
	if freq != "YEARLY" {
		e.wrong(calendar.Unsupported, "it repeats %.40q: only YEARLY is followed here", "es wiederholt sich %.40q: Nur YEARLY wird hier befolgt", freq)
		return y, false
	}
	// Weeks of a month that don't exist would lead the library out of its tables.
	if inMonths && ordinal > 5 {
		return unreadable("BYDAY")
	}
	o, err := rrule.StrToROption(strings.Join(append([]string{"FREQ=YEARLY"}, kept...), ";"))
	if err != nil {
		return unreadable(e.rule)
	}
	if len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekday) == 0 { // the start's own
		if o.Bymonthday = []int{first.Day}; len(o.Bymonth) == 0 {
			o.Bymonth = []int{int(first.Month)}
		}
	}
	o.Interval = 10_000 // the library looks at one year, and no further
	y.option = *o
	if _, err := rrule.NewRRule(*o); err != nil {
		return unreadable(e.rule)
	}
	return y, true
}

// greatestOrdinal is the 2 of 2MO,-1FR; 0 without any. mixed: some have none.
func greatestOrdinal(list string) (most int, mixed, ok bool) {
	plain := false
	for _, day := range strings.Split(list, ",") {
		if len(day) < 2 {
			return 0, false, false
		}
		n := day[:len(day)-2]
		if n == "" {
			plain = true
			continue
		}
		o, err := strconv.Atoi(n)
		if err != nil || o == 0 || o < -53 || o > 53 {
			return 0, false, false
		}
		most = max(most, o, -o)
	}
	return most, plain && most > 0, true
}

// dates gives the rule's dates from its start to the end of a year. A year at a
// time, so that a rule that never fires costs no more than its years do: the
// library would look for it up to the year 9999. budget is of years.
func (y yearly) dates(from, to int, budget *int) []calendar.Date {
	var dates []calendar.Date
	year := y.start.Year
	if y.count == 0 && year < from { // by number it has to be counted from the start
		year += (from - year + y.interval - 1) / y.interval * y.interval
	}
	n := 0
	for ; year <= to; year += y.interval {
		if *budget--; *budget < 0 {
			return nil
		}
		o := y.option
		o.Dtstart = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		o.Until = time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		rule, err := rrule.NewRRule(o)
		if err != nil {
			return nil // it was checked
		}
		for _, t := range rule.All() {
			d := calendar.DateOf(t)
			if d.Before(y.start) {
				continue
			}
			if n++; y.until != nil && y.until.Before(d) || y.count > 0 && n > y.count {
				return dates
			}
			dates = append(dates, d)
		}
	}
	return dates
}
