package improvement

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// MaxActions is how many actions one plan may have.
const MaxActions = 6

// LongestWait is the longest time, in days, after which an action has to show
// that it worked.
const LongestWait = 366

// Plan is what the owner of a finding answers in one round.
type Plan struct {
	Whys    []string `json:"whys,omitempty"`     // why, and why that, up to five times
	Cause   string   `json:"cause,omitempty"`    // the root cause
	NoCause string   `json:"no_cause,omitempty"` // why none needs removing: the correction is enough
	Actions []Action `json:"actions,omitempty"`
	Changes Changes  `json:"changes,omitzero"` // what else must change
}

// Changes are what else a plan changes.
type Changes struct {
	Documents  string `json:"documents,omitempty"`
	Plans      string `json:"plans,omitempty"`
	Risks      string `json:"risks,omitempty"`
	Agreements string `json:"agreements,omitempty"`
}

// Action is what is done about the cause.
type Action struct {
	Number  int                `json:"number"` // within the finding, from 1; never given twice
	Title   string             `json:"title"`
	Owner   string             `json:"owner"` // a person
	Due     calendar.Date      `json:"due"`   // as planned
	Measure string             `json:"measure"`
	Figure  string             `json:"figure,omitempty"` // of published reports, as in sla-report/desk/p1-resolution.attainment; empty: the value is typed in
	Sense   Sense              `json:"sense"`
	Target  string             `json:"target"` // an exact decimal
	Wait    agreement.Duration `json:"wait"`   // after it was done
}

// Sense says on which side of its target a value is good.
type Sense string

// The senses.
const (
	AtLeast Sense = "at-least"
	AtMost  Sense = "at-most"
)

// Senses lists them.
func Senses() []Sense { return []Sense{AtLeast, AtMost} }

// Title of a sense, for people: before the target.
func (s Sense) Title() text.Text {
	switch s {
	case AtLeast:
		return text.New("at least", "mindestens")
	case AtMost:
		return text.New("at most", "höchstens")
	}
	return text.Same(string(s))
}

// Correction is what was done at once.
type Correction struct {
	Done      string    `json:"done"`
	Elsewhere string    `json:"elsewhere"`      // does it occur elsewhere
	File      string    `json:"file,omitempty"` // SHA-256 of the evidence
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Merit is how an opportunity was judged.
type Merit struct {
	Benefit string    `json:"benefit"`
	Cost    string    `json:"cost"`
	Risk    string    `json:"risk"`
	Fit     string    `json:"fit"` // with the objectives
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Refusal is why a finding isn't taken up, or is none.
type Refusal struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// ActionState is the state of an action.
type ActionState string

// The states of an action.
const (
	ActionOpen        ActionState = "open"
	ActionDone        ActionState = "done"        // has to show that it worked
	ActionEffective   ActionState = "effective"   // it did
	ActionIneffective ActionState = "ineffective" // it didn't
	ActionDropped     ActionState = "dropped"     // its run ended before
)

// ActionStates lists them.
func ActionStates() []ActionState {
	return []ActionState{ActionOpen, ActionDone, ActionEffective, ActionIneffective, ActionDropped}
}

// Title of an action's state, for people.
func (s ActionState) Title() text.Text {
	switch s {
	case ActionOpen:
		return text.New("open", "offen")
	case ActionDone:
		return text.New("done", "umgesetzt")
	case ActionEffective:
		return text.New("effective", "wirksam")
	case ActionIneffective:
		return text.New("not effective", "nicht wirksam")
	case ActionDropped:
		return text.New("dropped", "entfallen")
	}
	return text.Same(string(s))
}

// Tracked is an action with what became of it.
type Tracked struct {
	Action
	ID      string        `json:"id"` // FINDING.NUMBER
	Finding int64         `json:"finding"`
	Round   int           `json:"round"` // of the run that planned it
	State   ActionState   `json:"state"`
	DueNow  calendar.Date `json:"due_now"`
	Moves   []Move        `json:"moves,omitempty"` // of the due date, in their order
	Done    *Done         `json:"done,omitempty"`
	Check   *Check        `json:"check,omitempty"`
}

// Move of a due date: the original stays.
type Move struct {
	To     calendar.Date `json:"to"`
	Reason string        `json:"reason"`
	By     string        `json:"by"`
	At     time.Time     `json:"at"`
}

// Done is what the owner of an action says of it, with evidence.
type Done struct {
	Evidence string    `json:"evidence"`
	Link     string    `json:"link,omitempty"`
	File     string    `json:"file,omitempty"` // SHA-256
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Check is whether an action worked.
type Check struct {
	Effective bool      `json:"effective"`
	Measured  Measured  `json:"measured"`
	Comment   string    `json:"comment,omitempty"`
	File      string    `json:"file,omitempty"` // SHA-256; where the value was typed in
	By        string    `json:"by,omitempty"`   // empty: the published figure misses the target, and nobody was asked
	At        time.Time `json:"at"`
}

// Measured is the value that an action is checked by.
type Measured struct {
	Value   string   `json:"value"`             // an exact decimal
	Num     *int64   `json:"num,omitempty"`     // of a share
	Den     *int64   `json:"den,omitempty"`     // of a share
	Reports []string `json:"reports,omitempty"` // runs of the published reports that it was taken from
	Reached bool     `json:"reached"`           // the target
	Chance  string   `json:"chance,omitempty"`  // p-value of the change from before, where it was tested; an exact decimal

	Words text.Text `json:"words,omitzero"` // what reports say, as whoever checks is told
}
