package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"turnus/api/spool"
	"turnus/internal/embedded/postgres"
	"turnus/internal/embedded/temporal"
	"turnus/itsm/text"
)

// The names of Turnus's database and of its Temporal namespace.
const (
	databaseName = "turnus"
	namespace    = "turnus"
)

const gcPercent = 200

// spoolDir is where files that are being sent or fetched lie in the data
// directory; they have no names there, and are in no backup.
const spoolDir = "spool"

// upFlags are what `up` may be told.
type upFlags struct {
	data, listen         string
	spool                string // empty: below the data directory
	demo, ui             bool
	uiPort, temporalPort int
	signalGroup          string
	metricsToken         string
	pages                siteFlags
}

func upCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run everything in one process: PostgreSQL, Temporal, worker, API",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for flag, port := range map[string]int{"--ui-port": f.uiPort, "--temporal-port": f.temporalPort} {
				if port < 0 || port > 65535 {
					return misused("%s %d is no port: take one from 1 to 65535, or 0 for one that is free", flag, port)
				}
			}
			if f.data == "" {
				var err error
				if f.data, err = defaultDataDir(); err != nil {
					return err
				}
			}
			ctx, release := untilSignal(cmd.Context())
			defer release()
			return serve(ctx, f, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	cmd.Flags().StringVar(&f.data, "data", "", "directory that holds everything (default: the user's data directory; as root /var/lib/turnus)")
	cmd.Flags().BoolVar(&f.demo, "demo", false, "on the first start, set up the demo organisation with its public data")
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the API")
	cmd.Flags().StringVar(&f.spool, "spool", "", "directory for files that are being sent or fetched (default: spool, below the data directory)")
	cmd.Flags().BoolVar(&f.ui, "ui", true, "show Temporal's Web UI on loopback, for reading only")
	cmd.Flags().IntVar(&f.uiPort, "ui-port", 0, "port of Temporal's Web UI (default: a free one)")
	cmd.Flags().IntVar(&f.temporalPort, "temporal-port", 0, "port of Temporal, on loopback (default: a free one)")
	cmd.Flags().StringVar(&f.signalGroup, "signal-group", "", "group that may read "+temporal.SignalDir+" in the data directory, and so signal decisions (default: none)")
	metricsFlag(cmd, &f.metricsToken)
	f.pages.declare(cmd)
	return cmd
}

// untilSignal ends ctx with the first SIGINT or SIGTERM, and the process with
// the second: PostgreSQL then stops by itself, and recovers at the next start.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for asked := 0; ; asked++ {
			select {
			case <-done:
				return
			case <-signals:
			}
			if asked > 0 {
				say("turnus: stopped hard")
				os.Exit(1)
			}
			say("turnus: stopping; once more stops it at once")
			cancel()
		}
	}()
	return ctx, func() { signal.Stop(signals); close(done); cancel() }
}

// serve runs the servers and Turnus's own parts on them until ctx ends, and
// stops them in the opposite order.
func serve(ctx context.Context, f upFlags, log *slog.Logger) (err error) {
	// Memory is there, and a heap this small is collected all too often: an
	// import runs at 0.57 instead of 0.51 of \copy with it.
	debug.SetGCPercent(gcPercent)
	limitMemory(beside)
	// The cheap checks come first: nothing is begun that can't be finished.
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return cantListen(f.listen, err)
	}
	defer listener.Close()
	if err := checkMetricsToken(f.metricsToken); err != nil {
		return err
	}
	pages, err := f.pages.site()
	if err != nil {
		return err
	}
	if err := portFree(f.temporalPort); err != nil {
		return err
	}
	group, err := signalGroup(f.signalGroup)
	if err != nil {
		return err
	}
	data, err := openDataDir(f.data)
	if err != nil {
		return err
	}
	defer data.Close()
	if err := data.admit(group); err != nil {
		return err
	}
	if f.spool == "" {
		f.spool = data.file(spoolDir)
	}
	if err := spool.Prepare(f.spool); err != nil {
		return err
	}
	front := newFront(listener)
	defer front.stop()

	pg, err := postgres.Start(ctx, postgres.Config{Dir: data.file(postgresDir), Log: log.With("part", "postgres"), Fetch: true})
	if err != nil {
		return stopped(ctx, err)
	}
	defer func() { err = errors.Join(err, within(20*time.Second, pg.Stop)) }()
	say("PostgreSQL runs on a unix socket; its data is in %s", data.file(postgresDir))
	if err := pg.Steady(ctx, func() error { return pg.CreateDatabase(ctx, databaseName) }); err != nil {
		return stopped(ctx, err)
	}

	var engine *temporal.Server
	if err := pg.Steady(ctx, func() (err error) {
		engine, err = temporal.Start(ctx, temporal.Config{
			URL: pg.URL, Namespace: namespace, Dir: data.path, Port: f.temporalPort, SignalGroup: group, MaySignal: maySignal, Log: log,
		})
		return err
	}); err != nil {
		return stopped(ctx, err)
	}
	defer func() { err = errors.Join(err, within(10*time.Second, engine.Stop)) }()
	if err := data.write("temporal-address", engine.Address()+"\n", 0o600); err != nil {
		return err
	}
	say("Temporal runs on %s, namespace %s; the certificates that it asks for are in %s and %s",
		engine.Address(), namespace, data.file(temporal.ClientDir), data.file(temporal.SignalDir))

	running, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() {
		select {
		case failure := <-engine.Failed():
			fail(fmt.Errorf("Temporal has ended by itself: %w", failure))
		case <-running.Done():
		}
	}()
	var app string
	if err := pg.Steady(running, func() (err error) { app, err = prepare(running, pg); return err }); err != nil {
		return stopped(ctx, err)
	}
	c := connection{databaseURL: app, temporalAddress: engine.Address(), namespace: namespace}
	c.cert, c.key, c.ca = certificate(data.file(temporal.ClientDir))
	backup := func(ctx context.Context, w io.Writer) error { return writeBackup(ctx, w, pg) }
	err = together(running, fail, c, front, site{data: data, demo: f.demo, copy: backup, spool: f.spool, metricsToken: f.metricsToken, pages: pages}, log, func() (stop func()) {
		return showUI(f, engine, data)
	})
	if ctx.Err() == nil && running.Err() != nil {
		return context.Cause(running)
	}
	return stopped(ctx, err)
}

// portFree says what to do where somebody else has Temporal's port.
func portFree(port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("Temporal can't listen on port %d (%w): stop what does, or take another port with --temporal-port N", port, bareNet(err))
	}
	return l.Close()
}

// say tells the person at the terminal, in plain words.
func say(format string, args ...any) {
	fmt.Fprintln(os.Stderr, text.Plain(fmt.Sprintf(format, args...)))
}

// stopped makes no error of what was asked for.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // what breaks while stopping isn't news
	}
	return err
}

// within gives an orderly stop its time.
func within(limit time.Duration, stop func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return stop(ctx)
}

func cantListen(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program: stop that one, or take another address with --listen ADDR", address)
	}
	return fmt.Errorf("the API can't listen on %s (%w): take another address with --listen ADDR", address, bareNet(err))
}

// bareNet leaves out the address, which the message around it names already.
func bareNet(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
