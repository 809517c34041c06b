package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/runs"
	"turnus/workflows"
)

// forgery is a call of an activity by somebody who isn't the run's workflow.
type forgery struct {
	Activity string
	In       any
}

// forge asks for activities on the queue of Turnus's own workers, and says of
// each what came of it.
func forge(ctx workflow.Context, calls []forgery) ([]string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: runs.TaskQueue, StartToCloseTimeout: time.Minute,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
	var answers []string
	for _, c := range calls {
		answer := "done"
		if err := workflow.ExecuteActivity(ctx, c.Activity, c.In).Get(ctx, nil); err != nil {
			answer = err.Error()
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// snapshot is the content of every table that somebody could want to change,
// but for what the workers' own chores change all the time.
func snapshot(t testing.TB, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		AND relname NOT IN ('audit', 'decision_told', 'staleness', 'idempotency', 'installation', 'goose_db_version')`)
	require.NoError(t, err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, content string
		require.NoError(t, rows.Scan(&name))
		ended := "(SELECT '{}'::text[] AS at) ended"
		// So is what a drill leaves behind whose workflow was ended in the middle.
		but := map[string]string{"finding": "x.kind <> 'drill-shortcoming'", "finding_seen": "x.key NOT LIKE 'run/continuity-drill/%'"}[name]
		if but == "" {
			but = "true"
		}
		// A run whose workflow was ended from outside is recorded as failed, sooner
		// or later, and these states of its rows become others.
		if states := map[string]string{"task": "open,closed", "action": "open,done,dropped", "finding": "open,planned,in-work,checking"}[name]; states != "" {
			ended = "(SELECT CASE WHEN to_jsonb(x)->>'state' = ANY ('{" + states + "}') THEN '{state,ended_at}'::text[] ELSE '{}' END AS at) ended"
		}
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text), '') FROM (SELECT to_jsonb(x) - 'seen_at' - 'started_at' - 'late' - ended.at FROM "+name+" x CROSS JOIN LATERAL "+ended+" WHERE "+but+") r").Scan(&content))
		sum := sha256.Sum256([]byte(content))
		all[name] = hex.EncodeToString(sum[:])
		if len(content) < 20_000 {
			all[name] = content
		}
	}
	require.NoError(t, rows.Err())
	require.Contains(t, all, "run")
	return all
}

// Whoever reaches Temporal with Turnus's own certificate can call its
// activities from a workflow of their own. Each of them, with plausible inputs,
// changes nothing that isn't decided: neither for a workflow of another name,
// nor for one that has taken the place of the run's.
func TestActivitiesOfAnotherWorkflowChangeNothing(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	tc, db := e.temporal(), e.database(databaseName)
	begin := func(period string) string {
		id := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": period})["id"].(string)
		e.await(p.first, id, "waiting")
		return id
	}
	asked, replaced := begin("2020-01"), begin("2020-02")
	provisional := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": "2027-12", "provisional": true})["id"].(string)
	e.await(p.owner, provisional, "provisional")
	change := e.ask(200, p.owner, "POST", "/v1/apply", "apiVersion: turnus/v1\nkind: Interval\nmetadata: {name: mail}\nspec: {process: sla-report, scope: mail, rule: {day: 3, of: month, at: \"06:00\"}, reason: monthly, valid: {from: \"2026-01-01\"}}\n")
	proposal := change["items"].([]any)[0].(object)["run"].(string)
	e.await(p.first, proposal, "waiting")
	// An improvement between its plan and the actions of that: action-1 is open,
	// action-2 is done, and its waiting time isn't over.
	finding := fmt.Sprint(int64(e.ask(201, p.owner, "POST", "/v1/findings", object{"type": "nonconformity", "service": "mail", "title": "Mail is late", "detail": "Seen on Monday."})["id"].(float64)))
	improving := e.ask(202, p.owner, "POST", "/v1/processes/improvement/runs", object{"scope": finding})["id"].(string)
	plan := planned("first", "second")
	plan["fields"].(object)["action.2.wait"] = "P10D"
	for _, a := range []struct {
		token, step string
		body        object
	}{
		{p.owner, "correction", object{"outcome": "done", "fields": object{"correction": "Sent again.", "elsewhere": "No."}}},
		{p.owner, "plan", plan}, {p.first, "approval", object{"outcome": "approve"}},
		{p.second, "action-2", object{"outcome": "done", "fields": object{"evidence": "It is done."}}},
	} {
		e.ask(200, a.token, "POST", "/v1/tasks/"+e.asked(p.auditor, improving, a.step)["id"].(string)+"/decision", a.body)
	}
	e.asked(p.auditor, improving, "action-1")
	e.eventually(20*time.Second, "action 2 is done", func() bool { return len(e.all(p.auditor, "/v1/actions?state=done")) == 1 })
	// A drill whose first step is open, today in the service's zone.
	today := time.Now().UTC().Format(time.DateOnly)
	e.ask(200, p.admin, "POST", "/v1/apply", "{apiVersion: turnus/v1, kind: Person, metadata: {name: berta}, spec: {roles: [viewer]}}")
	drilled := e.ask(200, p.owner, "POST", "/v1/apply", "apiVersion: turnus/v1\nkind: ContinuityPlan\nmetadata: {name: mail-loss}\nspec:\n  service: mail\n  scenario: Mail is lost.\n  invocation: The owner says so.\n  offsite: In the safe.\n  business: berta\n"+
		"  objectives: {rto: PT2H, rto_from: disruption, mtpd: PT8H}\n  steps: [{name: restore, title: Restore, owner: owner, takes: PT1H}, {name: open, title: Open, owner: owner, takes: PT1H, after: [restore], marks: mbco_technical}]\n  return: [{name: back, title: Go back, owner: owner, takes: PT1H}]\n")["items"].([]any)[0].(object)["run"].(string)
	e.ask(200, p.first, "POST", "/v1/tasks/"+e.asked(p.auditor, drilled, "approval")["id"].(string)+"/decision", object{"outcome": "approve"})
	e.await(p.auditor, drilled, "published")
	drilling := e.ask(202, p.owner, "POST", "/v1/processes/continuity-drill/runs", object{"scope": "mail-loss", "period": today})["id"].(string)
	for _, a := range []struct {
		token, step string
		body        object
	}{
		{p.owner, "plan", done(object{"type": "component", "date": today, "scenario": "Mail is lost.", "conductor": "owner", "risk": "None", "rollback": "Back", "stop": "Mail is late"})},
		{p.first, "approval", object{"outcome": "approve"}},
		{p.owner, "begin", done(object{"disruption": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), "offsite": "yes"})},
	} {
		e.ask(200, a.token, "POST", "/v1/tasks/"+e.asked(p.auditor, drilling, a.step)["id"].(string)+"/decision", a.body)
	}
	e.asked(p.auditor, drilling, "step-1")
	e.asked(p.auditor, drilling, "conduct-1")
	pass := e.ask(201, p.first, "POST", "/v1/tasks/"+run.TaskID(asked, 1, "approval")+"/passes", object{"outcome": "reject"})["pass"].(string)

	var hash string
	require.NoError(t, db.QueryRow("SELECT hash FROM draft WHERE run = $1", asked).Scan(&hash))
	// forgeries holds inputs for each activity of the catalogue.
	forgeries := func(id string) map[string][]any {
		first, second := run.Step{Run: id, Round: 1}, run.Step{Run: id, Round: 2}
		input := run.Input{Run: id, Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2020-03"}, Attempt: 1}
		why := text.Same("forged")
		tid := run.TaskID(id, 1, "approval")
		return map[string][]any{
			"SLAReportCollect":        {workflows.Freezing{Input: input, Round: 1}, workflows.Freezing{Input: input, Round: 2}},
			"SLAReportDraft":          {first, second},
			"AvailabilityReviewDraft": {first, second},
			"ChangeDraft":             {first, second},
			"ChangeEnact":             {first, second},
			"TaskOpen": {
				workflows.Asking{Step: first, ID: tid, Name: "approval", Kind: task.Approval, Outcomes: []task.Outcome{task.Approve}, Hash: hash},
				workflows.Asking{Step: first, ID: tid + "2", Name: "approval2", Kind: task.Approval, Outcomes: task.Approval.Outcomes(), Hash: hash},
				workflows.Asking{Step: second, ID: run.TaskID(id, 2, "approval"), Name: "approval", Kind: task.Approval, Outcomes: task.Approval.Outcomes(), Hash: "another"},
			},
			"DrillDraft":       {first, second},
			"DrillNext":        {first, second},
			"DrillOpen":        {workflows.NamedStep{Step: first, Name: "step-1"}, workflows.NamedStep{Step: first, Name: "step-2"}, workflows.NamedStep{Step: first, Name: "confirm-1"}, workflows.NamedStep{Step: second, Name: "review"}, workflows.NamedStep{Step: first, Name: "approval"}},
			"ImprovementDraft": {first, second},
			"ImprovementBegin": {first, second},
			"ImprovementNext":  {workflows.ActionOf{Step: first, Number: 1}, workflows.ActionOf{Step: first, Number: 2}, workflows.ActionOf{Step: second, Number: 1}},
			"TaskAdvance":      {workflows.TaskID(tid)},
			"TaskDecide": {
				workflows.Deciding{Message: task.Message{Task: tid, Pass: "pass_made-up", Outcome: task.Approve}, By: "x"},
				workflows.Deciding{Message: task.Message{Task: tid, Outcome: task.Approve}, By: "x"},
			},
			"TaskDecision":   {workflows.TaskID(tid)},
			"SignalRefused":  {workflows.Refused{Run: id, By: "x", Why: fault.New(fault.Forbidden, why)}},
			"RunCancel":      {workflows.Cancelling{CancelMessage: run.CancelMessage{Run: id, Pass: pass, Reason: "forged"}, By: "x"}},
			"RunCancelledBy": {first},
			"RunRefresh": {workflows.Refreshing{RefreshMessage: run.RefreshMessage{Run: id, Round: 1, Pass: pass}, By: "x"},
				workflows.Refreshing{RefreshMessage: run.RefreshMessage{Run: id, Round: 1}, By: "x"}},
			"RunRefreshedBy": {first},
			"RunEnd": {
				run.End{Run: id, Round: 1, State: run.Published}, run.End{Run: id, Round: 2, State: run.Published}, run.End{Run: id, Round: 1, State: run.Rejected},
				run.End{Run: id, Round: 1, State: run.Cancelled, Reason: why}, run.End{Run: id, Round: 1, State: run.Provisional}, run.End{Run: id, Round: 1, State: "perhaps"},
			},
			"Wake": {struct{}{}},
		}
	}
	// asks are tasks that an improvement could be made to ask: of somebody else,
	// for later, before its time, without the value, once more, or another plan.
	asks := func(id string) (calls []forgery) {
		p, _ := process.Find(process.Improvement)
		until := time.Now().AddDate(10, 0, 0)
		for name, q := range map[string]task.Question{
			"action-1": {Persons: []string{"owner"}, Due: &until}, "action-1-2": {Persons: []string{"owner"}}, "action-3": {Persons: []string{"first"}},
			"check-1": {}, "check-2": {Due: &until}, "check-2-2": {}, "check-3": {},
			"plan": {Fields: []task.Field{{Name: "no-cause", Title: text.Same("Agree"), Type: task.TextField}}}, "correction": {}, "merit": {},
		} {
			step, ok := p.Step(name)
			require.True(t, ok, name)
			for round := 1; round <= 2; round++ {
				calls = append(calls, forgery{"TaskOpen", workflows.Asking{Step: run.Step{Run: id, Round: round}, ID: run.TaskID(id, round, name), Name: name,
					Kind: step.Kind, Outcomes: step.Offers(), Question: &q}})
			}
		}
		return calls
	}
	// scripted are tasks that a drill could be made to ask: before their time, of
	// somebody else, once more, or by which it would end.
	scripted := func(id string) (calls []forgery) {
		p, _ := process.Find(process.ContinuityDrill)
		until := time.Now().AddDate(10, 0, 0)
		for name, q := range map[string]task.Question{
			"step-1": {Persons: []string{"second"}, Due: &until}, "step-1-2": {Persons: []string{"second"}}, "step-2": {Persons: []string{"owner"}}, "paused-1": {Persons: []string{"owner"}},
			"confirm-1": {Persons: []string{"second"}}, "conduct-1-2": {Persons: []string{"second"}}, "back-1": {Persons: []string{"owner"}}, "normal-1": {Persons: []string{"second"}},
			"begin": {Persons: []string{"second"}}, "evaluate": {Persons: []string{"second"}}, "review": {}, "plan": {}, "changes": {},
		} {
			step, ok := p.Step(name)
			require.True(t, ok, name)
			for round := 1; round <= 2; round++ {
				calls = append(calls, forgery{"TaskOpen", workflows.Asking{Step: run.Step{Run: id, Round: round}, ID: run.TaskID(id, round, name), Name: name,
					Kind: step.Kind, Outcomes: step.Offers(), Question: &q}})
			}
		}
		return calls
	}
	callsOf := func(ids ...string) (calls []forgery) {
		for _, id := range ids {
			prepared := forgeries(id)
			for _, h := range workflows.Handles() {
				require.NotEmpty(t, prepared[h.Name()], "what could somebody call %s with?", h.Name())
			}
			for name, inputs := range prepared {
				for _, in := range inputs {
					calls = append(calls, forgery{name, in})
				}
			}
		}
		return calls
	}
	w := worker.New(tc, "elsewhere", worker.Options{})
	w.RegisterWorkflow(forge)
	w.RegisterWorkflowWithOptions(forge, workflow.RegisterOptions{Name: "sla-report"})
	w.RegisterWorkflowWithOptions(forge, workflow.RegisterOptions{Name: "change-approval"})
	w.RegisterWorkflowWithOptions(forge, workflow.RegisterOptions{Name: "improvement"})
	w.RegisterWorkflowWithOptions(forge, workflow.RegisterOptions{Name: "continuity-drill"})
	w.RegisterWorkflowWithOptions(forge, workflow.RegisterOptions{Name: workflows.PlanKeepingName})
	require.NoError(t, w.Start())
	defer w.Stop()
	play := func(id, name string, calls []forgery) (answers []string) {
		t.Helper()
		r, err := tc.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "elsewhere"}, name, calls)
		require.NoError(t, err)
		require.NoError(t, r.Get(t.Context(), &answers))
		require.Len(t, answers, len(calls))
		return answers
	}

	before := snapshot(t, db)
	calls := callsOf(asked, provisional, proposal, improving, drilling)
	calls = append(calls, forgery{"RunEnd", run.End{Run: asked, Round: 1, State: run.Failed, Reason: text.Same("forged")}})
	for id, name := range map[string]string{"not-a-run": "forge", "not-the-plan": workflows.PlanKeepingName} {
		for i, answer := range play(id, name, calls) {
			require.Contains(t, answer, "its own run only", "%v", calls[i])
		}
	}
	require.Equal(t, before, snapshot(t, db))

	// Under the ID of a run, in its place: the records refuse. (That it has
	// failed, whoever can end its workflow brings about anyway.)
	for id, name := range map[string]string{replaced: "sla-report", proposal: "change-approval", improving: "improvement", drilling: "continuity-drill"} {
		require.NoError(t, tc.TerminateWorkflow(t.Context(), id, "", "taken over"))
		before := snapshot(t, db)
		calls := callsOf(id)
		if id == improving {
			calls = append(calls, asks(id)...)
		}
		if id == drilling {
			calls = append(calls, scripted(id)...)
		}
		done := 0
		for i, answer := range play(id, name, calls) {
			switch calls[i].Activity {
			case "TaskAdvance", "TaskDecision", "RunCancelledBy", "RunRefreshedBy", "SLAReportDraft", "SLAReportCollect", "ChangeDraft", "TaskOpen", "SignalRefused", "TaskDecide", "RunCancel", "RunRefresh",
				"ImprovementDraft", "ImprovementBegin", "ImprovementNext", "DrillDraft", "DrillNext", "DrillOpen":
				done++ // it reads, or repeats what it did before; what it answered changes nothing
			default:
				require.NotEqual(t, "done", answer, "%v", calls[i])
			}
		}
		require.NotZero(t, done)
		after := snapshot(t, db)
		require.Equal(t, before["report"], after["report"])
		require.Equal(t, before["task"], after["task"])
		require.Equal(t, before["decision"], after["decision"])
		require.Equal(t, before["draft"], after["draft"])
		require.Equal(t, before["frozen_set"], after["frozen_set"])
		require.Equal(t, before["resource"], after["resource"])
		require.Equal(t, before["proposal"], after["proposal"])
		require.Equal(t, before["slot"], after["slot"])
		require.Equal(t, before["action"], after["action"])
		require.Equal(t, before["finding"], after["finding"])
	}
	for _, o := range e.all(p.auditor, auditTrail) {
		require.False(t, o["action"] == "run.published" && o["object"] != "run/"+drilled, "%v", o)
	}
	require.NotZero(t, e.count(p.auditor, "end.refused"))
	require.NotZero(t, e.count(p.auditor, "enact.refused"))
}

// A worker that competes for the queue, with Turnus's own certificate, may take
// the message of an approver away and answer what it likes. Here it gets them
// since the worker that had them is killed. The task stays open, the approver
// is told so, and what is asked for again is decided.
func TestACompetingWorkerDecidesNothing(t *testing.T) {
	c, face, own, p, db := apart(t)

	type verdict = workflows.Reply[task.Decision]
	lies := []func(workflows.Deciding) (verdict, error){
		func(in workflows.Deciding) (verdict, error) { // another outcome
			return verdict{Value: task.Decision{Task: in.Task, Outcome: task.Reject, Person: "first", At: time.Now()}}, nil
		},
		func(in workflows.Deciding) (verdict, error) { // an invented decision
			return verdict{Value: task.Decision{Task: in.Task, Outcome: in.Outcome, Person: "first", Comment: in.Comment, At: time.Now()}}, nil
		},
		func(workflows.Deciding) (verdict, error) { // an invented refusal
			return verdict{Refusal: fault.New(fault.Forbidden, text.Same("forged"))}, nil
		},
		func(workflows.Deciding) (verdict, error) {
			return verdict{}, temporal.NewNonRetryableApplicationError("forged", "forged", nil)
		},
	}
	lieOf := map[string]func(workflows.Deciding) (verdict, error){}
	var tasks, open []string
	for i, lie := range lies {
		id := face.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "payments", "period": fmt.Sprintf("2020-%02d", i+1)})["id"].(string)
		face.await(p.first, id, "waiting")
		open, tasks = append(open, id), append(tasks, run.TaskID(id, 1, "approval"))
		lieOf[tasks[i]] = lie
	}
	answer := object{"outcome": "approve", "comment": "by myself", "stale": true} // the others are published meanwhile

	// Nobody's decision comes to its end while something is being declared.
	declaring, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer declaring.Rollback()
	_, err = declaring.Exec("SELECT pg_advisory_xact_lock(hashtextextended('turnus.resource', 0))")
	require.NoError(t, err)
	var asking sync.WaitGroup
	statuses := make([]int, len(tasks))
	for i, id := range tasks {
		asking.Go(func() { statuses[i], _, _ = face.try(p.first, "POST", "/v1/tasks/"+id+"/decision", answer, "") })
	}
	face.eventually(20*time.Second, "the decisions are being judged", func() bool {
		var n int
		require.NoError(t, db.QueryRow("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").Scan(&n))
		return n == len(tasks)
	})
	c.kill(own)
	taken := make(chan string, 100)
	rogue := worker.New(c.client(), runs.TaskQueue, worker.Options{DisableWorkflowWorker: true})
	rogue.RegisterActivityWithOptions(func(in workflows.Deciding) (verdict, error) {
		taken <- in.Pass
		return lieOf[in.Task](in)
	}, activity.RegisterOptions{Name: "TaskDecide"})
	require.NoError(t, rogue.Start())
	face.eventually(30*time.Second, "the rogue has taken all of them", func() bool { return len(taken) == len(tasks) })
	rogue.Stop()
	require.NoError(t, declaring.Rollback())
	c.start(own)
	asking.Wait()

	for i, id := range tasks {
		require.NotEqual(t, 200, statuses[i], id)
		require.NotContains(t, <-taken, "pass_", "what is taken is no secret")
		var state string
		require.NoError(t, db.QueryRow("SELECT state FROM task WHERE id = $1 AND NOT EXISTS (SELECT FROM decision WHERE task = $1)", id).Scan(&state))
		require.Equal(t, "open", state)
		face.eventually(30*time.Second, id+" is decided when it is asked for again", func() bool {
			status, _, err := face.try(p.first, "POST", "/v1/tasks/"+id+"/decision", answer, "")
			return err == nil && status == 200
		})
		o := face.await(p.auditor, open[i], "published")
		require.Len(t, o["decisions"], 1)
		require.Equal(t, "by myself", o["decisions"].([]any)[0].(object)["comment"])
	}
}
