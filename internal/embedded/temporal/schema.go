package temporal

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/lib/pq"
	"go.temporal.io/server/common/log"
	postgresschema "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
	"golang.org/x/sync/errgroup"
)

// setUp makes both databases, or brings them up to date.
func setUp(ctx context.Context, cfg Config) error {
	// Creating a database copies a template, which one at a time may do.
	fresh := map[string]bool{}
	for _, name := range []string{stateDatabase, visibilityDatabase} {
		var err error
		if fresh[name], err = ensure(ctx, cfg, name); err != nil {
			return err
		}
	}
	var both errgroup.Group
	both.Go(func() error {
		return bringUp(ctx, cfg, stateDatabase, "postgresql/v12/temporal", postgresschema.Version, fresh[stateDatabase])
	})
	both.Go(func() error {
		return bringUp(ctx, cfg, visibilityDatabase, "postgresql/v12/visibility", postgresschema.VisibilityVersion, fresh[visibilityDatabase])
	})
	return both.Wait()
}

// ensure makes a database that isn't there, or whose first set-up was killed
// halfway; it says whether the database is new.
func ensure(ctx context.Context, cfg Config, name string) (fresh bool, err error) {
	admin, err := sql.Open("postgres", cfg.URL("postgres"))
	if err != nil {
		return false, err
	}
	defer admin.Close()
	var exists bool
	if err := admin.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		return false, err
	}
	if exists {
		if at, err := version(ctx, cfg, name); err != nil || at != "" {
			return false, err
		}
		if _, err := admin.ExecContext(ctx, `DROP DATABASE `+pq.QuoteIdentifier(name)+` WITH (FORCE)`); err != nil {
			return false, err
		}
	}
	_, err = admin.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name))
	return true, err
}

// version is that of a database's schema; empty: its set-up never ended, as
// the version is what it writes last.
func version(ctx context.Context, cfg Config, name string) (at string, err error) {
	db, err := sql.Open("postgres", cfg.URL(name))
	if err != nil {
		return "", err
	}
	defer db.Close()
	var table bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('schema_version') IS NOT NULL`).Scan(&table); err != nil || !table {
		return "", err
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(curr_version), '') FROM schema_version`).Scan(&at)
	return at, err
}

// bringUp installs the newest schema, or the steps that lead to it.
func bringUp(ctx context.Context, cfg Config, name, schemaName, newest string, fresh bool) error {
	if !fresh {
		if at, err := version(ctx, cfg, name); err != nil || at == newest {
			return err
		}
	}
	silent := log.NewNoopLogger() // it would log each statement
	conn, err := sqltool.NewConnection(database(cfg, name, 2), silent)
	if err != nil {
		return err
	}
	defer conn.Close()
	if fresh {
		err = schema.NewSetupSchemaTask(conn, &schema.SetupConfig{SchemaName: schemaName, InitialVersion: newest}, silent).Run()
	} else {
		err = schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: schemaName}, silent).Run()
	}
	if err != nil {
		return fmt.Errorf("schema of %s: %w", name, err)
	}
	return nil
}
