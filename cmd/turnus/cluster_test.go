package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"turnus/internal/embedded/postgres"
	"turnus/internal/embedded/temporal"
	"turnus/migrations"
)

// cluster is what runs on several machines: a PostgreSQL and a Temporal, here
// in the test's own process, and as many `turnus api` and `turnus worker` as
// wanted, each a process that can be killed and started again.
//
//	c := newCluster(t)
//	c.migrate()
//	a, b := c.api(), c.api()
//	w := c.worker()
//	c.start(a, b, w)
//	c.kill(a)
//	b.ask(200, c.admin(), "GET", "/v1/processes", nil)
type cluster struct {
	*testing.T
	bin, dir string
	pg       *postgres.Server
	temporal *temporal.Server
	app      string // address of the database for api and worker
	parts    []*part
}

// part is one child process of a cluster. It asks as an engine does.
type part struct {
	engine        // url is where its API, or a worker's health, answers
	name   string // as in api-1
	env    []string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("starts servers")
	}
	bin, err := binary()
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "turnus-cluster-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // as root, the database's user goes through
	c := &cluster{T: t, bin: bin, dir: dir}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c.pg, err = postgres.Start(ctx, postgres.Config{Dir: filepath.Join(dir, "postgres"), Fetch: true})
	require.NoError(t, err)
	require.NoError(t, c.pg.CreateDatabase(ctx, databaseName))
	app, err := c.pg.Login(ctx, migrations.AppRole)
	require.NoError(t, err)
	c.app = app(databaseName)
	c.temporal, err = temporal.Start(ctx, temporal.Config{URL: c.pg.URL, Namespace: namespace, Dir: dir, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, p := range c.parts {
			p.stop()
			if t.Failed() {
				t.Logf("%s:\n%s", p.name, tail(p.log.String(), 30))
			}
		}
		within(10*time.Second, c.temporal.Stop)
		within(20*time.Second, c.pg.Stop)
		os.RemoveAll(dir)
	})
	return c
}

// run runs a command of the cluster to its end, with the owner's login.
func (c *cluster) run(args ...string) (string, error) {
	cmd := exec.Command(c.bin, args...)
	cmd.Env = c.env(c.pg.URL(databaseName))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c *cluster) env(database string) []string {
	return append(os.Environ(), databaseEnv+"="+database, addressEnv+"="+c.temporal.Address())
}

// certificates is where those are that Temporal lets in.
func (c *cluster) certificates() string { return filepath.Join(c.dir, temporal.ClientDir) }

// tls are the flags with them.
func (c *cluster) tls() []string {
	cert, key, ca := certificate(c.certificates())
	return []string{"--temporal-tls-cert", cert, "--temporal-tls-key", key, "--temporal-tls-ca", ca}
}

// client is a client of the cluster's Temporal, as its parts have one.
func (c *cluster) client() client.Client {
	c.Helper()
	return dialTemporal(c, c.temporal.Address(), c.certificates())
}

// migrate sets everything up and writes the administrator's token.
func (c *cluster) migrate() string {
	c.Helper()
	out, err := c.run(append([]string{"migrate", "--admin-token", filepath.Join(c.dir, "admin-token")}, c.tls()...)...)
	require.NoError(c, err, out)
	return out
}

// admin is the administrator's token.
func (c *cluster) admin() string {
	c.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "admin-token"))
	require.NoError(c, err)
	return strings.TrimSpace(string(b))
}

// api and worker add a process to the cluster, which start starts.
func (c *cluster) api() *part    { return c.add("api", "--listen") }
func (c *cluster) worker() *part { return c.add("worker", "--health") }

func (c *cluster) add(command, address string) *part {
	at := freeAddress(c.T)
	p := &part{name: command + "-" + at[strings.LastIndex(at, ":")+1:], env: c.env(c.app)}
	p.TB, p.url, p.log, p.args = c.T, "http://"+at, &record{}, append([]string{command, address, at}, c.tls()...)
	c.parts = append(c.parts, p)
	return p
}

// start starts parts and waits until all of them are ready.
func (c *cluster) start(parts ...*part) {
	c.Helper()
	for _, p := range parts {
		p.launch(c.bin)
	}
	for _, p := range parts {
		p.ready()
	}
}

// kill ends parts without a warning, all at the same moment.
func (c *cluster) kill(parts ...*part) {
	var all sync.WaitGroup
	for _, p := range parts {
		all.Go(p.kill)
	}
	all.Wait()
}

// launch starts the process without waiting for it.
func (p *part) launch(bin string) {
	p.Helper()
	p.cmd = exec.Command(bin, p.args...)
	p.cmd.Env = p.env
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	require.NoError(p, p.cmd.Start())
	p.exited = make(chan struct{})
	go func(c *exec.Cmd, done chan struct{}) { c.Wait(); close(done) }(p.cmd, p.exited)
}

// stopWithin ends the process in good order, and says how it ended.
func (p *part) stopWithin(limit time.Duration) int {
	p.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(limit):
		p.Fatalf("%s didn't stop within %v", p.name, limit)
	}
	code := p.cmd.ProcessState.ExitCode()
	p.cmd = nil
	return code
}

// status is what a path answers; 0 where nobody does.
func (p *part) status(path string) int {
	r, err := http.Get(p.url + path)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

// apart is a cluster of one API and one worker with a service, and its database
// as the owner sees it.
func apart(t *testing.T) (c *cluster, face, own *part, p people, db *sql.DB) {
	t.Helper()
	c = newCluster(t)
	c.migrate()
	face, own = c.api(), c.worker()
	face.dir = c.dir
	c.start(face, own)
	db, err := sql.Open("postgres", c.pg.URL(databaseName))
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return c, face, own, face.settleWith([]string{"payments"}), db
}
