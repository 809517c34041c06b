// Package workflows holds the durable processes, one file each, and the
// catalogue that lists them. Worker, API, plan, pages and the replay test read
// the catalogue. It may import itsm, report and Temporal's workflow packages.
package workflows

import (
	"turnus/itsm/calendar"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/text"
)

// Process is an entry of the catalogue.
type Process struct {
	Name     string         // as in sla-report
	Title    text.Text      // for people
	Clauses  []string       // of ISO/IEC 20000-1:2018 that it serves
	Scope    ScopeKind      // what a run is about
	Grain    calendar.Grain // length of its periods
	Covered  bool           // the period must be over and covered by imported data
	Agreed   bool           // the service must have an agreement
	Own      bool           // a slot means the period that it falls in, not the one before
	Starters []person.Role  // who may start it, for services they own; nobody: it begins by itself, and isn't planned
	Interval string         // default: a day rule or cron expression
	Workflow any            // func(workflow.Context, Input) (Outcome, error)
	Handles  []Handle       // the activities that it calls
}

// ScopeKind says what a run of a process is about.
type ScopeKind string

// The kinds: a service; a change of the plan, of an interval or by a waiver.
const (
	OfService ScopeKind = "service"
	OfChange  ScopeKind = "change"
)

// Handle is a typed name of an activity; see activity.go.
type Handle interface {
	Name() string
	Types() (in, out any) // values of its types
}

// Catalogue lists every process. It is a function because a variable would be
// an initialization cycle with the workflows that it names.
func Catalogue() []Process {
	return []Process{{
		Name:     "sla-report",
		Title:    text.New("SLA report", "SLA-Bericht"),
		Clauses:  []string{"8.3.3", "9.1", "9.4"},
		Scope:    OfService,
		Grain:    calendar.Month,
		Covered:  true,
		Agreed:   true,
		Starters: []person.Role{person.ProcessOwner},
		Interval: "working day 3 of month", // of the month before
		Workflow: SLAReport,
		Handles:  handles(slaCollect, slaDraft),
	}, {
		Name:     planning.Approval,
		Title:    text.New("Approval of a change to the plan", "Freigabe einer Planänderung"),
		Clauses:  []string{"6.3", "8.1"},
		Scope:    OfChange,
		Grain:    calendar.Day,
		Workflow: ChangeApproval,
		Handles:  handles(changeDraft, changeEnact),
	}}
}

// Planning says what planning needs to know of a process; false for one that
// can't be planned.
func Planning(name string) (planning.Process, bool) {
	p, ok := Find(name)
	return planning.Process{Name: p.Name, Grain: p.Grain, Own: p.Own}, ok && len(p.Starters) > 0
}

// handles adds to a process's own activities those that every run uses.
func handles(own ...Handle) []Handle {
	return append(own, openTask, advanceTask, judge, decisionOn, noteRefusal, judgeEnd, cancelledBy, endRun)
}

// Handles lists the activities of all processes, and the waking's.
func Handles() []Handle {
	all := []Handle{wake}
	for _, p := range Catalogue() {
		all = append(all, p.Handles...)
	}
	return all
}

// Find gives the process of that name.
func Find(name string) (Process, bool) {
	for _, p := range Catalogue() {
		if p.Name == name {
			return p, true
		}
	}
	return Process{}, false
}
