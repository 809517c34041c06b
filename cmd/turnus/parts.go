package main

import (
	"context"
	"database/sql"
	"log/slog"
	"net"

	_ "github.com/lib/pq"

	"turnus/migrations"
)

// parts is what the parts of Turnus need to run.
type parts struct {
	databaseURL     string
	temporalAddress string
	namespace       string
	listener        net.Listener // the API's, open already
	data            *dataDir
	log             *slog.Logger
}

// startParts runs Turnus's own parts until ctx ends.
func startParts(ctx context.Context, p parts) error {
	db, err := sql.Open("postgres", p.databaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := migrations.Up(ctx, db); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
