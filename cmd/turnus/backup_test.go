package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// command runs the binary against the engine and gives what it wrote.
func (e *engine) command(token string, args ...string) (string, error) {
	e.Helper()
	bin, err := binary()
	require.NoError(e, err)
	c := exec.Command(bin, args...)
	c.Env = append(os.Environ(), "TURNUS_URL="+e.url, "TURNUS_TOKEN="+token)
	out, err := c.CombinedOutput()
	return string(out), err
}

// acknowledged is what people were told while runs were started and decided on.
type acknowledged struct {
	sync.Mutex
	runs      []string
	decisions map[string]object // by task
}

func (a *acknowledged) copy() (runs []string, decisions map[string]object) {
	a.Lock()
	defer a.Unlock()
	decisions = map[string]object{}
	for k, v := range a.decisions {
		decisions[k] = v
	}
	return append(runs, a.runs...), decisions
}

// busy starts attempt after attempt of a period's report and decides on it,
// until stop is closed.
func (e *engine) busy(owner, approver, period string, a *acknowledged, stop chan struct{}) {
	for n := 1; ; n++ {
		status, run, err := e.try(owner, "POST", "/v1/processes/sla-report/runs",
			object{"service": "service-desk", "period": period, "again": n > 1, "reason": "load"}, "")
		if err != nil || status != 202 {
			e.Errorf("start %d of %s: %d %v %v", n, period, status, run, err)
			return
		}
		id := run["id"].(string)
		a.Lock()
		a.runs = append(a.runs, id)
		a.Unlock()
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
			_, run, _ = e.try(owner, "GET", "/v1/runs/"+id, nil, "")
			if run["state"] == "waiting" {
				break
			}
		}
		task := run["tasks"].([]any)[0].(object)["id"].(string)
		status, decision, err := e.try(approver, "POST", "/v1/tasks/"+task+"/decision", said("approve"), "")
		if err != nil || status != 200 {
			e.Errorf("decision on %s: %d %v %v", task, status, decision, err)
			return
		}
		a.Lock()
		a.decisions[task] = decision
		a.Unlock()
		for run["state"] != "published" {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
			_, run, _ = e.try(owner, "GET", "/v1/runs/"+id, nil, "")
		}
	}
}

