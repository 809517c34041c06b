package continuity

import (
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Change is what an approver decides on: a proposed version of a plan.
type Change struct {
	Run      string        `json:"run"`
	Round    int           `json:"round"`
	About    resource.Ref  `json:"about"` // the service, whose approvers decide
	Title    text.Text     `json:"title"` // of that
	Zone     string        `json:"zone"`
	Document resource.Raw  `json:"document"`
	Hash     string        `json:"hash"`             // of the document
	Base     int           `json:"base"`             // the newest version when it was proposed; 0: there was none
	Before   *resource.Raw `json:"before,omitempty"` // that version; nil: there was none, or it was retired
	By       string        `json:"by"`
	At       time.Time     `json:"at"` // when this was looked at
}

// Basis is what a change stands on besides its proposal: the service.
func (c Change) Basis() task.Basis { return task.Basis{About: c.About, At: c.At} }
