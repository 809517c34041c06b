package calendar

import "time"

// At is the instant at which a zone's wall clock reads a date and a time of
// day: Local for a Date.
func At(d Date, clock time.Duration, zone *time.Location) time.Time {
	return Local(d.Year, d.Month, d.Day, 0, 0, int(clock/time.Second), zone)
}

// Local is the instant of a local reading: one that daylight saving skips is
// taken with the offset in force before the gap, of one that it repeats the
// first is meant. time.Date promises neither.
func Local(year int, month time.Month, day, hour, minute, second int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, hour, minute, second, 0, zone)
	if zone == time.UTC {
		return t
	}
	start, _ := t.ZoneBounds()
	utc := time.Date(year, month, day, hour, minute, second, 0, time.UTC).Unix()
	_, offset := t.Zone()
	switch read := t.Unix() + int64(offset); {
	case read > utc: // skipped, and taken with the offset from before the gap
		return t
	case read < utc: // skipped, and taken with the one after: t lies before the gap
		return time.Unix(utc-int64(offset), 0).In(zone)
	}
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if first := utc - int64(before); first < start.Unix() {
			return time.Unix(first, 0).In(zone)
		}
	}
	return t
}
