// Package task holds what a run asks of a person, and the rules of asking:
// who may answer, and what happens when nobody does.
package task

import (
	"regexp"
	"slices"
	"time"

	"turnus/itsm/canonical"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// State of a task.
type State string

// The states: open, answered, or closed without an answer (the run was
// cancelled or has failed).
const (
	Open    State = "open"
	Decided State = "decided"
	Closed  State = "closed"
)

// Task is one question to a person, bound to one content hash.
type Task struct {
	ID         string    `json:"id" db:"id"`
	Run        string    `json:"run" db:"run"`
	Round      int       `json:"round" db:"round"`
	Step       string    `json:"step" db:"step"`
	Kind       Kind      `json:"kind" db:"kind"`
	State      State     `json:"state" db:"state"`
	Title      text.Text `json:"title" db:"-"`         // what is asked
	Text       text.Text `json:"text,omitzero" db:"-"` // what there is to know about it
	Outcomes   []Outcome `json:"outcomes" db:"-"`
	Fields     []Field   `json:"fields" db:"-"`
	For        For       `json:"for" db:"-"`
	Against    []How     `json:"against,omitempty" db:"-"`     // four eyes: whoever is involved so doesn't answer
	Apart      string    `json:"apart,omitempty" db:"apart"`   // nor does whoever answered this step of the round, or was named for it; several have blanks between them
	EscalateTo Who       `json:"escalate_to" db:"escalate_to"` // if nobody answers

	Hash      string      `json:"hash" db:"hash"` // of the content to be decided on, or of the question
	Opened    time.Time   `json:"opened" db:"opened_at"`
	Due       time.Time   `json:"due" db:"due_at"`
	Remind    time.Time   `json:"remind" db:"remind_at"`     // planned reminder
	Escalate  time.Time   `json:"escalate" db:"escalate_at"` // planned escalation
	Reminded  *time.Time  `json:"reminded,omitempty" db:"reminded_at"`
	Escalated *time.Time  `json:"escalated,omitempty" db:"escalated_at"`
	Ended     *time.Time  `json:"ended,omitempty" db:"ended_at"`
	Approvers []string    `json:"approvers" db:"-"`       // who may answer, as things are now
	Files     []File      `json:"files,omitempty" db:"-"` // that were sent to it
	Stale     []StalePart `json:"stale,omitempty" db:"-"` // of an open one: what has changed that its round stands on, as it was compared last

	Subject text.Text `json:"subject,omitzero" db:"-"` // what its run is about, as that is called now
	Zone    string    `json:"zone,omitempty" db:"-"`   // of that, as it is declared now
	Verdict *Verdict  `json:"verdict,omitempty" db:"-"`
	Barred  text.Text `json:"barred,omitzero" db:"-"` // of an open one that is asked for by itself: why whoever asks may not answer it

	Decision *Decision `json:"decision,omitempty" db:"-"` // of a decided one that is asked for by itself
}

// Verdict is what the draft that an approval decides on comes to.
type Verdict struct {
	Judged int `json:"judged"` // figures that are held against what was agreed
	Missed int `json:"missed"` // of these, those that don't keep to it
}

// CheckOffers refuses an outcome that the task doesn't have, and names those
// that it has; nil for one of them.
func (t Task) CheckOffers(o Outcome) *fault.Error {
	if slices.Contains(t.Outcomes, o) {
		return nil
	}
	return fault.Invalidf("outcome", "%.40q isn't offered by this task; it offers %s.",
		"%.40q steht bei dieser Aufgabe nicht zur Wahl. Möglich sind %s.", string(o), text.List(t.Outcomes))
}

// CheckAnswer refuses what the task can't be answered with: an outcome that it
// doesn't offer, fields that aren't as it asks for them at that instant. What the fields name
// (persons, files) isn't looked up. Faults name outcome or fields.NAME; of
// several fields all are said. The values come back in the form in which they
// are kept.
func (t Task) CheckAnswer(o Outcome, given Values, now time.Time) (Values, error) {
	if no := t.CheckOffers(o); no != nil {
		return nil, no
	}
	return CheckValues(t.Fields, given, o, now)
}

// Decision says who answered what, when, on which content.
type Decision struct {
	Task        string      `json:"task" db:"task"`
	Run         string      `json:"run" db:"run"`
	Round       int         `json:"round" db:"round"`
	Person      string      `json:"person" db:"person"`
	Outcome     Outcome     `json:"outcome" db:"outcome"`
	Comment     string      `json:"comment" db:"comment"`
	Fields      Values      `json:"fields,omitempty" db:"-"`
	At          time.Time   `json:"at" db:"at"`
	Hash        string      `json:"hash" db:"hash"`
	TokenIssuer string      `json:"token_issuer,omitempty" db:"token_issuer"` // who issued the decider's token
	Stale       []StalePart `json:"stale,omitempty" db:"-"`                   // what had changed that an approved draft stands on
}

// Answer is the SHA-256 of what was answered, hexadecimal: what a later question
// stands on, where it stands on this answer.
func (d Decision) Answer() string {
	return Message{Outcome: d.Outcome, Comment: d.Comment, Fields: d.Fields}.Answer()
}

// Passes finds the secrets of passes that somebody carries.
var Passes = regexp.MustCompile(`pass_[0-9A-Za-z_-]{16,}`)

// HidePasses is a text without them, as it may be kept or shown.
func HidePasses(s string) string { return Passes.ReplaceAllString(s, "pass_***") }

// Message is what an Update or Signal `decide` carries.
type Message struct {
	Task    string  `json:"task"`
	Pass    string  `json:"pass"` // its secret, or the ID of one that is bound to this answer; the only thing that says who decides
	Outcome Outcome `json:"outcome"`
	Comment string  `json:"comment"`
	Fields  Values  `json:"fields,omitempty"`
	Stale   bool    `json:"stale,omitempty"` // a draft is approved although what it stands on has changed
}

// Answer is the SHA-256 of what the message says of its task, hexadecimal: a
// pass that is bound to it is worth nothing with another answer.
func (m Message) Answer() string {
	said := map[string]any{"comment": m.Comment, "outcome": string(m.Outcome)}
	if len(m.Fields) > 0 {
		said["fields"] = m.Fields
	}
	if m.Stale {
		said["stale"] = true
	}
	h, err := canonical.Hash(said)
	if err != nil { // fields that aren't JSON: no pass is bound to them
		return ""
	}
	return h
}
