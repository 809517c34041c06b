// Package planning says when something is due that is asked for at planned
// intervals (ISO/IEC 20000-1; domain guide, section 12): from a cron
// expression or a day rule, a zone, a calendar and an adjustment.
//
// A slot is a local date with a time of day, so it never vanishes in an hour
// that daylight saving skips, and never doubles in one that it repeats. It may
// import itsm/calendar, itsm/resource, itsm/run, itsm/task, itsm/fault,
// itsm/text, and of robfig/cron the parser.
//
//	third := planning.Rule{WorkingDay: 3, Of: calendar.Month, At: "06:00"}
//	plan, err := planning.Compile(third, berlin, office, planning.ModifiedFollowing)
//	due, err := plan.Slots(from, to)
package planning

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// Rule says on which dates, and at what time of day: exactly one of Cron,
// WorkingDay and Day is given.
type Rule struct {
	Cron       string         `json:"cron,omitempty"`        // five fields, in their usual meaning
	WorkingDay int            `json:"working_day,omitempty"` // the nth of the span, counted from its end where negative
	Day        int            `json:"day,omitempty"`         // likewise, of all days
	Of         calendar.Grain `json:"of,omitempty"`          // month, quarter or year
	At         string         `json:"at,omitempty"`          // HH:MM
}

// Adjust says what becomes of a date that isn't a working day.
type Adjust string

// The adjustments. The modified ones turn round where the date would leave its
// month; in a month without a working day it stays where it is.
const (
	None              Adjust = "none"
	Following         Adjust = "following"
	ModifiedFollowing Adjust = "modified-following"
	Preceding         Adjust = "preceding"
	ModifiedPreceding Adjust = "modified-preceding"
)

// Plan is a rule made ready.
type Plan struct {
	rule   Rule
	cron   *cronBits // nil for a day rule
	minute int       // of a day rule, since midnight
	zone   *time.Location
	cal    *calendar.Calendar // nil: every day is a working day
	adjust Adjust
}

// Compile checks a rule and makes it ready. Without a calendar every day is a
// working day. The error is a fault with its field: rule.cron, adjust.
func Compile(r Rule, zone *time.Location, cal *calendar.Calendar, adjust Adjust) (*Plan, error) {
	p := &Plan{rule: r, zone: zone, cal: cal, adjust: adjust}
	switch adjust {
	case None, Following, ModifiedFollowing, Preceding, ModifiedPreceding:
	default:
		return nil, fault.Invalidf("adjust", "%.40q isn't an adjustment: use none, following, modified-following, preceding or modified-preceding",
			"%.40q ist keine Anpassung: none, following, modified-following, preceding oder modified-preceding.", string(adjust))
	}
	given := 0
	for _, is := range []bool{r.Cron != "", r.WorkingDay != 0, r.Day != 0} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, fault.Invalidf("rule", "give one of cron, working_day and day; the first day is 1, the last one -1",
			"Eines von cron, working_day und day angeben; der erste Tag ist 1, der letzte -1.")
	}
	if r.Cron != "" {
		if r.Of != "" || r.At != "" {
			return nil, fault.Invalidf("rule", "of and at belong to a day rule: a cron expression says its time itself",
				"of und at gehören zu einer Tagesregel: Ein Cron-Ausdruck nennt seine Zeit selbst.")
		}
		var err error
		p.cron, err = parseCron(r.Cron)
		return p, err
	}
	return p, p.dayRule()
}

// dayRule checks a day rule.
func (p *Plan) dayRule() error {
	r := p.rule
	most, field, n := 0, "rule.day", r.Day
	switch r.Of {
	case calendar.Month:
		most = 31
	case calendar.Quarter:
		most = 92
	case calendar.Year:
		most = 366
	default:
		return fault.Invalidf("rule.of", "%.40q isn't a span with days: use month, quarter or year",
			"%.40q ist kein Zeitraum mit Tagen: month, quarter oder year.", string(r.Of))
	}
	if r.WorkingDay != 0 {
		field, n = "rule.working_day", r.WorkingDay
	}
	if n > most || n < -most {
		return fault.Invalidf(field, "a %[1]s has no day %[2]d: use 1 to %[3]d, or -1 to -%[3]d from its end",
			"Einen Tag %[2]d hat der Zeitraum %[1]s nicht: 1 bis %[3]d, oder -1 bis -%[3]d vom Ende her.", string(r.Of), n, most)
	}
	at, err := time.Parse("15:04", r.At)
	if err != nil || len(r.At) != len("15:04") {
		return fault.Invalidf("rule.at", "%.40q isn't a time of day: use HH:MM, as in 06:00", "%.40q ist keine Uhrzeit: HH:MM, etwa 06:00.", r.At)
	}
	p.minute = at.Hour()*60 + at.Minute()
	return nil
}

// working says whether a date is a working day.
func (p *Plan) working(d calendar.Date) bool { return p.cal == nil || p.cal.WorkingDay(d) }
