package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The one workflow that keeps the plan: its type and its ID. One run of it goes
// on for keepingFor, so that few closed ones are left and a worker that takes it
// over replays little. One that gets stuck ends after PlanKeepingWithin at the
// latest, and the workers start another.
const (
	PlanKeepingName   = "plan-keeping"
	PlanKeepingID     = "turnus-plan-keeping"
	PlanKeepingWithin = 5 * time.Hour

	keepingFor = 4 * time.Hour
)

// Until there was PlanKeeping, a schedule of this ID started a workflow of this
// type each minute.
const (
	WakingName = "waking"
	WakingID   = "turnus-waking"
)

// WakingActivity is the one activity that works on no run.
const WakingActivity = "Wake"

// How often the plan is looked at, and how long one waking may take with all
// its attempts, so that it is over before the next.
const (
	wakingEvery  = time.Minute
	wakingWithin = 58 * time.Second
)

// PlanKeeping wakes the plan at once, and then at each full minute. A waking
// that fails or hangs is given up, and the next one goes on. It isn't a process.
func PlanKeeping(ctx workflow.Context) error {
	for {
		if err := Waking(ctx); err != nil {
			workflow.GetLogger(ctx).Warn("a waking failed, the next one goes on", "error", err)
		}
		now := workflow.Now(ctx)
		if err := workflow.Sleep(ctx, now.Truncate(wakingEvery).Add(wakingEvery).Sub(now)); err != nil {
			return err // cancelled from outside
		}
		if i := workflow.GetInfo(ctx); i.GetContinueAsNewSuggested() || workflow.Now(ctx).Sub(i.WorkflowStartTime) >= keepingFor {
			return workflow.NewContinueAsNewError(ctx, PlanKeepingName)
		}
	}
}

// MayWake says whether a workflow of this type and ID may wake the plan.
func MayWake(name, id string) bool {
	return name == PlanKeepingName && id == PlanKeepingID || name == WakingName
}

// wake does the work, for so long at most; what is left then is for the next
// waking.
var wake = Activity[struct{}, struct{}](WakingActivity)

// Waking wakes the plan once. It is a workflow too: that of the old schedule,
// which an older worker may make again while Turnus is upgraded.
func Waking(ctx workflow.Context) error {
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ScheduleToCloseTimeout: wakingWithin,
		StartToCloseTimeout:    55 * time.Second,
		HeartbeatTimeout:       heartbeat,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 2 * time.Second, MaximumInterval: 10 * time.Second},
	}), wake.Name(), struct{}{}).Get(ctx, nil)
}
