package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// rules are what a process adds to how its runs are recorded, each in the
// transaction of what it adds to. What is left out adds nothing.
type rules struct {
	// begins may refuse a run before its row is written, and keeps what it looked
	// at as it is; begun follows its row.
	begins func(context.Context, *sqlx.Tx, NewRun) error
	begun  func(context.Context, *sqlx.Tx, run.Run) error
	// asks refuses a task that isn't what is next as the record has it.
	asks func(context.Context, *sqlx.Tx, time.Time, task.Task) error
	// answers refuses what fields alone can't tell of an answer; its faults name
	// fields.NAME.
	answers func(context.Context, sqlx.QueryerContext, time.Time, task.Task, task.Outcome, task.Values) error
	// decided follows an answer, once.
	decided func(context.Context, *sqlx.Tx, time.Time, task.Task) error
	// publishes locks what ended needs, before anything of the run is.
	publishes func(ctx context.Context, tx *sqlx.Tx, runID string) error
	// ended follows a run's end, before its slot does.
	ended func(context.Context, *sqlx.Tx, time.Time, run.Run, run.End) error
}

// rulesOf are those of a process: one case for each that has some.
func rulesOf(name string) rules {
	switch name {
	case process.Improvement:
		return rules{begins: lockFinding, begun: takeFinding, asks: checkNextOfImprovement, answers: checkImprovementAnswer, ended: settleFinding}
	case process.AvailabilityReview:
		return rules{publishes: lockForProofs, ended: recordOutageProofs}
	case process.ContinuityDrill:
		return rules{begins: checkRetest, asks: checkNextOfDrill, answers: checkDrillAnswer,
			decided: recordInvocation, publishes: lockForProofs, ended: endDrill}
	}
	return rules{}
}

// rulesOfRun are those of a run's process.
func rulesOfRun(id string) rules {
	key, _, err := run.ParseID(id)
	if err != nil { // it has no process
		return rules{}
	}
	return rulesOf(key.Process)
}
