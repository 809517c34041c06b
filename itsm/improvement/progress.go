package improvement

import (
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// Extract is what a report knows of the register: where the findings stand that
// earlier reports led to, by number.
type Extract struct {
	Findings []Progress `json:"findings"`
}

// Progress is where a finding stands, with its actions.
type Progress struct {
	Finding  int64        `json:"finding" db:"id"`
	Key      string       `json:"key" db:"key"` // that joins its repeats
	Title    text.Text    `json:"title" db:"-"`
	Severity Severity     `json:"severity" db:"severity"`
	State    State        `json:"state" db:"state"`
	Seen     int          `json:"seen" db:"seen"`
	Here     bool         `json:"here,omitempty" db:"here"` // an earlier version of this report is among what it was seen in
	Ended    *time.Time   `json:"ended,omitempty" db:"ended_at"`
	Actions  []ActionLine `json:"actions,omitempty" db:"-"`
}

// Of finds the finding of a key: that which the same report, in an earlier
// version, was part of; else that which a repeat joins; else the newest that
// ended, whose repeat is a new one.
func (x Extract) Of(key string) (p Progress, found bool) {
	for _, f := range x.Findings {
		if f.Key == key && (!found || !p.Here && (f.Here || p.State.Ended())) {
			p, found = f, true
		}
	}
	return p, found
}

// Overdue says that an action isn't done, and was due before a date.
func (a ActionLine) Overdue(on calendar.Date) bool {
	return a.State == ActionOpen && a.Due.Before(on)
}
