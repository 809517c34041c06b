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
