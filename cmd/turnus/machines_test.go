package main

import (
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Two of each on one database and one Temporal: what was started at one API is
// decided at the other, while an API and a worker are killed in between.
func TestSideBySide(t *testing.T) {
	c := newCluster(t)
	said := c.migrate()
	require.Contains(t, said, "up to date")
	info, err := os.Stat(filepath.Join(c.dir, "admin-token"))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	admin := c.admin()
	c.migrate()
	require.Equal(t, admin, c.admin(), "again, it changes nothing")

	here, there := c.api(), c.api()
	one, two := c.worker(), c.worker()
	c.start(here, there, one, two)

	organisation := unreviewed(t)
	here.ask(200, admin, "POST", "/v1/apply", string(organisation))
	f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	defer f.Close()
	loaded := there.ask(200, admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	require.EqualValues(t, 24918, loaded["tickets"])
	token := func(person string) string {
		return there.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver, auditor := token("desk-owner"), token("service-manager"), token("auditor")

	const start = "/v1/processes/sla-report/runs"
	month := object{"service": "service-desk", "period": "2016-03"}
	run := here.ask(202, owner, "POST", start, month)["id"].(string)
	c.kill(here, one) // right after the answer
	require.Equal(t, run, there.ask(200, owner, "POST", start, month)["id"], "acknowledged is on record")
	waiting := there.await(approver, run, "waiting")
	task := waiting["tasks"].([]any)[0].(object)["id"].(string)
	c.start(here, one)
	c.kill(two) // the one that has held the run
	decision := here.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve", "comment": "as agreed"})
	c.kill(here)
	require.Equal(t, decision, there.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}))
	published := there.await(auditor, run, "published")
	require.Len(t, published["decisions"], 1)

	count := map[string]int{}
	for _, entry := range there.ask(200, auditor, "GET", auditTrail, nil)["items"].([]any) {
		count[entry.(object)["action"].(string)]++
	}
	for _, once := range []string{"run.started", "task.opened", "decision.recorded", "run.published"} {
		require.Equal(t, 1, count[once], once)
	}
	require.Equal(t, 0, there.stopWithin(10*time.Second))
	require.Equal(t, 0, one.stopWithin(10*time.Second))
}

// Parts wait for what isn't there yet and go on by themselves; what can't work
// is refused in one line that says what to do.
func TestStartOrderDoesNotMatter(t *testing.T) {
	c := newCluster(t)
	refused := func(p *part, want string) {
		t.Helper()
		p.launch(c.bin)
		select {
		case <-p.exited:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s goes on:\n%s", p.name, p.log)
		}
		require.Equal(t, 1, p.cmd.ProcessState.ExitCode())
		p.cmd = nil
		lines := strings.Split(strings.TrimSpace(p.log.String()), "\n")
		require.Contains(t, lines[len(lines)-1], want)
		require.Equal(t, 1, strings.Count(p.log.String(), "turnus: "), "%s", p.log)
	}
	refused(c.api(), "run turnus migrate")
	refused(c.worker(), "run turnus migrate")
	wrong := c.api()
	wrong.env = append(wrong.env, databaseEnv+"="+strings.Replace(c.app, "turnus_app:", "turnus_app:not", 1))
	refused(wrong, "password")
	require.NotContains(t, wrong.log.String(), wrong.env[len(wrong.env)-1], "the address holds a password")
	broken := c.worker()
	broken.env = append(broken.env, databaseEnv+"=postgres://turnus_app:verysecret@host:port/turnus")
	refused(broken, "postgres://USER@HOST/DATABASE")
	require.NotContains(t, broken.log.String(), "verysecret")
	c.migrate()
	elsewhere := c.worker()
	elsewhere.args = append(elsewhere.args, "--temporal-namespace", "nowhere")
	refused(elsewhere, "doesn't let this client into the namespace nowhere")

	// Neither the one nor the other is there when these start.
	sockets, frontend := t.TempDir(), freeAddress(t)
	a, w := c.api(), c.worker()
	gone := c.worker()
	for _, p := range []*part{a, w, gone} {
		u, err := url.Parse(c.app)
		require.NoError(t, err)
		u.RawQuery = url.Values{"host": {sockets}, "sslmode": {"disable"}}.Encode()
		p.env = append(p.env, databaseEnv+"="+u.String(), addressEnv+"="+frontend)
		p.launch(c.bin)
	}
	waits := func(p *part, what string) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Contains(p.log.String(), "Waiting for "+what) },
			30*time.Second, 50*time.Millisecond, p.log.String())
		require.Equal(t, 200, p.status("/healthz"))
		require.Equal(t, 503, p.status("/readyz"))
	}
	for _, p := range []*part{a, w, gone} {
		waits(p, "the database")
	}
	require.Equal(t, 503, a.status("/v1/processes"))
	require.Equal(t, 0, gone.stopWithin(10*time.Second))
	const socket = "/.s.PGSQL.5432"
	require.NoError(t, os.Symlink(c.pg.Socket()+socket, sockets+socket))
	waits(a, "Temporal on "+frontend)
	waits(w, "Temporal on "+frontend)
	forward(t, frontend, c.temporal.Address())
	a.ready()
	w.ready()

	a.dir = c.dir
	a.endPostgres(syscall.SIGKILL)
	// Ready may still be of the moment before the kill; an answer counts.
	require.Eventually(t, func() bool {
		status, _, err := a.try(c.admin(), "GET", "/v1/processes", nil, "")
		return err == nil && status == 200
	}, 15*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { return w.status("/readyz") == 200 }, 15*time.Second, 50*time.Millisecond)
	require.Equal(t, 0, w.stopWithin(10*time.Second))
	require.Equal(t, 0, a.stopWithin(10*time.Second))
}

// forward passes connections on, until the test ends.
func forward(t *testing.T, from, to string) {
	l, err := net.Listen("tcp", from)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go func() { io.Copy(out, in); out.Close() }()
			go func() { io.Copy(in, out); in.Close() }()
		}
	}()
}
