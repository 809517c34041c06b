package planning

import (
	"encoding/json"
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Change is what an approver decides on: a proposal, and what it would do to
// the plan as things are.
type Change struct {
	Run      string        `json:"run"`
	Round    int           `json:"round"`
	Service  string        `json:"service"`        // whose plan it is; empty where it is of something else
	About    resource.Ref  `json:"about,omitzero"` // the resource whose plan it is; 0.1.0 froze services only, and names them above
	Title    text.Text     `json:"title,omitzero"` // of that
	Zone     string        `json:"zone"`
	Document resource.Raw  `json:"document"`
	Hash     string        `json:"hash"` // of the document
	Base     int           `json:"base"` // the version that it changes; 0: there was none
	Before   *resource.Raw `json:"before,omitempty"`
	By       string        `json:"by"`
	At       time.Time     `json:"at"`     // when this was looked at
	Made     []Slot        `json:"made"`   // of the past, that never existed: due at once
	Coming   []Slot        `json:"coming"` // due from now on, thirteen months ahead
	Gone     []Slot        `json:"gone"`   // planned so far, and not any more
	Waived   []Slot        `json:"waived"` // as they are now
}

// Basis is what the change stands on besides its proposal: what it is
// about, and the calendar that an interval names.
func (c Change) Basis() task.Basis {
	b := task.Basis{About: c.About, At: c.At}
	if b.About == (resource.Ref{}) {
		b.About = resource.Service.Ref(c.Service)
	}
	var spec Spec
	if c.Document.Kind == resource.Interval && json.Unmarshal(c.Document.Spec, &spec) == nil && spec.Calendar != "" {
		b.Resources = []task.DeclaredIn{{Kind: resource.Calendar, Name: spec.Calendar}}
	}
	return b
}
