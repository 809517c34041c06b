package improvement

import "turnus/itsm/calendar"

// ActionLine is an action as lists show it.
type ActionLine struct {
	ID          string        `json:"id"` // FINDING.NUMBER
	Finding     int64         `json:"finding"`
	Title       string        `json:"title"`
	Owner       string        `json:"owner"`   // a person
	Service     string        `json:"service"` // empty: it concerns none
	Run         string        `json:"run"`
	State       ActionState   `json:"state"`
	Due         calendar.Date `json:"due"`
	OriginalDue calendar.Date `json:"original_due"`   // as the plan was approved
	Moves       int           `json:"moves"`          // of the due date
	Task        string        `json:"task,omitempty"` // that is open, and asks for it or whether it worked
}
