package main

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const auditTrail = "/v1/audit?limit=500"

// A person applies, imports, starts and decides; between any two steps the
// process is killed, and after the restart nothing is lost and nothing is done
// twice.
func TestKilledBetweenAnyTwoSteps(t *testing.T) {
	e := newEngine(t)
	e.start()
	again := func() { e.kill(); e.start() }
	admin := e.token("admin-token")

	organisation, err := demoDocuments()
	require.NoError(t, err)
	e.ask(200, admin, "POST", "/v1/apply", string(organisation))
	again()
	for _, c := range e.ask(200, admin, "POST", "/v1/apply", string(organisation))["items"].([]any) {
		require.Equal(t, "unchanged", c.(object)["change"], "%v", c)
	}

	load := func() object {
		f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
		require.NoError(t, err)
		defer f.Close()
		return e.ask(200, admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	}
	first := load()
	require.EqualValues(t, 141712, first["read"])
	require.EqualValues(t, 11, first["rejected"])
	require.EqualValues(t, 24918, first["tickets"])
	again()
	second := load()
	require.EqualValues(t, 0, second["loaded"])
	require.EqualValues(t, 141701, second["unchanged"])
	require.EqualValues(t, 0, second["tickets"])

	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver, auditor := token("desk-owner"), token("service-manager"), token("auditor")
	again()

	const start = "/v1/processes/sla-report/runs"
	run := e.ask(202, owner, "POST", start, object{"service": "service-desk", "period": "2016-03"})["id"].(string)
	require.Equal(t, "sla-report/service-desk/2016-03", run)
	again()
	require.Equal(t, run, e.ask(200, owner, "POST", start, object{"service": "service-desk", "period": "2016-03"})["id"])
	findings := e.asked(owner, run, "findings")
	again()
	said := "/v1/tasks/" + findings["id"].(string) + "/decision"
	e.ask(403, approver, "POST", said, unexplained(findings))
	e.ask(422, owner, "POST", said, object{"outcome": "done"})
	answer := e.ask(200, owner, "POST", said, unexplained(findings))
	again() // right after the owner's answer
	task := e.asked(approver, run, "approval")["id"].(string)
	require.Equal(t, answer, e.ask(200, owner, "POST", said, unexplained(findings)))
	again()

	require.Equal(t, task, e.ask(200, approver, "GET", "/v1/tasks?state=open&mine=true", nil)["items"].([]any)[0].(object)["id"])
	e.ask(403, owner, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"})
	decision := e.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve", "comment": "as agreed"})
	again() // right after the decision's answer

	published := e.await(auditor, run, "published")
	require.Len(t, published["decisions"], 2)
	require.Equal(t, "service-manager", published["decisions"].([]any)[1].(object)["person"])
	require.Equal(t, decision, e.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}),
		"asked again, the decision on record is the answer")
	e.ask(409, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "reject", "comment": "too late"})

	rep := e.ask(200, auditor, "GET", "/v1/runs/"+run+"/report", nil)
	require.EqualValues(t, 1, rep["version"])
	require.Equal(t, decision["hash"], rep["hash"])
	require.Equal(t, false, rep["provisional"])
	opened := 0.0
	for _, f := range rep["figures"].([]any) {
		if f := f.(object); f["name"] == "workload.tickets" {
			opened = f["numerator"].(float64)
		}
	}
	require.Greater(t, opened, 8000.0)

	count := map[string]int{}
	for _, entry := range e.ask(200, auditor, "GET", auditTrail, nil)["items"].([]any) {
		count[entry.(object)["action"].(string)]++
	}
	require.Equal(t, 1, count["run.started"])
	require.Equal(t, 2, count["task.opened"], "the owner's part, and the approval")
	require.Equal(t, 2, count["decision.recorded"])
	require.Equal(t, 1, count["run.published"])
}

// PostgreSQL alone is killed under a waiting task: it comes back by itself,
// and so does everything that stands on it.
func TestPostgresKilledAlone(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	e.endPostgres(syscall.SIGKILL)
	begun := time.Now()
	for {
		status, _, err := e.try(admin, "GET", "/v1/processes", nil, "")
		require.NoError(t, err, "the API answers, even without its database")
		if status == 200 {
			break
		}
		require.Contains(t, []int{503, 401}, status)
		require.Less(t, time.Since(begun), 15*time.Second, "taken up again within 15 s")
		time.Sleep(50 * time.Millisecond)
	}
}

// What can't work says so in one line, with exit status 1, and harms nothing.
func TestRefusesToStart(t *testing.T) {
	e := newEngine(t)
	e.start()
	bin, err := binary()
	require.NoError(t, err)
	refused := func(want string, args ...string) {
		t.Helper()
		out, err := exec.Command(bin, append([]string{"up"}, args...)...).CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", out)
		require.Equal(t, 1, exit.ExitCode(), "%s", out)
		require.Equal(t, 1, strings.Count(strings.TrimSpace(string(out)), "\n")+1, "one line: %s", out)
		require.Contains(t, string(out), want)
	}
	address := strings.TrimPrefix(e.url, "http://")
	other := t.TempDir()
	refused(address, "--data", other+"/x", "--listen", address)
	refused("in use", "--data", e.dir, "--listen", freeAddress(t))
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	refused("--temporal-port", "--data", other+"/x", "--listen", freeAddress(t), "--temporal-port", port)
	refused("no group no-such-group", "--data", other+"/x", "--listen", freeAddress(t), "--signal-group", "no-such-group")
	require.NoDirExists(t, other+"/x", "nothing was begun")
	e.stop()
	require.NoError(t, os.WriteFile(e.dir+"/VERSION", []byte("99\n"), 0o644))
	refused("newer", "--data", e.dir, "--listen", freeAddress(t))
}
