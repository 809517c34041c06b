package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
)

// Withdraw takes an import back in a transaction of its own.
func (s *Store) Withdraw(ctx context.Context, now time.Time, w Withdrawal) (done dataset.Import, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		done, err = withdrawImport(ctx, tx, now, w)
		return err
	})
	return done, err
}

// StageBehind stages a row that begins another run behind so many.
func (s *Store) StageBehind(ctx context.Context, runs int) error {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing is kept
	g := staging{runs: runs, last: []byte("b")}
	return g.stage(ctx, conn.Conn, func(yield func(entry, error) bool) { yield(entry{key: "a", data: []byte{0}}, nil) }, nil)
}
