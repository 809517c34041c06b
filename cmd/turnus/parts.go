package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"turnus/api"
	"turnus/api/web"
	"turnus/runs"
	"turnus/store"
	"turnus/worker"
)

// parts are what Turnus's own parts stand on, and the parts themselves: `up`
// runs all of them in one process, `api` and `worker` one each.
type parts struct {
	store    *store.Store
	temporal client.Client
	runs     *runs.Runs
	backup   func(context.Context, io.Writer) error // nil: the database is somebody else's
	spool    string                                 // directory for files on their way
	log      *slog.Logger

	metricsToken string // a file, see metricsFlag
	site         web.Site
}

// close lets go of PostgreSQL and Temporal.
func (p *parts) close() {
	if p.temporal != nil {
		p.temporal.Close()
	}
	p.store.Close()
}

// ready says whether work is accepted.
func (p *parts) ready(ctx context.Context) error {
	_, unhealthy := p.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return errors.Join(p.store.Ping(ctx), unhealthy)
}

// work starts the worker, as soon as Temporal is there; failed is told if it
// gives up by itself.
func (p *parts) work(ctx context.Context, failed func(error)) (w *worker.Worker, err error) {
	err = awaited(ctx, "Temporal", func(context.Context) (err error) {
		w, err = worker.Start(worker.Config{Temporal: p.temporal, Store: p.store, Runs: p.runs, Now: now, Log: p.log,
			Failed: func(err error) { failed(fmt.Errorf("the worker has given up: %w", err)) }})
		return err
	})
	return w, err
}

// api is the API's handler.
func (p *parts) api() http.Handler {
	return api.New(api.Config{
		Store: p.store, Runs: p.runs, Now: now, Log: p.log, Version: version(), Ready: p.ready, Backup: p.backup,
		Counts: p.counts, Spool: p.spool, MetricsTokenFile: p.metricsToken, Site: p.site,
	})
}

// metricsFlag declares where the token is that lets /metrics be read.
func metricsFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "metrics-token-file", "", "file with the token that lets /metrics be read, read anew each time (default: without one, from this machine only)")
}

// checkMetricsToken finds out early that such a file can't serve.
func checkMetricsToken(file string) error {
	if file == "" {
		return nil
	}
	if _, err := api.ReadMetricsToken(file); err != nil {
		return fmt.Errorf("the token for metrics can't be read: %w", err)
	}
	return nil
}

// counts reads what /metrics shows of the work.
func (p *parts) counts(ctx context.Context) (c api.Counts, err error) {
	if c.OpenTasks, c.Runs, err = p.store.Counts(ctx); err != nil {
		return c, err
	}
	if c.Stale, err = p.store.StaleTasks(ctx); err != nil {
		return c, err
	}
	if c.Plan, err = p.store.Watch(ctx, now()); err != nil {
		return c, err
	}
	if c.Ledgers, _, err = p.store.Ledgers(ctx, store.Sight{All: true}, store.Of{}, store.Page{}); err != nil {
		return c, err
	}
	if c.Improvement, err = p.store.WatchImprovement(ctx, now()); err != nil {
		return c, err
	}
	c.Findings, c.Escalated, err = p.store.FindingCounts(ctx)
	return c, err
}

// front answers on a listener from the beginning: that Turnus is starting,
// until there is something that answers instead.
type front struct {
	server  *http.Server
	handler atomic.Pointer[http.Handler]
	failed  chan error // that it can't go on
}

func newFront(l net.Listener) *front {
	f := &front{failed: make(chan error, 1)}
	f.answer(api.Starting())
	f.server = api.Server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*f.handler.Load()).ServeHTTP(w, r)
	}), l.Addr().String())
	go func() {
		if err := f.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			f.failed <- err
		}
	}()
	return f
}

// answer lets h answer from now on.
func (f *front) answer(h http.Handler) { f.handler.Store(&h) }

// stop lets what was begun be answered before what it stands on is stopped;
// what takes longer is cut off.
func (f *front) stop() {
	bounded, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	if f.server.Shutdown(bounded) != nil {
		f.server.Close()
	}
}

// now is the clock of everything that goes on record: as exact as PostgreSQL
// keeps it, so that an answer says what the record says.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// version of this binary, as far as it was built from a commit.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}
