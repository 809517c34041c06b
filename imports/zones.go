package imports

import (
	"strings"
	"time"

	"turnus/itsm/calendar"
)

// zone is where a stamp's wall clock hangs, and what it reads; nil where nobody
// knows the zone, which is noted.
func (p *planner) zone(e *vevent, s *stamp) (*time.Location, time.Time) {
	switch {
	case s.utc:
		return time.UTC, s.reading()
	case s.zone == "" || !s.timed:
		return p.home, s.reading()
	}
	zone, looked := p.zones[s.zone]
	if !looked {
		zone = p.file.zone(s.zone)
		p.zones[s.zone] = zone
	}
	if zone == nil {
		e.wrong(calendar.Unsupported, "its time zone isn't known: %.80q; export it with an IANA name, as in Europe/Berlin, or in UTC",
			"seine Zeitzone ist nicht bekannt: %.80q; mit einem IANA-Namen exportieren, etwa Europe/Berlin, oder in UTC", s.zone)
		return nil, time.Time{}
	}
	return zone, s.reading()
}

// local is the instant of a reading; adjusted says that the clock never reads so
// there.
func local(reading time.Time, zone *time.Location) (at time.Time, adjusted bool) {
	y, m, d := reading.Date()
	at = calendar.Local(y, m, d, reading.Hour(), reading.Minute(), reading.Second(), zone)
	return at, !sameReading(reading, at)
}

// inReading is what a zone's wall clock reads at an instant.
func inReading(at time.Time, zone *time.Location) time.Time {
	_, offset := at.In(zone).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// zone is the one that a TZID means; nil: it isn't known. It is an IANA name,
// alone or at the end of a path, or what the file says that it is, or a name of
// Windows.
func (f calendarFile) zone(id string) *time.Location {
	for _, name := range []string{id, f.zones[id], windowsZones[id]} {
		parts := strings.Split(strings.Trim(name, "/"), "/")
		for i := max(0, len(parts)-3); i < len(parts); i++ {
			if zone, err := calendar.Zone(strings.Join(parts[i:], "/")); err == nil && name != "" {
				return zone
			}
		}
	}
	return nil
}

// windowsZones are names that Outlook and Exchange give, to the IANA names that
// CLDR has for them: those of Europe, and of others what is frequent.
var windowsZones = map[string]string{
	"W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris", "Central Europe Standard Time": "Europe/Budapest",
	"Central European Standard Time": "Europe/Warsaw", "GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik",
	"FLE Standard Time": "Europe/Kiev", "GTB Standard Time": "Europe/Bucharest", "E. Europe Standard Time": "Europe/Chisinau",
	"Turkey Standard Time": "Europe/Istanbul", "Russian Standard Time": "Europe/Moscow",
	"Eastern Standard Time": "America/New_York", "Central Standard Time": "America/Chicago", "Mountain Standard Time": "America/Denver",
	"Pacific Standard Time": "America/Los_Angeles", "India Standard Time": "Asia/Calcutta", "China Standard Time": "Asia/Shanghai",
	"Singapore Standard Time": "Asia/Singapore", "Tokyo Standard Time": "Asia/Tokyo", "AUS Eastern Standard Time": "Australia/Sydney",
	"Coordinated Universal Time": "UTC",
}
