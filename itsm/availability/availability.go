// Package availability computes how much of the agreed time a service was
// there (ISO/IEC 20000-1, 8.7.1; domain guide, section 2): agreed service time,
// downtime, the verdict on a target, how often it failed and how fast it came
// back, what its users lost, and from probes' samples the outages themselves.
//
// It may import the standard library, itsm/calendar, itsm/interval and
// itsm/fault. No wall clock: time is an argument.
//
//	r, err := availability.Derive(cal, availability.Case{
//		Period:  availability.Window{From: june, To: july},
//		Outages: []availability.Outage{{From: at, To: at.Add(time.Hour)}},
//		Target:  "99.8",
//	})
//	*r.Availability // "99.861111"
package availability

import "time"

// Window is [From, To). Instants count by their whole second.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Case is a service in a period, with what happened and what was agreed. Lists
// may be in any order and overlap.
type Case struct {
	Period      Window        `json:"period"`            // local midnights in the service's zone
	Born        time.Time     `json:"born,omitzero"`     // the service exists from here on
	Retired     time.Time     `json:"retired,omitzero"`  // and no longer from here on
	AsOf        time.Time     `json:"as_of,omitzero"`    // what is known ends here; zero: all is known
	Outages     []Outage      `json:"outages,omitempty"` // also those before and after the period
	Maintenance []Maintenance `json:"maintenance,omitempty"`
	Policy      Policy        `json:"maintenance_policy,omitempty"` // default excluded
	Notice      int64         `json:"notice_s,omitempty"`           // how long before its start maintenance has to be announced
	Unknown     []Window      `json:"unknown,omitempty"`            // time without data
	Floor       string        `json:"coverage_floor,omitempty"`     // per cent; default 95
	Target      string        `json:"target"`                       // per cent, decimal
	Population  int64         `json:"population,omitempty"`         // users of the service; 0: users aren't asked about
	Bounds      []int64       `json:"duration_bounds_s,omitempty"`  // of the duration classes; default 5 min, 30 min, 1 h, 4 h
}

// Outage is a time in which the service wasn't there, or not all of it. One
// that lasts no whole second, or has the weight 0, is none.
type Outage struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"`        // zero: not over; needs as_of
	Cause    string    `json:"cause,omitempty"`    // kept where outages merge
	Weight   string    `json:"weight,omitempty"`   // the share that was gone, from 0 to 1, as agreed; default 1
	Users    []string  `json:"users,omitzero"`     // those concerned, if known by name
	Affected *int64    `json:"affected,omitempty"` // or their number; neither: all users
}

// Maintenance is a window in which the service was announced not to be there.
// Only what was announced in time excuses: not an overrun, and nothing that was
// announced late.
type Maintenance struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Announced time.Time `json:"announced,omitzero"` // needed where a notice was agreed; else zero means in time
}

// Policy is what was agreed about maintenance.
type Policy string

// The policies.
const (
	Excluded Policy = "excluded" // maintenance isn't agreed service time
	Excused  Policy = "excused"  // it is, and an outage in it doesn't count
)

// Verdict on a target.
type Verdict string

// The verdicts. NotApplicable: no time was agreed. NoData: it was, and nothing
// is known about it.
const (
	Met           Verdict = "met"
	Missed        Verdict = "missed"
	NotApplicable Verdict = "n/a"
	NoData        Verdict = "no-data"
)

// Result is a case's figures with their receipt. Durations are whole seconds,
// means rounded half up to one; percentages have six decimals, half up. A nil
// figure is not applicable.
//
// Availability is (agreed − down) / agreed, where down counts with its weight;
// coverage is the share of agreed time outside maintenance that is known.
// Failures and restorations are counted in wall time, whatever hours and
// maintenance: failures begin in the period, restorations fall into it, and
// MTRS is over the full lengths of these. MTBF is (agreed − down) / failures,
// MTBSI is MTBF + MTRS, added before rounding.
type Result struct {
	Agreed       int64     `json:"agreed_s"`
	Down         int64     `json:"down_s"`           // whatever the weight
	Lost         string    `json:"lost_s,omitempty"` // down with weights, exact; only if there are any
	Availability *string   `json:"availability_pct"`
	Verdict      Verdict   `json:"verdict"`
	Failures     int64     `json:"failures"`
	Restored     int64     `json:"restored"`
	MTRS         *int64    `json:"mtrs_s"`  // mean time to restore service
	MTBF         *int64    `json:"mtbf_s"`  // mean time between failures
	MTBSI        *int64    `json:"mtbsi_s"` // mean time between service incidents
	Maintenance  int64     `json:"maintenance_s"`
	Excused      int64     `json:"excused_s"` // down within maintenance
	Unknown      int64     `json:"unknown_s"` // in agreed hours, outside maintenance
	Coverage     *string   `json:"coverage_pct"`
	Reliable     bool      `json:"reliable"`                   // coverage reaches its floor
	Provisional  bool      `json:"provisional"`                // the period isn't over
	Late         []int     `json:"late_maintenance,omitempty"` // places of windows that weren't announced in time
	Classes      []Class   `json:"duration_classes"`           // of the failures
	Outages      []Merged  `json:"outages"`
	Users        *UserTime `json:"users,omitempty"`
	Segments     []Segment `json:"segments"`

	Sums Sums `json:"-"` // of the figures, for longer periods
}

// Merged is one outage made of all that overlap or touch, and of those between
// which nothing is known: an outage isn't over while nobody has looked. Listed
// are those that concern the period, also fully outside service hours.
type Merged struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"` // full length, not clipped to the period
	Open   bool      `json:"open,omitempty"`
	Causes []string  `json:"causes,omitempty"` // each once, in order of time
	Of     []int     `json:"of"`               // places among the case's outages
	Down   int64     `json:"down_s"`           // that count in this period
}

// Class counts the failures whose full length, or length so far, is in
// [From, Below) seconds: twice an hour isn't 120 times a minute.
type Class struct {
	From     int64 `json:"from_s"`
	Below    int64 `json:"below_s,omitempty"` // 0: no bound
	Failures int64 `json:"failures"`
}

// UserTime is what users lost of the agreed time, in user-seconds. The bounds
// are the same if every outage names its users; else the truth is between.
type UserTime struct {
	Population       int64   `json:"population"`
	LostLow          int64   `json:"lost_low_s"`
	LostHigh         int64   `json:"lost_high_s"`
	AvailabilityLow  *string `json:"availability_low_pct"` // 1 − lost / (population · agreed)
	AvailabilityHigh *string `json:"availability_high_pct"`
}

// Kind says how a segment of the period was treated.
type Kind string

// The kinds; where several are true, the first in this order counts. An outage
// that somebody knows of counts even where there are no samples.
const (
	KindAhead       Kind = "ahead"       // after as_of
	KindOutside     Kind = "outside"     // before the service was born, or after it was retired
	KindClosed      Kind = "closed"      // outside service hours
	KindMaintenance Kind = "maintenance" // agreed time under excused only
	KindDown        Kind = "down"        // agreed time
	KindUnknown     Kind = "unknown"     // taken out of agreed time
	KindUp          Kind = "up"          // agreed time
)

// Segment is one stretch of the period, [From, To). The segments of a result
// cover the period without gap or overlap.
type Segment struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Kind   Kind      `json:"kind"`
	Weight string    `json:"weight,omitempty"` // of down, if less than 1
}
