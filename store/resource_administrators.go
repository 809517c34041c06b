package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// countAdministrators counts those who have the role now.
func countAdministrators(ctx context.Context, q sqlx.QueryerContext) (n int, err error) {
	err = sqlx.GetContext(ctx, q, &n, `
		SELECT count(*) FROM (
			SELECT DISTINCT ON (name) retired, document FROM resource WHERE kind = $1 ORDER BY name, version DESC) p
		WHERE NOT retired AND document->'spec'->'roles' ? $2`, string(resource.Person), string(person.Administrator))
	return n, err
}

// checkAdministrators refuses to take the last administrator away, since
// nobody could make another one.
func checkAdministrators(ctx context.Context, q sqlx.QueryerContext, before int) error {
	if before == 0 {
		return nil
	}
	after, err := countAdministrators(ctx, q)
	if err == nil && after == 0 {
		return fault.New(fault.Conflict, text.New("Nobody would be administrator any more: give somebody else the role first.",
			"Niemand hätte mehr die Rolle administrator: Die Rolle zuerst einer anderen Person geben."))
	}
	return err
}

// EnsureAdministrator makes a person named administrator where there is nobody
// at all: the first start.
func (s *Store) EnsureAdministrator(ctx context.Context, now time.Time) error {
	now = now.UTC().Truncate(time.Microsecond)
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		var anybody bool
		if err := tx.GetContext(ctx, &anybody, `SELECT EXISTS (SELECT FROM resource WHERE kind = $1)`, string(resource.Person)); err != nil || anybody {
			return err
		}
		_, err := declare(ctx, tx, person.Actor{}, now, []resource.Raw{{
			APIVersion: resource.APIVersion, Kind: resource.Person,
			Metadata: resource.Metadata{Name: string(person.Administrator), DisplayName: text.New("Administrator", "Administration")},
			Spec:     []byte(`{"roles":["administrator"]}`),
		}})
		return err
	})
}
