package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// answered bounds every answer, whatever is away.
const answered = 30 * time.Second

// freeze sends a signal to the postmaster and all its children.
func (e *engine) freeze(s syscall.Signal) {
	e.Helper()
	pid := strings.Fields(string(e.postmaster()))[0]
	children, err := exec.Command("pgrep", "-P", pid).Output()
	require.NoError(e, err)
	for _, p := range append(strings.Fields(string(children)), pid) {
		var n int
		_, err := fmt.Sscan(p, &n)
		require.NoError(e, err)
		_ = syscall.Kill(n, s) // it may have ended
	}
}

func (e *engine) postmaster() []byte {
	e.Helper()
	b, err := os.ReadFile(e.dir + "/postgres/data/postmaster.pid")
	require.NoError(e, err)
	return b
}

// refusedForNow wants a plain 503 within the bound.
func (e *engine) refusedForNow(token, method, path string, body any) {
	e.Helper()
	begun := time.Now()
	status, o, header, err := e.request(token, method, path, body, "")
	require.NoError(e, err, "%s %s", method, path)
	require.Less(e, time.Since(begun), answered, "%s %s", method, path)
	require.Equal(e, 503, status, "%s %s: %v", method, path, o)
	require.Equal(e, "application/problem+json", header.Get("Content-Type"))
	require.NotEmpty(e, header.Get("Retry-After"))
	require.Equal(e, "unavailable", o["code"])
	require.NotEmpty(e, o["detail"])
	require.NotContains(e, fmt.Sprint(o), "pq:", "no word of the database's own")
}

// The database freezes: everybody is told so in time, nothing is half done,
// and afterwards the work goes on by itself.
func TestWhilePostgresIsFrozen(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	start := func(period string) object { return object{"service": "mail", "period": period} }
	const starts = "/v1/processes/sla-report/runs"
	waiting := e.ask(202, p.owner, "POST", starts, start("2020-01"))["id"].(string)
	task := e.await(p.first, waiting, "waiting")["tasks"].([]any)[0].(object)["id"].(string)
	working := e.ask(202, p.owner, "POST", starts, start("2020-02"))["id"].(string)

	e.freeze(syscall.SIGSTOP)
	defer e.freeze(syscall.SIGCONT)
	done := make(chan struct{}, 8)
	for _, ask := range []func(){
		func() { e.refusedForNow(p.first, "GET", "/v1/tasks?state=open", nil) },
		func() { e.refusedForNow(p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}) },
		func() { e.refusedForNow(p.owner, "POST", starts, start("2020-03")) },
		func() { e.refusedForNow(p.owner, "POST", "/v1/runs/"+waiting+"/cancel", object{"reason": "x"}) },
		func() { e.refusedForNow("", "GET", "/readyz", nil) },
		func() { e.ask(200, "", "GET", "/healthz", nil) },
	} {
		go func() { defer func() { done <- struct{}{} }(); ask() }()
	}
	for range 6 {
		<-done
	}
	e.freeze(syscall.SIGCONT)
	e.ready()

	o := e.await(p.first, waiting, "waiting")
	require.Empty(t, o["decisions"])
	e.await(p.first, working, "waiting")
	e.ask(404, p.owner, "GET", "/v1/runs/sla-report/mail/2020-03", nil)
	e.ask(202, p.owner, "POST", starts, start("2020-03"))
	e.await(p.first, "sla-report/mail/2020-03", "waiting")
	e.ask(200, p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"})
	e.await(p.auditor, waiting, "published")
	require.Equal(t, 1, e.count(p.auditor, "decision.recorded"))
	require.Equal(t, 3, e.count(p.auditor, "run.started"))
}

// Temporal answers nothing, and the records do: a start is acknowledged and
// carried out later; a decision isn't confirmed, and asking again with the
// same key gives the one on record.
func TestWhileTemporalIsAway(t *testing.T) {
	e := newEngine(t)
	e.start()
	p := e.settle()
	run := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": "2020-01"})["id"].(string)
	task := e.await(p.first, run, "waiting")["tasks"].([]any)[0].(object)["id"].(string)

	// Its state is locked away, as if its disk didn't answer.
	away, err := e.database("temporal").BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = away.Exec("LOCK TABLE executions, current_executions, history_node, tasks_v2, transfer_tasks, timer_tasks IN ACCESS EXCLUSIVE MODE")
	if err != nil {
		require.NoError(t, away.Rollback())
		t.Fatal(err)
	}
	begun := time.Now()
	later := e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "mail", "period": "2020-02"})["id"].(string)
	require.Less(t, time.Since(begun), answered)
	begun = time.Now()
	status, o, header, err := e.request(p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}, "the-key")
	require.NoError(t, err)
	require.Equal(t, 503, status, "%v", o)
	require.Contains(t, o["detail"], "Not confirmed")
	require.NotEmpty(t, header.Get("Retry-After"))
	require.Less(t, time.Since(begun), answered)
	require.Empty(t, e.ask(200, p.first, "GET", "/v1/runs/"+run, nil)["decisions"])
	require.NoError(t, away.Rollback())

	e.eventually(time.Minute, "the decision is confirmed", func() bool {
		status, o, err = e.try(p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}, "the-key")
		require.NoError(t, err)
		return status == 200
	})
	require.Equal(t, "first", o["person"])
	published := e.await(p.auditor, run, "published")
	require.Equal(t, []any{o}, published["decisions"])
	e.await(p.first, later, "waiting")
	require.Equal(t, 1, e.count(p.auditor, "decision.recorded"))
}

// The disk is full: what would be written is refused, what is there stays, and
// with room again the work goes on by itself.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a small disk of its own takes root")
	}
	e := newEngine(t)
	require.NoError(t, os.MkdirAll(e.dir, 0o755))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=700m,mode=755", "tmpfs", e.dir).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		e.stop()
		require.NoError(t, exec.Command("umount", "-l", e.dir).Run())
	})
	e.start()
	p := e.settle()
	const starts = "/v1/processes/sla-report/runs"
	run := e.ask(202, p.owner, "POST", starts, object{"service": "mail", "period": "2020-01"})["id"].(string)
	task := e.await(p.first, run, "waiting")["tasks"].([]any)[0].(object)["id"].(string)

	ballast := e.dir + "/ballast"
	_ = exec.Command("dd", "if=/dev/zero", "of="+ballast, "bs=64k").Run() // until nothing fits
	var acknowledged []string
	refused := 0
	for _, m := range months()[30:60] { // the log's segments have some room still
		status, o, err := e.try(p.owner, "POST", starts, object{"service": "wiki", "period": m}, "")
		require.NoError(t, err)
		switch status {
		case 202:
			acknowledged = append(acknowledged, o["id"].(string))
		case 503:
			refused++
		default:
			t.Fatalf("%d %v", status, o)
		}
		if refused > 3 {
			break
		}
	}
	t.Logf("%d starts acknowledged, %d refused", len(acknowledged), refused)
	require.NoError(t, os.Remove(ballast))
	e.ready()
	for _, run := range acknowledged {
		e.await(p.first, run, "waiting")
	}
	e.ask(200, p.first, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"})
	e.await(p.auditor, run, "published")
}
