package calc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/sla"
)

// clock computes elapsed time against a target.
func clock(line json.RawMessage) (any, error) {
	var in struct {
		Calendar json.RawMessage  `json:"calendar"`
		Target   *string          `json:"target"`
		Reopen   agreement.Reopen `json:"reopen"`
		Events   []struct {
			At *string   `json:"at"`
			Is sla.State `json:"is"`
		} `json:"events"`
		AsOf *string `json:"as_of"`
	}
	if err := readJSON(line, &in); err != nil {
		return nil, err
	}
	cal, err := calendarOf(in.Calendar)
	if err != nil {
		return nil, err
	}
	if in.Target == nil {
		return nil, missing("target", "PT8H")
	}
	target, err := agreement.ParseDuration(*in.Target)
	if err != nil {
		return nil, fault.As(err).At("target")
	}
	events := make([]sla.Event, len(in.Events))
	for i, e := range in.Events {
		at, err := instant(fmt.Sprintf("events[%d].at", i), e.At)
		if err != nil {
			return nil, err
		}
		events[i] = sla.Event{At: at, Is: e.Is}
	}
	var asOf time.Time
	if in.AsOf != nil {
		if asOf, err = instant("as_of", in.AsOf); err != nil {
			return nil, err
		}
	}
	return sla.Clock(cal, events, target.Seconds(), in.Reopen, asOf)
}

// holidays lists a region's public holidays of a year.
func holidays(line json.RawMessage) (any, error) {
	var in struct {
		Region *string `json:"region"`
		Year   *int    `json:"year"`
	}
	if err := readJSON(line, &in); err != nil {
		return nil, err
	}
	if in.Region == nil {
		return nil, missing("region", "DE-BE")
	}
	if in.Year == nil {
		return nil, missing("year", "2026")
	}
	list, err := calendar.PublicHolidays(*in.Region, *in.Year)
	if err != nil {
		return nil, err
	}
	return struct {
		Holidays []calendar.Holiday `json:"holidays"`
	}{list}, nil
}

// calendarOf reads a calendar's spec; "24x7" is always open.
func calendarOf(b json.RawMessage) (*calendar.Calendar, error) {
	var name string
	switch {
	case len(b) == 0 || bytes.Equal(b, []byte("null")):
		return nil, missing("calendar", `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]}}`)
	case json.Unmarshal(b, &name) == nil && name == calendar.AlwaysOpen:
		return calendar.AlwaysOpenIn(time.UTC), nil
	}
	var spec calendar.Spec
	if err := readJSON(b, &spec); err != nil {
		return nil, fault.As(err).At("calendar")
	}
	cal, err := calendar.Compile(spec)
	var f *fault.Error
	if errors.As(err, &f) {
		return nil, f.At("calendar")
	}
	return cal, err
}

// instant reads an RFC 3339 instant.
func instant(field string, s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, missing(field, "2026-10-05T08:00:00+02:00")
	}
	at, err := time.Parse(time.RFC3339, *s)
	if err != nil || at.IsZero() {
		return time.Time{}, fault.Invalidf(field, "%.40q isn't an instant: use RFC 3339, as in 2026-10-05T08:00:00+02:00",
			"%.40q ist kein Zeitpunkt: RFC 3339, etwa 2026-10-05T08:00:00+02:00.", *s)
	}
	return at, nil
}

func missing(field, example string) *fault.Error {
	return fault.Invalidf(field, "%s is missing: give it, as in %s", "%s fehlt: Angeben, etwa %s.", field, example)
}
