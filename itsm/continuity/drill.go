package continuity

import (
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/text"
)

// Type is a kind of drill (domain guide, 5.2).
type Type string

// The types.
const (
	Checklist        Type = "checklist"
	Tabletop         Type = "tabletop"
	Walkthrough      Type = "walkthrough"
	CallTree         Type = "call-tree"
	Staff            Type = "staff"
	Component        Type = "component"
	Functional       Type = "functional"
	Parallel         Type = "parallel"
	FullInterruption Type = "full-interruption"
)

// Types are all of them.
func Types() []Type {
	return []Type{Checklist, Tabletop, Walkthrough, CallTree, Staff, Component, Functional, Parallel, FullInterruption}
}

// Title is the type in words.
func (t Type) Title() text.Text {
	switch t {
	case Checklist:
		return text.New("plan review", "Planreview")
	case Tabletop:
		return text.New("tabletop exercise", "Planbesprechung")
	case Walkthrough:
		return text.New("walkthrough", "Begehung")
	case CallTree:
		return text.New("call-tree test", "Alarmierungsübung")
	case Staff:
		return text.New("staff exercise", "Stabsübung")
	case Component:
		return text.New("component test", "Funktionstest")
	case Functional:
		return text.New("functional exercise", "Simulation")
	case Parallel:
		return text.New("parallel test", "Parallelbetrieb")
	case FullInterruption:
		return text.New("full interruption test", "Vollübung")
	case Invocation:
		return text.New("real invocation", "Ernstfall")
	case Outage:
		return text.New("real outage", "tatsächlicher Ausfall")
	}
	return text.Same(string(t))
}

// Measures says that a drill of the type recovers something, so that recovery
// time, recovery point and capacity are measured and not estimated.
func (t Type) Measures() bool {
	switch t.AsDrill() {
	case Component, Functional, Parallel, FullInterruption:
		return true
	}
	return false
}

// Discussed says that a drill of the type is talked through, and nothing is
// carried out.
func (t Type) Discussed() bool { return t == Checklist || t == Tabletop || t == Walkthrough }

// Base is the event that the recovery time objective counts from.
type Base string

// The bases: ISO 22300 counts from the disruption, a plan may say otherwise.
const (
	FromDisruption Base = "disruption"
	FromInvoked    Base = "invoked"
)

// Objectives are what a plan agreed; what is nil wasn't agreed and isn't judged.
type Objectives struct {
	RTO      *agreement.Duration // at most, from Base to the confirmed minimum level
	Base     Base                // empty: the disruption
	RPO      *agreement.Duration // greatest age of the data that came back
	MBCO     *agreement.Decimal  // minimum level, per cent of the normal capacity
	Contacts *agreement.Decimal  // share of the contacts to be reached, per cent
	Decide   *agreement.Duration // at most, from the disruption to the decision
}

// Drill is what happened, by instants of happening, not of entry; what is zero
// isn't known.
type Drill struct {
	Type       Type
	Objectives Objectives
	Events     Events
	Capacity   *agreement.Decimal // reached, per cent of the normal one
	Contacts   *Contacts
	Skipped    []string // steps
}

// Events of a drill (domain guide, 5.3).
type Events struct {
	Disruption, Detected, Invoked, Decided time.Time
	Technical                              time.Time // the minimum level is reached, as who restored it says
	Confirmed                              time.Time // the same, confirmed by the business
	Full                                   time.Time // full capacity
	Ended                                  time.Time // the drill is over, with or without recovery
	Snapshot                               time.Time // the point in time that the restored copy represents
	Backup                                 time.Time // when that copy was finished: no recovery point
}

// Contacts of a call tree.
type Contacts struct{ Called, Reached int64 }

// Verdict on an objective or a drill.
type Verdict string

// The verdicts.
const (
	Pass       Verdict = "pass"
	Fail       Verdict = "fail"
	Incomplete Verdict = "incomplete" // something is missing without which it can't be judged
	Estimated  Verdict = "estimated"  // nothing was recovered: it proves nothing
)

// Title is the verdict in words.
func (v Verdict) Title() text.Text {
	switch v {
	case Pass:
		return text.New("passed", "bestanden")
	case Fail:
		return text.New("failed", "nicht bestanden")
	case Incomplete:
		return text.New("incomplete", "unvollständig")
	case Estimated:
		return text.New("estimated", "geschätzt")
	}
	return text.Same(string(v))
}

// Result is what a drill achieved, in seconds from the disruption unless the
// objective says otherwise; null: not known.
type Result struct {
	RTA            *int64   `json:"rta_s"`                           // to the confirmed minimum level, from the objective's base
	FromDisruption *int64   `json:"rta_from_disruption_s,omitempty"` // where the base is another
	RPA            *int64   `json:"rpa_s"`                           // age of the data that came back
	Delay          *int64   `json:"invocation_delay_s"`
	Full           *int64   `json:"full_s"`
	Decided        *int64   `json:"decide_s,omitempty"`
	Reached        *string  `json:"contacts_pct,omitempty"` // with six decimals, rounded half up
	Verdicts       Verdicts `json:"verdicts"`
	Verdict        Verdict  `json:"verdict"`
	Retest         bool     `json:"retest_required"`
}

// Verdicts on each objective that was agreed.
type Verdicts struct {
	RTO      Verdict `json:"rto,omitempty"`
	RPO      Verdict `json:"rpo,omitempty"`
	MBCO     Verdict `json:"mbco,omitempty"`
	Contacts Verdict `json:"contacts_pct,omitempty"`
	Decide   Verdict `json:"decide,omitempty"`
}
