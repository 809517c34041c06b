package slo

import (
	"regexp"
	"strconv"

	"turnus/itsm/fault"
)

// Duration is OpenSLO's shorthand: a positive whole number and one letter,
// whose case matters: m minutes, h hours, d days, w weeks, M months, Q
// quarters, Y years. The zero value is none at all.
type Duration struct {
	n    int64
	unit byte
}

var shorthand = regexp.MustCompile(`^([1-9][0-9]{0,5})([mhdwMQY])$`)

// ParseDuration reads the shorthand, as in 5m, 30d or 1M.
func ParseDuration(s string) (Duration, error) {
	m := shorthand.FindStringSubmatch(s)
	if m == nil {
		return Duration{}, fault.Invalidf("",
			"%.40q isn't a duration: use a whole number up to 999999 and one of m (minutes), h, d, w, M (months), Q, Y, as in 30d",
			"%.40q ist keine Dauer: eine ganze Zahl bis 999999 und m (Minuten), h, d, w, M (Monate), Q oder Y, etwa 30d.", s)
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // at most six digits
	return Duration{n, m[2][0]}, nil
}

// Seconds of minutes, hours, days and weeks, a day being 24 hours. Months,
// quarters and years have no length of their own: false.
func (d Duration) Seconds() (int64, bool) {
	switch d.unit {
	case 'm':
		return d.n * 60, true
	case 'h':
		return d.n * 3600, true
	case 'd', 'w':
		return d.days() * 86400, true
	}
	return 0, false
}

// days of days and weeks, else 0.
func (d Duration) days() int64 {
	switch d.unit {
	case 'd':
		return d.n
	case 'w':
		return d.n * 7
	}
	return 0
}

// months of months, quarters and years, else 0.
func (d Duration) months() int64 {
	switch d.unit {
	case 'M':
		return d.n
	case 'Q':
		return d.n * 3
	case 'Y':
		return d.n * 12
	}
	return 0
}

// String is the shorthand; of the zero value nothing.
func (d Duration) String() string {
	if d.n == 0 {
		return ""
	}
	return strconv.FormatInt(d.n, 10) + string(d.unit)
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDuration.
func (d *Duration) UnmarshalText(b []byte) (err error) { *d, err = ParseDuration(string(b)); return }

// longest is how many seconds it may have at most.
func (d Duration) longest() int64 {
	if n, ok := d.Seconds(); ok {
		return n
	}
	return d.months() * 31 * 86400
}
