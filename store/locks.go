package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Advisory locks, all of them ended by their transaction. The second number
// tells the subjects apart: 0 resources, 1 a run's attempts, 2 a report's
// versions, 3 a service's imports.
type lockMode string

const (
	exclusive lockMode = "SELECT pg_advisory_xact_lock(0, 0)"
	shared    lockMode = "SELECT pg_advisory_xact_lock_shared(0, 0)"
)

// lockResources keeps persons, roles and tokens as they are: shared for who
// relies on them, exclusive for who changes them.
func lockResources(ctx context.Context, tx *sqlx.Tx, m lockMode) error {
	_, err := tx.ExecContext(ctx, string(m))
	return err
}
