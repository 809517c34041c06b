package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"turnus/runs"
	"turnus/workflows"
)

// Two workers keep the plan with one workflow: it takes over from the schedule
// of an older version, whose waking still ends well; it continues as new; a
// waking that hangs is given up, and the next goes on; and it begins again where
// it was terminated. Few closed workflows are left, however often the plan is
// woken.
func TestHistoriesOfPlanKeeping(t *testing.T) {
	t.Parallel() // it waits for wakings most of the time
	c := newCluster(t)
	c.migrate()
	temporal := c.client()
	db, err := sql.Open("postgres", c.pg.URL(databaseName))
	require.NoError(t, err)
	defer db.Close()
	woken := func() (at time.Time) {
		var found sql.NullTime
		require.NoError(t, db.QueryRow("SELECT woken_at FROM installation").Scan(&found))
		return found.Time
	}
	old := scheduleWakings(t, temporal)
	first := c.worker()
	c.start(first, c.worker())
	eventually := first.eventually

	eventually(20*time.Second, "the plan is woken", func() bool { return !woken().IsZero() })
	require.NoError(t, temporal.GetWorkflow(t.Context(), old, "").Get(t.Context(), nil))
	eventually(time.Minute, "the old schedule is gone", func() bool {
		_, err := temporal.ScheduleClient().GetHandle(t.Context(), workflows.WakingID).Describe(t.Context())
		var gone *serviceerror.NotFound
		return errors.As(err, &gone)
	})
	closed := func(name string) int64 {
		n, err := temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
			Query: "WorkflowType = '" + name + "' AND ExecutionStatus != 'Running'"})
		require.NoError(t, err)
		return n.GetCount()
	}
	require.Zero(t, closed(workflows.PlanKeepingName), "one goes on")

	// A large history has Temporal suggest to continue as new, which else comes
	// after hours.
	now := func() *workflowservice.DescribeWorkflowExecutionResponse {
		d, err := temporal.DescribeWorkflowExecution(t.Context(), workflows.PlanKeepingID, "")
		require.NoError(t, err)
		return d
	}
	began := now().GetWorkflowExecutionInfo().GetExecution().GetRunId()
	for range 5 {
		require.NoError(t, temporal.SignalWorkflow(t.Context(), workflows.PlanKeepingID, "", "large", strings.Repeat("x", 1_000_000)))
	}
	unlock := hangWaking(t, db)
	wakingTimesOut(t, temporal)
	before := time.Now()
	unlock()
	eventually(75*time.Second, "the next waking goes on", func() bool { return woken().After(before) })
	eventually(10*time.Second, "it sleeps again", func() bool { return now().GetPendingWorkflowTask() == nil && len(now().GetPendingActivities()) == 0 })
	events := temporal.GetWorkflowHistory(t.Context(), workflows.PlanKeepingID, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	e, err := events.Next()
	require.NoError(t, err)
	started := e.GetWorkflowExecutionStartedEventAttributes()
	require.Equal(t, began, started.GetContinuedExecutionRunId())
	require.Equal(t, workflows.PlanKeepingWithin, started.GetWorkflowRunTimeout().AsDuration())
	require.Equal(t, 5*time.Second, started.GetWorkflowTaskTimeout().AsDuration())
	keepHistories(t, temporal, workflows.PlanKeepingName, map[string]string{"kept": workflows.PlanKeepingID}, maxEvents)

	terminated := time.Now()
	require.NoError(t, temporal.TerminateWorkflow(t.Context(), workflows.PlanKeepingID, "", "tried"))
	eventually(time.Minute, "another one wakes the plan", func() bool {
		return now().GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING && woken().After(terminated)
	})
	t.Logf("begun again %s after it was terminated", time.Since(terminated).Round(time.Second))
	eventually(20*time.Second, "two closed ones are left", func() bool { return closed(workflows.PlanKeepingName) == 2 })
	require.LessOrEqual(t, closed(workflows.WakingName), int64(2), "the schedule's, as long as it was there")
}

// scheduleWakings makes the schedule that woke the plan before plan-keeping, as
// that version did, and gives the ID of the workflow that it starts at once.
func scheduleWakings(t testing.TB, temporal client.Client) (waking string) {
	h, err := temporal.ScheduleClient().Create(t.Context(), client.ScheduleOptions{
		ID:   workflows.WakingID,
		Spec: client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Minute}}},
		Action: &client.ScheduleWorkflowAction{ID: workflows.WakingID, Workflow: workflows.WakingName, TaskQueue: runs.TaskQueue,
			WorkflowRunTimeout: 58 * time.Second, WorkflowTaskTimeout: 5 * time.Second},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: time.Minute, TriggerImmediately: true,
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		d, err := h.Describe(t.Context())
		if err != nil || len(d.Info.RecentActions) == 0 {
			return false
		}
		waking = d.Info.RecentActions[0].StartWorkflowResult.WorkflowID
		return true
	}, 30*time.Second, 100*time.Millisecond)
	return waking
}

// hangWaking holds a lock that each waking needs; what it returns lets go.
func hangWaking(t testing.TB, db *sql.DB) (unlock func()) {
	tx, err := db.BeginTx(context.Background(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("LOCK TABLE installation IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Rollback()) }
}

// wakingTimesOut waits until a waking that hung was given up.
func wakingTimesOut(t testing.TB, temporal client.Client) {
	require.Eventually(t, func() bool {
		for events := temporal.GetWorkflowHistory(t.Context(), workflows.PlanKeepingID, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			e, err := events.Next()
			if err != nil {
				return false
			}
			if e.GetEventType() == enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT {
				return true
			}
		}
		return false
	}, 3*time.Minute, time.Second, "a waking that hangs is given up")
}
