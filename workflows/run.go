package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Names of the messages that every run answers.
const (
	UpdateDecide = "decide"
	UpdateCancel = "cancel"
	SignalDecide = "decide" // for systems that can only signal
)

// What every run asks of the world.
var (
	noteRefusal = Activity[Refused, struct{}]("SignalRefused")
	judgeEnd    = Activity[Cancelling, Reply[struct{}]]("RunCancel")
	cancelledBy = Activity[run.Step, string]("RunCancelledBy")
	endRun      = Activity[run.End, struct{}]("RunEnd")
)

// OfRun is the input of an activity that works on one run: it says whether it
// is a run's. All are, but for the waking's.
type OfRun interface {
	Concerns(runID string) bool
}

// believesRecords says whether a message counts by what is on record of it,
// and not by what an activity has answered. A run in which 0.1.0 heard a
// message goes on as it began.
func believesRecords(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "messages count as recorded", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// Cancelling is a wish to cancel a run, with the message that brought it.
type Cancelling struct {
	run.CancelMessage
	By string `json:"by"`
}

// Reply is what the records say to a message: a value, or the refusal, which
// is on record too. It isn't an error, since trying again changes nothing.
type Reply[T any] struct {
	Value   T            `json:"value"`
	Refusal *fault.Error `json:"refusal,omitempty"`
}

// Run is what all processes share: its tasks, and the messages that reach it.
type Run struct {
	in     run.Input
	round  int
	tasks  map[string]*asked
	mutex  workflow.Mutex
	busy   bool      // a signal is being worked on
	ending bool      // a last word was said: nothing may change it
	cancel text.Text // the reason, once cancelling was accepted
	stop   func()    // ends the process's own work
	anew   func()    // ends the work of the round, which another one follows; nil: none is under way, or it was ended so
}

// Step is the round under way, for activities.
func (r *Run) Step() run.Step { return run.Step{Run: r.in.Run, Round: r.round} }

// live runs a process from its first to its last word. process returns the
// state in which the run ends; an error ends it as failed, with the reason.
// Handlers are set before the first blocking call, and none is left behind.
func live(ctx workflow.Context, in run.Input, process func(workflow.Context, *Run) (run.State, error)) (run.End, error) {
	work, stop := workflow.WithCancel(ctx)
	// What was said to the run goes on record even if it is ended from outside.
	last, _ := workflow.NewDisconnectedContext(ctx)
	r := &Run{in: in, round: 1, tasks: map[string]*asked{}, mutex: workflow.NewMutex(ctx), stop: stop}
	if err := r.listen(ctx); err != nil {
		return run.End{}, err
	}
	signals := workflow.GetSignalChannel(ctx, SignalDecide)
	workflow.Go(last, func(ctx workflow.Context) { r.receive(ctx, signals) })
	state, failure := process(work, r)

	// Whoever holds the mutex has the last word: a cancelling that was
	// accepted before this point counts, a later one is refused.
	if err := r.mutex.Lock(last); err != nil {
		return run.End{}, err
	}
	r.ending = true
	r.mutex.Unlock()
	end := run.End{Run: in.Run, Round: r.round, State: state}
	switch {
	case !r.cancel.IsZero():
		end.State, end.Reason, failure = run.Cancelled, r.cancel, nil
	case failure != nil && ctx.Err() != nil:
		end.State, end.Reason = run.Failed, text.New("It was cancelled from outside of Turnus.", "Er wurde außerhalb von Turnus abgebrochen.")
	case failure != nil:
		end.State, end.Reason = run.Failed, reasonOf(failure)
	case in.Provisional:
		end.Reason = in.Why
	}
	if _, err := endRun.Do(last, end); err != nil {
		return end, err
	}
	err := workflow.Await(last, func() bool {
		return workflow.AllHandlersFinished(last) && !r.busy && signals.Len() == 0
	})
	if err != nil {
		return end, err
	}
	return end, failure
}

func reasonOf(failure error) text.Text {
	if f := FaultOf(failure); f != nil {
		return f.Message
	}
	return text.New("An internal error: the log says more.", "Ein interner Fehler: Näheres steht im Protokoll.")
}

// listen sets the handlers of the messages that every run answers.
func (r *Run) listen(ctx workflow.Context) error {
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateDecide, r.decide, workflow.UpdateHandlerOptions{
		Validator: r.validate,
	}); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, UpdateCancel, r.cancelled, workflow.UpdateHandlerOptions{
		Validator: func(ctx workflow.Context, _ run.CancelMessage) error {
			if r.ending {
				return Refuse(hasEnded())
			}
			return nil
		},
	})
}

// cancelled answers the Update `cancel`.
func (r *Run) cancelled(ctx workflow.Context, m run.CancelMessage) error {
	if err := r.mutex.Lock(ctx); err != nil {
		return err
	}
	defer r.mutex.Unlock()
	if r.ending {
		return Refuse(hasEnded())
	}
	m.Run = r.in.Run
	v, err := judgeEnd.Do(ctx, Cancelling{CancelMessage: m, By: updated(ctx)})
	if believesRecords(ctx) {
		who, unread := cancelledBy.DoLocal(ctx, r.Step())
		switch {
		case unread != nil:
			return unread
		case who != "":
			v, err = Reply[struct{}]{}, nil
		case err == nil && v.Refusal == nil:
			v.Refusal = notOnRecord()
		}
	}
	switch {
	case err != nil:
		return err
	case v.Refusal != nil:
		return Refuse(v.Refusal)
	}
	r.ending, r.cancel = true, text.Same(m.Reason)
	r.stop()
	return nil
}

// A message is named by the execution that it reached, too: elsewhere it would
// be another one, even under the same ID.
func updated(ctx workflow.Context) string {
	return workflow.GetInfo(ctx).WorkflowExecution.RunID + "/update/" + workflow.GetCurrentUpdateInfo(ctx).ID
}

func hasEnded() *fault.Error {
	return fault.New(fault.Conflict, text.New("This run has ended, or is about to.", "Dieser Lauf ist beendet oder endet gerade."))
}
