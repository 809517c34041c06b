package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// How much is merged at a time: staged rows, or blocks of them.
const (
	fetchRows   = 4096
	fetchBlocks = 64
)

// merge is the one ordered pass over the staged rows: those of a ticket, with
// its newest stored version, become its next version. While one batch is
// merged, the one before is written.
type merge struct {
	ctx    context.Context
	conn   *sql.Conn
	tx     *sqlx.Tx
	in     Intake
	names  *ticket.Names
	done   *dataset.Import // its counts belong to the batch that is being merged, and so do those below
	oldest *time.Time      // opening
	stored bool            // the service has tickets
	sorted bool            // the rows are staged in the order of their numbers
	group  group           // whose last row may be still to come

	keys  int64 // tickets of which a row makes sense
	ended int64 // those of them that have stopped
	zero  int64 // those that stopped when they opened
	twice int64 // rows that stand in the file already
	scope *dataset.Scope
	why   map[cause]*dataset.RejectsByWhy
}

// cause is a column and the reason why its value was rejected.
type cause struct{ column, reason string }

// group is the staged rows of one ticket.
type group struct {
	number  string
	rows    []staged
	flagged bool // other rows of it were rejected
}

// staged is a row as ticket.AppendRow has packed it.
type staged struct {
	row  int64
	data []byte
}

// batch is complete tickets on their way into the tables.
type batch struct {
	groups   []group
	refused  []*dataset.Reject // rows that were staged as rejects
	newest   map[string]*kept
	versions copier // encoded rows of ticket_version
	rejects  copier // and of import_reject
	err      error  // of unpacking a row
}

