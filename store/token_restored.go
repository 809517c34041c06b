package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
)

// Revoked counts what was ended after a restore.
type Revoked struct {
	Tokens int `json:"tokens"`
	Feeds  int `json:"feeds"`

	Admissions int64 `json:"admissions"`
}

// RevokeEverything ends all tokens, with the passes and sessions that stand on
// them, all feeds, and all addresses that let somebody in: a backup holds as valid what was ended after it was taken. It is all
// done or nothing; done again it ends what was issued meanwhile.
func (s *Store) RevokeEverything(ctx context.Context, now time.Time) (n Revoked, err error) {
	by := person.Actor{Person: person.System}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil { // nothing is issued meanwhile
			return err
		}
		if n.Tokens, err = revokeAll(ctx, tx, by, now, ""); err != nil {
			return err
		}
		var feeds []Feed
		if err := tx.SelectContext(ctx, &feeds, "SELECT id, person, created_at FROM feed WHERE withdrawn_at IS NULL ORDER BY created_at, id FOR UPDATE"); err != nil {
			return err
		}
		for _, f := range feeds {
			if err := withdraw(ctx, tx, by, now, f.inUTC()); err != nil {
				return err
			}
		}
		n.Feeds = len(feeds)
		if n.Admissions, err = endAdmissions(ctx, tx, now, ""); err != nil {
			return err
		}
		return record(ctx, tx, by, now, "restore.revoked", "installation", nil, n)
	})
	return n, err
}
