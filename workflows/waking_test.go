package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/activities"
	"turnus/internal/pgtest"
	"turnus/runs"
	"turnus/store"
	"turnus/workflows"
)

// keeping is the plan's workflow in Temporal's test environment, with the real
// waking on a real database; time is skipped.
type keeping struct {
	*testing.T
	env   *testsuite.TestWorkflowEnvironment
	store *store.Store
	tried map[time.Time]int // attempts at the waking of each minute
}

// keep sets the workflow up to start at a time; before is called ahead of each
// attempt.
func keep(t *testing.T, start time.Time, name, id string, before func(k *keeping, now time.Time)) *keeping {
	k := &keeping{T: t, store: store.New(pgtest.New(t)), tried: map[time.Time]int{}}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	k.env = suite.NewTestWorkflowEnvironment()
	k.env.SetStartTime(start)
	k.env.SetTestTimeout(time.Minute)
	k.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: id, TaskQueue: runs.TaskQueue, WorkflowRunTimeout: workflows.PlanKeepingWithin})
	log := slog.New(slog.DiscardHandler)
	k.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&activities.Interceptor{Log: log}}})
	k.env.RegisterWorkflowWithOptions(workflows.PlanKeeping, workflow.RegisterOptions{Name: name})
	set := activities.New(k.store, runs.New(runs.Config{Store: k.store, Now: k.env.Now, Log: log}), k.env.Now)
	k.env.RegisterActivityWithOptions(func(ctx context.Context, in struct{}) (struct{}, error) {
		now := k.env.Now()
		k.tried[now.Truncate(time.Minute)]++
		before(k, now)
		return set.Wake(ctx, in)
	}, activity.RegisterOptions{Name: workflows.WakingActivity})
	return k
}

// rename takes a table away from the waking, or gives it back.
func (k *keeping) rename(table, to string) {
	_, err := pgtest.Owner(k, k.store.DB()).ExecContext(context.Background(), "ALTER TABLE "+table+" RENAME TO "+to)
	assert.NoError(k, err)
}

// woken is when the plan was last woken, as far as the records say.
func (k *keeping) woken() (at *time.Time) {
	assert.NoError(k, k.store.DB().QueryRowContext(context.Background(), "SELECT woken_at FROM installation").Scan(&at))
	return at
}

// In an hour there are sixty wakings, one at each full minute. One of them
// fails for its whole minute, is tried again and given up, and the next goes
// on; after four hours the workflow continues as new, at a full minute, and
// under the same bounds.
func TestThePlanIsWokenEachMinute(t *testing.T) {
	start := time.Date(2026, 11, 6, 11, 0, 20, 0, time.UTC)
	bad := time.Date(2026, 11, 6, 11, 30, 0, 0, time.UTC)
	var last time.Time
	k := keep(t, start, workflows.PlanKeepingName, workflows.PlanKeepingID, func(k *keeping, now time.Time) {
		switch minute := now.Truncate(time.Minute); {
		case minute.Equal(bad) && k.tried[minute] == 1:
			assert.True(t, bad.Add(-time.Minute).Equal(*k.woken()))
			k.rename("slot", "gone")
		case minute.Equal(bad.Add(time.Minute)):
			assert.True(t, bad.Add(-time.Minute).Equal(*k.woken()), "the waking in between failed")
			k.rename("gone", "slot")
		case minute.After(start) && !minute.Equal(bad):
			assert.Equal(t, minute, now, "at the full minute")
		}
		last = now
	})
	k.env.ExecuteWorkflow(workflows.PlanKeepingName)
	require.True(t, k.env.IsWorkflowCompleted())
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, k.env.GetWorkflowError(), &again)
	require.Equal(t, workflows.PlanKeepingName, again.WorkflowType.Name)
	require.Equal(t, workflows.PlanKeepingWithin, again.WorkflowRunTimeout)

	hour := 0
	for minute, attempts := range k.tried {
		if minute.Before(start.Truncate(time.Minute).Add(time.Hour)) {
			hour++
		}
		if minute.Equal(bad) {
			require.Greater(t, attempts, 2, "it is tried again")
		} else {
			require.Equal(t, 1, attempts, "%s", minute)
		}
	}
	require.Equal(t, 60, hour)
	require.Len(t, k.tried, 4*60+1, "one at the start, then at each full minute until four hours have passed")
	require.True(t, last.Equal(*k.woken()))
	require.Equal(t, time.Date(2026, 11, 6, 15, 1, 0, 0, time.UTC), k.env.Now().UTC(), "the next run wakes at this minute")
}

// It continues as new earlier if Temporal suggests it, as when much failed.
func TestPlanKeepingContinuesAsNewWhenSuggested(t *testing.T) {
	k := keep(t, friday, workflows.PlanKeepingName, workflows.PlanKeepingID, func(k *keeping, _ time.Time) {
		k.env.SetContinueAsNewSuggested(len(k.tried) == 5)
	})
	k.env.ExecuteWorkflow(workflows.PlanKeepingName)
	require.True(t, workflow.IsContinueAsNewError(k.env.GetWorkflowError()))
	require.Len(t, k.tried, 5)
}

// Cancelled, it ends, and the workers start another.
func TestPlanKeepingCanBeCancelled(t *testing.T) {
	k := keep(t, friday, workflows.PlanKeepingName, workflows.PlanKeepingID, func(*keeping, time.Time) {})
	k.env.RegisterDelayedCallback(k.env.CancelWorkflow, 10*time.Minute+time.Second)
	k.env.ExecuteWorkflow(workflows.PlanKeepingName)
	require.ErrorContains(t, k.env.GetWorkflowError(), "canceled")
	require.Len(t, k.tried, 11)
}

// The plan isn't woken by a workflow of another type, or under another ID.
func TestOnlyPlanKeepingWakes(t *testing.T) {
	for _, other := range []struct{ name, id string }{
		{workflows.PlanKeepingName, "another"}, {"another", workflows.PlanKeepingID}, {"sla-report", "sla-report/desk/2026-10"},
	} {
		k := keep(t, friday, other.name, other.id, func(*keeping, time.Time) {})
		k.env.RegisterDelayedCallback(k.env.CancelWorkflow, 3*time.Minute+time.Second)
		k.env.ExecuteWorkflow(other.name)
		require.Empty(t, k.tried, "%v", other)
		require.Nil(t, k.woken())
	}
}
