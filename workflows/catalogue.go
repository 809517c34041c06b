// Package workflows holds the durable processes, one file each. The catalogue
// of package process says what they are; here is added what runs them, which
// worker and replay test read. It may import itsm, report and Temporal's
// workflow packages.
package workflows

import (
	"slices"
	"turnus/itsm/planning"
	"turnus/itsm/process"
)

// Process is what runs an entry of the catalogue.
type Process struct {
	Name     string   // of the entry
	Workflow any      // func(workflow.Context, Input) (Outcome, error)
	Handles  []Handle // the activities that it calls
}

// Handle is a typed name of an activity; see activity.go.
type Handle interface {
	Name() string
	Types() (in, out any) // values of its types
}

// Catalogue lists what runs each entry of the catalogue. It is a function
// because a variable would be an initialization cycle with the workflows that
// it names.
func Catalogue() []Process {
	return append([]Process{
		{process.SLAReport, SLAReport, handles(slaCollect, slaDraft, judgeRefresh, refreshedBy)},
		{process.AvailabilityReview, AvailabilityReview, handles(availabilityDraft, judgeRefresh, refreshedBy)},
		{planning.Approval, ChangeApproval, handles(changeDraft, changeEnact)},
		{process.ContinuityDrill, ContinuityDrill, handles(drillDraft, drillNext, drillOpen)},
		{process.Improvement, Improvement, handles(improvementDraft, improvementBegin, improvementNext)},
	}, samples()...)
}

// handles adds to a process's own activities those that every run uses.
func handles(own ...Handle) []Handle {
	return append(own, openTask, advanceTask, judge, decisionOn, noteRefusal, judgeEnd, cancelledBy, endRun)
}

// Calls says whether a process calls an activity, by their names.
func Calls(process, activity string) bool {
	for _, p := range Catalogue() {
		if p.Name == process {
			return slices.ContainsFunc(p.Handles, func(h Handle) bool { return h.Name() == activity })
		}
	}
	return false
}

// Handles lists the activities of all processes, and the waking's.
func Handles() []Handle {
	all := []Handle{wake}
	for _, p := range Catalogue() {
		all = append(all, p.Handles...)
	}
	return all
}
