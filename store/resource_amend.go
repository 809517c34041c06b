package store

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/declaration"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// Amend declares a resource anew, as change makes it of its newest version.
// Nothing else is declared between the look and the change. Where that needs an
// approval it is proposed, as Apply does. A retired one isn't found.
func (s *Store) Amend(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string, dryRun bool,
	change func(resource.Raw) (resource.Raw, error)) (done Change, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		v, err := newest(ctx, tx, k, name)
		if err != nil {
			return err
		}
		doc, err := change(v.Resource)
		if err != nil {
			return err
		}
		if err := declaration.Check(doc); err != nil {
			return err
		}
		changes, err := apply(ctx, tx, by, now.UTC().Truncate(time.Microsecond), []resource.Raw{doc})
		if err != nil {
			return err
		}
		if done = changes[0]; dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return Change{}, err
	}
	return done, nil
}
