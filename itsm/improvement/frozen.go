package improvement

import (
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// Stage says what a round's document is, and what follows from its approval.
type Stage string

// The stages: a plan whose actions follow; a correction that is enough by
// itself; a finding that isn't taken up; the record, after all actions worked.
// Approved, all but the plan are the run's end.
const (
	ToPlan    Stage = "plan"
	ToCorrect Stage = "correction"
	ToDecline Stage = "decline"
	ToClose   Stage = "record"
)

// Frozen is what a round of an improvement stands on: the finding, and all that
// was answered about it, as it is on record.
type Frozen struct {
	Run   string       `json:"run"`
	Round int          `json:"round"`
	About resource.Ref `json:"about"`
	Zone  string       `json:"zone"`
	At    time.Time    `json:"at"`

	Stage     Stage `json:"stage"`
	Continues bool  `json:"continues,omitempty"` // its approval isn't the run's end

	Finding    Finding     `json:"finding"`
	Sightings  []Sighting  `json:"sightings"`
	Correction *Correction `json:"correction,omitempty"`
	Merit      *Merit      `json:"merit,omitempty"`
	Refusal    *Refusal    `json:"refusal,omitempty"`
	Cycles     []Cycle     `json:"cycles,omitempty"` // plans, the newest last
}

// Cycle is one plan with what became of its actions.
type Cycle struct {
	Round    int       `json:"round"`
	Plan     Plan      `json:"plan"`
	By       string    `json:"by"` // who planned
	At       time.Time `json:"at"`
	Approved *Approved `json:"approved,omitempty"` // nil: it is to be decided on
	Actions  []Tracked `json:"actions,omitempty"`  // once it was approved
}

// Approved says who approved a plan.
type Approved struct {
	By      string    `json:"by"`
	Hash    string    `json:"hash"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
}

// Basis implements store.Grounded.
func (f Frozen) Basis() task.Basis { return task.Basis{About: f.About, At: f.At} }

// Effective says that all actions of a cycle worked.
func (c Cycle) Effective() bool {
	for _, a := range c.Actions {
		if a.State != ActionEffective {
			return false
		}
	}
	return len(c.Actions) > 0
}
