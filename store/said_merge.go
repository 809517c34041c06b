package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
	"turnus/itsm/uptime"
)

// heard is what an import said of a key.
type heard struct {
	dataset.Said
	origin int64 // the import whose row holds the data
}

// hearing selects what the imports of a dataset ($2) about a service ($1), up to
// one of them ($3), said that weren't withdrawn by then: of those keys s that a
// condition selects, in the order of their bytes, the oldest source first. Of
// several that said the same one after the other the first and the last tell when
// it was said, and one that came earlier than the one before it, since when.
func hearing(which string) string {
	return `WITH speaker AS MATERIALIZED (SELECT i.id, i.as_of, i.at FROM import i
			WHERE i.service = $1 AND i.dataset = $2 AND i.id <= $3 AND ` + importRemains("$3") + `)
		SELECT h.key, h.import, h.as_of, h.at, h.origin, o.data
		FROM (SELECT s.key, s.import, i.as_of, i.at, coalesce(s.same_as, s.import) AS origin,
				lag(coalesce(s.same_as, s.import)) OVER by_age AS before, lag(i.at) OVER by_age AS before_at,
				lead(coalesce(s.same_as, s.import)) OVER by_age AS after
			FROM said s JOIN speaker i ON i.id = s.import
			WHERE s.service = $1 AND s.dataset = $2 AND ` + which + `
			WINDOW by_age AS (PARTITION BY s.key ORDER BY i.as_of, i.id)) h
		JOIN said o ON o.service = $1 AND o.dataset = $2 AND o.key = h.key AND o.import = h.origin
		WHERE h.before IS DISTINCT FROM h.origin OR h.after IS DISTINCT FROM h.origin OR h.at < h.before_at
		ORDER BY h.key, h.as_of, h.import`
}

// scan reads one row of hearing. The data is the row's own.
func (h *heard) scan(rows *sql.Rows) (key string, err error) {
	err = rows.Scan(&key, &h.Import, &h.AsOf, &h.At, &h.origin, &h.Data)
	h.AsOf, h.At = h.AsOf.UTC(), h.At.UTC()
	return key, err
}

// hear puts what an import said that came last in its place, and says whether
// anything may be known otherwise then.
func hear(history []heard, next heard) (all []heard, told bool) {
	place, _ := slices.BinarySearchFunc(history, next, func(h, n heard) int {
		if h.Before(n.Said) {
			return -1
		}
		return 1
	})
	same := func(i int) bool { return i >= 0 && i < len(history) && history[i].origin == next.origin }
	if told = !same(place-1) || next.At.Before(history[place-1].At); !told {
		if same(place) { // in between it tells nothing
			return history, false
		}
		if same(place-2) && !history[place-1].At.Before(history[place-2].At) { // nor does the one before, then
			all = slices.Clone(history)
			all[place-1] = next
			return all, false
		}
	}
	return slices.Insert(slices.Clone(history), place, next), told
}

func saidIn(history []heard) []dataset.Said {
	said := make([]dataset.Said, len(history))
	for i, h := range history {
		said[i] = h.Said
	}
	return said
}

// saidMerge keeps what an import says of each key, and counts what of it is known
// already.
type saidMerge[T any] struct {
	of      knowing[T]
	ctx     context.Context
	tx      *sqlx.Tx
	all     *merge
	service string
	say     func(rows [][]byte) (uptime.Saying, error)
	rows    int  // of a key, at most
	stored  bool // the service has imports of the dataset
	first   *time.Time
	found   map[string][]heard // of the keys of a batch
	look    func(T)            // at what the import says of a key by itself
	packed  [][]byte           // rows of a key, used again

	keys      int64 // of which a row makes sense
	twice     int64 // rows that stand in the file already
	differing int64 // rows that say otherwise than a later one about the same instant
}

func (x *saidIntake[R, T]) merger(m *merge, service string, agreed []dataset.Agreed, before coveredBy) merger {
	s := &saidMerge[T]{of: x.knowing, ctx: m.ctx, tx: m.tx, all: m, service: service, say: x.say, rows: x.most, stored: before.AsOf.Valid}
	x.looker = x.looking(agreed)
	s.look = x.looker.see
	for _, at := range []*time.Time{m.done.First, m.done.Since} {
		if at != nil && (s.first == nil || at.Before(*s.first)) {
			s.first = at
		}
	}
	if before.Oldest.Valid && (s.first == nil || before.Oldest.Time.Before(*s.first)) {
		s.first = &before.Oldest.Time
	}
	x.merge = s
	return s
}

func (m *saidMerge[T]) into() []string {
	return []string{`said (service, dataset, key, import, from_at, to_at, same_as, data)`}
}

func (m *saidMerge[T]) oldest() *time.Time { return m.first }

func (m *saidMerge[T]) finish(*batch) {}

func (m *saidMerge[T]) most() int { return m.rows }

