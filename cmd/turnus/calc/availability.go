package calc

import (
	"encoding/json"
	"fmt"
	"time"

	"turnus/itsm/availability"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
)

// availabilityOf computes the availability of a service in a period. The
// period is half-open like every span: from the local midnight that begins
// `from` to the one that begins `to`, the first date after it. June is
// {"from":"2026-06-01","to":"2026-07-01"}. An outage without `to` isn't over,
// and then the case needs `as_of`, up to when it is known.
func availabilityOf(line json.RawMessage) (any, error) {
	var in struct {
		Period struct {
			From *string `json:"from"`
			To   *string `json:"to"`
			Zone *string `json:"zone"`
		} `json:"period"`
		Calendar    json.RawMessage     `json:"calendar"`
		Outages     []window            `json:"outages"`
		Maintenance []window            `json:"maintenance"`
		Policy      availability.Policy `json:"maintenance_policy"`
		Target      *string             `json:"target"`
		AsOf        *string             `json:"as_of"`
	}
	err := readJSON(line, &in)
	if err != nil {
		return nil, err
	}
	c := availability.Case{Policy: in.Policy}
	if c.Period, err = periodOf(in.Period.From, in.Period.To, in.Period.Zone); err != nil {
		return nil, err
	}
	cal, err := calendarOf(in.Calendar)
	if err != nil {
		return nil, err
	}
	for i, w := range in.Outages {
		var o availability.Outage
		if o.From, err = instant(fmt.Sprintf("outages[%d].from", i), w.From); err != nil {
			return nil, err
		}
		if w.To != nil || in.AsOf == nil {
			if o.To, err = instant(fmt.Sprintf("outages[%d].to", i), w.To); err != nil {
				return nil, err
			}
		}
		c.Outages = append(c.Outages, o)
	}
	for i, w := range in.Maintenance {
		var m availability.Maintenance
		if m.From, err = instant(fmt.Sprintf("maintenance[%d].from", i), w.From); err != nil {
			return nil, err
		}
		if m.To, err = instant(fmt.Sprintf("maintenance[%d].to", i), w.To); err != nil {
			return nil, err
		}
		c.Maintenance = append(c.Maintenance, m)
	}
	if in.Target == nil {
		return nil, missing("target", "99.8")
	}
	c.Target = *in.Target
	if in.AsOf != nil {
		if c.AsOf, err = instant("as_of", in.AsOf); err != nil {
			return nil, err
		}
	}
	return availability.Derive(cal, c)
}

// window is a span of instants as it is written.
type window struct {
	From *string `json:"from"`
	To   *string `json:"to"`
}

// periodOf reads two dates and the zone in which they begin.
func periodOf(from, to, zone *string) (w availability.Window, err error) {
	if zone == nil {
		return w, missing("period.zone", "Europe/Berlin")
	}
	z, err := calendar.Zone(*zone)
	if err != nil {
		return w, fault.As(err).At("period")
	}
	for _, x := range []struct {
		field   string
		written *string
		at      *time.Time
	}{{"period.from", from, &w.From}, {"period.to", to, &w.To}} {
		if x.written == nil {
			return w, missing(x.field, "2026-06-01")
		}
		d, err := calendar.ParseDate(*x.written)
		if err != nil {
			return w, fault.As(err).At(x.field)
		}
		*x.at = d.Start(z)
	}
	return w, nil
}
