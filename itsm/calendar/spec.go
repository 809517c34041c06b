// Package calendar knows dates, periods, zones and hours: when a service is
// agreed to be there, and when people work.
//
// It may import itsm/fault, itsm/text, itsm/interval and rickar/cal. No wall
// clock: time is an argument.
package calendar

// AlwaysOpen may stand wherever a calendar is named: every instant, in the
// service's zone.
const AlwaysOpen = "24x7"

// Declaration is the spec of a Calendar resource: its hours, and from when on this
// version counts.
type Declaration struct {
	Spec
	Valid *Since `json:"valid,omitempty"` // left out: from when it is declared
}

// Since says that a version of what was declared before corrects the past: it
// counts for periods that begin on the date or later. The first version counts
// for all of them.
type Since struct {
	From Date `json:"from"`
}

// Spec is a calendar. An instant is inside its hours when its local
// wall-clock reading is; a span whose end isn't after its start reaches into
// the next day and belongs to the day on which it begins.
type Spec struct {
	Zone     string              `json:"zone"`
	Hours    map[string][]string `json:"hours"` // mon … sun to "08:00-18:00"; 24:00 may end a span
	Holidays Holidays            `json:"holidays,omitzero"`
	Special  []Special           `json:"special,omitempty"`
}

// Holidays close the spans that begin on them.
type Holidays struct {
	Region string `json:"region,omitempty"` // as in DE-BE
	Dates  []Date `json:"dates,omitempty"`
}

// Special hours replace the weekday's, on a holiday too.
type Special struct {
	Date  Date     `json:"date"`
	Hours []string `json:"hours"`
}
