// Package migrations holds the database's schema, in numbered steps.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

func provider(db *sql.DB) (*goose.Provider, error) {
	// Several processes may start at once: one migrates, the others wait.
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// Up brings a database to the newest version. A database that a newer Turnus
// has written is left alone, with an error.
func Up(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	all := p.ListSources()
	newest := all[len(all)-1].Version
	// The first contact: goose creates its own table here.
	if at, err := p.GetDBVersion(ctx); err != nil {
		return err
	} else if at > newest {
		return fmt.Errorf("the database is at version %d and this Turnus knows %d: a newer Turnus has written it, start that one", at, newest)
	}
	_, err = p.Up(ctx)
	return err
}
