package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Activity is the typed name of an activity: workflows need not import what
// does the work, and the compiler checks the types. A contract test holds
// every handle against the method of activities.Set that bears its name.
type Activity[In, Out any] string

// Name of the activity, and of the method that serves it.
func (a Activity[In, Out]) Name() string { return string(a) }

// Types gives values of the handle's types, for the contract test.
func (a Activity[In, Out]) Types() (in, out any) { return *new(In), *new(Out) }

// Killed work comes back when its heartbeat stays away; the worker's
// interceptor beats for every activity. What can't be done now, as while the
// database is away, is tried for as long as it takes.
const heartbeat = 5 * time.Second

// Do runs the activity until it succeeds, or fails with a fault that trying
// again can't mend.
func (a Activity[In, Out]) Do(ctx workflow.Context, in In) (Out, error) {
	var out Out
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute,
		HeartbeatTimeout:    heartbeat,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    10 * time.Second,
		},
	}), string(a), in).Get(ctx, &out)
	return out, err
}

// DoLocal runs a reading activity in the worker that runs the workflow's code:
// it doesn't go through the task queue, where another worker could answer it.
// It is tried for as long as it takes.
func (a Activity[In, Out]) DoLocal(ctx workflow.Context, in In) (Out, error) {
	var out Out
	err := workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    heartbeat,
		ScheduleToCloseTimeout: 365 * 24 * time.Hour,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    10 * time.Second,
		},
	}), string(a), in).Get(ctx, &out)
	return out, err
}