func (m *merge) run() error {
	// A file that is in order already is in blocks and needs no sort: a temporary
	// table is read in the order in which it was written.
	order := ` WHERE row >= 0 ORDER BY number, row`
	if m.sorted {
		order = ``
	}
	// The sort needs room, and the plan all rows rather than the first ones.
	for _, q := range []string{`SET LOCAL work_mem = '64MB'`, `SET LOCAL plan_cache_mode = force_custom_plan`, `SET LOCAL cursor_tuple_fraction = 1`,
		`DECLARE staged_rows NO SCROLL CURSOR FOR SELECT number, row, data FROM staged` + order} {
		if _, err := m.tx.ExecContext(m.ctx, q); err != nil {
			return err
		}
	}
	var before, free *batch
	for last := false; !last; {
		b, n, err := m.fetch(free)
		if err != nil {
			return err
		}
		if last = n == 0; last && m.group.number != "" {
			b.groups = append(b.groups, m.group)
		}
		if b.newest, err = m.newest(b.groups); err != nil {
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
	if err := m.write(before); err != nil {
		return err
	}
	_, err := m.tx.ExecContext(m.ctx, `CLOSE staged_rows`)
	return err
}

// fetch reads the next staged rows; the batch has the tickets that are
// complete, and the room of one that was written.
func (m *merge) fetch(free *batch) (b *batch, n int, err error) {
	most := fetchRows
	if m.sorted {
		most = fetchBlocks
	}
	rows, err := m.tx.QueryContext(m.ctx, fmt.Sprintf(`FETCH FORWARD %d FROM staged_rows`, most))
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	b = &batch{}
	if free != nil {
		b.versions.b, b.rejects.b = free.versions.b[:0], free.rejects.b[:0]
		b.groups, b.refused = free.groups[:0], free.refused[:0]
	}
	var number, data sql.RawBytes
	var row int64
	for rows.Next() {
		if err := rows.Scan(&number, &row, &data); err != nil {
			return nil, 0, err
		}
		n++
		own := bytes.Clone(data) // a group may outlive its batch
		if row == blockRow {
			err = eachStaged(own, func(number []byte, row int64, data []byte) error { return m.take(b, number, row, data) })
		} else {
			err = m.take(b, number, row, own)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return b, n, rows.Err()
}

// take puts a staged row to its group, or among the refused.
func (m *merge) take(b *batch, number []byte, row int64, data []byte) error {
	if len(data) == 0 {
		return errors.New("store: a staged row is damaged")
	}
	reject := data[0] == stagedReject
	if reject && len(number) == 0 { // of no ticket
		r, err := readReject(data[1:], "", row)
		b.refused = append(b.refused, r)
		return err
	}
	if string(number) != m.group.number {
		if m.group.number != "" {
			b.groups = append(b.groups, m.group)
		}
		m.group = group{number: string(number)}
	}
	switch {
	case reject:
		r, err := readReject(data[1:], m.group.number, row)
		if err != nil {
			return err
		}
		b.refused = append(b.refused, r)
		m.group.flagged = true
	case len(m.group.rows) >= ticket.MaxChanges:
		r := ticket.Row{Number: m.group.number, Row: row}
		b.refused = append(b.refused, r.TooMany())
		m.group.flagged = true
	default:
		m.group.rows = append(m.group.rows, staged{row, data[1:]})
	}
	return nil
}

// batch merges complete tickets.
func (m *merge) batch(b *batch) {
	for _, r := range b.refused {
		m.reject(b, r)
	}
	var rows []ticket.Row
	for _, g := range b.groups {
		rows = rows[:0]
		for _, s := range g.rows {
			r, err := ticket.ReadRow(s.data, m.names)
			if err != nil {
				b.err = fmt.Errorf("row %d of ticket %s: %w", s.row, g.number, err)
				return
			}
			r.Number, r.Row = g.number, s.row
			rows = append(rows, r)
		}
		m.ticket(b, g, rows)
	}
}

// write copies a merged batch into the tables.
func (m *merge) write(b *batch) error {
	if b == nil || m.in.DryRun {
		return nil
	}
	for _, t := range []struct {
		into string
		rows []byte
	}{
		{`ticket_version (service, number, import, opened, first, last, fields, flagged, hash, events)`, b.versions.b},
		{`import_reject (import, row, number, column_name, value, reason)`, b.rejects.b},
	} {
		if len(t.rows) == 0 {
			continue
		}
		if err := copyIn(m.ctx, m.conn, `COPY `+t.into+` FROM STDIN`, func(c *copier) error { return c.raw(t.rows) }); err != nil {
			return err
		}
	}
	return nil
}

// kept is a ticket's newest stored version, and whether a file that was read
// later than this one has said it.
type kept struct {
	ticket.Version
	packed []byte
	later  bool
}

// newest finds the newest stored versions of tickets.
func (m *merge) newest(groups []group) (map[string]*kept, error) {
	if !m.stored || len(groups) == 0 {
		return nil, nil
	}
	numbers := make([]string, len(groups))
	for i, g := range groups {
		numbers[i] = g.number
	}
	rows, err := m.tx.QueryContext(m.ctx, `
		SELECT DISTINCT ON (v.number) v.number, v.opened, v.flagged, v.hash, v.events, i.as_of > $3
		FROM ticket_version v JOIN import i ON i.id = v.import
		WHERE v.service = $1 AND v.number = ANY($2)
		ORDER BY v.number, v.import DESC`, m.in.Service, pq.Array(numbers), m.done.AsOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[string]*kept, len(groups))
	for rows.Next() {
		k := &kept{}
		if err := rows.Scan(&k.Number, &k.Opened, &k.Flagged, &k.Hash, &k.packed, &k.later); err != nil {
			return nil, err
		}
		if k.Events, err = ticket.Unpack(k.packed); err != nil {
			return nil, fmt.Errorf("ticket %s: %w", k.Number, err)
		}
		found[k.Number] = k
	}
	return found, rows.Err()
}

// ticket merges one.
func (m *merge) ticket(b *batch, g group, rows []ticket.Row) {
	m.twice += repeated(rows, m.in.Union)
	k := b.newest[g.number]
	var stored *ticket.Version
	if k != nil {
		stored = &k.Version
	}
	v, outcomes := ticket.Merge(stored, rows, m.in.Union)
	stays := k != nil && k.later && !m.in.Union // nothing newer is replaced
	for _, o := range outcomes {
		switch {
		case o.Reject != nil:
			m.reject(b, o.Reject)
		case o.Unchanged, stays:
			m.done.Unchanged++
		default:
			m.done.Loaded++
		}
	}
	if stays {
		flagged := v.Flagged
		v = *stored
		v.Flagged = flagged
	}
	v.Flagged = v.Flagged || g.flagged
	if len(v.Events) == 0 {
		return // every row was rejected
	}
	packed := ticket.Pack(v.Events)
	if stored != nil && v.Flagged == stored.Flagged && v.Hash == stored.Hash && bytes.Equal(packed, k.packed) {
		return
	}
	if v.First.IsZero() {
		v.Settle()
	}
	m.done.Tickets++
	if m.oldest == nil || v.Opened.Before(*m.oldest) {
		m.oldest = &v.Opened
	}
	m.version(b, &v, packed)
}

func (m *merge) reject(b *batch, r *dataset.Reject) {
	m.done.Rejected++
	if m.in.DryRun {
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

func (m *merge) version(b *batch, v *ticket.Version, packed []byte) {
	c := &b.versions
	c.text(m.in.Service)
	c.text(v.Number)
	c.int(m.done.ID)
	c.time(v.Opened)
	c.time(v.First)
	c.time(v.Last)
	c.texts(v.Fields)
	c.bool(v.Flagged)
	c.text(v.Hash)
	c.bytes(packed)
	c.row()
}

// repeated counts rows of one ticket that say what another one before says; of a
// ticket that has one row in a file, all further ones.
func repeated(rows []ticket.Row, union bool) (n int64) {
	for i := 1; i < len(rows); i++ {
		r := &rows[i]
		if slices.ContainsFunc(rows[max(0, i-maxCompared):i], func(o ticket.Row) bool {
			return !union && !r.Change || r.Seq == o.Seq && r.At.Equal(o.At) && r.State == o.State
		}) {
			n++
		}
	}
	return n
}

// maxCompared is with how many rows before it one is compared.
const maxCompared = 50
