package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
)

// Covered is what the imports of a dataset about a service cover.
type Covered struct {
	Since  time.Time // of tickets and samples the oldest, else from when on the source was kept; zero: no import remains
	AsOf   time.Time // the greatest; zero: no import remains
	Import int64     // the newest, which may be a withdrawal; 0: there is none
}

// Coverage says what a service's imports of a dataset cover.
func (s *Store) Coverage(ctx context.Context, service, dataset string) (Covered, error) {
	c, err := coverage(ctx, s.db, service, dataset)
	return c, mapped(err)
}

func coverage(ctx context.Context, q sqlx.QueryerContext, service, dataset string) (Covered, error) {
	c, err := covered(ctx, q, service, dataset, 0)
	if err != nil || !c.AsOf.Valid {
		return Covered{Import: c.Newest}, err
	}
	if !c.Oldest.Valid { // nothing is covered without a row
		c.Oldest = c.Least
	}
	return Covered{c.Oldest.Time.UTC(), c.AsOf.Time.UTC(), c.Newest}, nil
}

// coveredBy is what the imports of a dataset about a service cover that remain;
// null without one, and Oldest without a row.
type coveredBy struct {
	Oldest sql.NullTime `db:"oldest"`
	Least  sql.NullTime `db:"least"`  // as-of
	AsOf   sql.NullTime `db:"as_of"`  // the greatest
	Newest int64        `db:"newest"` // of all of them
}

// covered reads it as if an import weren't there (0: all are).
func covered(ctx context.Context, q sqlx.QueryerContext, service, of string, without int64) (c coveredBy, err error) {
	oldest := `CASE WHEN kept THEN first_at WHEN tickets_changed > 0 THEN oldest END` // what an import of 0.1.0 said by itself isn't known, only what was known then
	if d, err := dataset.Find(of); err == nil && d.Since {
		oldest = `least(since, first_at)`
	}
	err = sqlx.GetContext(ctx, q, &c, `
		SELECT min(`+oldest+`) FILTER (WHERE remains) AS oldest,
			min(as_of) FILTER (WHERE remains) AS least, max(as_of) FILTER (WHERE remains) AS as_of, coalesce(max(id), 0) AS newest
		FROM (SELECT i.*, i.id <> $3 AND `+importRemains(anyImport)+` AS remains FROM import i WHERE service = $1 AND dataset = $2) i`, service, of, without)
	return c, err
}
