package calendar

import (
	"fmt"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Date is a day of the civil calendar, without zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fault.Invalidf("", "%.40q isn't a date: use YYYY-MM-DD, as in 2026-10-05",
			"%.40q ist kein Datum: JJJJ-MM-TT, etwa 2026-10-05.", s)
	}
	return DateOf(t), nil
}

// DateOf is the date on the wall calendar of t's zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// number counts the days since 1 January 1970.
func (d Date) number() int64 { return floorDiv(d.utc().Unix(), daySecs) }

// String is YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText is YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) { *d, err = ParseDate(string(b)); return }

// Add gives the date n days later.
func (d Date) Add(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// AddYears gives the same date n years later; 29 February becomes 1 March
// where there is none.
func (d Date) AddYears(n int) Date { return DateOf(d.utc().AddDate(n, 0, 0)) }

// Until counts the days from a date to another one.
func (d Date) Until(o Date) int { return int(o.number() - d.number()) }

// After compares dates.
func (d Date) After(o Date) bool { return o.Before(d) }

// Before compares dates.
func (d Date) Before(o Date) bool { return d.utc().Before(o.utc()) }

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Start is the first instant of the date in a zone: midnight, or where the
// clock skips midnight the instant after the gap; of two midnights the first.
func (d Date) Start(zone *time.Location) time.Time {
	at, _, _ := d.reading(0, zone)
	return at
}

// At is the instant at which a zone's clock shows so many seconds past the
// date's midnight. A reading that the clock skips is taken with the offset in
// force before the gap, and so lies behind it; of one that it repeats the
// first counts (RFC 5545, 3.3.5).
func (d Date) At(seconds int64, zone *time.Location) time.Time {
	at, before, skipped := d.reading(seconds, zone)
	if skipped {
		return before
	}
	return at
}

// reading finds when a zone's clock first shows a reading of the date. Where
// it skips it, at is the gap's end, and before the instant that the offset in
// front of the gap gives.
func (d Date) reading(seconds int64, zone *time.Location) (at, before time.Time, skipped bool) {
	// A local reading exists under an offset if the offset is in force at the
	// instant it gives. The earliest instant reading so much or more is wanted.
	wall := d.utc().Add(time.Duration(seconds) * time.Second)
	lo := wall.Add(-26 * time.Hour).In(zone) // on the day before in every zone
	for {
		end := changeAfter(lo)
		_, off := lo.Zone()
		t := wall.Add(-time.Duration(off) * time.Second).In(zone)
		if t.Before(lo) {
			return lo, before, true
		}
		if end.IsZero() || t.Before(end) {
			return t, t, false
		}
		lo, before = end, t
	}
}

// Period is a span of dates: year, quarter, month or day.
type Period struct {
	Name  string // as written: 2026, 2026-Q4, 2026-10 or 2026-10-05
	Grain Grain
	First Date
	Next  Date // the first date after it
}

// Grain is the length of a period.
type Grain string

// The grains.
const (
	Year    Grain = "year"
	Quarter Grain = "quarter"
	Month   Grain = "month"
	Day     Grain = "day"
)

// Title of a grain, for people.
func (g Grain) Title() text.Text {
	switch g {
	case Year:
		return text.New("year", "Jahr")
	case Quarter:
		return text.New("quarter", "Quartal")
	case Month:
		return text.New("month", "Monat")
	case Day:
		return text.New("day", "Tag")
	}
	return text.Same(string(g))
}

// ParsePeriod reads 2026, 2026-Q4, 2026-10 or 2026-10-05.
func ParsePeriod(s string) (Period, error) {
	p := Period{Name: s}
	var months int
	try := func(layout, in string, g Grain, n int) bool {
		t, err := time.Parse(layout, in)
		if err != nil || t.Year() < 1 {
			return false
		}
		p.Grain, p.First, months = g, DateOf(t), n
		return true
	}
	switch {
	case len(s) == 4 && try("2006", s, Year, 12):
	case len(s) == 7 && s[4:6] == "-Q" && s[6] >= '1' && s[6] <= '4' && try("2006-Q", s[:4]+"-Q", Quarter, 3):
		p.First.Month = time.Month(s[6]-'1')*3 + 1
	case len(s) == 7 && try("2006-01", s, Month, 1):
	case len(s) == 10 && try(time.DateOnly, s, Day, 0):
	default:
		return Period{}, fault.Invalidf("period", "%.40q isn't a period: use 2026, 2026-Q4, 2026-10 or 2026-10-05",
			"%.40q ist keine Periode: 2026, 2026-Q4, 2026-10 oder 2026-10-05.", s)
	}
	if months == 0 {
		p.Next = p.First.Add(1)
	} else {
		p.Next = DateOf(p.First.utc().AddDate(0, months, 0))
	}
	return p, nil
}

// PeriodOf is the period of a length that a date lies in.
func PeriodOf(d Date, g Grain) Period {
	name := d.String()
	switch g {
	case Year:
		name = name[:4]
	case Quarter:
		name = fmt.Sprintf("%s-Q%d", name[:4], (d.Month+2)/3)
	case Month:
		name = name[:7]
	}
	p, err := ParsePeriod(name)
	if err != nil { // a year that has no four digits
		panic(err)
	}
	return p
}

// VersionsAt is the instant whose versions of what is declared count for the
// period: 00:00 UTC of its first date, since its zone is declared, too.
func (p Period) VersionsAt() time.Time { return p.First.Start(time.UTC) }

// Bounds are the period's first instant and the first one after it.
func (p Period) Bounds(zone *time.Location) (from, to time.Time) {
	return p.First.Start(zone), p.Next.Start(zone)
}
