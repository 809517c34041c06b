package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"
)

func apiCommand() *cobra.Command {
	var c connection
	var listen, metricsToken string
	cmd := &cobra.Command{
		Use:   "api",
		Short: "Run the API alone, on a PostgreSQL and a Temporal of yours",
		Long: `Runs the API, and nothing else, on a PostgreSQL and a Temporal that "turnus
migrate" has set up. Several may run side by side. It waits for either that
isn't there yet, and goes on by itself when one was away.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.complete(); err != nil {
				return err
			}
			if err := checkMetricsToken(metricsToken); err != nil {
				return err
			}
			ctx, release := untilSignal(cmd.Context())
			defer release()
			return serveAPI(ctx, c, listen, metricsToken, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "address of the API")
	metricsFlag(cmd, &metricsToken)
	return cmd
}

// serveAPI runs the API until ctx ends.
func serveAPI(ctx context.Context, c connection, listen, metricsToken string, log *slog.Logger) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return cantListen(listen, err)
	}
	f := newFront(listener)
	defer f.stop()
	p, err := c.open(ctx, log)
	if err != nil {
		return stopped(ctx, err)
	}
	defer p.close()
	defer f.stop() // before what it stands on
	p.metricsToken = metricsToken
	f.answer(p.api())
	say("Turnus answers on http://%s", listener.Addr())
	select {
	case <-ctx.Done():
		return nil
	case err := <-f.failed:
		return err
	}
}
