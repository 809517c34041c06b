package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"iter"
	"time"

	"turnus/itsm/ticket"
)

// TicketsAsOf streams the tickets that concern a period, as of an import,
// sorted by number (by its bytes): opened before to, and not over before from.
// It holds one connection until it ends, and no more than one ticket.
//
// What a history tells is read from it, and not from the columns beside it,
// which are there to be searched.
func (s *Store) TicketsAsOf(ctx context.Context, service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		var packed sql.RawBytes
		more := true // the reader wants more
		err := s.asOf(ctx, `v.number, v.import, v.flagged, v.hash, v.events`, service, asOf, from, to, func(rows *sql.Rows) (bool, error) {
			var v ticket.Version
			if err := rows.Scan(&v.Number, &v.Import, &v.Flagged, &v.Hash, &packed); err != nil {
				return false, err
			}
			if err := v.Read(packed); err != nil {
				return false, fmt.Errorf("ticket %s of %s, import %d: %w", v.Number, service, v.Import, err)
			}
			v.Service = service
			more = yield(v, nil)
			return more, nil
		})
		if err != nil && more {
			yield(ticket.Version{}, mapped(err))
		}
	}
}

// TicketsHash counts the tickets that TicketsAsOf gives, and hashes them, as
// ticket.Set does. see, which may be nil, gets each number, until it returns,
// and its opening.
func (s *Store) TicketsHash(ctx context.Context, service string, asOf int64, from, to time.Time,
	see func(number []byte, opened time.Time)) (count int64, hash string, err error) {
	set := ticket.NewSet()
	var number, content sql.RawBytes
	var opened time.Time
	columns, into := `v.number, v.hash`, []any{&number, &content}
	if see != nil {
		columns, into = columns+`, v.opened`, append(into, &opened)
	}
	err = s.asOf(ctx, columns, service, asOf, from, to, func(rows *sql.Rows) (bool, error) {
		if err := rows.Scan(into...); err != nil {
			return false, err
		}
		ticket.AddTo(set, number, content)
		if see != nil {
			see(number, opened)
		}
		return true, nil
	})
	return set.Count, set.Hash(), mapped(err)
}

// scanning begins a scan, in one message. One process that walks the index in
// its order feeds the reader from the start. Helpers, or a join by hashes, would
// need a sort of whole rows, and take the other cores. How many rows there are
// depends on the parameters.
const scanning = `BEGIN READ ONLY;
	SET LOCAL work_mem = '64MB';
	SET LOCAL max_parallel_workers_per_gather = 0;
	SET LOCAL enable_hashjoin = off;
	SET LOCAL plan_cache_mode = force_custom_plan`

// asOf reads columns of the versions v that concern a period, sorted by number,
// until each says that it wants no more.
func (s *Store) asOf(ctx context.Context, columns, service string, asOf int64, from, to time.Time, each func(*sql.Rows) (more bool, err error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the query where the reader leaves early
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer endScan(conn)
	if _, err := conn.ExecContext(ctx, scanning); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, `
		SELECT `+columns+` FROM ticket_version v
		WHERE v.service = $1 AND v.import <= $2 AND v.last >= $3 AND v.opened < $4
		  AND NOT EXISTS (SELECT 1 FROM ticket_version n
		      WHERE n.service = $1 AND n.number = v.number AND n.import > v.import AND n.import <= $2)
		ORDER BY v.number COLLATE "C"`, service, asOf, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		more, err := each(rows)
		if err != nil || !more {
			cancel()
			return err
		}
	}
	return rows.Err()
}

// endScan ends the transaction of a scan, or the connection with it: no other
// statement shall find its settings.
func endScan(conn *sql.Conn) {
	if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}
