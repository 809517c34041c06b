package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"turnus/itsm/run"
)

// lateTicket is a ticket of January 2020 that nobody knew of.
const lateTicket = "Key,Created,Resolved,Priority\nmail-late,2020-01-20T09:00:00Z,2020-01-23T09:00:00Z,high\n"

// An import comes while a report waits, and the whole is killed before anybody
// has compared the two: afterwards the task says what has changed, approving it
// is refused, and the owner begins another round. Whoever reaches Temporal, and
// has no pass for it, begins none. For the published month a finding is opened.
func TestStaleAfterAKillAndRefreshed(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	begin := func(period string) string {
		id := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": period})["id"].(string)
		e.await(p.first, id, "waiting")
		return id
	}
	asked := func(run string) string { return e.asked(p.first, run, "approval")["id"].(string) }
	published, waiting, next := begin("2020-01"), begin("2020-02"), begin("2020-03")
	e.ask(200, p.first, "POST", "/v1/tasks/"+asked(published)+"/decision", object{"outcome": "approve"})
	e.await(p.auditor, published, "published")

	// What a worker compares waits until it may: so it is killed in between.
	lock, err := e.database(databaseName).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = lock.Exec("LOCK TABLE staleness IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	e.ask(200, p.admin, "POST", "/v1/services/mail/tickets?format=csv&mapping=plain&as_of="+asOf, strings.NewReader(lateTicket))
	e.kill()
	_ = lock.Rollback() // its server may have ended with the process
	e.launch()
	e.ready()
	stale := func(run string) (codes []string) {
		list, _ := e.ask(200, p.first, "GET", "/v1/tasks/"+asked(run), nil)["stale"].([]any)
		for _, c := range list {
			codes = append(codes, c.(object)["code"].(string))
		}
		return codes
	}
	e.eventually(30*time.Second, "the drafts are compared", func() bool { return len(stale(waiting)) > 0 && len(stale(next)) > 0 })
	require.Equal(t, []string{"earlier-report"}, stale(waiting), "the late ticket isn't one of February")

	o := e.ask(409, p.first, "POST", "/v1/tasks/"+asked(waiting)+"/decision", object{"outcome": "approve", "comment": "as it is"})
	require.Equal(t, "conflict", o["code"])
	require.Contains(t, o["detail"], "the report of 2020-01 was published since")
	require.Contains(t, o["detail"], "turnus refresh "+waiting)
	e.ask(422, p.first, "POST", "/v1/tasks/"+asked(waiting)+"/decision", object{"outcome": "approve", "stale": true})
	require.Contains(t, e.ask(200, p.first, "GET", "/v1/runs/"+waiting+"/report", nil), "stale")

	// Not for whoever isn't the owner, has no pass, or asks for what is over.
	e.ask(403, p.first, "POST", "/v1/runs/"+waiting+"/refresh", nil)
	e.ask(409, p.owner, "POST", "/v1/runs/"+published+"/refresh", nil)
	e.ask(404, p.owner, "POST", "/v1/runs/sla-report/mail/1999-01/refresh", nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pass := e.ask(201, p.first, "POST", "/v1/tasks/"+asked(waiting)+"/passes", object{})["pass"].(string)
	for _, forged := range []string{"", "made-up", pass} {
		h, err := e.temporal().UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: waiting, UpdateName: "refresh",
			Args: []any{object{"run": waiting, "round": 1, "pass": forged}}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err == nil {
			err = h.Get(ctx, nil)
		}
		require.Error(t, err)
	}
	require.EqualValues(t, 1, e.ask(200, p.owner, "GET", "/v1/runs/"+waiting, nil)["round"])

	t.Setenv("TURNUS_URL", e.url)
	t.Setenv("TURNUS_TOKEN", p.owner)
	code, out, errOut := turnus(t, "", "refresh", "--service", "mail", "--json")
	require.Zero(t, code, errOut)
	var begun []struct {
		ID    string `json:"id"`
		Round int    `json:"round"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &begun))
	require.Equal(t, []string{waiting, next}, []string{begun[0].ID, begun[1].ID}, "in the order of their periods")
	require.Equal(t, 2, begun[0].Round)
	e.decideIn(p.first, waiting, 2, "approve")
	e.await(p.auditor, waiting, "published")
	code, _, errOut = turnus(t, "", "refresh", waiting)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "can't begin another round: it is published")

	// February was published since March was begun anew.
	e.eventually(30*time.Second, "March is stale", func() bool { return len(stale(next)) > 0 })
	t.Setenv("TURNUS_TOKEN", p.first)
	code, out, _ = turnus(t, "", "tasks", asked(next))
	require.Zero(t, code)
	require.Contains(t, out, "the report of 2020-02 was published since")
	code, _, errOut = turnus(t, "", "decide", asked(next), "approve", "--stale", "--comment", "the trend is looked at next month")
	require.Zero(t, code, errOut)
	last := e.await(p.auditor, next, "published")["decisions"].([]any)
	require.Equal(t, "earlier-report", last[len(last)-1].(object)["stale"].([]any)[0].(object)["code"])

	var found []object
	e.eventually(30*time.Second, "the late ticket is found", func() bool {
		found = e.all(p.auditor, "/v1/findings?kind=late-data&service=mail")
		return len(found) > 0
	})
	require.Len(t, found, 1)
	require.Contains(t, found[0]["title"].(object)["en"], "January 2020")
	require.Contains(t, found[0]["note"].(object)["de"], " → ")
	again := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": "2020-01", "again": true, "reason": "late data"})["id"].(string)
	e.await(p.first, again, "waiting")
	e.ask(200, p.first, "POST", "/v1/tasks/"+asked(again)+"/decision", object{"outcome": "approve"})
	e.await(p.auditor, again, "published")
	require.Empty(t, e.all(p.auditor, "/v1/findings?kind=late-data&service=mail"))
	keepHistories(t, e.temporal(), "sla-report", map[string]string{"refreshed": waiting, "approved-stale": next}, maxEvents)
}

// All reports of a service are meant, of whichever process, and nothing else that
// waits.
func TestWhatIsRefreshedOfAService(t *testing.T) {
	of := func(process, period string) run.Run {
		return run.Run{ID: process + "/mail/" + period, Key: run.Key{Process: process, Scope: "mail", Period: period}}
	}
	require.Equal(t, []string{"availability-review/mail/2026-05", "availability-review/mail/2026-06", "sla-report/mail/2026-06"},
		refreshable([]run.Run{of("sla-report", "2026-06"), of("improvement", "2026-05"), of("availability-review", "2026-06"), of("availability-review", "2026-05")}))
}
