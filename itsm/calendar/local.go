package calendar

import "time"

// At is the instant at which a zone's wall clock reads a date and a time of
// day. A reading that daylight saving skips is taken with the offset in force
// before the gap; one that it repeats is the first.
func At(d Date, clock time.Duration, zone *time.Location) time.Time {
	reading := d.utc().Add(clock)
	// Offsets in force around the reading, earliest first: the first one under
	// which the reading exists is the first occurrence.
	t := reading.Add(-26 * time.Hour).In(zone)
	_, before := t.Zone()
	for {
		_, off := t.Zone()
		_, end := t.ZoneBounds()
		at := reading.Add(-time.Duration(off) * time.Second)
		switch {
		case at.Before(t): // the gap between the zone before and this one swallowed it
			return reading.Add(-time.Duration(before) * time.Second).In(zone)
		case end.IsZero() || at.Before(end):
			return at.In(zone)
		}
		before, t = off, end
	}
}
