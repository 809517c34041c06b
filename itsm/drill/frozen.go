package drill

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Stage says what a round's document is.
type Stage string

// The stages: how the drill is planned, whose approval begins it; what it
// achieved, whose approval ends the run.
const (
	ToPlan   Stage = "plan"
	ToReport Stage = "report"
)

// Frozen is what a round of a drill stands on: the plan in its version, and all
// that was answered, as it is on record.
type Frozen struct {
	Run   string       `json:"run"`
	Round int          `json:"round"`
	About resource.Ref `json:"about"`
	Zone  string       `json:"zone"`
	At    time.Time    `json:"at"`

	Stage     Stage `json:"stage"`
	Continues bool  `json:"continues,omitempty"` // its approval isn't the run's end
	Review    bool  `json:"review,omitempty"`    // the owner sees to changes that are requested

	Plan    PlanVersion `json:"plan"`
	Newer   int         `json:"newer,omitempty"` // the version that the plan had in the meantime; this one was drilled
	Setup   Setup       `json:"setup"`
	Retests *Retested   `json:"retests,omitempty"`

	Coverage    []continuity.Coverage `json:"coverage,omitempty"`    // what was proved of the plan by earlier drills
	Maintenance *Maintenance          `json:"maintenance,omitempty"` // nil: it wasn't looked up

	Approved *Approved `json:"approved,omitempty"` // the setup, before it was carried out
	Happened *Happened `json:"happened,omitempty"` // nil: it wasn't carried out yet
}

// PlanVersion is the continuity plan that is drilled.
type PlanVersion struct {
	Name    string          `json:"name"`
	Version int             `json:"version"`
	Hash    string          `json:"hash"`
	Title   text.Text       `json:"title"`
	Spec    continuity.Plan `json:"spec"`
}

// Setup is how a drill is planned.
type Setup struct {
	Type        continuity.Type `json:"type"`
	Date        calendar.Date   `json:"date"`
	Scenario    string          `json:"scenario"`
	Conductor   string          `json:"conductor"`
	Deputy      string          `json:"deputy,omitempty"`
	Others      []string        `json:"participants,omitempty"` // who takes part besides those and the persons of the plan
	Instead     []Substitute    `json:"instead,omitempty"`      // who carries out steps whose owner can't
	LeftOut     []string        `json:"left_out,omitempty"`     // steps that the drill isn't about; component tests alone
	Production  string          `json:"production,omitempty"`
	Maintenance string          `json:"maintenance,omitempty"` // the reference of the announced window that production is touched in, as it was answered
	Risk        string          `json:"risk"`                  // of a drill, as the two that follow: of an invocation they needn't be known
	Rollback    string          `json:"rollback"`
	Stop        string          `json:"stop"` // when it is aborted
	By          string          `json:"by"`
	Said        time.Time       `json:"at"`
}

// Substitute carries out the steps of somebody who can't.
type Substitute struct {
	Of string `json:"of"`
	By string `json:"by"`
}

// Retested is the drill that a re-test repeats: what failed there.
type Retested struct {
	Run        string            `json:"run"`
	Type       continuity.Type   `json:"type"`
	Version    int               `json:"version"` // of the plan
	LeftOut    []string          `json:"left_out,omitempty"`
	Objectives continuity.Agreed `json:"objectives"`
	Result     Result            `json:"result"`
	Until      time.Time         `json:"until,omitzero"` // a re-test begins after its disruption, or, in earnest, after the service was back
}

// Approved says who approved the setup.
type Approved struct {
	By      string    `json:"by"`
	Hash    string    `json:"hash"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
}

// Happened is what became of a drill.
type Happened struct {
	Begun      *Begun      `json:"begun,omitempty"` // nil: it was given up before
	Calls      []Call      `json:"calls,omitempty"`
	Steps      []Tracked   `json:"steps,omitempty"` // in the plan's order
	Return     []Tracked   `json:"return,omitempty"`
	Directions []Direction `json:"directions,omitempty"` // of the conductor, in their order
	Abort      *Abort      `json:"abort,omitempty"`
	Timeline   []Entry     `json:"timeline"`           // in the order of happening, corrected entries too
	Estimate   *Estimate   `json:"estimate,omitempty"` // of a discussion
	Normal     *Verified   `json:"normal,omitempty"`   // the return to normal
	Evaluation *Evaluation `json:"evaluation,omitempty"`
	Debrief    *Debrief    `json:"debrief,omitempty"`
	Reviewed   *Reviewed   `json:"reviewed,omitempty"`
	Result     *Result     `json:"result,omitempty"`
}

// Begun says when the scenario began.
type Begun struct {
	Disruption time.Time `json:"disruption"`
	Offsite    bool      `json:"offsite"` // plan and contacts were read where Turnus can't be reached
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// Call is one contact of the call tree.
type Call struct {
	Name string `json:"name"`
	Reach
	Caller  string     `json:"caller,omitempty"` // who entered it
	Entered *time.Time `json:"entered,omitempty"`

	Corrections []CallCorrection `json:"corrections,omitempty"` // in their order
}

// Reach is whether, when and how a contact was reached, or was tried.
type Reach struct {
	Reached bool       `json:"reached"`
	When    *time.Time `json:"when,omitempty"`
	By      string     `json:"by,omitempty"` // the way
}

// CallCorrection is what the conductor said better of a call.
type CallCorrection struct {
	Was    Reach     `json:"was"`
	Is     Reach     `json:"is"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Round  int       `json:"round,omitempty"` // as of a Correction
}

