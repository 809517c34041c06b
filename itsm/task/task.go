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

// Kind of a task.
type Kind string

// Approval asks for one of approve, request-changes, reject.
const Approval Kind = "approval"

// State of a task.
type State string

// The states: open, answered, or closed without an answer (the run was
// cancelled or has failed).
const (
	Open    State = "open"
	Decided State = "decided"
	Closed  State = "closed"
)

// Outcome is an answer that a task offers.
type Outcome string

// The outcomes of an approval.
const (
	Approve        Outcome = "approve"
	RequestChanges Outcome = "request-changes"
	Reject         Outcome = "reject"
)

// Title of an outcome, for people: what was decided.
func (o Outcome) Title() text.Text {
	switch o {
	case Approve:
		return text.New("approved", "freigegeben")
	case RequestChanges:
		return text.New("changes requested", "Änderungen verlangt")
	case Reject:
		return text.New("rejected", "abgelehnt")
	}
	return text.Same(string(o))
}

// Outcomes are those that a task of a kind offers; none for an unknown kind.
func (k Kind) Outcomes() []Outcome {
	if k == Approval {
		return []Outcome{Approve, RequestChanges, Reject}
	}
	return nil
}

// Task is one question to a person, bound to one content hash.
type Task struct {
	ID        string     `json:"id" db:"id"`
	Run       string     `json:"run" db:"run"`
	Round     int        `json:"round" db:"round"`
	Step      string     `json:"step" db:"step"`
	Kind      Kind       `json:"kind" db:"kind"`
	State     State      `json:"state" db:"state"`
	Outcomes  []Outcome  `json:"outcomes" db:"-"`
	Hash      string     `json:"hash" db:"hash"` // of the content to be decided on
	Opened    time.Time  `json:"opened" db:"opened_at"`
	Due       time.Time  `json:"due" db:"due_at"`
	Remind    time.Time  `json:"remind" db:"remind_at"`     // planned reminder
	Escalate  time.Time  `json:"escalate" db:"escalate_at"` // planned escalation
	Reminded  *time.Time `json:"reminded,omitempty" db:"reminded_at"`
	Escalated *time.Time `json:"escalated,omitempty" db:"escalated_at"`
	Ended     *time.Time `json:"ended,omitempty" db:"ended_at"`
	Approvers []string   `json:"approvers" db:"-"` // who may decide, as things are now
}

// CheckOffers refuses an outcome that the task doesn't have, and names those
// that it has; nil for one of them.
func (t Task) CheckOffers(o Outcome) *fault.Error {
	if slices.Contains(t.Outcomes, o) {
		return nil
	}
	return fault.Invalidf("outcome", "%.40q isn't offered by this task; it offers %s.",
		"%.40q steht bei dieser Aufgabe nicht zur Wahl. Möglich sind %s.", o, text.List(t.Outcomes))
}

// Decision says who decided what, when, on which content.
type Decision struct {
	Task        string    `json:"task" db:"task"`
	Run         string    `json:"run" db:"run"`
	Round       int       `json:"round" db:"round"`
	Person      string    `json:"person" db:"person"`
	Outcome     Outcome   `json:"outcome" db:"outcome"`
	Comment     string    `json:"comment" db:"comment"`
	At          time.Time `json:"at" db:"at"`
	Hash        string    `json:"hash" db:"hash"`
	TokenIssuer string    `json:"token_issuer,omitempty" db:"token_issuer"` // who issued the decider's token
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
}

// Answer is the SHA-256 of what the message says of its task, hexadecimal: a
// pass that is bound to it is worth nothing with another answer.
func (m Message) Answer() string {
	h, _ := canonical.Hash(map[string]string{"comment": m.Comment, "outcome": string(m.Outcome)}) // texts always marshal
	return h
}
