package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// DeclaringMapping declares a mapping in the transaction of the import that
// brings it along (Intake.Declare): one that fails leaves nothing declared. It
// gives m with the version that it has then, and what became of it. Who may
// declare it is for the caller to say.
func DeclaringMapping(by person.Actor, now time.Time, doc resource.Raw, m dataset.Mapping) func(context.Context, *sqlx.Tx) (dataset.Mapping, error) {
	return func(ctx context.Context, tx *sqlx.Tx) (dataset.Mapping, error) {
		if err := declaration.Check(doc); err != nil {
			return m, err
		}
		if err := lockResources(ctx, tx); err != nil {
			return m, err
		}
		changes, err := declare(ctx, tx, by, now.UTC().Truncate(time.Microsecond), []resource.Raw{doc})
		if err != nil {
			return m, err
		}
		if m.Version = changes[0].After.Version; changes[0].Change != Unchanged {
			m.Change = changes[0].Change
		}
		return m, nil
	}
}
