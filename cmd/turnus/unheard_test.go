package main

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/workflows"
)

// Somebody with Turnus's own certificate answers for the worker that judges a
// decision, before that has come to its end: the run doesn't hear of it. What
// the approver said goes on record, and the run gets to hear it.
func TestADecisionThatItsRunHasntHeardIsCarriedOut(t *testing.T) {
	c, face, _, p, db := apart(t)
	outcomes := map[string]task.Outcome{"2020-01": task.Approve, "2020-02": task.Reject, "2020-03": task.RequestChanges}
	ends := map[task.Outcome]string{task.Approve: "published", task.Reject: "rejected", task.RequestChanges: "waiting"}
	runs := map[string]string{}
	for period := range outcomes {
		runs[period] = face.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "payments", "period": period})["id"].(string)
		face.await(p.first, runs[period], "waiting")
	}

	// Nobody's decision comes to its end while something is being declared.
	declaring, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer declaring.Rollback()
	_, err = declaring.Exec("SELECT pg_advisory_xact_lock(hashtextextended('turnus.resource', 0))")
	require.NoError(t, err)
	var asking sync.WaitGroup
	for period, o := range outcomes {
		asking.Go(func() {
			status, _, err := face.try(p.first, "POST", "/v1/tasks/"+run.TaskID(runs[period], 1, "approval")+"/decision", object{"outcome": o, "comment": "by myself"}, "")
			require.NoError(t, err)
			require.Equal(t, 503, status)
		})
	}
	face.eventually(20*time.Second, "the decisions are being judged", func() bool {
		var n int
		require.NoError(t, db.QueryRow("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").Scan(&n))
		return n == len(outcomes)
	})
	temporal := c.client()
	for _, id := range runs {
		answered := false
		events := temporal.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			require.NoError(t, err)
			if a := e.GetActivityTaskScheduledEventAttributes(); a.GetActivityType().GetName() == "TaskDecide" {
				require.NoError(t, temporal.CompleteActivityByID(t.Context(), namespace, id, "", a.GetActivityId(), workflows.Reply[task.Decision]{}, nil))
				answered = true
			}
		}
		require.True(t, answered)
	}
	asking.Wait()
	require.NoError(t, declaring.Rollback())

	for period, o := range outcomes {
		face.eventually(time.Minute, runs[period]+" has heard", func() bool {
			said := face.ask(200, p.auditor, "GET", "/v1/runs/"+runs[period], nil)
			decisions := said["decisions"].([]any)
			return len(decisions) == 1 && decisions[0].(object)["outcome"] == string(o) && decisions[0].(object)["comment"] == "by myself" &&
				said["state"] == ends[o] && len(said["tasks"].([]any)) == map[bool]int{true: 2, false: 1}[o == task.RequestChanges]
		})
	}
}