// State of a step.
type State string

// The states. The last four are ends.
const (
	Waiting   State = "waiting" // for those that it depends on
	Open      State = "open"
	Paused    State = "paused"
	LeftOut   State = "left-out" // the drill isn't about it
	Done      State = "done"
	Failed    State = "failed"
	Skipped   State = "skipped"
	NotTested State = "not-tested" // what it depends on didn't come about
	Cancelled State = "cancelled"  // the drill was aborted
)

// States lists them.
func States() []State {
	return []State{Waiting, Open, Paused, LeftOut, Done, Failed, Skipped, NotTested, Cancelled}
}

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Waiting:
		return text.New("waiting", "wartet")
	case Open:
		return text.New("open", "offen")
	case Paused:
		return text.New("paused", "unterbrochen")
	case LeftOut:
		return text.New("not part of this drill", "nicht Teil dieser Übung")
	case Done:
		return text.New("done", "erledigt")
	case Failed:
		return text.New("failed", "fehlgeschlagen")
	case Skipped:
		return text.New("skipped", "übersprungen")
	case NotTested:
		return text.New("not tested", "nicht geprüft")
	case Cancelled:
		return text.New("cancelled", "abgebrochen")
	}
	return text.Same(string(s))
}

// Ended says that nothing more becomes of the step.
func (s State) Ended() bool { return s != Waiting && s != Open && s != Paused }

// Tracked is a step with what became of it.
type Tracked struct {
	Number  int        `json:"number"` // in the plan, from 1
	Name    string     `json:"name"`
	State   State      `json:"state"`
	Person  string     `json:"person"` // who is to carry it out, by now
	Opened  *time.Time `json:"opened,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"` // when it happened, as who answered says
	Entered *time.Time `json:"entered,omitempty"`
	By      string     `json:"by,omitempty"`       // who answered
	Paused  int64      `json:"paused_s,omitempty"` // for so long its clock stood
	Note    string     `json:"note,omitempty"`
	Let     bool       `json:"let,omitempty"` // the conductor let it go on although something before it didn't come about

	Corrections []Correction `json:"corrections,omitempty"` // of Ended, in their order
}

// Correction is what the conductor said better of the end of a step.
type Correction struct {
	Was    time.Time `json:"was"`
	When   time.Time `json:"when"` // it ended
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Round  int       `json:"round,omitempty"` // of the report, after whose changes were requested it was made; 0: before there was one
}

