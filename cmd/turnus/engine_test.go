package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is `turnus`, built once for all end-to-end tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "turnus-e2e-bin-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "turnus")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// engine is `turnus up` on a data directory of its own: a process that can be
// killed and started again.
type engine struct {
	testing.TB
	dir, url string
	args     []string
	cmd      *exec.Cmd
	exited   chan struct{}
	log      *record
}

func newEngine(t testing.TB, args ...string) *engine {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	dir, err := os.MkdirTemp("", "turnus-e2e-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // as root, the database's user goes through
	e := &engine{TB: t, dir: filepath.Join(dir, "data"), url: "http://" + freeAddress(t), args: args, log: &record{}}
	t.Cleanup(func() {
		e.stop()
		e.endPostgres(syscall.SIGQUIT)
		os.RemoveAll(dir)
		if t.Failed() {
			t.Log(tail(requestLine.ReplaceAllString(e.log.String(), ""), 200))
		}
	})
	return e
}

// requestLine is a line of the log that says no more than a request went well.
var requestLine = regexp.MustCompile(`(?m)^.*level=INFO msg=request .*\n`)

// record is what a process says, read while it goes on saying it.
type record struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

func tail(s string, n int) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// start starts the engine and waits until it accepts work.
func (e *engine) start() time.Duration {
	e.Helper()
	begun := time.Now()
	e.launch()
	e.ready()
	return time.Since(begun)
}

// launch starts the engine and doesn't wait.
func (e *engine) launch() {
	e.Helper()
	bin, err := binary()
	require.NoError(e, err)
	e.cmd = exec.Command(bin, append([]string{"up", "--data", e.dir, "--listen", strings.TrimPrefix(e.url, "http://")}, e.args...)...)
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	require.NoError(e, e.cmd.Start())
	e.exited = make(chan struct{})
	go func(c *exec.Cmd, done chan struct{}) { c.Wait(); close(done) }(e.cmd, e.exited)
}

func (e *engine) ready() {
	e.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		select {
		case <-e.exited:
			e.Fatalf("turnus ended by itself:\n%s", tail(e.log.String(), 30))
		default:
		}
		if r, err := http.Get(e.url + "/readyz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(end) {
			e.Fatalf("not ready within two minutes:\n%s", tail(e.log.String(), 30))
		}
	}
}

// kill ends the process without a warning; its PostgreSQL lives on.
func (e *engine) kill() {
	e.cmd.Process.Kill()
	<-e.exited
}

// stop ends the process in good order.
func (e *engine) stop() {
	if e.cmd == nil {
		return
	}
	e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.exited:
	case <-time.After(30 * time.Second):
		e.cmd.Process.Kill()
		<-e.exited
		e.Error("turnus didn't stop within 30 s of SIGTERM")
	}
	e.cmd = nil
}

// endPostgres sends a signal to the engine's postmaster, if there is one.
func (e *engine) endPostgres(s syscall.Signal) {
	files, _ := filepath.Glob(filepath.Join(e.dir, "postgres*", "data", "postmaster.pid"))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		first, _, _ := strings.Cut(string(b), "\n")
		if pid, err := strconv.Atoi(first); err == nil {
			syscall.Kill(pid, s)
		}
	}
}

func (e *engine) token(file string) string {
	e.Helper()
	b, err := os.ReadFile(filepath.Join(e.dir, file))
	require.NoError(e, err)
	return strings.TrimSpace(string(b))
}

type object = map[string]any

// try makes a request; an error means that nothing was acknowledged.
func (e *engine) try(token, method, path string, body any, key string) (int, object, error) {
	status, o, _, err := e.request(token, method, path, body, key)
	return status, o, err
}

func (e *engine) request(token, method, path string, body any, key string) (int, object, http.Header, error) {
	var r io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r, kind = b, "application/octet-stream"
	case string:
		r, kind = strings.NewReader(b), "application/yaml"
	default:
		j, err := json.Marshal(b)
		require.NoError(e, err)
		r = bytes.NewReader(j)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	q, err := http.NewRequestWithContext(ctx, method, e.url+path, r)
	require.NoError(e, err)
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", kind)
	if key != "" {
		q.Header.Set("Idempotency-Key", key)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, nil, nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, nil, nil, err
	}
	var o object
	if len(b) > 0 {
		require.NoError(e, json.Unmarshal(b, &o), "%s %s: %.200s", method, path, b)
	}
	return a.StatusCode, o, a.Header, nil
}

// all reads a list to its end.
func (e *engine) all(token, path string) []object {
	e.Helper()
	var items []object
	for next, more := "", true; more; {
		page := e.ask(200, token, "GET", path+next, nil)
		for _, i := range page["items"].([]any) {
			items = append(items, i.(object))
		}
		cursor, ok := page["next"].(string)
		next, more = "&cursor="+cursor, ok
	}
	return items
}

// ask makes a request that has to be answered with a status.
func (e *engine) ask(want int, token, method, path string, body any) object {
	e.Helper()
	got, o, err := e.try(token, method, path, body, "")
	require.NoError(e, err)
	require.Equal(e, want, got, "%s %s: %v", method, path, o)
	return o
}

// asked waits until a step of a run asks somebody, and gives its task.
func (e *engine) asked(token, run, step string) object {
	e.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		status, o, err := e.try(token, "GET", "/v1/runs/"+run, nil, "")
		tasks, _ := o["tasks"].([]any)
		for _, t := range tasks {
			if t := t.(object); err == nil && status == 200 && t["step"] == step && t["state"] == "open" {
				return t
			}
		}
		if time.Now().After(end) {
			e.Fatalf("%s doesn't ask for %s within a minute: %d %v %v", run, step, status, o, err)
		}
	}
}

// unexplained are answers to a task about findings: there is nothing to say.
func unexplained(t object) object {
	fields := object{}
	for _, f := range t["fields"].([]any) {
		if name := f.(object)["name"].(string); strings.HasSuffix(name, ".none") {
			fields[name] = "Nothing to be done."
		}
	}
	return object{"outcome": "done", "fields": fields}
}

// unreviewed are the documents of the demo with a service whose owner isn't
// asked about findings.
func unreviewed(t testing.TB) []byte {
	t.Helper()
	documents, err := demoDocuments()
	require.NoError(t, err)
	plain := regexp.MustCompile(`(?m)^  review: findings.*$`).ReplaceAll(documents, nil)
	require.NotEqual(t, documents, plain)
	return plain
}

// await asks until a run is in a state.
func (e *engine) await(token, run, state string) object {
	e.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		status, o, err := e.try(token, "GET", "/v1/runs/"+run, nil, "")
		if err == nil && status == 200 && o["state"] == state {
			return o
		}
		if time.Now().After(end) {
			e.Fatalf("%s isn't %s within a minute: %d %v %v", run, state, status, o, err)
		}
	}
}
