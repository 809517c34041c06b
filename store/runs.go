package store

import (
	"context"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
)

// Runs selects runs; empty fields select all.
type Runs struct {
	Process string
	Scope   string
	State   string // a state, or live
}

// Run is one run with its tasks and decisions.
func (s *Store) Run(ctx context.Context, id string) (run.Run, error) { panic("to be written") }

// Runs lists runs, newest first.
func (s *Store) Runs(ctx context.Context, f Runs, p Page) ([]run.Run, string, error) {
	panic("to be written")
}

// Tasks selects tasks; empty fields select all.
type Tasks struct {
	State string // open, decided, closed
	Mine  string // a person: those that they may decide now
	Sees  string // a person: those that they may decide, or of services that they own
}

// Task is one task.
func (s *Store) Task(ctx context.Context, id string) (task.Task, error) { panic("to be written") }

// Tasks lists tasks, oldest first.
func (s *Store) Tasks(ctx context.Context, f Tasks, p Page) ([]task.Task, string, error) {
	panic("to be written")
}

// Report is a run's newest report: published, or else the draft of its last
// round. Before the first draft it isn't found.
func (s *Store) Report(ctx context.Context, id string) (report.Report, error) {
	panic("to be written")
}
