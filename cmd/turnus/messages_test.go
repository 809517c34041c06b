package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"turnus/internal/embedded/temporal"
)

// temporal is a client of the engine's Temporal with Turnus's own certificate,
// signalling one with that of systems which can only signal.
func (e *engine) temporal() client.Client {
	e.Helper()
	return e.temporalAt(e.token("temporal-address"), filepath.Join(e.dir, temporal.ClientDir))
}

func (e *engine) signalling() client.Client {
	e.Helper()
	return e.temporalAt(e.token(temporal.SignalDir+"/address"), filepath.Join(e.dir, temporal.SignalDir))
}

// temporalAt is a client with the certificate in a directory.
func (e *engine) temporalAt(address, dir string) client.Client {
	e.Helper()
	return dialTemporal(e, address, dir)
}

func dialTemporal(t testing.TB, address, dir string) client.Client {
	t.Helper()
	at := connection{temporalAddress: address, namespace: namespace}
	at.cert, at.key, at.ca = certificate(dir)
	o, err := at.options(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	c, err := client.Dial(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// database opens one of the engine's databases.
func (e *engine) database(name string) *sql.DB {
	e.Helper()
	pid, err := os.ReadFile(filepath.Join(e.dir, "postgres", "data", "postmaster.pid"))
	require.NoError(e, err)
	password := e.token("postgres/password")
	u := url.URL{Scheme: "postgres", User: url.UserPassword("turnus", password), Path: "/" + name,
		RawQuery: url.Values{"host": {strings.Split(string(pid), "\n")[4]}, "sslmode": {"disable"}}.Encode()}
	db, err := sql.Open("postgres", u.String())
	require.NoError(e, err)
	e.Cleanup(func() { db.Close() })
	return db
}

// count counts the entries of the audit trail with one of these actions.
func (e *engine) count(auditor string, actions ...string) (n int) {
	e.Helper()
	for _, entry := range e.all(auditor, auditTrail) {
		for _, a := range actions {
			if entry["action"] == a {
				n++
			}
		}
	}
	return n
}

// eventually waits for what an idle machine does within a while, four times as
// long: one that has other work to do is slower.
func (e *engine) eventually(within time.Duration, what string, f func() bool) {
	e.Helper()
	for end := time.Now().Add(4 * within); !f(); time.Sleep(100 * time.Millisecond) {
		require.True(e, time.Now().Before(end), "not within %s: %s", 4*within, what)
	}
}

// Whoever Temporal lets in can send any message. What has no valid pass changes
// nothing, and what reached a run's handlers is on record.
func TestMessagesSentStraightToTemporal(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	temporal, signalling, db := e.temporal(), e.signalling(), e.database(databaseName)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()

	begin := func(period string) (run, task string) {
		t.Helper()
		run = e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": period})["id"].(string)
		return run, e.await(p.first, run, "waiting")["tasks"].([]any)[0].(object)["id"].(string)
	}
	pass := func(token, task string) string {
		t.Helper()
		return e.ask(201, token, "POST", "/v1/tasks/"+task+"/passes", object{})["pass"].(string)
	}
	message := func(task, pass, outcome string) object {
		return object{"task": task, "pass": pass, "outcome": outcome, "comment": "straight"}
	}
	run, task := begin("2020-01")
	otherRun, otherTask := begin("2020-02")
	byUpdate := func(run string, arg any) error {
		h, err := temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: run, UpdateName: "decide",
			Args: []any{arg}, WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		return h.Get(ctx, nil)
	}
	untouched := func() {
		t.Helper()
		for _, r := range []string{run, otherRun} {
			o := e.ask(200, p.auditor, "GET", "/v1/runs/"+r, nil)
			require.Equal(t, "waiting", o["state"])
			require.Empty(t, o["decisions"])
		}
	}
	expired := pass(p.first, task)
	_, err := db.ExecContext(ctx, "UPDATE pass SET expires_at = now() - interval '1 second' WHERE spent_at IS NULL")
	require.NoError(t, err)
	raw := func(encoding, data string) converter.RawValue {
		return converter.NewRawValue(&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding)}, Data: []byte(data)})
	}

	// Each way in twice: as an Update, which is answered, and as a signal,
	// which isn't.
	anothers := pass(p.first, otherTask)
	anothersToo := pass(p.first, otherTask)
	// In this order: a pass has to be used before it is a used one.
	for _, m := range []struct {
		name           string
		update, signal any
	}{
		{"without a pass", message(task, "", "approve"), message(task, "", "approve")},
		{"a made-up pass", message(task, "pass_made-up", "approve"), message(task, "pass_made-up", "approve")},
		{"another task's pass", message(task, anothers, "approve"), message(task, anothersToo, "approve")},
		{"a used pass", message(otherTask, anothers, "approve"), message(otherTask, anothersToo, "approve")},
		{"an expired pass", message(task, expired, "approve"), message(task, expired, "approve")},
		{"a pass with a NUL", message(task, "a\x00b", "approve"), message(task, "a\x00b", "approve")},
		{"a comment with a NUL", object{"task": task, "pass": "x", "outcome": "approve", "comment": "\x00"}, object{"task": task, "pass": "x", "outcome": "approve", "comment": "\x00"}},
		{"no such task", message("task\x00", "x", "approve"), message("nothing", "x", "approve")},
		{"an outcome not offered", message(task, "x", "waive"), message(task, "x", strings.Repeat("y", 100_000))},
		{"an encoding unheard of", raw("binary/unheard-of", "\x00\xff"), raw("binary/unheard-of", "\x00\xff")},
		{"JSON cut off", raw("json/plain", `{"task":`), raw("json/plain", `{"task":`)},
		{"JSON of the wrong types", raw("json/plain", `{"task":7,"pass":[]}`), raw("json/plain", `{"task":7,"pass":[]}`)},
		{"JSON that isn't an object", "a text", []int{1, 2}},
	} {
		where := run
		if strings.HasPrefix(m.name, "a used") {
			where = otherRun
		}
		require.Error(t, byUpdate(where, m.update), m.name)
		before := e.count(p.auditor, "signal.refused", "decide.refused")
		require.NoError(t, signalling.SignalWorkflow(ctx, where, "", "decide", m.signal), m.name)
		e.eventually(20*time.Second, m.name+" is on record", func() bool {
			return e.count(p.auditor, "signal.refused", "decide.refused") == before+1
		})
		untouched()
	}
	require.NoError(t, signalling.SignalWorkflow(ctx, run, "", "decide", nil))
	h, err := temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: run, UpdateName: "cancel",
		Args: []any{object{"run": run, "pass": pass(p.first, task), "reason": "straight"}}, WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil {
		err = h.Get(ctx, nil)
	}
	require.Error(t, err, "a pass to decide cancels nothing")
	untouched()

	// Somebody loses the role a moment before.
	lost := pass(p.first, task)
	e.ask(200, p.admin, "PUT", "/v1/services/mail", "apiVersion: turnus/v1\nkind: Service\nmetadata: {name: mail}\nspec: {owner: owner, approvers: [second], calendar: 24x7}\n")
	require.Error(t, byUpdate(run, message(task, lost, "approve")))
	untouched()
	e.ask(200, p.admin, "PUT", "/v1/services/mail", "apiVersion: turnus/v1\nkind: Service\nmetadata: {name: mail}\nspec: {owner: owner, approvers: [first, second], calendar: 24x7}\n")
	lost = pass(p.first, task)
	e.ask(200, p.admin, "PUT", "/v1/persons/first", "apiVersion: turnus/v1\nkind: Person\nmetadata: {name: first}\nspec: {roles: [viewer]}\n")
	before := e.count(p.auditor, "decide.refused")
	require.NoError(t, signalling.SignalWorkflow(ctx, run, "", "decide", message(task, lost, "approve")))
	e.eventually(20*time.Second, "the lost role is on record", func() bool { return e.count(p.auditor, "decide.refused") == before+1 })
	untouched()

	// With a valid pass both ways work, once.
	good := pass(p.second, task)
	for range 2 {
		require.NoError(t, signalling.SignalWorkflow(ctx, run, "", "decide", message(task, good, "approve")))
	}
	o := e.await(p.auditor, run, "published")
	require.Len(t, o["decisions"], 1)
	require.Equal(t, "second", o["decisions"].([]any)[0].(object)["person"])
	require.Equal(t, "straight", o["decisions"].([]any)[0].(object)["comment"])
	require.NoError(t, byUpdate(otherRun, message(otherTask, pass(p.second, otherTask), "reject")))
	require.Len(t, e.await(p.auditor, otherRun, "rejected")["decisions"], 1)
	require.Equal(t, 2, e.count(p.auditor, "decision.recorded"))
}

