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
		done, _, err = withdrawImport(ctx, tx, now, w)
		return err
	})
	return done, err
}

// StageBehind stages a row that begins another run behind so many.
func StageBehind(ctx context.Context, runs int) error {
	g := staging{of: dataset.Tickets, runs: make([]stretch, runs), last: []byte("b")}
	defer g.close()
	return g.stage(ctx, func(yield func(entry, error) bool) { yield(entry{key: "a", data: []byte{0}}, nil) }, nil)
}
