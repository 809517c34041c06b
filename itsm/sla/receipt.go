package sla

import (
	"time"

	"turnus/itsm/ticket"
)

// TicketReceipt says of one ticket of a frozen set what it is, and how it came
// to count in the period or not. Its content alone (number and events) gives
// all the rest once more.
type TicketReceipt struct {
	Number   string            `json:"number"`
	Import   int64             `json:"import"` // that brought this version
	Opened   time.Time         `json:"opened"`
	Hash     string            `json:"hash"` // of the content, as in the frozen set
	Flagged  bool              `json:"flagged,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // as after the last event
	Events   []ticket.Event    `json:"events"`
	Workload []WorkloadReceipt `json:"workload,omitempty"` // the volumes that it adds to
	Targets  []TargetReceipt   `json:"targets,omitempty"`  // those that select it in the period
	Reason   Reason            `json:"reason,omitempty"`   // why no target does
}

// WorkloadReceipt is a volume of work that a ticket opened in the period adds
// to: one of an agreement, in the month that ends at an instant.
type WorkloadReceipt struct {
	Agreement string    `json:"agreement"`
	Version   int       `json:"version"`
	End       time.Time `json:"end"`
}

// TargetReceipt says what became of a ticket under a target that selects it at
// the end of some month of the period.
type TargetReceipt struct {
	Agreement     string         `json:"agreement"`
	Version       int            `json:"version"`
	Target        string         `json:"target"`
	Counts        []CountReceipt `json:"counts,omitempty"`         // in order of time
	DecidedBefore *time.Time     `json:"decided_before,omitempty"` // the end of the earlier month that decided it
	Carried       *time.Time     `json:"carried,omitempty"`        // since this end the decision of a target that its fields left stands here
	Exclusion     int64          `json:"exclusion,omitempty"`      // that takes it out of the figures, by its ID
	Reason        Reason         `json:"reason,omitempty"`         // why it counts nowhere
}

// CountReceipt is what the end of one month adds to the figures.
type CountReceipt struct {
	End       time.Time   `json:"end"`                 // events before it are known
	Decided   Verdict     `json:"decided,omitempty"`   // here, and once only: met or breached
	Claim     Verdict     `json:"claim,omitempty"`     // what the source says of a ticket decided here
	Reopened  bool        `json:"reopened,omitempty"`  // in this month, after an earlier one decided
	Open      bool        `json:"open,omitempty"`      // at the period's end
	Undecided bool        `json:"undecided,omitempty"` // open, neither met nor breached
	Clock     ClockResult `json:"clock"`               // as it stands at the end
}

// Reason says why a ticket, or a target that selects it, counts nowhere.
type Reason string

// The reasons, of a ticket and of a target.
const (
	OpenedLater   Reason = "opened-later"   // at or after the end of what is known
	NoAgreement   Reason = "no-agreement"   // none was in force when it was opened
	NotSelected   Reason = "not-selected"   // its fields select no target at the end of any month of the period
	EarlierMonth  Reason = "earlier-month"  // decided at the end of an earlier month
	OtherTarget   Reason = "other-target"   // decided under a target that its fields selected before
	LeftUndecided Reason = "left-undecided" // its fields left the target before the period's end
)

// Version is the ticket that the receipt tells of, made anew from its content.
func (r TicketReceipt) Version() (ticket.Version, error) {
	v, err := ticket.Told(r.Number, r.Events)
	v.Import, v.Flagged = r.Import, r.Flagged
	return v, err
}
