package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
)

// batchRows is how many rows are merged at a time.
const batchRows = 8192

// merger is what a dataset adds to a merge.
type merger interface {
	// into names the tables that it writes, each with its columns, as COPY
	// wants them.
	into() []string
	// known reads what is known of keys before their rows are merged.
	known(keys []string) error
	// merge makes what is known of a key of its rows, and writes it.
	merge(b *batch, g group) error
	// finish writes what still waits, at the end of a batch.
	finish(b *batch)
	// oldest is from when on the service's imports know something then; nil: they
	// know nothing.
	oldest() *time.Time
	// most is how many rows a key may have; tooMany rejects another one.
	most() int
	tooMany(key string, row int64) *dataset.Reject
}

// merge is the one ordered pass over the staged rows: those of a key, with what
// is known of it, become what is known then. While one batch is merged, the one
// before is written.
type merge struct {
	ctx   context.Context
	conn  *sql.Conn
	tx    *sqlx.Tx
	of    merger
	done  *dataset.Import // its counts belong to the batch that is being merged
	dry   bool            // nothing is written
	runs  *runs
	group group // whose last row may be still to come
	older []dataset.Outdated
	why   map[cause]*dataset.RejectsByWhy
}

// cause is a column and the reason why its value was rejected.
type cause struct{ column, reason string }

// group is the staged rows of one key.
type group struct {
	key     string
	rows    []staged
	flagged bool // other rows of it were rejected
}

// staged is a row as its dataset has packed it.
type staged struct {
	row  int64
	data []byte
}

// batch is complete groups on their way into the tables.
type batch struct {
	groups  []group
	refused []*dataset.Reject // rows that were staged as rejects
	rows    []copier          // encoded, for each of the merger's tables
	rejects copier            // of import_reject
	err     error
}

func (m *merge) run() error {
	var before, free *batch
	for last := false; !last; {
		b, end, err := m.fetch(free)
		if err != nil {
			return err
		}
		last = end
		keys := make([]string, len(b.groups))
		for i, g := range b.groups {
			keys[i] = g.key
		}
		if err := m.of.known(keys); err != nil {
			return err
		}
		ready := make(chan struct{})
		go func() {
			defer close(ready)
			m.batch(b)
		}()
		err = m.write(before)
		<-ready
		if err := cmp.Or(err, b.err); err != nil {
			return err
		}
		// What was written lends its room to the batch after the next one.
		if before != nil {
			free = before
		}
		before = b
	}
	return m.write(before)
}

// fetch reads the next staged rows; the batch has the groups that are complete,
// and the room of one that was written. end says that these were all.
func (m *merge) fetch(free *batch) (b *batch, end bool, err error) {
	b = &batch{rows: make([]copier, len(m.of.into()))}
	if free != nil {
		for i := range b.rows {
			b.rows[i].b = free.rows[i].b[:0]
		}
		b.rejects.b, b.groups, b.refused = free.rejects.b[:0], free.groups[:0], free.refused[:0]
	}
	for range batchRows {
		key, row, data, more, err := m.runs.next()
		if err != nil {
			return nil, false, err
		}
		if !more {
			if m.group.key != "" {
				b.groups = append(b.groups, m.group)
			}
			return b, true, nil
		}
		if err := m.take(b, key, row, data); err != nil {
			return nil, false, err
		}
	}
	return b, false, nil
}

// take puts a staged row to its group, or among the refused.
func (m *merge) take(b *batch, key []byte, row int64, data []byte) error {
	if len(data) == 0 {
		return errors.New("store: a staged row is damaged")
	}
	reject := data[0] == stagedReject
	if reject && len(key) == 0 { // of no key
		r, err := readReject(data[1:], "", row)
		b.refused = append(b.refused, r)
		return err
	}
	if string(key) != m.group.key {
		if m.group.key != "" {
			b.groups = append(b.groups, m.group)
		}
		m.group = group{key: string(key)}
	}
	switch {
	case reject:
		r, err := readReject(data[1:], m.group.key, row)
		if err != nil {
			return err
		}
		b.refused = append(b.refused, r)
		m.group.flagged = true
	case len(m.group.rows) >= m.of.most():
		b.refused = append(b.refused, m.of.tooMany(m.group.key, row))
		m.group.flagged = true
	default:
		m.group.rows = append(m.group.rows, staged{row, data[1:]})
	}
	return nil
}

// batch merges complete groups.
func (m *merge) batch(b *batch) {
	for _, r := range b.refused {
		m.reject(b, r)
	}
	for _, g := range b.groups {
		if b.err = m.of.merge(b, g); b.err != nil {
			return
		}
	}
	m.of.finish(b)
}

// write copies a merged batch into the tables.
func (m *merge) write(b *batch) error {
	if b == nil || m.dry {
		return nil
	}
	for i, into := range m.of.into() {
		if err := m.copy(into, b.rows[i].b); err != nil {
			return err
		}
	}
	return m.copy(`import_reject (import, row, number, column_name, value, reason)`, b.rejects.b)
}

func (m *merge) copy(into string, rows []byte) error {
	if len(rows) == 0 {
		return nil
	}
	return copyIn(m.ctx, m.conn, `COPY `+into+` FROM STDIN`, func(c *copier) error { return c.raw(rows) })
}

// maxOlder is how many keys that lost are named.
const maxOlder = 20

// lost counts rows of a key that are older than what an import has said of it.
func (m *merge) lost(rows int64, key string, by int64, asOf time.Time) {
	m.done.Older += rows
	if rows > 0 && len(m.older) < maxOlder {
		m.older = append(m.older, dataset.Outdated{Number: key, Rows: rows, Import: by, AsOf: asOf.UTC()})
	}
}

// reject counts a row that isn't taken, and writes it.
func (m *merge) reject(b *batch, r *dataset.Reject) {
	m.done.Rejected++
	if m.dry {
		m.count(r)
		return
	}
	c := &b.rejects
	c.int(m.done.ID)
	c.int(r.Row)
	c.text(r.Number)
	c.text(r.Column)
	c.text(r.Value)
	reason, _ := json.Marshal(r.Reason) // two texts always marshal
	c.text(string(reason))
	c.row()
}

// maxCauses is how many causes of rejects a dry run tells apart.
const maxCauses = 100

// count counts a reject by its cause, for a dry run.
func (m *merge) count(r *dataset.Reject) {
	if m.why == nil {
		m.why = map[cause]*dataset.RejectsByWhy{}
	}
	of := cause{r.Column, r.Reason.En}
	c := m.why[of]
	if c == nil {
		if len(m.why) == maxCauses {
			return
		}
		c = &dataset.RejectsByWhy{Column: r.Column, Reason: r.Reason, Row: r.Row}
		m.why[of] = c
	}
	c.Rows++
	c.Row = min(c.Row, r.Row)
}

// causes lists them by how many rows they have.
func (m *merge) causes() []dataset.RejectsByWhy {
	list := make([]dataset.RejectsByWhy, 0, len(m.why))
	for _, c := range m.why {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b dataset.RejectsByWhy) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column))
	})
	return list
}
