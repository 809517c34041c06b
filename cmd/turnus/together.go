package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"turnus/internal/embedded/postgres"
	"turnus/internal/embedded/temporal"
	"turnus/itsm/task"
	"turnus/migrations"
	"turnus/store"
)

const uiAddressFile = "temporal-ui-address"

// prepare brings the database up to date as its owner, and gives its address
// for the parts, which may do less.
func prepare(ctx context.Context, pg *postgres.Server) (string, error) {
	app, err := pg.Login(ctx, migrations.AppRole)
	if err != nil {
		return "", err
	}
	owner, err := store.Open(ctx, pg.URL(databaseName))
	if err != nil {
		return "", err
	}
	defer owner.Close()
	return app(databaseName), migrations.Up(ctx, owner.DB())
}

// together runs worker and API in this process until ctx ends, and does what
// the first start does; show is called once work is accepted.
func together(ctx context.Context, fail func(error), c connection, f *front, s site, log *slog.Logger, show func() (stop func())) error {
	p, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer p.close()
	p.backup, p.spool, p.metricsToken, p.site = s.copy, s.spool, s.metricsToken, s.pages
	if err := s.revokeRestored(ctx, p.store); err != nil { // first of all: what is issued from now on is valid
		return err
	}
	first := false
	if err := awaited(ctx, "the database", func(ctx context.Context) (err error) {
		first, err = s.firstStart(ctx, p.store)
		return err
	}); err != nil {
		return err
	}
	w, err := p.work(ctx, fail)
	if err != nil {
		return err
	}
	defer w.Stop()
	defer f.stop() // before what it stands on
	f.answer(p.api())
	url := "http://" + f.server.Addr
	say("Turnus answers on %s", url)
	s.letIn(ctx, p.store, url, administrator)
	defer show()()
	if s.demo {
		go s.demonstrate(ctx, p.store, url, first)
	} else {
		say("Declare your organisation: TURNUS_TOKEN=$(cat %s) turnus apply -f FILE", s.data.file(adminTokenFile))
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-f.failed:
		return err
	}
}

// showUI starts Temporal's Web UI, unless it was switched off. Nothing depends
// on it: where it can't run, Turnus does without.
func showUI(f upFlags, engine *temporal.Server, data *dataDir) (stop func()) {
	os.Remove(data.file(uiAddressFile)) //nolint:errcheck // of the last start
	if !f.ui {
		return func() {}
	}
	at := data.file(uiAddressFile)
	// Passes that were signalled stand in histories. Once presented they are
	// worth nothing, and until then they are nobody else's to see.
	ui, err := temporal.StartUI(engine, temporal.UIConfig{Port: f.uiPort, Where: at, Hidden: task.Passes})
	if err != nil {
		say("Temporal's Web UI isn't there: %v", err)
		return func() {}
	}
	if err := data.write(uiAddressFile, ui.URL()+"\n", 0o600); err != nil {
		say("%v", err)
	}
	say("Temporal's Web UI, for reading only: open the address in %s", at)
	return func() { within(time.Second, ui.Stop) } //nolint:errcheck // it holds nothing
}
