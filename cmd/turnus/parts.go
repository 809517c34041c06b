package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/client"

	"turnus/api"
	"turnus/migrations"
	"turnus/runs"
	"turnus/store"
	"turnus/worker"
)

// parts is what the parts of Turnus need to run.
type parts struct {
	databaseURL     string
	temporalAddress string
	namespace       string
	listener        net.Listener // the API's, open already
	data            *dataDir
	demo            bool
	backup          func(context.Context, io.Writer) error // nil: the database is somebody else's
	log             *slog.Logger
}

// startParts runs Turnus's own parts until ctx ends: records, worker, API, and
// what the first start does.
func startParts(ctx context.Context, p parts) error {
	st, err := store.Open(ctx, p.databaseURL)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := migrations.Up(ctx, st.DB()); err != nil {
		return err
	}
	temporal, err := client.DialContext(ctx, client.Options{HostPort: p.temporalAddress, Namespace: p.namespace,
		Logger: worker.Logger(p.log.With("part", "temporal client"))})
	if err != nil {
		return err
	}
	defer temporal.Close()
	rs := runs.New(runs.Config{Store: st, Temporal: temporal, Namespace: p.namespace, Now: now, Log: p.log})
	if err := rs.Bind(ctx); err != nil {
		return err
	}
	first, err := p.firstStart(ctx, st)
	if err != nil {
		return err
	}
	w, err := worker.Start(worker.Config{Temporal: temporal, Store: st, Runs: rs, Now: now, Log: p.log})
	if err != nil {
		return err
	}
	defer w.Stop()

	handler := api.New(api.Config{
		Store: st, Runs: rs, Now: now, Log: p.log, Version: version(), Backup: p.backup,
		Ready: func(ctx context.Context) error {
			_, unhealthy := temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return errors.Join(st.Ping(ctx), unhealthy)
		},
		Counts: func(ctx context.Context) (c api.Counts, err error) {
			c.OpenTasks, c.Runs, err = st.Counts(ctx)
			return c, err
		},
	})
	server := api.Server(handler, p.listener.Addr().String())
	served := make(chan error, 1)
	go func() { served <- server.Serve(p.listener) }()
	defer func() {
		// What was begun is answered before what it stands on is stopped.
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(bounded) // what took longer is cut off
	}()
	url := "http://" + p.listener.Addr().String()
	say("Turnus answers on %s", url)
	if p.demo {
		go p.demonstrate(ctx, st, url, first)
	} else {
		say("Declare your organisation: TURNUS_TOKEN=$(cat %s) turnus apply -f FILE", p.data.file("admin-token"))
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-served:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
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
