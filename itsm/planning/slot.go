package planning

import (
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// State of a slot.
type State string

// The states. Planned, due and in work are open.
const (
	Planned  State = "planned"
	Due      State = "due"
	InWork   State = "in-work"
	Done     State = "done"
	DoneLate State = "done-late" // after due date plus tolerance
	Missed   State = "missed"
	Waived   State = "waived"
)

// States lists every state, in the order of a slot's life.
func States() []State { return []State{Planned, Due, InWork, Done, DoneLate, Missed, Waived} }

// Open says that the slot may still be done in its turn.
func (s State) Open() bool { return s == Planned || s == Due || s == InWork }

// Slot is one planned occurrence of an interval, and names the period that its
// run reports on.
type Slot struct {
	run.Key
	About    resource.Ref `json:"-" db:"about"` // that its run is about
	Interval string       `json:"interval" db:"interval"`
	Version  int          `json:"version" db:"version"` // of the interval, that planned it
	Due      time.Time    `json:"due" db:"due_at"`
	Early    time.Time    `json:"early" db:"early_at"`   // done from here on, it is this slot that is done
	Late     time.Time    `json:"late" db:"late_at"`     // the midnight after which done is late
	Zone     string       `json:"zone,omitempty" db:"-"` // of what it is about, as declared now: an IANA name; empty where that has gone
	State    State        `json:"state" db:"state"`
	Run      string       `json:"run,omitempty" db:"run"`   // the newest attempt
	Reason   text.Text    `json:"reason,omitzero" db:"-"`   // what it waits for; why it was missed or waived
	By       string       `json:"by,omitempty" db:"person"` // who waived it, or declared it missed

	MissedAt *time.Time `json:"missed,omitempty" db:"missed_at"` // that it was stays, whatever became of it afterwards
}

// Facts are what a slot's state follows from.
type Facts struct {
	Waived    bool
	Missed    bool
	Live      bool       // a run that isn't provisional is on its way
	Published *time.Time // the first publication from Early on
	Now       time.Time
}

// StateOf is the one rule for a slot's state. Done counts for more than missed:
// what was missed and done after all is done late, whenever that was.
func (s Slot) StateOf(f Facts) State {
	switch {
	case f.Waived:
		return Waived
	case f.Published != nil && f.Published.Before(s.Late) && !f.Missed:
		return Done
	case f.Published != nil:
		return DoneLate
	case f.Live:
		return InWork
	case f.Missed:
		return Missed
	case f.Now.Before(s.Due):
		return Planned
	}
	return Due
}

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Planned:
		return text.New("planned", "geplant")
	case Due:
		return text.New("due", "fällig")
	case InWork:
		return text.New("in work", "in Arbeit")
	case Done:
		return text.New("done", "erledigt")
	case DoneLate:
		return text.New("done late", "verspätet erledigt")
	case Missed:
		return text.New("missed", "versäumt")
	case Waived:
		return text.New("waived", "ausgesetzt")
	}
	return text.Same(string(s))
}
