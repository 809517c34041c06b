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

// WorkloadReceipt is a volume of work that a ticket adds to: that of an
// agreement, in the month of the period that ends at an instant; of a ticket
// opened before the period only where the volumes of then matter (Totals.Void).
type WorkloadReceipt struct {
	Agreement string    `json:"agreement"`
	Version   int       `json:"version"`
	End       time.Time `json:"end,omitzero"` // zero: opened before the period
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
	Subperiod     *time.Time     `json:"subperiod,omitempty"`      // the start of the one that it was opened in: it counts unless Totals.Void has that
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

// Totals are what all receipts together come to.
type Totals struct {
	Result
	Void []Void `json:"void,omitempty"` // by agreement, version and sub-period
}

// Void is a sub-period whose tickets a workload limit takes out of the figures.
type Void struct {
	Agreement string    `json:"agreement"`
	Version   int       `json:"version"`
	Subperiod time.Time `json:"subperiod"` // its start
	Per       string    `json:"per"`       // the limit was exceeded in it, or in the day or month around it
	Tickets   int64     `json:"tickets"`   // opened then
	Limit     int64     `json:"limit"`
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
