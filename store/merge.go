package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/ticket"
)

// fetchRows is how many staged rows are merged at a time.
const fetchRows = 4096

// merge is the one ordered pass over the staged rows: those of a ticket, with
// its newest stored version, become its next version.
type merge struct {
	ctx    context.Context
	conn   *sql.Conn
	tx     *sqlx.Tx
	in     Intake
	names  *ticket.Names
	done   *ticket.Import
	oldest *time.Time // opening
	stored bool       // the service has tickets

	group    group
	versions copier // encoded rows of ticket_version
	rejects  copier // and of import_reject
}

// group is the staged rows of one ticket.
type group struct {
	number  string
	rows    []ticket.Row
	flagged bool // other rows of it were rejected
}

func (m *merge) run() error {
	// The sort needs room, and the plan all rows rather than the first ones.
	for _, q := range []string{`SET LOCAL work_mem = '64MB'`, `SET LOCAL cursor_tuple_fraction = 1`,
		`DECLARE staged_rows NO SCROLL CURSOR FOR SELECT number, row, data FROM staged ORDER BY number, row`} {
		if _, err := m.tx.ExecContext(m.ctx, q); err != nil {
			return err
		}
	}
	for {
		n, groups, err := m.fetch()
		if err != nil {
			return err
		}
		if n == 0 && m.group.number != "" {
			groups = append(groups, m.group)
			m.group = group{}
		}
		if err := m.batch(groups); err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	_, err := m.tx.ExecContext(m.ctx, `CLOSE staged_rows`)
	return err
}

// fetch reads the next staged rows and gives the tickets that are complete.
func (m *merge) fetch() (n int, groups []group, err error) {
	rows, err := m.tx.QueryContext(m.ctx, fmt.Sprintf(`FETCH FORWARD %d FROM staged_rows`, fetchRows))
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	var number, data sql.RawBytes
	var row int64
	for rows.Next() {
		if err := rows.Scan(&number, &row, &data); err != nil {
			return 0, nil, err
		}
		n++
		if string(number) != m.group.number {
			if m.group.number != "" {
				groups = append(groups, m.group)
			}
			m.group = group{number: string(number)}
		}
		if data[0] == stagedReject {
			r, err := readReject(data[1:], m.group.number, row)
			if err != nil {
				return 0, nil, err
			}
			m.reject(r)
			m.group.flagged = true
			continue
		}
		r, err := ticket.ReadRow(data[1:], m.names)
		if err != nil {
			return 0, nil, err
		}
		r.Number, r.Row = m.group.number, row
		if len(m.group.rows) >= ticket.MaxChanges {
			m.reject(r.TooMany())
			m.group.flagged = true
			continue
		}
		m.group.rows = append(m.group.rows, r)
	}
	return n, groups, rows.Err()
}

// batch merges complete tickets and writes what became of them.
func (m *merge) batch(groups []group) error {
	newest, err := m.newest(groups)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := m.ticket(g, newest[g.number]); err != nil {
			return err
		}
	}
	if len(m.versions.b) > 0 {
		err := copyIn(m.ctx, m.conn, `COPY ticket_version (service, number, import, opened, first, last, fields, flagged, hash, events) FROM STDIN`,
			func(c *copier) error { return c.raw(m.versions.b) })
		if err != nil {
			return err
		}
		m.versions.b = m.versions.b[:0]
	}
	if len(m.rejects.b) > 0 {
		err := copyIn(m.ctx, m.conn, `COPY import_reject (import, row, number, column_name, value, reason) FROM STDIN`,
			func(c *copier) error { return c.raw(m.rejects.b) })
		if err != nil {
			return err
		}
		m.rejects.b = m.rejects.b[:0]
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
func (m *merge) ticket(g group, k *kept) error {
	var stored *ticket.Version
	if k != nil {
		stored = &k.Version
	}
	v, outcomes := ticket.Merge(stored, g.rows, m.in.Union)
	stays := k != nil && k.later && !m.in.Union // nothing newer is replaced
	for _, o := range outcomes {
		switch {
		case o.Reject != nil:
			m.reject(o.Reject)
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
		return nil // every row was rejected
	}
	packed := ticket.Pack(v.Events)
	if stored != nil && v.Flagged == stored.Flagged && v.Hash == stored.Hash && bytes.Equal(packed, k.packed) {
		return nil
	}
	if v.First.IsZero() {
		v.Settle()
	}
	m.done.Tickets++
	if m.oldest == nil || v.Opened.Before(*m.oldest) {
		m.oldest = &v.Opened
	}
	return m.write(&v, packed)
}

func (m *merge) reject(r *ticket.Reject) {
	m.done.Rejected++
	c := &m.rejects
	c.int(m.done.ID)
	c.int(r.Row)
	c.text(r.Number)
	c.text(r.Column)
	c.text(r.Value)
	reason, _ := json.Marshal(r.Reason) // two texts always marshal
	c.text(string(reason))
	c.b = append(c.b, '\n')
	c.begun = false
}

func (m *merge) write(v *ticket.Version, packed []byte) error {
	fields, err := json.Marshal(v.Fields)
	if err != nil {
		return err
	}
	c := &m.versions
	c.text(m.in.Service)
	c.text(v.Number)
	c.int(m.done.ID)
	c.time(v.Opened)
	c.time(v.First)
	c.time(v.Last)
	c.text(string(fields))
	c.bool(v.Flagged)
	c.text(v.Hash)
	c.bytes(packed)
	c.b = append(c.b, '\n')
	c.begun = false
	return nil
}
