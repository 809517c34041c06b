package improvement

import (
	"slices"
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Finding is something that was found and has to be dealt with. It never
// changes but for its state; how often it was seen is counted from rows.
type Finding struct {
	ID        int64        `json:"id" db:"id"`
	Kind      string       `json:"kind" db:"kind"` // missed-target, exceeded-limit, unplanned-outage, missed-slot, late-slot, late-data, records-altered, administrator-approves, sees-everything, continuity-plan, failed-objective, drill-shortcoming, overdue-retest, retest-asked, reported
	Type      Type         `json:"type" db:"type"`
	State     State        `json:"state" db:"state"`
	Severity  Severity     `json:"severity" db:"severity"`
	Service   string       `json:"service" db:"service"` // empty: it concerns none
	About     resource.Ref `json:"-" db:"about"`         // whose owner begins its improvement; empty: the installation
	Object    string       `json:"object" db:"object"`   // as in the audit trail
	Title     text.Text    `json:"title" db:"-"`
	Detail    string       `json:"detail,omitempty" db:"detail"` // what a person wrote
	Note      text.Text    `json:"note,omitzero" db:"-"`         // what Turnus has to say besides the title: figures that would be others
	Source    Source       `json:"source" db:"-"`                // where it was seen first
	Seen      int          `json:"seen" db:"seen"`
	Last      time.Time    `json:"last_seen" db:"last_seen"`
	Run       string       `json:"run,omitempty" db:"run"`               // the newest of its improvement
	Relapse   int64        `json:"relapse_of,omitempty" db:"relapse_of"` // the closed finding of the same key
	By        string       `json:"by,omitempty" db:"person"`             // who opened it; empty: Turnus
	At        time.Time    `json:"at" db:"at"`
	Ended     *time.Time   `json:"ended,omitempty" db:"ended_at"`
	Escalated *time.Time   `json:"escalated,omitempty" db:"escalated_at"` // nobody had begun by then
}

// Type of a finding.
type Type string

// The types: something failed; something could be better.
const (
	Nonconformity Type = "nonconformity"
	Opportunity   Type = "opportunity"
)

// Types lists them.
func Types() []Type { return []Type{Nonconformity, Opportunity} }

// Title of a type, for people.
func (t Type) Title() text.Text {
	switch t {
	case Nonconformity:
		return text.New("nonconformity", "Nichtkonformität")
	case Opportunity:
		return text.New("opportunity for improvement", "Verbesserungsmöglichkeit")
	}
	return text.Same(string(t))
}

// State of a finding. Closed and declined are ends.
type State string

// The states, in the order of a finding's life.
const (
	Open     State = "open"     // nobody has begun, or what was begun ended without a result
	Planned  State = "planned"  // begun: correction, cause and actions are being planned, or wait for approval
	InWork   State = "in-work"  // the plan is approved, and actions are carried out
	Checking State = "checking" // all actions are done, and have to show that they worked
	Closed   State = "closed"   // with evidence that it worked, or by its correction alone
	Declined State = "declined" // not taken up, or no finding: with the reason, and a second person
)

// States lists them.
func States() []State { return []State{Open, Planned, InWork, Checking, Closed, Declined} }

// Ended says that nothing more becomes of the finding: a repeat is a new one.
func (s State) Ended() bool { return s == Closed || s == Declined }

// Title of a state, for people.
func (s State) Title() text.Text {
	switch s {
	case Open:
		return text.New("open", "offen")
	case Planned:
		return text.New("being planned", "in Planung")
	case InWork:
		return text.New("in work", "in Arbeit")
	case Checking:
		return text.New("being checked", "in der Wirksamkeitsprüfung")
	case Closed:
		return text.New("closed", "abgeschlossen")
	case Declined:
		return text.New("declined", "abgelehnt")
	}
	return text.Same(string(s))
}

// Severity of a finding, as audits grade them.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	Major    Severity = "major"
	Minor    Severity = "minor"
)

// Severities lists them, the gravest first.
func Severities() []Severity { return []Severity{Critical, Major, Minor} }

// Title of a severity, for people.
func (s Severity) Title() text.Text {
	switch s {
	case Critical:
		return text.New("critical", "kritisch")
	case Major:
		return text.New("major", "wesentlich")
	case Minor:
		return text.New("minor", "geringfügig")
	}
	return text.Same(string(s))
}

// Graver is the next severity up, as a relapse has it.
func (s Severity) Graver() Severity {
	if s == Minor {
		return Major
	}
	return Critical
}

// GraverThan says that a severity is graver than another one.
func (s Severity) GraverThan(other Severity) bool {
	return slices.Index(Severities(), s) < slices.Index(Severities(), other)
}

// Policy says within how many working days the owner has to begin: then they
// are reminded, and then it escalates to the approvers.
type Policy struct{ Remind, Escalate int64 }

// Policy of a severity. The standard leaves the numbers to the organisation:
// these are ours.
func (s Severity) Policy() Policy {
	switch s {
	case Critical:
		return Policy{Remind: 1, Escalate: 2}
	case Major:
		return Policy{Remind: 3, Escalate: 5}
	}
	return Policy{Remind: 10, Escalate: 20}
}

// Source is where a finding was seen.
type Source struct {
	Kind   SourceKind `json:"kind"`
	Name   string     `json:"name,omitempty"`   // run, slot, import, person, or what an audit or complaint is called
	Group  string     `json:"group,omitempty"`  // of the figure: the agreement
	Figure string     `json:"figure,omitempty"` // of the run's report that shows it
	Event  string     `json:"event,omitempty"`  // that the run's report names: the component and the beginning of an outage
	Round  int        `json:"round,omitempty"`  // of the run
}

// SourceKind is a kind of source.
type SourceKind string

// The kinds.
const (
	FromRun       SourceKind = "run"
	FromSlot      SourceKind = "slot"
	FromImport    SourceKind = "import"
	FromRecords   SourceKind = "records" // what Turnus found in its own records
	FromPerson    SourceKind = "person"
	FromComplaint SourceKind = "complaint"
	FromAudit     SourceKind = "audit"
)

// SourceKinds lists them.
func SourceKinds() []SourceKind {
	return []SourceKind{FromRun, FromSlot, FromImport, FromRecords, FromPerson, FromComplaint, FromAudit}
}

// Title of a kind of source, for people.
func (k SourceKind) Title() text.Text {
	switch k {
	case FromRun:
		return text.New("report", "Bericht")
	case FromSlot:
		return text.New("planned slot", "geplanter Termin")
	case FromImport:
		return text.New("import", "Import")
	case FromRecords:
		return text.New("records", "Aufzeichnungen")
	case FromPerson:
		return text.New("person", "Person")
	case FromComplaint:
		return text.New("complaint", "Beschwerde")
	case FromAudit:
		return text.New("audit", "Audit")
	}
	return text.Same(string(k))
}

// Sighting is one time that a finding was seen.
type Sighting struct {
	Source Source    `json:"source"`
	Title  text.Text `json:"title"`            // what was seen then
	Detail string    `json:"detail,omitempty"` // what a person wrote then
	Note   text.Text `json:"note,omitzero"`    // what Turnus had to say then
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
}
