package runs

import (
	"context"
	"errors"
	"sync"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/workflows"
)

// Bounds of a sweep.
const (
	startGrace = 3 * time.Second  // a start under way is left alone
	lookEvery  = 10 * time.Second // at each live run's workflow, as far as the batches reach
	hearWithin = 15 * time.Second // a run goes on after a decision
	sweepBatch = 100

	sweepAtOnce = 8
)

// Sweep starts the workflows of runs that were recorded and never marked
// started, and records as failed live ones whose workflow is gone: it was
// ended from outside, and is never started again under that ID. Whose workflow
// doesn't know of a decision on record, or of a wish to begin another round, is
// told.
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
	unheard, err := r.store.Unheard(ctx, now.Add(-hearWithin), sweepBatch)
	if err != nil {
		return err
	}
	each(unheard, func(d task.Decision) {
		if err := r.tell(ctx, d); err != nil {
			r.log.Warn("a run can't be told its decision yet", "run", d.Run, "error", err)
		}
	})
	anew, err := r.store.UnheardRefreshes(ctx, now.Add(-hearWithin), sweepBatch)
	if err != nil {
		return err
	}
	each(anew, func(st run.Step) {
		if err := r.tellRefreshed(ctx, st); err != nil {
			r.log.Warn("a run can't be told yet that another round was asked for", "run", st.Run, "error", err)
		}
	})
	return nil
}

// unheardID names the message that tells a run what it hasn't heard: another one
// each hour.
func unheardID(what string, now time.Time) string {
	return "unheard/" + what + "/" + now.UTC().Format("2006-01-02T15")
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
	p, ok := process.Find(in.Process)
	if !ok {
		return r.fail(ctx, in.Run, text.F("This Turnus has no process %s.", "Diese Turnus-Installation kennt den Prozess %s nicht.", in.Process))
	}
	err := r.launch(ctx, p, in)
	var ended *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &ended) {
		return r.look(ctx, in.Run)
	}
	if err != nil {
		return err
	}
	r.log.Info("took up a recorded run", "run", in.Run)
	return r.store.Started(ctx, r.now(), in.Run)
}

// tell has a run look for the decision on record. It may have been told, by
// whoever took the work of judging away, that there is none, before it went on
// record. A message without a pass decides nothing by itself; a run that knows
// refuses it without a trace, any other one hears the record. One that doesn't
// believe the record, since 0.1.0 began it, is asked once an hour.
func (r *Runs) tell(ctx context.Context, d task.Decision) error {
	refused, err := r.update(ctx, d.Run, workflows.UpdateDecide, unheardID(d.Task, r.now()),
		task.Message{Task: d.Task, Outcome: d.Outcome}, nil)
	switch {
	case err != nil:
		return err
	case refused == nil:
		r.log.Warn("a run hadn't heard the decision on record, and goes on with it", "run", d.Run)
	case refused.Code != fault.Conflict:
		return refused
	}
	return r.store.Told(ctx, r.now(), d.Task)
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
	case d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		if done, err := r.finish(ctx, id); done || err != nil {
			return err
		}
	}
	return r.fail(ctx, id, text.New("Its workflow was ended from outside of Turnus.", "Sein Workflow wurde außerhalb von Turnus beendet."))
}

// finish records how a run ended that has come to its end, where whoever was
// asked to has only said so: as far as the records bear it out.
func (r *Runs) finish(ctx context.Context, id string) (done bool, err error) {
	var e run.End
	if err := r.temporal.GetWorkflow(ctx, id, "").Get(ctx, &e); err != nil || e.Run != id || e.State != run.Published && e.State != run.Rejected {
		return false, nil //nolint:nilerr // it wasn't the run's own word
	}
	e.Reason = text.Text{}
	if err = r.store.Finish(ctx, r.now(), e); fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// running says whether a workflow goes on.
func running(d *workflowservice.DescribeWorkflowExecutionResponse) bool {
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
}

func (r *Runs) fail(ctx context.Context, id string, why text.Text) error {
	r.log.Warn("a run has failed", "run", id, "why", why.En)
	return r.store.End(ctx, r.now(), run.End{Run: id, State: run.Failed, Reason: why})
}
