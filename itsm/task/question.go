package task

import (
	"time"

	"turnus/itsm/text"
)

// Question is what a run adds to a declared step when it asks.
type Question struct {
	Step    string     `json:"step"`              // its name within the round
	Title   text.Text  `json:"title,omitzero"`    // instead of the step's
	Text    text.Text  `json:"text,omitzero"`     // what there is to know
	Persons []string   `json:"persons,omitempty"` // of a step for named persons
	Fields  []Field    `json:"fields,omitempty"`  // besides the step's
	Due     *time.Time `json:"due,omitempty"`     // instead of the step's working days
	Basis   string     `json:"basis,omitempty"`   // hash of what it stands on, where that is more than the question
}