// A backup is taken while people work; what was acknowledged before it began
// is there after it was restored, what waited waits, and goes on.
func TestBackupUnderLoadIsRestored(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	organisation := unreviewed(t)
	e.ask(200, admin, "POST", "/v1/apply", string(organisation))
	f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	defer f.Close()
	e.ask(200, admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver, auditor := token("desk-owner"), token("service-manager"), token("auditor")
	waits := e.ask(202, owner, "POST", "/v1/processes/sla-report/runs", object{"service": "service-desk", "period": "2016-12"})["id"].(string)
	asked := e.await(owner, waits, "waiting")["tasks"].([]any)[0].(object)["id"].(string)
	evidence := strings.Repeat("evidence ", 100_000)
	_, err = e.database("turnus").Exec(`INSERT INTO task_file (task, sha256, name, type, bytes, content, person, at)
		SELECT $1, encode(sha256($2), 'hex'), 'evidence.txt', 'text/plain', length($2), $2, 'desk-owner', now()`, asked, []byte(evidence))
	require.NoError(t, err)

	all, stop := &acknowledged{decisions: map[string]object{}}, make(chan struct{})
	var people sync.WaitGroup
	for _, period := range []string{"2016-03", "2016-04", "2016-05"} {
		people.Go(func() { e.busy(owner, approver, period, all, stop) })
	}
	require.Eventually(t, func() bool { _, decided := all.copy(); return len(decided) >= 5 }, time.Minute, 20*time.Millisecond)

	runs, decisions := all.copy()
	place, err := os.MkdirTemp("", "turnus-e2e-backup-")
	require.NoError(t, err)
	defer os.RemoveAll(place)
	file := filepath.Join(place, "turnus.backup")
	began := time.Now()
	out, err := e.command(admin, "backup", file)
	took := time.Since(began)
	require.NoError(t, err, out)
	later, decidedLater := all.copy()
	close(stop)
	people.Wait()
	started, _ := all.copy()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	t.Logf("backup: %v, %d bytes; meanwhile %d starts and %d decisions", took, len(content), len(later)-len(runs), len(decidedLater)-len(decisions))
	require.Greater(t, len(decidedLater), len(decisions), "there was load")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	sum := sha256.Sum256(content)
	require.Contains(t, out, hex.EncodeToString(sum[:]))

	// It is on record, and nobody else may take one.
	trail := e.ask(200, auditor, "GET", "/v1/audit?object=backup", nil)["items"].([]any)
	require.Len(t, trail, 2)
	require.Equal(t, "backup.begun", trail[0].(object)["action"])
	require.Equal(t, "backup.taken", trail[1].(object)["action"])
	require.Equal(t, object{"bytes": float64(len(content)), "sha256": hex.EncodeToString(sum[:])}, trail[1].(object)["after"])
	out, err = e.command(owner, "backup", filepath.Join(place, "none"))
	require.Error(t, err)
	require.Contains(t, out, "administrator")
	left, _ := filepath.Glob(filepath.Join(place, "none*"))
	require.Empty(t, left)
	e.stop()

	// One that was cut off leaves nothing.
	cut := filepath.Join(place, "cut")
	require.NoError(t, os.WriteFile(cut, content[:len(content)*2/3], 0o600))
	other := newEngine(t)
	out, err = other.command("", "restore", cut, "--data", other.dir)
	require.Error(t, err)
	require.Contains(t, out, "damaged or incomplete")
	left, _ = filepath.Glob(other.dir + "*")
	require.Empty(t, left)

	began = time.Now()
	out, err = other.command("", "restore", file, "--data", other.dir)
	require.NoError(t, err, out)
	t.Logf("restore: %v", time.Since(began))
	out, err = other.command("", "restore", file, "--data", other.dir)
	require.Error(t, err)
	require.Contains(t, out, "isn't empty")
	t.Logf("first start of what was restored: %v", other.start())

	// Tokens are valid, the administrator has a new one besides.
	require.NotEqual(t, admin, other.token("admin-token"))
	for _, valid := range []string{admin, other.token("admin-token")} {
		other.ask(200, valid, "GET", "/v1/persons", nil)
	}
	for task, decision := range decisions {
		require.Equal(t, decision, other.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"}),
			"what was decided before stands")
	}
	for _, id := range runs {
		other.ask(200, owner, "GET", "/v1/runs/"+id, nil)
	}
	hash := sha256.Sum256([]byte(evidence))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, other.url+"/v1/tasks/"+asked+"/files/"+hex.EncodeToString(hash[:]), nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+auditor)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	fetched, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.True(t, string(fetched) == evidence, "a task's file is in the backup")
	// Each run that is there ends, with one decision; none is half there.
	started = append(started, waits)
	for _, r := range other.ask(200, auditor, "GET", "/v1/runs?limit=500", nil)["items"].([]any) {
		id := r.(object)["id"].(string)
		require.Contains(t, started, id)
		require.NoError(t, other.finish(owner, approver, id))
	}
	require.NoError(t, other.finish(owner, approver, waits))
	other.ask(202, owner, "POST", "/v1/processes/sla-report/runs", object{"service": "service-desk", "period": "2016-06"})
	other.await(owner, "sla-report/service-desk/2016-06", "waiting")
	// Nothing was done twice: each task has one decision, each run one end.
	once := map[string]int{}
	for _, e := range other.ask(200, auditor, "GET", auditTrail, nil)["items"].([]any) {
		switch e := e.(object); e["action"] {
		case "decision.recorded", "run.published", "run.started":
			once[fmt.Sprint(e["action"], " ", e["object"])]++
		}
	}
	require.NotEmpty(t, once)
	for deed, n := range once {
		require.Equal(t, 1, n, deed)
	}
}

// finish brings a run to its publication, deciding on it if it waits.
func (e *engine) finish(owner, approver, id string) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		_, run, err := e.try(owner, "GET", "/v1/runs/"+id, nil, "")
		if err != nil {
			return err
		}
		switch run["state"] {
		case "published":
			if n := len(run["decisions"].([]any)); n != 1 {
				return fmt.Errorf("%s is published with %d decisions", id, n)
			}
			return nil
		case "waiting":
			task := run["tasks"].([]any)[0].(object)["id"].(string)
			// Decided already, and on its way, is as good.
			status, o, err := e.try(approver, "POST", "/v1/tasks/"+task+"/decision", said("approve"), "")
			if err != nil || status != 200 {
				return fmt.Errorf("%s: %d %v (%w)", task, status, o, err)
			}
		case "collecting", "drafting":
		default:
			return fmt.Errorf("%s is %v", id, run["state"])
		}
	}
	return fmt.Errorf("%s doesn't end within a minute", id)
}
