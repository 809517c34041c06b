package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The waking: its workflow's name, the ID of the schedule that starts it each
// minute, and how long one may take. A stuck one would stop the year, since
// the next begins only when it has ended.
const (
	WakingName   = "waking"
	WakingID     = "turnus-waking"
	WakingEvery  = time.Minute
	WakingWithin = 58 * time.Second
)

// WakingActivity is the one activity that works on no run.
const WakingActivity = "Wake"

// wake does the work, for so long at most; what is left then is for the next
// waking.
var wake = Activity[struct{}, struct{}](WakingActivity)

// Waking keeps the plan: it runs each minute, and isn't a process.
func Waking(ctx workflow.Context) error {
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 55 * time.Second,
		HeartbeatTimeout:    heartbeat,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 2 * time.Second, MaximumInterval: 10 * time.Second},
	}), wake.Name(), struct{}{}).Get(ctx, nil)
}
