package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"turnus/api/spool"
	"turnus/api/web"
)

func apiCommand() *cobra.Command {
	var c connection
	var listen, files, metricsToken string
	var pages siteFlags
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
			site, err := pages.site()
			if err != nil {
				return err
			}
			ctx, release := untilSignal(cmd.Context())
			defer release()
			return serveAPI(ctx, c, listen, files, metricsToken, site, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "address of the API")
	metricsFlag(cmd, &metricsToken)
	pages.declare(cmd)
	cmd.Flags().StringVar(&files, "spool", "", "directory for files that are being sent or fetched (default: the system's for temporary files)")
	return cmd
}

// serveAPI runs the API until ctx ends.
func serveAPI(ctx context.Context, c connection, listen, files, metricsToken string, pages web.Site, log *slog.Logger) error {
	limitMemory(alone)
	if files == "" {
		files = os.TempDir()
	}
	if err := spool.Prepare(files); err != nil {
		return err
	}
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
	p.spool = files
	defer f.stop() // before what it stands on
	p.metricsToken, p.site = metricsToken, pages
	f.answer(p.api())
	say("Turnus answers on http://%s", listener.Addr())
	select {
	case <-ctx.Done():
		return nil
	case err := <-f.failed:
		return err
	}
}