func (m *saidMerge[T]) tooMany(key string, row int64) *dataset.Reject {
	return &dataset.Reject{Row: row, Number: uptime.KeyInWords(key), Column: "key", Value: uptime.KeyInWords(key), Reason: text.F(
		"these are more than %[1]s rows that belong together: no more are kept", "mehr als %[1]s Zeilen gehören zusammen: Mehr werden nicht aufbewahrt", text.Number(int64(m.rows)))}
}

// known finds what was said of keys.
func (m *saidMerge[T]) known(keys []string) error {
	m.found = nil
	if !m.stored || len(keys) == 0 {
		return nil
	}
	rows, err := m.tx.QueryContext(m.ctx, hearing("s.key = ANY ($4)"), m.service, m.of.name, int64(math.MaxInt64), pq.Array(keys))
	if err != nil {
		return err
	}
	defer rows.Close()
	m.found = make(map[string][]heard, len(keys))
	for rows.Next() {
		var h heard
		key, err := h.scan(rows)
		if err != nil {
			return err
		}
		m.found[key] = append(m.found[key], h)
	}
	return rows.Err()
}

func (m *saidMerge[T]) merge(b *batch, g group) error {
	if len(g.rows) == 0 { // all of them were rejected
		return nil
	}
	m.packed = m.packed[:0]
	for _, s := range g.rows {
		m.packed = append(m.packed, s.data)
	}
	said, err := m.say(m.packed)
	if err != nil {
		return fmt.Errorf("rows from %d on, of %q: %w", g.rows[0].row, g.key, err)
	}
	done := m.all.done
	// In a dry run, which has no number, it comes last all the same.
	now := heard{dataset.Said{Import: cmp.Or(done.ID, math.MaxInt64), AsOf: done.AsOf, At: done.At, Data: said.Data}, 0}
	now.origin = now.Import
	history := m.found[g.key]
	for _, h := range history {
		if bytes.Equal(h.Data, said.Data) {
			now.origin = h.origin
		}
	}
	alone, err := m.of.known(g.key, []dataset.Said{now.Said})
	if err != nil {
		return err
	}
	c, err := m.of.count(g.key, history, now, alone)
	if err != nil {
		return err
	}
	m.look(alone)
	m.keys++
	m.twice += said.Repeated
	m.differing += said.Differing
	done.Loaded += c.fresh
	done.Unchanged += int64(len(g.rows)) - c.fresh - c.lost
	if c.lost > 0 {
		by, err := m.of.losesTo(g.key, history, c.lostAt)
		if err != nil {
			return err
		}
		m.all.lost(c.lost, uptime.KeyInWords(g.key), by.Import, by.AsOf)
	}
	if c.changed {
		done.Tickets++
		if len(history) == 0 {
			done.New++
		}
	}
	m.write(&b.rows[0], g.key, said, now)
	return nil
}

func (m *saidMerge[T]) write(c *copier, key string, said uptime.Saying, now heard) {
	c.text(m.service)
	c.text(m.of.name)
	c.text(key)
	c.int(now.Import)
	c.time(said.From)
	if said.To.IsZero() {
		c.text("infinity")
	} else {
		c.time(said.To)
	}
	if now.origin == now.Import {
		c.null()
		c.bytes(said.Data)
	} else {
		c.int(now.origin)
		c.null()
	}
	c.row()
}

// counted says what became of what an import said of a key.
type counted struct {
	fresh   int64 // rows that weren't known so
	lost    int64 // rows that lose against what a source said that was read later
	lostAt  map[int64]bool
	changed bool // something else is known of the key
}

// count compares what is known of a key with an import and without it; alone is
// what that one says by itself.
func (k knowing[T]) count(key string, history []heard, now heard, alone T) (c counted, err error) {
	if len(history) == 0 {
		k.each(alone, func(unit) { c.fresh++ })
		return counted{fresh: c.fresh, changed: c.fresh > 0}, nil
	}
	with, told := hear(history, now)
	if !told {
		return c, nil
	}
	before, err := k.known(key, saidIn(history))
	if err != nil {
		return c, err
	}
	after, err := k.known(key, saidIn(with))
	if err != nil {
		return c, err
	}
	was, is := map[unit]bool{}, map[unit]bool{}
	k.each(before, func(u unit) { was[u] = true })
	k.each(after, func(u unit) { is[u] = true })
	k.each(alone, func(u unit) {
		switch {
		case was[u]:
		case is[u]:
			c.fresh++
		default:
			c.lost++
			if c.lostAt == nil {
				c.lostAt = map[int64]bool{}
			}
			c.lostAt[u.at] = true
		}
	})
	c.changed = !reflect.DeepEqual(before, after)
	return c, nil
}

// losesTo finds the newest of those that said something about one of the instants
// at which rows lose.
func (k knowing[T]) losesTo(key string, history []heard, at map[int64]bool) (heard, error) {
	for i := len(history) - 1; i > 0; i-- {
		alone, err := k.known(key, []dataset.Said{history[i].Said})
		if err != nil {
			return heard{}, err
		}
		found := false
		if k.each(alone, func(u unit) { found = found || at[u.at] }); found {
			return history[i], nil
		}
	}
	return history[0], nil
}
