// Package agreement holds what was agreed: the organisation and its services,
// and the service level agreements with their targets and workload limits
// (ISO/IEC 20000-1, 8.3.3).
package agreement

import (
	"encoding/json"

	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Spec of an Agreement resource.
type Spec struct {
	Service  string          `json:"service"`
	Customer string          `json:"customer,omitempty"`
	Consent  string          `json:"consent,omitempty"` // where the customer's consent is found: contract, date, section
	Valid    Valid           `json:"valid"`
	Where    Where           `json:"where,omitempty"` // which tickets it is about: tells customers apart
	Targets  []Target        `json:"targets"`
	Workload []WorkloadLimit `json:"workload,omitempty"`
	Credits  *Credits        `json:"credits,omitempty"`
}

// Valid is the span of local dates, in the zone of the service's calendar, in
// which tickets opened fall under this version.
type Valid struct {
	From calendar.Date  `json:"from"`
	To   *calendar.Date `json:"to,omitempty"` // the last date
}

// Where compares a ticket's fields with lists of values; every field must
// have one of its values. Empty means all tickets.
type Where map[string][]string

// Measure of a target.
type Measure string

// The measures.
const (
	Response   Measure = "response"   // to the first qualified human reaction
	Resolution Measure = "resolution" // to the restored service
)

// Reopen is the rule for a ticket that runs again after it was stopped.
type Reopen string

// The rules: the clock goes on; each cycle has a clock of its own; the wall
// counts from the first start to the last stop.
const (
	Continue Reopen = "continue"
	NewCycle Reopen = "new-cycle"
	Wall     Reopen = "wall"
)

// OnChange is the rule for a ticket whose fields select another target than
// before.
type OnChange string

// The rules: the new target counts from the start, with the pauses kept; or
// its clock starts anew at the change.
const (
	Retroactive OnChange = "retroactive"
	Restart     OnChange = "restart"
)

// Target of an agreement.
type Target struct {
	Name     string      `json:"name"`
	Measure  Measure     `json:"measure"`
	Where    Where       `json:"where,omitempty"`
	Within   Duration    `json:"within,omitempty"`    // 0 of availability
	Calendar string      `json:"calendar"`            // a calendar, or 24x7
	Attain   json.Number `json:"attain"`              // per cent of the decided tickets, or of agreed service time; exact
	Pause    []string    `json:"pause,omitempty"`     // states that stop the clock
	Reopen   Reopen      `json:"reopen,omitempty"`    // default continue, of tickets
	OnChange OnChange    `json:"on_change,omitempty"` // default retroactive, of tickets
	Weight   json.Number `json:"weight,omitempty"`

	Availability *Availability `json:"availability,omitempty"` // of that measure: how it is measured
}

// WorkloadLimit is the volume up to which the targets were agreed. It holds
// for each month, day or hour of the wall clock, in the zone of the service's
// calendar; an hour that daylight saving repeats is two.
type WorkloadLimit struct {
	Name  string `json:"name"`            // tickets: those opened in the period
	Per   string `json:"per"`             // month, day or hour
	Limit int64  `json:"limit"`           // 0: no limit agreed
	Voids bool   `json:"voids,omitempty"` // above it the targets are void for the tickets opened then
}

// What a workload limit may hold for.
const (
	PerMonth = "month"
	PerDay   = "day"
	PerHour  = "hour"
)

// References are the service and the calendars in which targets count.
func (s Spec) References() []resource.Reference {
	refs := []resource.Reference{{Field: "service", Ref: resource.Service.Ref(s.Service)}}
	for i, t := range s.Targets {
		refs = append(refs, resource.Reference{Field: resource.Item("targets", i) + ".calendar", Ref: resource.Calendar.Ref(t.Calendar)})
	}
	return refs
}

// Finer says that the limit holds for parts of a month: its days or hours.
func (l WorkloadLimit) Finer() bool { return l.Per == PerDay || l.Per == PerHour }

// Title of a limit, for people: tickets a day.
func (l WorkloadLimit) Title() text.Text {
	name := text.Same(l.Name)
	if l.Name == "tickets" {
		name = text.New("tickets", "Tickets")
	}
	switch l.Per {
	case PerDay:
		return text.New(name.En+" a day", name.De+" je Tag")
	case PerHour:
		return text.New(name.En+" an hour", name.De+" je Stunde")
	}
	return text.New(name.En+" a month", name.De+" je Monat")
}
