package agreement

import (
	"fmt"
	"regexp"
	"strconv"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Duration is whole seconds, written in ISO 8601: PT4H, PT1H30M, P2D. A day is
// 24 hours of the target's calendar; months and years have no fixed length and
// are refused.
type Duration int64

var iso = regexp.MustCompile(`^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$`)

// ParseDuration reads an ISO 8601 duration of days, hours, minutes, seconds.
func ParseDuration(s string) (Duration, error) {
	m := iso.FindStringSubmatch(s)
	if m == nil || m[1]+m[2]+m[3]+m[4] == "" || s[len(s)-1] == 'T' {
		return 0, fault.Invalidf("", "%.40q isn't a duration: use ISO 8601 with days, hours, minutes, seconds, as in PT4H",
			"%.40q ist keine Dauer: ISO 8601 mit Tagen, Stunden, Minuten, Sekunden, etwa PT4H.", s)
	}
	var d int64
	for i, unit := range []int64{86400, 3600, 60, 1} {
		if m[i+1] != "" {
			n, _ := strconv.ParseInt(m[i+1], 10, 64) // at most nine digits
			d += n * unit
		}
	}
	return Duration(d), nil
}

// Seconds of the duration.
func (d Duration) Seconds() int64 { return int64(d) }

// String is the ISO 8601 form in hours, minutes and seconds.
func (d Duration) String() string {
	if d == 0 {
		return "PT0S"
	}
	s := "PT"
	for _, u := range []struct {
		n int64
		l string
	}{{int64(d) / 3600, "H"}, {int64(d) / 60 % 60, "M"}, {int64(d) % 60, "S"}} {
		if u.n != 0 {
			s += fmt.Sprintf("%d%s", u.n, u.l)
		}
	}
	return s
}

// InWords is the duration in hours, minutes and seconds, as documents have it.
func (d Duration) InWords() text.Text {
	if d < 0 {
		return text.F("\u2212%s", "\u2212%s", (-d).InWords())
	}
	var all []text.Text
	for _, u := range []struct {
		n    int64
		unit string
	}{{int64(d) / 3600, "h"}, {int64(d) / 60 % 60, "min"}, {int64(d) % 60, "s"}} {
		if u.n > 0 {
			all = append(all, text.F("%s\u202f%s", "%s\u202f%s", text.Number(u.n), u.unit))
		}
	}
	if len(all) == 0 {
		return text.Same("0\u202fs")
	}
	return text.Join(all, " ")
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDuration.
func (d *Duration) UnmarshalText(b []byte) (err error) { *d, err = ParseDuration(string(b)); return }
