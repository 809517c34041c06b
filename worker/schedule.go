package worker

import (
	"context"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"turnus/runs"
	"turnus/workflows"
)

// scheduleWithin bounds the making of the schedule.
const scheduleWithin = 20 * time.Second

// schedule makes sure that the waking runs each minute, whichever worker was
// first; one made by an older version is brought up to date.
func schedule(c client.Client) error {
	ctx, stop := context.WithTimeout(context.Background(), scheduleWithin)
	defer stop()
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: workflows.WakingEvery}}}
	action := &client.ScheduleWorkflowAction{
		ID: workflows.WakingID, Workflow: workflows.WakingName, TaskQueue: runs.TaskQueue,
		WorkflowRunTimeout: workflows.WakingWithin, WorkflowTaskTimeout: 5 * time.Second,
	}
	policies := client.SchedulePolicies{Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: time.Minute}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: workflows.WakingID, Spec: spec, Action: action,
		Overlap: policies.Overlap, CatchupWindow: policies.CatchupWindow,
		TriggerImmediately: true,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return err
	}
	h := c.ScheduleClient().GetHandle(ctx, workflows.WakingID)
	err = h.Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			s := in.Description.Schedule
			s.Spec, s.Action, s.Policy = &spec, action, &policies
			return &client.ScheduleUpdate{Schedule: &s}, nil
		},
	})
	if err != nil {
		return err
	}
	return h.Trigger(ctx, client.ScheduleTriggerOptions{Overlap: policies.Overlap})
}
