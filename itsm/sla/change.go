package sla

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

	Services []ServiceChange `json:"services"` // those whose published reports it concerns, the one it is about first
}

// ServiceChange is what a change would have made of a service's reports.
type ServiceChange struct {
	Service   string        `json:"service"`
	Title     text.Text     `json:"title"`
	Published int           `json:"published"` // months that have a published report
	Months    []MonthChange `json:"months"`    // the last of them, the earliest first
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

// Attained is what a target came to.
type Attained struct {
	Met     int64   `json:"met"`
	Decided int64   `json:"decided"`
	Attain  string  `json:"attain"` // agreed, in per cent
	Verdict Verdict `json:"verdict"`
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

// Compare sets the figures of a month beside those that other rules give of the
// same tickets, in the order in which they stand there.
func Compare(then, now Result) (targets []TargetChange, credits []CreditChange) {
	for _, a := range now.Agreements {
		old := agreementIn(then, a.Name)
		for _, t := range a.Targets {
			targets = append(targets, TargetChange{Agreement: a.Name, Target: t.Target.Name, Then: attainedIn(old, t.Target.Name), New: attained(t)})
		}
		for _, t := range old.Targets {
			if attainedIn(a, t.Target.Name) == nil {
				targets = append(targets, TargetChange{Agreement: a.Name, Target: t.Target.Name, Then: attained(t)})
			}
		}
		if old.Credits != nil || a.Credits != nil {
			credits = append(credits, CreditChange{a.Name, owed(old.Credits), owed(a.Credits)})
		}
	}
	for _, old := range then.Agreements {
		if agreementIn(now, old.Name).Name != "" {
			continue
		}
		for _, t := range old.Targets {
			targets = append(targets, TargetChange{Agreement: old.Name, Target: t.Target.Name, Then: attained(t)})
		}
		if old.Credits != nil {
			credits = append(credits, CreditChange{old.Name, owed(old.Credits), nil})
		}
	}
	return targets, credits
}

func agreementIn(r Result, name string) AgreementResult {
	for _, a := range r.Agreements {
		if a.Name == name {
			return a
		}
	}
	return AgreementResult{}
}

func attainedIn(a AgreementResult, target string) *Attained {
	for _, t := range a.Targets {
		if t.Target.Name == target {
			return attained(t)
		}
	}
	return nil
}

func attained(t TargetResult) *Attained {
	return &Attained{Met: t.Met, Decided: t.Decided, Attain: t.Target.Attain.String(), Verdict: t.Verdict}
}

func owed(c *CreditsResult) *CreditOwed {
	if c == nil {
		return nil
	}
	return &CreditOwed{Percent: c.Percent, Amount: c.Amount, Currency: c.Agreed.Fee.Currency}
}

// Same says that a target would have come to the same.
func (t TargetChange) Same() bool {
	return t.Then == t.New || t.Then != nil && t.New != nil && *t.Then == *t.New
}

// Same says that as much is owed.
func (c CreditChange) Same() bool {
	if c.Then == nil || c.New == nil {
		return c.Then == c.New
	}
	alike := func(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
	return alike(c.Then.Percent, c.New.Percent) && alike(c.Then.Amount, c.New.Amount) && c.Then.Currency == c.New.Currency
}

// Same says that a month would have come to the same; of one that can't be
// computed anew nobody knows.
func (m MonthChange) Same() bool {
	return m.Why.IsZero() && !slices.ContainsFunc(m.Targets, func(t TargetChange) bool { return !t.Same() }) &&
		!slices.ContainsFunc(m.Credits, func(c CreditChange) bool { return !c.Same() })
}
