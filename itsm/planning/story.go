package planning

import (
	"time"

	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Story is a slot with what is planned and known around it.
type Story struct {
	Slot
	Owner   string     `json:"owner,omitempty"` // of what it is about; empty where that has gone
	Plan    *Spec      `json:"plan,omitempty"`  // what the version of the interval says that planned it
	Paused  *Pause     `json:"paused,omitempty"`
	Next    *time.Time `json:"next,omitempty"`        // when Turnus looks at it again by itself; missing: that is up to a person, or nothing is left to do
	Runs    []run.Run  `json:"runs" nullable:"false"` // the attempts, newest first, without tasks and decisions
	History []Deed     `json:"history,omitempty" nullable:"false"`
}

// Pause is that of an interval.
type Pause struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// Deed is something that was done to a slot.
type Deed struct {
	At     time.Time `json:"at"`
	What   DeedKind  `json:"what"`
	By     string    `json:"by,omitempty"`    // a person; empty: Turnus
	Reason text.Text `json:"reason,omitzero"` // why
	Run    string    `json:"run,omitempty"`   // that decided on it, or showed the event
}

// DeedKind is what was done.
type DeedKind string

// The deeds, as the audit trail has them behind "slot.".
const (
	BroughtForward DeedKind = "brought-forward"
	WasMissed      DeedKind = "missed"
	WasReopened    DeedKind = "reopened"
	WasWaived      DeedKind = "waived"
)

// DeedKinds lists them.
func DeedKinds() []DeedKind { return []DeedKind{BroughtForward, WasMissed, WasReopened, WasWaived} }

// Title of a deed, for people.
func (d DeedKind) Title() text.Text {
	switch d {
	case BroughtForward:
		return text.New("brought forward by an event", "durch ein Ereignis vorgezogen")
	case WasMissed:
		return text.New("recorded as missed", "als versäumt erfasst")
	case WasReopened:
		return text.New("opened again", "erneut geöffnet")
	case WasWaived:
		return text.New("waived", "ausgesetzt")
	}
	return text.Same(string(d))
}
