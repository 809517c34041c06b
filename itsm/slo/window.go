package slo

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/interval"
)

// LocalTime is a date with a time of day, without zone.
type LocalTime struct {
	Date  calendar.Date
	Clock int // seconds of the day by the wall clock
}

// ParseLocalTime reads YYYY-MM-DD hh:mm:ss.
func ParseLocalTime(s string) (LocalTime, error) {
	t, err := time.Parse(time.DateTime, s)
	if err != nil || t.Format(time.DateTime) != s || t.Year() < 1 { // Parse takes more spaces, and fewer digits
		return LocalTime{}, fault.Invalidf("",
			"%.40q isn't a local time: use YYYY-MM-DD hh:mm:ss, as in 2026-01-01 00:00:00; the zone stands in timeZone",
			"%.40q ist keine Ortszeit: JJJJ-MM-TT hh:mm:ss, etwa 2026-01-01 00:00:00; die Zone steht in timeZone.", s)
	}
	return LocalTime{calendar.DateOf(t), (t.Hour()*60+t.Minute())*60 + t.Second()}, nil
}

// In is the instant at which a zone's wall clock reads so.
func (l LocalTime) In(zone *time.Location) time.Time {
	return calendar.Local(l.Date.Year, l.Date.Month, l.Date.Day, 0, 0, l.Clock, zone)
}

// String is YYYY-MM-DD hh:mm:ss.
func (l LocalTime) String() string {
	return l.Date.String() + time.Date(1, 1, 1, 0, 0, l.Clock, 0, time.UTC).Format(" 15:04:05")
}

// MarshalText is String.
func (l LocalTime) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is ParseLocalTime.
func (l *LocalTime) UnmarshalText(b []byte) (err error) { *l, err = ParseLocalTime(string(b)); return }

// Window gives the span of time that a budget is for.
type Window struct {
	duration Duration
	zone     *time.Location // nil: it rolls
	start    LocalTime
}

// Rolling windows end at the instant that is asked about.
func (w Window) Rolling() bool { return w.zone == nil }

// At is the window at an instant, which is cut to its second. A rolling one
// ends there: [at − duration, at). Of the windows of a calendar, which follow
// each other from their start on, it is the one that contains the instant;
// false before the start, and after the year 9999.
//
// Minutes and hours are counted on from the start; days, weeks, months,
// quarters and years are counted by the wall calendar, so that a window begins
// at the same local time whatever its zone's clock does: a day may have 23 or
// 25 hours. A month that lacks the start's day begins on its last one, and the
// next on the start's day again.
func (w Window) At(at time.Time) (interval.Span, bool) {
	u := at.Unix()
	if at.UTC().Year() > 9999 || at.UTC().Year() < 1 {
		return interval.Span{}, false
	}
	if w.Rolling() {
		n, _ := w.duration.Seconds() // a rolling one has a length
		return interval.Span{From: u - n, To: u}, true
	}
	if u < w.bound(0) {
		return interval.Span{}, false
	}
	k := w.near(at)
	for k > 0 && w.bound(k) > u {
		k--
	}
	for w.bound(k+1) <= u { // a few steps at most, since near is near
		k++
	}
	return interval.Span{From: w.bound(k), To: w.bound(k + 1)}, true
}

// near guesses the number of the window with an instant, by at most a few.
func (w Window) near(at time.Time) int64 {
	local := calendar.DateOf(at.In(w.zone))
	switch days, months := w.duration.days(), w.duration.months(); {
	case months > 0:
		since := int64(local.Year-w.start.Date.Year)*12 + int64(local.Month-w.start.Date.Month)
		return max(since/months, 0)
	case days > 0:
		return max((dayNumber(local)-dayNumber(w.start.Date))/days, 0)
	}
	length, _ := w.duration.Seconds()
	return (at.Unix() - w.bound(0)) / length
}

func dayNumber(d calendar.Date) int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// bound is the beginning of the k-th window, k ≥ 0.
func (w Window) bound(k int64) int64 {
	begins := w.start
	switch days, months := w.duration.days(), w.duration.months(); {
	case months > 0:
		begins.Date = addMonths(begins.Date, k*months)
	case days > 0:
		begins.Date = begins.Date.Add(int(k * days))
	default:
		length, _ := w.duration.Seconds()
		return w.start.In(w.zone).Unix() + k*length
	}
	return begins.In(w.zone).Unix()
}

// addMonths gives the same day n months later, or the last one of a month that
// is shorter.
func addMonths(d calendar.Date, n int64) calendar.Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return calendar.Date{Year: first.Year(), Month: first.Month(), Day: min(d.Day, last)}
}
