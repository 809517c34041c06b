// Package migrations holds the database's schema, in numbered steps, and what
// the serving role may do with it.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed 0*.sql
var files embed.FS

//go:embed grants.sql
var grants string

// AppRole is the role as which api and worker should connect, or of which
// their login should be a member: it reads and adds, and changes only what may
// be changed. Up makes it, where it may.
const AppRole = "turnus_app"

// ErrNoRole says that the schema is up to date, but that the login which
// brought it there may not make the serving role.
var ErrNoRole = errors.New("the serving role is missing")

func provider(db *sql.DB) (*goose.Provider, error) {
	// Several processes may start at once: one migrates, the others wait.
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// newest is the version of the schema that this Turnus knows.
func newest(p *goose.Provider) int64 {
	all := p.ListSources()
	return all[len(all)-1].Version
}

// Up brings a database to the newest version and states the serving role's
// rights. A database that a newer Turnus has written is left alone, with an
// error. db is the owner's.
func Up(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	// The first contact: goose creates its own table here.
	if at, err := p.GetDBVersion(ctx); err != nil {
		return err
	} else if at > newest(p) {
		return tooNew(at, newest(p))
	}
	if _, err = p.Up(ctx); err != nil {
		return err
	}
	return grant(ctx, db)
}

// grant states the serving role's rights, one process at a time.
func grant(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('turnus grants'))`); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, grants); err != nil {
		return err
	}
	var there, creates bool
	var schema string
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(bool_or(has_any_column_privilege(oid, 'audit', 'INSERT')), false),
			coalesce(bool_or(has_schema_privilege(oid, current_schema(), 'CREATE')), false), quote_ident(current_schema())
		FROM pg_roles WHERE rolname = $1`, AppRole).Scan(&there, &creates, &schema); err != nil {
		return err
	}
	switch err := tx.Commit(); {
	case err != nil:
		return err
	case !there:
		return ErrNoRole
	case creates: // the owner of the schema is somebody else
		return fmt.Errorf("everybody may create tables and functions in schema %[1]s, beside Turnus's own: "+
			"have the schema's owner run REVOKE CREATE ON SCHEMA %[1]s FROM PUBLIC, then run turnus migrate again", schema)
	}
	return nil
}

// Check says in one line why this Turnus can't serve the database: its schema
// is older or newer, or the login lacks rights. Any other error means that
// the database couldn't be asked.
func Check(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	var table bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&table); err != nil {
		return err
	}
	var at int64
	if table {
		err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&at)
		var denied *pq.Error
		if errors.As(err, &denied) && denied.Code == "42501" {
			return fmt.Errorf("this login has no rights in the database: run turnus migrate with the owner's login, and make this one a member of %s", AppRole)
		}
		if err != nil {
			return err
		}
	}
	switch want := newest(p); {
	case at == 0:
		return errors.New("the database has no schema yet: run turnus migrate")
	case at < want:
		return fmt.Errorf("the database is at version %d and this Turnus needs %d: run turnus migrate", at, want)
	case at > want:
		return tooNew(at, want)
	}
	return nil
}

func tooNew(at, known int64) error {
	return fmt.Errorf("the database is at version %d and this Turnus knows %d: a newer Turnus has written it, start that one", at, known)
}
