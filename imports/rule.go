package imports

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/itsm/calendar"
)

// frequency is how often a rule comes, the least often first.
type frequency int

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
	minutely
	secondly
)

var frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}

// rule is an RRULE (RFC 5545, section 3.3.10). A list that is nil isn't given.
type rule struct {
	freq      frequency
	interval  int
	count     int    // 0: no end by number
	until     *stamp // inclusive; nil: no end by date
	months    []int
	weeks     []int // of a year, negative ones from its end; as are the next three
	yearDays  []int
	monthDays []int
	positions []int
	days      []ruleDay
	hours     []int
	minutes   []int
	seconds   []int
	weekStart time.Weekday
}

// ruleDay is the 2MO of a rule: 0 is each one.
type ruleDay struct {
	n   int
	day time.Weekday
}

// Bounds of a rule.
const (
	maxInterval = 1_000_000 // of hours fit into a time.Duration
	maxByList   = 400
)

var ruleDays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // by time.Weekday

// readRule reads an RRULE; what can't be followed is noted.
func (e *vevent) readRule() (r rule, ok bool) {
	r = rule{freq: -1, interval: 1, weekStart: time.Monday}
	seen := map[string]bool{}
	for _, part := range strings.Split(strings.TrimSuffix(e.rule, ";"), ";") {
		name, value, found := strings.Cut(part, "=")
		if !found || value == "" || seen[name] || strings.Count(value, ",") > maxByList {
			return r, e.unreadableRule(part)
		}
		seen[name] = true
		read, known := ruleParts[name]
		switch {
		case !known:
			e.wrong(calendar.Unsupported, "it repeats by %.40q, which isn't followed here", "es wiederholt sich nach %.40q, was hier nicht befolgt wird", name)
			return r, false
		case name == "UNTIL":
			if r.until = e.stamp(contentLine{name: "UNTIL"}, value); r.until == nil {
				return r, false
			}
		case !read(&r, value):
			return r, e.unreadableRule(part)
		}
	}
	switch {
	case r.freq < 0:
		e.wrong(calendar.Unsupported, "it doesn't say how often it repeats (FREQ)", "es sagt nicht, wie oft es sich wiederholt (FREQ)")
		return r, false
	case r.weeks != nil && r.freq != yearly, r.monthDays != nil && r.freq == weekly,
		r.yearDays != nil && (r.freq == monthly || r.freq == weekly || r.freq == daily), !r.numberedDays():
		return r, e.unreadableRule(e.rule)
	}
	return r, true
}

func (e *vevent) unreadableRule(part string) bool {
	e.wrong(calendar.Unreadable, "its rule can't be read: %.60q", "seine Regel ist nicht lesbar: %.60q", part)
	return false
}

// numberedDays says whether the numbers of days make sense: the n-th of a month
// or, in a rule by years that names no months, of a year.
func (r rule) numberedDays() bool {
	most := 0
	switch {
	case r.weeks != nil || r.freq > monthly:
	case r.freq == monthly || r.months != nil:
		most = 5
	default:
		most = 53
	}
	return !slices.ContainsFunc(r.days, func(d ruleDay) bool { return max(d.n, -d.n) > most })
}

// ruleParts read the parts of a rule; UNTIL is read by its event.
var ruleParts = map[string]func(*rule, string) bool{
	"FREQ": func(r *rule, v string) bool {
		r.freq = frequency(slices.Index(frequencies, v))
		return r.freq >= 0
	},
	"INTERVAL": func(r *rule, v string) bool { return whole1(&r.interval, v, maxInterval) },
	"COUNT":    func(r *rule, v string) bool { return whole1(&r.count, v, 1<<40) },
	"UNTIL":    nil,
	"WKST": func(r *rule, v string) bool {
		r.weekStart = time.Weekday(slices.Index(ruleDays, v))
		return r.weekStart >= 0
	},
	"BYMONTH":    func(r *rule, v string) bool { return numbers(&r.months, v, 1, 12) },
	"BYWEEKNO":   func(r *rule, v string) bool { return numbers(&r.weeks, v, -53, 53) },
	"BYYEARDAY":  func(r *rule, v string) bool { return numbers(&r.yearDays, v, -366, 366) },
	"BYMONTHDAY": func(r *rule, v string) bool { return numbers(&r.monthDays, v, -31, 31) },
	"BYSETPOS":   func(r *rule, v string) bool { return numbers(&r.positions, v, -366, 366) },
	"BYHOUR":     func(r *rule, v string) bool { return numbers(&r.hours, v, 0, 23) },
	"BYMINUTE":   func(r *rule, v string) bool { return numbers(&r.minutes, v, 0, 59) },
	"BYSECOND":   func(r *rule, v string) bool { return numbers(&r.seconds, v, 0, 59) },
	"BYDAY": func(r *rule, v string) bool {
		for _, one := range strings.Split(v, ",") {
			if len(one) < 2 {
				return false
			}
			d := ruleDay{day: time.Weekday(slices.Index(ruleDays, one[len(one)-2:]))}
			var n []int
			if number := one[:len(one)-2]; number != "" {
				if !numbers(&n, number, -53, 53) {
					return false
				}
				d.n = n[0]
			}
			if d.day < 0 {
				return false
			}
			r.days = append(r.days, d)
		}
		return true
	},
}

// whole1 reads a number from 1 on.
func whole1(n *int, v string, most int) bool {
	var err error
	*n, err = strconv.Atoi(v)
	return err == nil && *n >= 1 && *n <= most
}

// numbers reads a list of numbers. Where they may be negative, none is 0.
func numbers(list *[]int, v string, least, most int) bool {
	for _, one := range strings.Split(v, ",") {
		n, err := strconv.Atoi(one)
		if err != nil || n < least || n > most || n == 0 && least < 0 {
			return false
		}
		*list = append(*list, n)
	}
	return true
}