// Direction is what the conductor ordered.
type Direction struct {
	What   Order     `json:"what"`
	Step   string    `json:"step,omitempty"`
	Person string    `json:"person,omitempty"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Order is a kind of direction.
type Order string

// The orders.
const (
	GoOn     Order = "go-on"      // the step opens although something before it didn't come about
	NotTest  Order = "not-tested" // the step is not tested
	Skip     Order = "skip"
	Reassign Order = "reassign" // to another person
	Correct  Order = "correct"  // the instant of an event, or of the end of a step, or a call

	ConfirmBy Order = "confirm-by" // somebody else confirms for the business
)

// Orders lists them.
func Orders() []Order { return []Order{GoOn, NotTest, Skip, Reassign, Correct, ConfirmBy} }

// Title of an order, for people.
func (o Order) Title() text.Text {
	switch o {
	case GoOn:
		return text.New("go on with the step all the same", "Schritt trotzdem beginnen")
	case NotTest:
		return text.New("mark the step as not tested", "Schritt als nicht geprüft kennzeichnen")
	case Skip:
		return text.New("skip the step", "Schritt überspringen")
	case Reassign:
		return text.New("give the step to another person", "Schritt einer anderen Person übertragen")
	case Correct:
		return text.New("correct an entry", "Eintrag berichtigen")
	case ConfirmBy:
		return text.New("have another person confirm for the business", "Bestätigung für den Fachbereich einer anderen Person übertragen")
	}
	return text.Same(string(o))
}

// Abort of a drill.
type Abort struct {
	Reason string    `json:"reason"`
	When   time.Time `json:"when"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Entry is what somebody entered of an event: when it happened, and when that was
// entered. One that was corrected stays, and names by what.
type Entry struct {
	Event     continuity.Event `json:"event"`
	When      time.Time        `json:"when"`
	At        time.Time        `json:"at"`
	By        string           `json:"by"`
	Step      string           `json:"step,omitempty"` // that marks it
	Reason    string           `json:"reason,omitempty"`
	Corrected bool             `json:"corrected,omitempty"` // a later entry counts
	Round     int              `json:"round,omitempty"`     // of the report, after whose changes were requested it was entered; 0: before there was one
}

// Estimate is what a discussion expects.
type Estimate struct {
	RTA      *agreement.Duration `json:"rta,omitempty"`
	RPA      *agreement.Duration `json:"rpa,omitempty"`
	Capacity *agreement.Decimal  `json:"capacity,omitempty"`
	Notes    string              `json:"notes"`
	By       string              `json:"by"`
	At       time.Time           `json:"at"`
}

// Verified is the word of the business on the return to normal.
type Verified struct {
	When time.Time `json:"when"`
	Note string    `json:"note,omitempty"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Evaluation is what the conductor gathers after a drill.
type Evaluation struct {
	Snapshot  *time.Time         `json:"snapshot,omitempty"` // the point in time that the restored copy represents
	Backup    *time.Time         `json:"backup,omitempty"`
	Capacity  *agreement.Decimal `json:"capacity,omitempty"`
	Integrity Integrity          `json:"integrity,omitempty"` // of the data, looked at by content
	Cause     string             `json:"cause,omitempty"`     // of an invocation, as the two that follow
	Impact    string             `json:"impact,omitempty"`    // on customers and business
	Recovery  string             `json:"recovery,omitempty"`  // what was recovered, and how
	Evidence  string             `json:"evidence,omitempty"`
	File      string             `json:"file,omitempty"` // SHA-256
	By        string             `json:"by"`
	At        time.Time          `json:"at"`
}

// Integrity is whether the data that came back is whole.
type Integrity string

// The answers.
const (
	Whole      Integrity = "whole"
	Damaged    Integrity = "damaged"
	NotChecked Integrity = "not-checked"
	NoData     Integrity = "no-data" // none was restored
)

// Title of an answer, for people.
func (i Integrity) Title() text.Text {
	switch i {
	case Whole:
		return text.New("checked by content, whole", "inhaltlich geprüft, vollständig")
	case Damaged:
		return text.New("checked by content, damaged or missing", "inhaltlich geprüft, beschädigt oder unvollständig")
	case NotChecked:
		return text.New("not checked", "nicht geprüft")
	case NoData:
		return text.New("no data was restored", "es wurden keine Daten wiederhergestellt")
	}
	return text.Same(string(i))
}

// Debrief is what those who took part say right after.
type Debrief struct {
	Well    string    `json:"well"`
	Badly   string    `json:"badly"`
	Lessons string    `json:"lessons"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Reviewed is what the owner makes of it.
type Reviewed struct {
	Words  string         `json:"words"`
	Retest *calendar.Date `json:"retest,omitempty"` // by when, where it is required
	By     string         `json:"by"`
	At     time.Time      `json:"at"`
}

// Result is what a drill achieved, and what that proves: of the objectives by
// the rules of package continuity, and of the rest by the same verdicts.
type Result struct {
	continuity.Result
	Integrity continuity.Verdict `json:"integrity,omitempty"` // of the data that came back
	Offsite   continuity.Verdict `json:"offsite,omitempty"`   // plan and contacts were read where Turnus can't be reached
	Back      continuity.Verdict `json:"return,omitempty"`    // the return to normal was verified
	Overall   continuity.Verdict `json:"overall"`
}

// Basis implements store.Grounded: whoever declared the plan, in its version,
// and whoever is to conduct the drill doesn't decide on it.
func (f Frozen) Basis() task.Basis {
	conducts := []string{f.Setup.Conductor}
	if f.Setup.Deputy != "" {
		conducts = append(conducts, f.Setup.Deputy)
	}
	return task.Basis{About: f.About, At: f.At, Conducts: conducts,
		Resources: []task.DeclaredIn{{Kind: resource.ContinuityPlan, Name: f.Plan.Name, Version: f.Plan.Version}}}
}
