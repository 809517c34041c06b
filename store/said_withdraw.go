package store

import (
	"context"
	"fmt"
	"reflect"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
)

// unsaid counts what the withdrawal of an import changes whose word is kept. It
// writes nothing: what is known is read from what remains.
func unsaid(ctx context.Context, tx *sqlx.Tx, row importRow) (takenBack, error) {
	switch row.Dataset {
	case dataset.Outages:
		return withoutWord(ctx, tx, row, knowingOutages())
	case dataset.Maintenance:
		return withoutWord(ctx, tx, row, knowingWindows())
	case dataset.Probes:
		return withoutWord(ctx, tx, row, knowingDays())
	}
	return takenBack{}, fmt.Errorf("store: what is said of %s isn't kept that way", row.Dataset)
}

// word is what an import said of a key, in the order in which imports came.
type word struct {
	heard
	remains bool
}

func withoutWord[T any](ctx context.Context, tx *sqlx.Tx, row importRow, k knowing[T]) (all takenBack, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT s.key, s.import, i.as_of, i.at, coalesce(s.same_as, s.import), s.data, `+importRemains(anyImport)+`
		FROM said s JOIN import i ON i.id = s.import WHERE s.service = $1 AND s.dataset = $2
		AND s.key IN (SELECT w.key FROM said w WHERE w.service = $1 AND w.dataset = $2 AND w.import = $3) ORDER BY s.key, s.import`, row.Service, row.Dataset, row.ID)
	if err != nil {
		return all, err
	}
	defer rows.Close()
	var last string
	var words []word
	data := map[int64][]byte{} // by the import whose row holds it
	finish := func() error {
		if len(words) == 0 {
			return nil
		}
		of, err := k.without(last, words, row.ID)
		all.changed, all.gone, all.recounted = all.changed+of.changed, all.gone+of.gone, all.recounted+of.recounted
		words = words[:0]
		clear(data)
		return err
	}
	for rows.Next() {
		var key string
		var w word
		if err := rows.Scan(&key, &w.Import, &w.AsOf, &w.At, &w.origin, &w.Data, &w.remains); err != nil {
			return all, err
		}
		if key != last {
			if err := finish(); err != nil {
				return all, err
			}
			last = key
		}
		if w.origin == w.Import {
			data[w.origin] = w.Data
		}
		var known bool
		if w.Data, known = data[w.origin]; !known {
			return all, fmt.Errorf("store: what import %d said of %q is missing", w.origin, key)
		}
		w.AsOf, w.At = w.AsOf.UTC(), w.At.UTC()
		words = append(words, w)
	}
	if err := rows.Err(); err != nil {
		return all, err
	}
	return all, finish()
}

// without says what is different of a key without an import. Rows of the others
// are counted as if that had never come; its own, as an earlier withdrawal may
// have recounted them, no longer.
func (k knowing[T]) without(key string, words []word, withdraws int64) (c takenBack, err error) {
	var with, others []heard
	came := false
	for _, w := range words {
		if !w.remains {
			continue
		}
		came = came || w.Import == withdraws
		if came {
			alone, err := k.known(key, []dataset.Said{w.Said})
			if err != nil {
				return c, err
			}
			was, err := k.count(key, with, w.heard, alone)
			if err != nil {
				return c, err
			}
			c.recounted -= was.fresh
			if w.Import != withdraws {
				is, err := k.count(key, others, w.heard, alone)
				if err != nil {
					return c, err
				}
				c.recounted += is.fresh
			}
		}
		with, _ = hear(with, w.heard)
		if w.Import != withdraws {
			others, _ = hear(others, w.heard)
		}
	}
	before, err := k.known(key, saidIn(with))
	if err != nil {
		return c, err
	}
	after, err := k.known(key, saidIn(others))
	if err != nil || reflect.DeepEqual(before, after) {
		return c, err
	}
	c.changed = 1
	if len(others) == 0 {
		c.gone = 1
	}
	return c, nil
}
