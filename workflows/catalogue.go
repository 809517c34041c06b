// Package workflows holds the durable processes, one file each, and the
// catalogue that lists them. Worker, API, plan, pages and the replay test read
// the catalogue. It may import itsm, report and Temporal's workflow packages.
package workflows

import (
	"turnus/itsm/calendar"
	"turnus/itsm/person"
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
	Starters []person.Role  // who may start it, for services they own
	Interval string         // default: a day rule or cron expression
	Workflow any            // func(workflow.Context, Input) (Outcome, error)
	Handles  []Handle       // the activities that it calls
}

// ScopeKind says what a run of a process is about.
type ScopeKind string

// OfService: the scope is a service.
const OfService ScopeKind = "service"

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
	}}
}

// handles adds to a process's own activities those that every run uses.
func handles(own ...Handle) []Handle {
	return append(own, openTask, advanceTask, judge, noteRefusal, judgeEnd, endRun)
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
