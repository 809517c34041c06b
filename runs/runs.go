// Package runs is the one way in: start, decide, cancel. The API and the waker
// both come through here. It may import workflows, store, itsm and Temporal's
// client.
package runs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// TaskQueue is where runs and their activities are worked on.
const TaskQueue = "turnus"

// Config is what Runs needs.
type Config struct {
	Store     *store.Store
	Temporal  client.Client
	Namespace string
	Now       func() time.Time
	Log       *slog.Logger
}

// Runs starts, decides and cancels runs.
type Runs struct {
	store     *store.Store
	temporal  client.Client
	namespace string
	now       func() time.Time
	log       *slog.Logger
}

// New makes Runs.
func New(c Config) *Runs {
	return &Runs{store: c.Store, temporal: c.Temporal, namespace: c.Namespace, now: c.Now, log: c.Log}
}

// Bind makes sure that this Temporal is the one that the runs on record live
// in; with another one nothing may be touched.
func (r *Runs) Bind(ctx context.Context) error {
	d, err := r.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: r.namespace})
	if err != nil {
		return err
	}
	id := d.GetNamespaceInfo().GetId()
	bound, err := r.store.Bind(ctx, id)
	if err != nil {
		return err
	}
	if bound != id {
		return errors.New("this is another Temporal: the runs in this database live in a namespace with the ID " + bound +
			", and " + r.namespace + " here has " + id + "; give the address of the one they were started in")
	}
	return nil
}

// answerWithin bounds how long a message to a workflow may take.
const answerWithin = 20 * time.Second

// update sends an Update and waits until it is done. refused is what the
// workflow says; silent that nothing was confirmed: it may still happen.
func (r *Runs) update(ctx context.Context, workflowID, name, id string, arg, out any) (refused *fault.Error, err error) {
	ctx, stop := context.WithTimeout(ctx, answerWithin)
	defer stop()
	h, err := r.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateID: id, UpdateName: name, Args: []any{arg},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = h.Get(ctx, out)
	}
	if err == nil {
		return nil, nil
	}
	if f := workflows.FaultOf(err); f != nil {
		return f, nil
	}
	var gone *serviceerror.NotFound
	var app *temporal.ApplicationError
	switch {
	case errors.As(err, &gone):
		return r.gone(ctx, workflowID)
	case errors.As(err, &app) && app.Type() == "AcceptedUpdateCompletedWorkflow":
		return fault.New(fault.Conflict, text.New("This run has ended.", "Dieser Lauf ist beendet.")).Because(err), nil
	}
	r.log.Warn("no answer from a run", "run", workflowID, "update", name, "error", err)
	return nil, unconfirmed(err)
}

// unconfirmed says that a message may have been heard, or not.
func unconfirmed(err error) error {
	return fault.New(fault.Unavailable, text.New("Not confirmed: ask again with the same Idempotency-Key.",
		"Nicht bestätigt: Mit demselben Idempotency-Key erneut anfragen.")).Because(err)
}

// gone says why a message found no workflow that runs: it wasn't started yet,
// since whoever recorded the run died; or it has ended, from outside perhaps,
// which goes on record at once. Of one that runs after all only the message
// was lost, with the part of Temporal that held it.
func (r *Runs) gone(ctx context.Context, id string) (refused *fault.Error, err error) {
	d, err := r.temporal.DescribeWorkflowExecution(ctx, id, "")
	var unknown *serviceerror.NotFound
	switch {
	case errors.As(err, &unknown):
		return nil, fault.New(fault.Unavailable, text.New("This run is on record and begins shortly: ask again with the same Idempotency-Key.",
			"Dieser Lauf ist aufgenommen und beginnt gleich: Mit demselben Idempotency-Key erneut anfragen.")).Because(err)
	case err != nil:
		return nil, unconfirmed(err)
	case running(d):
		return nil, unconfirmed(errors.New("the message was lost on its way to a run that goes on"))
	}
	if err := r.look(ctx, id); err != nil {
		return nil, unconfirmed(err)
	}
	return fault.New(fault.Conflict, text.New("This run has ended.", "Dieser Lauf ist beendet.")), nil
}
