package main

import (
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
)

// Somebody with Turnus's own certificate says of a run's end, and of what is to
// be put in force, that it was done, before anybody has. What an approver has
// said is carried out all the same.
func TestAStolenEndLosesNoDecision(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settleWith([]string{"mail", "wiki"})
	begin := func(service string) string {
		return e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": service, "period": "2020-01"})["id"].(string)
	}
	approved, rejected := begin("mail"), begin("wiki")
	change := e.ask(200, p.owner, "POST", "/v1/apply", "apiVersion: turnus/v1\nkind: Interval\nmetadata: {name: mail}\nspec: {process: sla-report, scope: mail, "+
		"rule: {day: 3, of: month, at: \"06:00\"}, reason: monthly, valid: {from: \"2026-01-01\"}}\n")
	enacted := change["items"].([]any)[0].(object)["run"].(string)
	ends := map[string]string{approved: "published", rejected: "rejected", enacted: "published"}
	outcomes := map[string]string{approved: "approve", rejected: "reject", enacted: "approve"}
	for id := range ends {
		e.await(p.first, id, "waiting")
	}

	// While somebody holds the runs' rows, none of them ends.
	held, err := e.database(databaseName).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer held.Rollback() //nolint:errcheck // released before, if all went well
	_, err = held.Exec("SELECT FROM run WHERE id = ANY($1) FOR NO KEY UPDATE", pq.Array([]string{approved, rejected, enacted}))
	require.NoError(t, err)
	for _, id := range []string{approved, rejected, enacted} { // what waits to be put in force holds up decisions
		e.ask(200, p.first, "POST", "/v1/tasks/"+run.TaskID(id, 1, "approval")+"/decision", object{"outcome": outcomes[id], "comment": "by myself"})
	}
	temporal := e.temporal()
	for id := range ends {
		e.eventually(20*time.Second, id+" has come to its end", func() bool {
			d, err := temporal.DescribeWorkflowExecution(t.Context(), id, "")
			require.NoError(t, err)
			for _, a := range d.GetPendingActivities() {
				_ = temporal.CompleteActivityByID(t.Context(), namespace, id, "", a.GetActivityId(), nil, nil) // a retry follows
			}
			return d.GetWorkflowExecutionInfo().GetCloseTime() != nil
		})
	}
	time.Sleep(3 * time.Second) // whoever worked on it has noticed that it was taken away
	require.NoError(t, held.Rollback())

	for id, state := range ends {
		e.await(p.first, id, state)
	}
	require.NotEmpty(t, e.ask(200, p.auditor, "GET", "/v1/intervals/mail", nil)["spec"])
}
