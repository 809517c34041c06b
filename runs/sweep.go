package runs

import (
	"context"
	"errors"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/workflows"
)

// Bounds of a sweep.
const (
	startGrace = 3 * time.Second  // a start under way is left alone
	lookEvery  = 10 * time.Second // at each live run's workflow, as far as the batches reach
	sweepBatch = 100

	sweepAtOnce = 8
)

// Sweep starts the workflows of runs that were recorded and never marked
// started, and records as failed live ones whose workflow is gone: it was
// ended from outside, and is never started again under that ID.
func (r *Runs) Sweep(ctx context.Context) error {
	now := r.now()
	waiting, err := r.store.Unstarted(ctx, now.Add(-startGrace), sweepBatch)
	if err != nil {
		return err
	}
	each(waiting, func(in run.Input) {
		if err := r.recover(ctx, in); err != nil {
			r.log.Warn("a recorded run can't be started yet", "run", in.Run, "error", err)
		}
	})
	unseen, err := r.store.Unseen(ctx, now, now.Add(-lookEvery), sweepBatch)
	if err != nil {
		return err
	}
	each(unseen, func(id string) {
		if err := r.look(ctx, id); err != nil {
			r.log.Warn("a run's workflow can't be looked at", "run", id, "error", err)
		}
	})
	return nil
}

// each does something with all, a few at a time: after a crash Temporal takes
// a second for each, and many wait.
func each[T any](all []T, do func(T)) {
	var busy sync.WaitGroup
	free := make(chan struct{}, sweepAtOnce)
	for _, one := range all {
		free <- struct{}{}
		busy.Go(func() { defer func() { <-free }(); do(one) })
	}
	busy.Wait()
}

func (r *Runs) recover(ctx context.Context, in run.Input) error {
	p, ok := workflows.Find(in.Process)
	if !ok {
		return r.fail(ctx, in.Run, text.F("This Turnus has no process %s.", "Diese Turnus-Installation kennt den Prozess %s nicht.", in.Process))
	}
	err := r.launch(ctx, p, in)
	var ended *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &ended) {
		return r.look(ctx, in.Run)
	}
	if err == nil {
		r.log.Info("took up a recorded run", "run", in.Run)
	}
	return err
}

// look compares a live run's row with its workflow.
func (r *Runs) look(ctx context.Context, id string) error {
	d, err := r.temporal.DescribeWorkflowExecution(ctx, id, "")
	var gone *serviceerror.NotFound
	switch {
	case errors.As(err, &gone):
	case err != nil:
		return err
	case running(d):
		return nil
	}
	return r.fail(ctx, id, text.New("Its workflow was ended from outside of Turnus.", "Sein Workflow wurde außerhalb von Turnus beendet."))
}

// running says whether a workflow goes on.
func running(d *workflowservice.DescribeWorkflowExecutionResponse) bool {
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}

func (r *Runs) fail(ctx context.Context, id string, why text.Text) error {
	r.log.Warn("a run has failed", "run", id, "why", why.En)
	return r.store.End(ctx, r.now(), run.End{Run: id, State: run.Failed, Reason: why})
}
