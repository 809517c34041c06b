package calc

import (
	"bytes"
	"encoding/json"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/planning"
)

// slots lists the planned dates of an interval.
func slots(line json.RawMessage) (any, error) {
	var in struct {
		Rule     *planning.Rule  `json:"rule"`
		Zone     *string         `json:"zone"`
		Calendar json.RawMessage `json:"calendar"`
		Adjust   planning.Adjust `json:"adjust"`
		From     *string         `json:"from"`
		To       *string         `json:"to"`
	}
	if err := readJSON(line, &in); err != nil {
		return nil, err
	}
	if in.Rule == nil {
		return nil, missing("rule", `{"working_day":3,"of":"month","at":"06:00"}`)
	}
	if in.Zone == nil {
		return nil, missing("zone", "Europe/Berlin")
	}
	zone, err := calendar.Zone(*in.Zone)
	if err != nil {
		return nil, err
	}
	var cal *calendar.Calendar
	if len(in.Calendar) > 0 && !bytes.Equal(in.Calendar, []byte("null")) {
		if cal, err = calendarOf(in.Calendar); err != nil {
			return nil, err
		}
	}
	if in.Adjust == "" {
		in.Adjust = planning.None
	}
	plan, err := planning.Compile(*in.Rule, zone, cal, in.Adjust)
	if err != nil {
		return nil, err
	}
	from, err := instant("from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := instant("to", in.To)
	if err != nil {
		return nil, err
	}
	slots, err := plan.Slots(from, to)
	if err != nil {
		return nil, err
	}
	return struct {
		Slots []time.Time `json:"slots"`
	}{slots}, nil
}
