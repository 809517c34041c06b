package worker

import (
	"context"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"turnus/runs"
	"turnus/workflows"
)

// How often a worker makes sure that the plan is kept, and how long Temporal
// may take to answer.
const (
	keepEvery  = 20 * time.Second
	keepWithin = 15 * time.Second
)

// keepPlan starts the workflow that keeps the plan, unless it runs: whichever
// worker was first, and again where it was ended from outside.
func keepPlan(ctx context.Context, c client.Client) error {
	ctx, stop := context.WithTimeout(ctx, keepWithin)
	defer stop()
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.PlanKeepingID, TaskQueue: runs.TaskQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowRunTimeout:       workflows.PlanKeepingWithin,
		WorkflowTaskTimeout:      runs.WorkflowTask,
	}, workflows.PlanKeepingName)
	return err
}

// dropSchedule deletes the schedule that woke the plan before there was a
// workflow for it. A worker of that version makes it again when it starts.
func dropSchedule(ctx context.Context, c client.Client) error {
	ctx, stop := context.WithTimeout(ctx, keepWithin)
	defer stop()
	err := c.ScheduleClient().GetHandle(ctx, workflows.WakingID).Delete(ctx)
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return err
}
