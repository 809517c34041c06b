// Package process holds the catalogue of processes as data: what each is
// called, which clauses it serves, what its runs are about, and who starts
// them. It imports other packages of itsm only. Package workflows adds to each
// entry the workflow that runs it, and the activities that this calls.
//
//	p, ok := process.Find("sla-report")
package process

import (
	"strings"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/text"
)

// Process is an entry of the catalogue.
type Process struct {
	Name     string         // as in sla-report
	Title    text.Text      // for people
	Clauses  []string       // of ISO/IEC 20000-1:2018 that it serves
	Scope    Scope          // what a run is about
	Grain    calendar.Grain // length of its periods
	Longer   bool           // runs about quarters and years are started, too: the sums of their months
	Reads    []string       // datasets: the period must be over, and covered by those of them that its agreements need; none: it reads no imports
	Agreed   bool           // the service must have an agreement
	Own      bool           // a slot means the period that it falls in, not the one before
	Starters []person.Role  // who may start it, for scopes that they own; nobody: it begins by itself, and isn't planned
	Interval string         // default: a day rule or cron expression; empty: it isn't planned
	Steps    []Step         // what its runs ask of people

	CarriedOut string // the step whose answer says that what was approved, and is followed by another round, is carried out; empty: its actions say so

	Cancelling text.Text // what to know before one of its runs is cancelled, besides that it ends; empty: nothing

	Compared bool // its drafts are compared with what they would stand on later, and its owner may begin another round while one waits
}

// Scope is a kind of what runs are about.
type Scope string

// The kinds: a service; the organisation, of which there is one at most; a
// change of the plan, of an interval or by a waiver; a finding of the register; a
// continuity plan of a service.
const (
	OfService      Scope = "service"
	OfOrganisation Scope = "organisation"
	OfChange       Scope = "change"
	OfFinding      Scope = "finding"

	OfContinuityPlan Scope = "continuity-plan"
)

// The processes about a service: what was agreed and kept; how much of the
// agreed time it was there.
const (
	SLAReport          = "sla-report"
	AvailabilityReview = "availability-review"
)

// Catalogue lists every process.
func Catalogue() []Process {
	return append([]Process{{
		Name:     SLAReport,
		Title:    text.New("SLA report", "SLA-Bericht"),
		Clauses:  []string{"8.3.3", "9.1", "9.4"},
		Scope:    OfService,
		Grain:    calendar.Month,
		Reads:    []string{dataset.Tickets},
		Agreed:   true,
		Starters: []person.Role{person.ProcessOwner},
		Interval: "working day 3 of month", // of the month before
		Steps:    append(ownersPart(), approval(publishes())),
		Compared: true,
	}, {
		Name:     AvailabilityReview,
		Title:    text.New("Availability review", "Verfügbarkeitsbericht"),
		Clauses:  []string{"8.7.1", "9.1", "9.4"},
		Scope:    OfService,
		Grain:    calendar.Month,
		Longer:   true,
		Reads:    []string{dataset.Outages, dataset.Probes, dataset.Maintenance},
		Agreed:   true,
		Starters: []person.Role{person.ProcessOwner},
		Interval: "working day 3 of month", // of the month before
		Steps:    append(ownersPart(), approval(publishes())),
		Compared: true,
	}, {
		Name:    planning.Approval,
		Title:   text.New("Approval of a change", "Freigabe einer Änderung"),
		Clauses: []string{"6.3", "8.1"},
		Scope:   OfChange,
		Grain:   calendar.Day,
		Steps:   []Step{approval(putsInForce())},
	}, improvement(), continuityDrill()}, samples()...)
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

// FindStarted gives a process that people start; fault.NotFound names those
// that there are, if this isn't one.
func FindStarted(name string) (Process, error) {
	p, ok := Find(name)
	switch {
	case !ok:
		return p, fault.New(fault.NotFound, text.F("There is no process %.80q; there are: %s.",
			"Den Prozess %.80q gibt es nicht. Vorhanden sind: %s.", name, started()))
	case !p.Started():
		return p, fault.New(fault.NotFound, text.F("Nobody starts the process %s: it begins by itself. Those that can be started: %s.",
			"Der Prozess %s beginnt von selbst und lässt sich nicht starten. Starten lassen sich: %s.", name, started()))
	}
	return p, nil
}

// FindPlanned gives a process that can be planned; the fault's field is that of
// an interval's spec.
func FindPlanned(name string) (Process, error) {
	if p, ok := Find(name); ok && p.Planned() {
		return p, nil
	}
	return Process{}, fault.Invalidf("process", "There is no process %.80q that can be planned: GET /v1/processes lists them.",
		"Einen planbaren Prozess %.80q gibt es nicht: GET /v1/processes zeigt sie.", name)
}

func started() string {
	var names []string
	for _, p := range Catalogue() {
		if p.Started() {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Started says whether people start it.
func (p Process) Started() bool { return len(p.Starters) > 0 }

// Planned says whether it can be planned: people start it, and it comes round.
func (p Process) Planned() bool { return p.Interval != "" }

// Covered says that the period must be over and covered by imported data.
func (p Process) Covered() bool { return len(p.Reads) > 0 }

// Covers says whether a run may be about a period of such a length.
func (p Process) Covers(g calendar.Grain) bool {
	return g == p.Grain || p.Longer && (g == calendar.Quarter || g == calendar.Year)
}

// Planning is what planning needs to know of it.
func (p Process) Planning() planning.Process {
	return planning.Process{Name: p.Name, Grain: p.Grain, Own: p.Own}
}