// A run whose workflow is ended from outside becomes failed, with the reason,
// and another attempt can begin.
func TestEndedFromOutside(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	temporal := e.temporal()
	begin := func(period string) string {
		return e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "wiki", "period": period})["id"].(string)
	}
	terminated, cancelled := begin("2020-01"), begin("2020-02")
	task := e.await(p.first, terminated, "waiting")["tasks"].([]any)[0].(object)["id"].(string)
	e.await(p.first, cancelled, "waiting")
	require.NoError(t, temporal.TerminateWorkflow(t.Context(), terminated, "", "by a test"))
	require.NoError(t, temporal.CancelWorkflow(t.Context(), cancelled, ""))

	status, o, err := e.try(p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}, "")
	require.NoError(t, err)
	require.Equal(t, 409, status, "%v", o)
	for _, run := range []string{terminated, cancelled} {
		o := e.await(p.auditor, run, "failed")
		require.Contains(t, o["outcome_reason"].(object)["en"], "from outside of Turnus")
		require.Empty(t, o["decisions"])
		require.Equal(t, "closed", o["tasks"].([]any)[0].(object)["state"])
		again := begin(run[len(run)-7:])
		require.Equal(t, run+".2", again)
		second := e.await(p.first, again, "waiting")["tasks"].([]any)[0].(object)["id"].(string)
		e.ask(200, p.first, "POST", "/v1/tasks/"+second+"/decision", object{"outcome": "approve"})
		e.await(p.auditor, again, "published")
		require.EqualValues(t, 1, e.ask(200, p.auditor, "GET", "/v1/runs/"+again+"/report", nil)["version"])
	}
	require.Equal(t, 2, e.count(p.auditor, "run.failed"))
}
