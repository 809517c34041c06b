package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// Amend declares a resource anew, as change makes it of its newest version.
// Nothing else is declared between the look and the change. A retired one
// isn't found.
func (s *Store) Amend(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string, dryRun bool,
	change func(resource.Raw) (resource.Raw, error)) (Change, error) {
	changes, err := s.declare(ctx, by, now, dryRun, func(q sqlx.QueryerContext) ([]resource.Raw, error) {
		v, err := newest(ctx, q, k, name)
		if err != nil {
			return nil, err
		}
		doc, err := change(v.Resource)
		if err != nil {
			return nil, err
		}
		docs := []resource.Raw{doc}
		return docs, each(docs)
	})
	if err != nil {
		return Change{}, err
	}
	return changes[0], nil
}
