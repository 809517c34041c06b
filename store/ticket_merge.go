package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/ticket"
)

// ticketMerge makes versions of tickets: the rows of a number, with its newest
// stored version, become the next one.
type ticketMerge struct {
	ctx     context.Context
	tx      *sqlx.Tx
	service string
	union   bool
	names   *ticket.Names
	done    *dataset.Import
	all     *merge
	scope   *dataset.Scope

	stored bool       // the service has tickets
	first  *time.Time // opening
	newest map[string]*ticket.Known
	rows   []ticket.Row // of one ticket, used again

	keys  int64 // tickets of which a row makes sense
	ended int64 // those of them that have stopped
	zero  int64 // those that stopped when they opened
	twice int64 // rows that stand in the file already

	repeated   []string // tickets of which the import says what a version of one import says already
	repeatedOf int64    // that import
}

func (m *ticketMerge) into() []string {
	return []string{
		`ticket_version (service, number, import, opened, first, last, fields, flagged, hash, events)`,
		`ticket_kept (service, number, import, flagged, same_as, rows)`,
		`ticket_repeated (service, import, first, last, same_as, numbers)`,
	}
}

func (m *ticketMerge) oldest() *time.Time { return m.first }

func (m *ticketMerge) most() int { return ticket.MaxChanges }

func (m *ticketMerge) tooMany(number string, row int64) *dataset.Reject {
	r := ticket.Row{Number: number, Row: row}
	return r.TooMany()
}

// known finds what is known of tickets. A tombstone says that nothing is.
func (m *ticketMerge) known(numbers []string) error {
	m.newest = nil
	if !m.stored || len(numbers) == 0 {
		return nil
	}
	rows, err := m.tx.QueryContext(m.ctx, `
		SELECT v.number, v.import, v.opened, v.flagged, v.hash, v.events, i.as_of, i.id
		FROM unnest($2::text[]) w (number) CROSS JOIN LATERAL (
			SELECT * FROM ticket_version t WHERE t.service = $1 AND t.number = w.number ORDER BY t.import DESC LIMIT 1) v
		JOIN import i ON i.id = coalesce(v.said_by, v.import)
		WHERE v.hash <> ''`, m.service, pq.Array(numbers))
	if err != nil {
		return err
	}
	defer rows.Close()
	found := make(map[string]*ticket.Known, len(numbers))
	for rows.Next() {
		k := &ticket.Known{}
		if err := rows.Scan(&k.Number, &k.Import, &k.Opened, &k.Flagged, &k.Hash, &k.Packed, &k.AsOf, &k.SaidBy); err != nil {
			return err
		}
		if k.Events, err = ticket.Unpack(k.Packed); err != nil {
			return fmt.Errorf("ticket %s: %w", k.Number, err)
		}
		found[k.Number] = k
	}
	m.newest = found
	return rows.Err()
}

func (m *ticketMerge) merge(b *batch, g group) error {
	m.rows = m.rows[:0]
	for _, s := range g.rows {
		r, err := ticket.ReadRow(s.data, m.names)
		if err != nil {
			return fmt.Errorf("row %d of ticket %s: %w", s.row, g.key, err)
		}
		r.Number, r.Row = g.key, s.row
		m.rows = append(m.rows, r)
	}
	rows := m.rows
	m.twice += countRepeated(rows, m.union)
	known := m.newest[g.key]
	said := ticket.Said{Import: m.done.ID, AsOf: m.done.AsOf, Union: m.union, Rows: rows, Flagged: g.flagged}
	next, outcomes, changed := ticket.Step(known, said)
	lost := int64(0)
	for _, o := range outcomes {
		switch {
		case o.Reject != nil:
			m.all.reject(b, o.Reject)
		case o.Unchanged:
			m.done.Unchanged++
		case o.Older:
			lost++
		default:
			m.done.Loaded++
		}
	}
	if lost > 0 {
		m.all.lost(lost, g.key, known.SaidBy, known.AsOf)
	}
	if next != nil && len(rows) > 0 {
		m.look(next, rows[len(rows)-1].Fields)
	}
	if m.done.ID == 0 { // a dry run keeps nothing
	} else if kept := ticket.Keep(known, said, next, outcomes, changed); kept != nil {
		m.keep(b, g.key, kept)
	}
	if !changed {
		return nil
	}
	m.done.Tickets++
	if known == nil {
		m.done.New++
	}
	if m.first == nil || next.Opened.Before(*m.first) {
		m.first = &next.Opened
	}
	m.version(b, next)
	return nil
}

// look counts a ticket of the file, of which a row makes sense, with its fields
// there.
func (m *ticketMerge) look(k *ticket.Known, fields map[string]string) {
	m.keys++
	m.scope.Ticket(k.Opened, fields)
	if end, stopped := k.End(); stopped {
		m.ended++
		if end.Equal(k.Opened) {
			m.zero++
		}
	}
}

func (m *ticketMerge) version(b *batch, k *ticket.Known) {
	c := &b.rows[0]
	c.text(m.service)
	c.text(k.Number)
	c.int(k.Import)
	c.time(k.Opened)
	c.time(k.First)
	c.time(k.Last)
	c.fields(k.Fields)
	c.bool(k.Flagged)
	c.text(k.Hash)
	c.bytes(k.Packed)
	c.row()
}

// repeatedMost is how many tickets stand in one row of ticket_repeated.
const repeatedMost = 500

func (m *ticketMerge) keep(b *batch, number string, k *ticket.Kept) {
	if k.SameAs != 0 && !k.Flagged {
		if len(m.repeated) == repeatedMost || k.SameAs != m.repeatedOf {
			m.finish(b)
		}
		m.repeatedOf = k.SameAs
		m.repeated = append(m.repeated, number)
		return
	}
	c := &b.rows[1]
	c.text(m.service)
	c.text(number)
	c.int(m.done.ID)
	c.bool(k.Flagged)
	if k.SameAs != 0 {
		c.int(k.SameAs)
	} else {
		c.null()
	}
	if k.Rows != nil {
		c.bytes(k.Rows)
	} else {
		c.null()
	}
	c.row()
}

func (m *ticketMerge) finish(b *batch) {
	if len(m.repeated) == 0 {
		return
	}
	c := &b.rows[2]
	c.text(m.service)
	c.int(m.done.ID)
	c.text(m.repeated[0])
	c.text(m.repeated[len(m.repeated)-1])
	c.int(m.repeatedOf)
	c.texts(m.repeated)
	c.row()
	m.repeated = m.repeated[:0]
}

// countRepeated counts rows of one ticket that say what another one before says; of a
// ticket that has one row in a file, all further ones.
func countRepeated(rows []ticket.Row, union bool) (n int64) {
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
