package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

func workerCommand() *cobra.Command {
	var c connection
	var health string
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Run the worker alone, on a PostgreSQL and a Temporal of yours",
		Long: `Runs the worker, and nothing else, on a PostgreSQL and a Temporal that "turnus
migrate" has set up. Several may run side by side. It waits for either that
isn't there yet, and goes on by itself when one was away.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.complete(); err != nil {
				return err
			}
			ctx, release := untilSignal(cmd.Context())
			defer release()
			return serveWorker(ctx, c, health, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&health, "health", "", "address that answers /healthz and /readyz, as 127.0.0.1:8081 (default: none)")
	return cmd
}

// serveWorker runs the worker until ctx ends.
func serveWorker(ctx context.Context, c connection, health string, log *slog.Logger) error {
	limitMemory(alone)
	answer := func(http.Handler) {}
	if health != "" {
		listener, err := net.Listen("tcp", health)
		if err != nil {
			return cantListen(health, err)
		}
		f := newFront(listener)
		defer f.stop()
		answer = f.answer
		say("Health on http://%s/readyz", listener.Addr())
	}
	p, err := c.open(ctx, log)
	if err != nil {
		return stopped(ctx, err)
	}
	defer p.close()
	working, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	w, err := p.work(working, fail)
	if err != nil {
		return err
	}
	defer w.Stop()
	answer(healthOf(p.ready))
	say("The worker works on runs")
	<-working.Done()
	return stopped(ctx, context.Cause(working))
}
