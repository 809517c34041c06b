// Package runs is the one way in: start, decide, cancel. The API and the waker
// both come through here. It may import workflows, store, itsm and Temporal's
// client.
package runs

import (
	"context"

	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Runs starts, decides and cancels runs.
type Runs struct{}

// Start says which run is wanted.
type Start struct {
	Process     string
	Scope       string // a service, where the process is about one
	Period      string
	Provisional bool // permitted, not forced
	Again       bool // another attempt after a publication; needs a reason
	Reason      string
}

// Start begins a run, or finds the one that exists (created is false then).
// It checks whether the actor may start it (owns the service), whether the
// period is over and covered, and whether somebody could decide on it.
func (r *Runs) Start(ctx context.Context, by person.Actor, s Start) (started run.Run, created bool, err error) {
	panic("to be written")
}

// Decide answers a task in the name of the actor. hash, if given, is the
// content that the actor saw. The same person with the same outcome again gets
// the decision on record. fault.Unavailable means: not confirmed, ask again.
func (r *Runs) Decide(ctx context.Context, by person.Actor, taskID string, o task.Outcome, comment, hash string) (task.Decision, error) {
	panic("to be written")
}

// Cancel ends a live run with a reason; the same person again gets the run.
func (r *Runs) Cancel(ctx context.Context, by person.Actor, runID, reason string) (run.Run, error) {
	panic("to be written")
}
