package runs_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The plan of the year once more, as plainly as it can be said: day by day,
// with weekdays and lists of holidays.

// naiveRule is a rule of the catalogue of this test: what is declared, and
// which dates it means.
type naiveRule struct {
	json         string
	names        func(d time.Time, working func(time.Time) bool) bool
	hour, minute int
}

func workingDay(n int) naiveRule {
	return naiveRule{fmt.Sprintf(`{'working_day':%d,'of':'month','at':'06:00'}`, n), func(d time.Time, working func(time.Time) bool) bool {
		step, left := -1, n
		if n < 0 {
			step, left = 1, -n
		}
		for at := d; at.Month() == d.Month(); at = at.AddDate(0, 0, step) {
			if working(at) {
				left--
			} else if at.Equal(d) {
				return false
			}
		}
		return left == 0
	}, 6, 0}
}

func dayOfMonth(n int) naiveRule {
	return naiveRule{fmt.Sprintf(`{'day':%d,'of':'month','at':'07:15'}`, n), func(d time.Time, _ func(time.Time) bool) bool {
		if n < 0 {
			return d.AddDate(0, 0, 1).Day() == 1
		}
		return d.Day() == n
	}, 7, 15}
}

func cronDay(n int) naiveRule {
	return naiveRule{fmt.Sprintf(`{'cron':'30 5 %d * *'}`, n), func(d time.Time, _ func(time.Time) bool) bool { return d.Day() == n }, 5, 30}
}

// naiveVersion is a version of an interval.
type naiveVersion struct {
	rule      naiveRule
	adjusted  bool
	tolerance int
	from      string // a date
}

// naiveSlot is when something is due, and from when until when it is done in
// time.
type naiveSlot struct{ due, early, late time.Time }

// naivePlan says which period is due when, by the versions in force.
func (s *subject) naivePlan(first, end time.Time) map[string]naiveSlot {
	plan := map[string]naiveSlot{}
	midnight := func(d time.Time) time.Time { return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, s.zone) }
	for d := first; d.Before(end); d = d.AddDate(0, 0, 1) {
		for i, v := range s.versions {
			if !v.rule.names(d, s.working) {
				continue
			}
			due := d
			if v.adjusted {
				due = s.moved(d)
			}
			if s.counts(due) != i {
				continue
			}
			period := time.Date(d.Year(), d.Month(), 0, 0, 0, 0, 0, time.UTC).Format("2006-01")
			if _, before := plan[period]; before {
				continue // one run a period: the first date counts
			}
			plan[period] = naiveSlot{
				due:   time.Date(due.Year(), due.Month(), due.Day(), v.rule.hour, v.rule.minute, 0, 0, s.zone),
				early: midnight(due.AddDate(0, 0, -v.tolerance)),
				late:  midnight(due.AddDate(0, 0, v.tolerance+1)),
			}
		}
	}
	return plan
}

// counts says which version counts on a date: the newest that has begun.
func (s *subject) counts(d time.Time) int {
	for i, v := range slices.Backward(s.versions) {
		if v.from <= d.Format(time.DateOnly) {
			return i
		}
	}
	return -1
}

func (s *subject) working(d time.Time) bool {
	return s.everyDay || d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !strings.Contains(s.holidays, d.Format(time.DateOnly))
}

// moved is the next working day of the month, or else the one before.
func (s *subject) moved(d time.Time) time.Time {
	for _, step := range []int{1, -1} {
		for at := d; at.Month() == d.Month(); at = at.AddDate(0, 0, step) {
			if s.working(at) {
				return at
			}
		}
	}
	return d
}

// expectation is what the plan may say of a period: the dates that were
// planned since something last kept it from being planned anew.
type expectation struct {
	may      []naiveSlot
	optional bool
}

// expect takes a new version over: what is still to come follows it, except
// for what is in work, done or waived ahead of its turn.
func (s *subject) expect(now time.Time, state func(period string) string) {
	planned := s.naivePlan(yearFrom.AddDate(0, -9, 0), now.AddDate(0, 15, 0))
	for period, e := range s.expected {
		past := !e.may[len(e.may)-1].due.After(now)
		n, still := planned[period]
		switch held := state(period) != "planned" && state(period) != ""; {
		case past:
		case !held && !still:
			delete(s.expected, period)
		case !held:
			s.expected[period] = expectation{may: []naiveSlot{n}}
		case still:
			s.expected[period] = expectation{append(e.may, n), e.optional}
		default:
			s.expected[period] = expectation{e.may, true}
		}
	}
	for period, n := range planned {
		if _, known := s.expected[period]; !known {
			s.expected[period] = expectation{may: []naiveSlot{n}}
		}
	}
}
