package temporal_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/internal/embedded/postgres"
	"turnus/internal/embedded/temporal"
)

// Hello waits for a signal, so that it lives through a restart.
func hello(ctx workflow.Context, name string) (string, error) {
	if name == "patient" {
		var more string
		workflow.GetSignalChannel(ctx, "go").Receive(ctx, &more)
		name += " " + more
	}
	return "hello " + name, nil
}

func quiet() sdklog.Logger { return sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

// buffer is a log that several goroutines write to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

type engine struct {
	dir    string
	ahead  atomic.Int64 // of the clock, in nanoseconds
	pg     *postgres.Server
	server *temporal.Server
	client client.Client
	worker worker.Worker
	log    *buffer
}

// certified is TLS with the files that Start has made in a directory.
func certified(t *testing.T, dir, room string) *tls.Config {
	t.Helper()
	dir = filepath.Join(dir, room)
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	require.NoError(t, err)
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	require.NoError(t, err)
	c := &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: x509.NewCertPool()}
	require.True(t, c.RootCAs.AppendCertsFromPEM(ca))
	return c
}

// options are a client's with Turnus's own certificate.
func (e *engine) options(t *testing.T) client.Options {
	t.Helper()
	return client.Options{HostPort: e.server.Address(), Namespace: "turnus", Logger: quiet(),
		ConnectionOptions: client.ConnectionOptions{TLS: certified(t, e.dir, temporal.ClientDir)}}
}

func up(t *testing.T, dir string) *engine {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := time.Now()
	pg, err := postgres.Start(ctx, postgres.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { pg.Stop(context.Background()) }) //nolint:errcheck // stopped already, if all went well
	database := time.Since(began)
	e := &engine{dir: dir, pg: pg, log: &buffer{}}
	e.server, err = temporal.Start(ctx, temporal.Config{URL: pg.URL, Namespace: "turnus", Dir: dir, Log: slog.New(slog.NewTextHandler(e.log, nil)),
		Now:       func() time.Time { return time.Now().Add(time.Duration(e.ahead.Load())) },
		MaySignal: func(workflow, signal string) bool { return strings.Count(workflow, "/") == 2 && signal == "decide" },
	})
	require.NoError(t, err)
	ready := time.Since(began)
	e.client, err = client.Dial(e.options(t))
	require.NoError(t, err)
	e.worker = worker.New(e.client, "q", worker.Options{})
	e.worker.RegisterWorkflow(hello)
	require.NoError(t, e.worker.Start())
	e.run(t, "first")
	t.Logf("PostgreSQL %v, with Temporal %v, with a first workflow %v, resident %d MB",
		database.Round(time.Millisecond), ready.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), resident())
	return e
}

func (e *engine) down(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	began := time.Now()
	e.worker.Stop()
	e.client.Close()
	require.NoError(t, e.server.Stop(ctx))
	require.NoError(t, e.pg.Stop(ctx))
	t.Logf("stopped in %v", time.Since(began).Round(time.Millisecond))
}

func (e *engine) run(t *testing.T, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var run client.WorkflowRun
	require.Eventually(t, func() (ok bool) { // while the database recovers a call may run out of time
		var err error
		run, err = e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: name, TaskQueue: "q"}, hello, name)
		return err == nil
	}, 30*time.Second, 50*time.Millisecond)
	var answer string
	require.NoError(t, run.Get(ctx, &answer))
	require.Equal(t, "hello "+name, answer)
}

// resident is this process's memory in MB.
func resident() int {
	b, _ := os.ReadFile("/proc/self/statm")
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(fields[1])
	return pages * os.Getpagesize() >> 20
}

// One directory through its life: new, PostgreSQL killed under it, stopped,
// started again.
func TestEngine(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "turnus-temporal-")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	require.NoError(t, os.Chmod(dir, 0o711))

	e := up(t, dir)
	host, _, err := net.SplitHostPort(e.server.Address())
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
	ns, err := client.NewNamespaceClient(e.options(t))
	require.NoError(t, err)
	described, err := ns.Describe(t.Context(), "turnus")
	require.NoError(t, err)
	require.Equal(t, 90*24*time.Hour, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())
	ns.Close()
	_, err = e.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "patient", TaskQueue: "q"}, hello, "patient")
	require.NoError(t, err)

	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	began := time.Now()
	e.run(t, "after the crash")
	t.Logf("work goes on %v after PostgreSQL was killed", time.Since(began).Round(time.Millisecond))
	e.down(t)
	if said := e.log.String(); said != "" {
		t.Logf("Temporal's log: %d lines, the first: %.600s", strings.Count(said, "\n"), said)
	}

	e = up(t, dir)
	require.NoError(t, e.client.SignalWorkflow(t.Context(), "patient", "", "go", "and kept"))
	var answer string
	require.NoError(t, e.client.GetWorkflow(t.Context(), "patient", "").Get(t.Context(), &answer))
	require.Equal(t, "hello patient and kept", answer)
	seen, err := e.client.DescribeWorkflowExecution(t.Context(), "patient", "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, seen.GetWorkflowExecutionInfo().GetStatus())
	select {
	case err := <-e.server.Failed():
		t.Fatalf("the server failed: %v", err)
	default:
	}

	// The database is gone once its schema was looked at, which takes two
	// connections: an error, and no crash.
	var asked atomic.Int32
	_, err = temporal.Start(t.Context(), temporal.Config{Namespace: "turnus", Dir: dir, URL: func(database string) string {
		if database == "temporal" && asked.Add(1) > 2 {
			return "postgres://127.0.0.1:1/temporal?sslmode=disable"
		}
		return e.pg.URL(database)
	}})
	require.ErrorContains(t, err, "Temporal doesn't start")
	e.down(t)
	t.Logf("Temporal's log: %.1500s", e.log.String())
}
