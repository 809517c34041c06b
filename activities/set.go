// Package activities holds the side effects of runs: methods of one Set, one
// file a process. Each may be tried again at any moment, so each writes under
// the keys of run, round and step, and finds what it wrote before.
package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/runs"
	"turnus/store"
	"turnus/workflows"
)

// Set holds what activities need. Its exported methods are the activities,
// and no others.
type Set struct {
	store *store.Store
	runs  *runs.Runs
	now   func() time.Time

	comparing chan struct{} // has room for as many drafts as are compared at a time
}

// New makes the set.
func New(s *store.Store, r *runs.Runs, now func() time.Time) *Set {
	return &Set{store: s, runs: r, now: now, comparing: make(chan struct{}, comparedAtOnce)}
}

// Attempts after which an error that nobody foresaw is believed.
const internalAttempts = 10

// Interceptor does for every activity what each would otherwise do by itself:
// it refuses one whose workflow isn't that of the run that it is to work on,
// records heartbeats, so that killed work comes back within seconds, and turns
// faults into Temporal's errors, so that only what may pass is tried again.
type Interceptor struct {
	interceptor.WorkerInterceptorBase
	Log *slog.Logger
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (i *Interceptor) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &inbound{log: i.Log}
	in.Next = next
	return in
}

type inbound struct {
	interceptor.ActivityInboundInterceptorBase
	log *slog.Logger
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (i *inbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if f := foreign(activity.GetInfo(ctx), in.Args); f != nil {
		i.log.Warn("an activity was asked for by a workflow that isn't its run's", "workflow", activity.GetInfo(ctx).WorkflowExecution.ID,
			"type", activity.GetInfo(ctx).WorkflowType.Name, "activity", activity.GetInfo(ctx).ActivityType.Name)
		return nil, workflows.Refuse(f)
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		beat := time.NewTicker(time.Second)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				activity.RecordHeartbeat(ctx)
			case <-done:
				return
			}
		}
	}()
	out, err := i.Next.ExecuteActivity(ctx, in)
	if err == nil {
		return out, nil
	}
	info := activity.GetInfo(ctx)
	log := i.log.With("run", info.WorkflowExecution.ID, "activity", info.ActivityType.Name, "attempt", info.Attempt, "error", err)
	if f := fault.As(err); f != nil {
		log.Warn("activity refused", "cause", f.Cause)
		return nil, workflows.Refuse(f)
	}
	if errors.Is(err, context.Canceled) || ctx.Err() != nil {
		return nil, err
	}
	log.Error("activity failed")
	if info.Attempt >= internalAttempts {
		return nil, temporal.NewNonRetryableApplicationError(err.Error(), string(fault.Internal), nil)
	}
	return nil, err
}

// foreign refuses an activity whose workflow isn't that of the run that its
// input is about; the waking's is no run's. It is the first check, not the only
// one: whoever reaches Temporal may start a workflow under a run's ID. What
// changes a record looks at what is on record.
func foreign(info activity.Info, args []any) *fault.Error {
	workflow := info.WorkflowType
	if workflow != nil && len(args) == 1 {
		if in, ok := args[0].(workflows.OfRun); ok {
			k, _, err := run.ParseID(info.WorkflowExecution.ID)
			if err == nil && k.Process == workflow.Name && in.Concerns(info.WorkflowExecution.ID) && workflows.Calls(k.Process, info.ActivityType.Name) {
				return nil
			}
		} else if info.ActivityType.Name == workflows.WakingActivity && workflows.MayWake(workflow.Name, info.WorkflowExecution.ID) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, text.New("This activity is for the workflow of its own run only.",
		"Diese Aktivität steht nur dem Workflow ihres eigenen Laufs zu."))
}
