// Package rulechange holds what approvers decide on where what published reports
// stand on is to change: an agreement, a calendar, a service; and what it would have
// made of the last of these reports, whatever process they are of.
//
// It may import itsm/agreement, itsm/resource, itsm/task and itsm/text.
package rulechange

import (
	"encoding/json"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// MonthsShown is how many published months a change is held against.
const MonthsShown = 3

// Change is what an approver decides on: a proposed version of an agreement, a
// calendar or a service on which published reports stand, and what it would have
// made of the last of them. These don't change by it; a restatement does.
type Change struct {
	Run      string        `json:"run"`
	Round    int           `json:"round"`
	About    resource.Ref  `json:"about"` // the service whose approvers decide
	Title    text.Text     `json:"title"` // of that
	Zone     string        `json:"zone"`
	Document resource.Raw  `json:"document"`
	Hash     string        `json:"hash"`             // of the document
	Base     int           `json:"base"`             // the newest version when it was proposed; 0: there was none
	Before   *resource.Raw `json:"before,omitempty"` // that version; nil: there was none, or it was retired
	Declared bool          `json:"declared"`         // it is in force already as it is proposed: only nobody has decided on it
	By       string        `json:"by"`
	At       time.Time     `json:"at"` // when this was looked at

	Services []ServiceChange `json:"services"` // those whose published reports it concerns, the one it is about first, once for each process
}

// ServiceChange is what a change would have made of the reports of one process on a
// service.
type ServiceChange struct {
	Service   string        `json:"service"`
	Title     text.Text     `json:"title"`
	Process   string        `json:"process,omitempty"` // whose reports they are; empty: SLA reports
	Published int           `json:"published"`         // months that have a published report
	Months    []MonthChange `json:"months"`            // the last of them, the earliest first
}

// MonthChange sets the figures of a published report beside those that the same
// tickets, as they were known then, give under the new rules.
type MonthChange struct {
	Period  string         `json:"period"`
	Run     string         `json:"run"` // whose report is in force
	Version int            `json:"version"`
	Why     text.Text      `json:"why,omitzero"` // they can't be computed anew, since …
	Targets []TargetChange `json:"targets,omitempty"`
	Credits []CreditChange `json:"credits,omitempty"` // in per cent of the fee, where they are agreed before or after
}

// TargetChange sets what a target came to beside what it would come to; nil
// where there is no such target.
type TargetChange struct {
	Agreement string    `json:"agreement"`
	Target    string    `json:"target"`
	Then      *Attained `json:"then,omitempty"`
	New       *Attained `json:"new,omitempty"`
}

// Attained is what a target came to: tickets, or of availability seconds.
type Attained struct {
	Met     int64   `json:"met"`
	Decided int64   `json:"decided"`
	Attain  string  `json:"attain"`            // agreed, in per cent
	Percent *string `json:"percent,omitempty"` // of availability, where outages may count with a share; nil: not applicable
	Verdict string  `json:"verdict"`
}

// CreditChange sets what is owed under an agreement beside what would be.
type CreditChange struct {
	Agreement string      `json:"agreement"`
	Then      *CreditOwed `json:"then,omitempty"`
	New       *CreditOwed `json:"new,omitempty"`
}

// CreditOwed is what is owed for a month; nil: nothing was decided.
type CreditOwed struct {
	Percent  *string `json:"percent"` // of the fee
	Amount   *string `json:"amount"`
	Currency string  `json:"currency"`
}

// Basis is what a change stands on besides its proposal: the service, the
// calendars that it names, and its version where that is declared already.
func (c Change) Basis() task.Basis {
	b := task.Basis{About: c.About, At: c.At}
	if c.Declared {
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: c.Document.Kind, Name: c.Document.Metadata.Name, Version: c.Base})
	}
	var spec agreement.Spec
	if c.Document.Kind == resource.Agreement && json.Unmarshal(c.Document.Spec, &spec) == nil {
		for _, t := range spec.Targets {
			b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Calendar, Name: t.Calendar})
		}
	}
	return b
}

// Same says that a target would have come to the same.
func (t TargetChange) Same() bool {
	if t.Then == nil || t.New == nil {
		return t.Then == t.New
	}
	then, now := *t.Then, *t.New
	percent := alike(then.Percent, now.Percent)
	then.Percent, now.Percent = nil, nil
	return percent && then == now
}

// Same says that as much is owed.
func (c CreditChange) Same() bool {
	if c.Then == nil || c.New == nil {
		return c.Then == c.New
	}
	return alike(c.Then.Percent, c.New.Percent) && alike(c.Then.Amount, c.New.Amount) && c.Then.Currency == c.New.Currency
}

// Same says that a month would have come to the same; of one that can't be
// computed anew nobody knows.
func (m MonthChange) Same() bool {
	return m.Why.IsZero() && !slices.ContainsFunc(m.Targets, func(t TargetChange) bool { return !t.Same() }) &&
		!slices.ContainsFunc(m.Credits, func(c CreditChange) bool { return !c.Same() })
}

func alike(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
