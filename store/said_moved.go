package store

import (
	"context"
	"crypto/sha256"

	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/sla"
)

// KnownMoved counts the keys of a dataset of which different things are known in
// two sets of a service, and says which import that the old one doesn't stand on
// brought the newest of what is known now; 0 where none did, since it was said
// before, or keys are gone only.
func (s *Store) KnownMoved(ctx context.Context, name string, old, now KnownSpan) (moved sla.Moved, by int64, err error) {
	was := map[string][sha256.Size]byte{}
	if err := s.eachKnown(ctx, name, old, func(key string, content [sha256.Size]byte) { was[key] = content }); err != nil {
		return moved, 0, err
	}
	var keys []string
	err = s.eachKnown(ctx, name, now, func(key string, content [sha256.Size]byte) {
		before, known := was[key]
		delete(was, key)
		switch {
		case !known:
			moved.Added++
		case before != content:
			moved.Changed++
		default:
			return
		}
		keys = append(keys, key)
	})
	moved.Gone = int64(len(was))
	if err != nil || len(keys) == 0 {
		return moved, 0, err
	}
	// What says the same as another one of the new ones wasn't brought by it.
	err = s.db.GetContext(ctx, &by, `SELECT coalesce(max(t.import), 0) FROM said t JOIN import i ON i.id = t.import
		WHERE t.service = $1 AND t.dataset = $2 AND t.import > $3 AND t.import <= $4 AND t.key = ANY ($5)
		AND (t.same_as IS NULL OR t.same_as <= $3) AND `+importRemains("$4"), now.Service, name, old.Import, now.Import, pq.Array(keys))
	return moved, by, mapped(err)
}

// KnownWithdrawnUnder are the imports of a dataset that a set stands on and that
// were withdrawn by imports after another one: those that said something of one
// of its keys, and those without which nothing that had come by then covers its
// end, or its beginning.
func (s *Store) KnownWithdrawnUnder(ctx context.Context, name string, set KnownSpan, after int64) (all []Withdrawn, err error) {
	begins := `i.first_at`
	if needsSince(name) {
		begins = `least(i.since, i.first_at)`
	}
	if name == dataset.Maintenance { // what is announced covers no time
		begins = `NULL::timestamptz`
	}
	err = s.db.SelectContext(ctx, &all, `WITH mine AS (SELECT i.id, i.as_of, `+begins+` AS begins, i.withdraws,
				NOT EXISTS (SELECT FROM import b WHERE b.withdraws = i.id) AS stays
			FROM import i WHERE i.service = $1 AND i.dataset = $2)
		SELECT w.withdraws AS import, w.id AS withdrawal FROM mine w JOIN mine i ON i.id = w.withdraws
		WHERE w.id > $6 AND i.id <= $3 AND (
			i.as_of >= $5 AND NOT EXISTS (SELECT FROM mine o WHERE o.id <= $3 AND o.withdraws IS NULL AND o.stays AND o.as_of >= $5)
			OR i.begins <= $4 AND NOT EXISTS (SELECT FROM mine o WHERE o.id <= $3 AND o.withdraws IS NULL AND o.stays AND o.begins <= $4)
			OR EXISTS (SELECT FROM said t JOIN said u ON u.service = $1 AND u.dataset = $2 AND u.key = t.key AND u.import <= $3
				WHERE t.service = $1 AND t.dataset = $2 AND t.import = i.id AND u.to_at >= $4 AND u.from_at <= $5))
		ORDER BY w.id`, set.Service, name, set.Import, set.From, set.To, after)
	return all, mapped(err)
}
