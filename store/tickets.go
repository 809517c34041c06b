package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

const importColumns = `id, service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at`

// Imports lists a service's imports, newest first.
func (s *Store) Imports(ctx context.Context, service string, p Page) ([]ticket.Import, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	list := []ticket.Import{}
	if err := s.db.SelectContext(ctx, &list, `SELECT `+importColumns+` FROM import
		WHERE service = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, service, before, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	for i := range list {
		list[i] = importUTC(list[i])
	}
	if len(list) <= p.limit() {
		return list, "", nil
	}
	list = list[:p.limit()]
	return list, cursor(strconv.FormatInt(list[len(list)-1].ID, 10)), nil
}

// ImportByID finds one import.
func (s *Store) ImportByID(ctx context.Context, id int64) (ticket.Import, error) {
	var i ticket.Import
	err := s.db.GetContext(ctx, &i, `SELECT `+importColumns+` FROM import WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return i, fault.New(fault.NotFound, text.F("There is no import %d.", "Es gibt keinen Import %d.", id))
	}
	return importUTC(i), mapped(err)
}

func importUTC(i ticket.Import) ticket.Import {
	i.AsOf, i.Oldest, i.At = i.AsOf.UTC(), i.Oldest.UTC(), i.At.UTC()
	return i
}

// Rejects lists the rows that an import rejected, in the order of the file.
func (s *Store) Rejects(ctx context.Context, id int64, p Page) ([]ticket.Reject, string, error) {
	if _, err := s.ImportByID(ctx, id); err != nil {
		return nil, "", err
	}
	after, err := p.number(0)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		ticket.Reject
		Why JSON[text.Text] `db:"reason"`
	}
	if err := s.db.SelectContext(ctx, &rows, `SELECT row, number, column_name, value, reason FROM import_reject
		WHERE import = $1 AND row > $2 ORDER BY row LIMIT $3`, id, after, p.limit()+1); err != nil {
		return nil, "", mapped(err)
	}
	list := make([]ticket.Reject, 0, len(rows))
	for _, r := range rows {
		r.Reason = r.Why.V
		list = append(list, r.Reject)
	}
	if len(list) <= p.limit() {
		return list, "", nil
	}
	list = list[:p.limit()]
	return list, cursor(strconv.FormatInt(list[len(list)-1].Row, 10)), nil
}

// number decodes a cursor that is one number; start stands at the beginning.
func (p Page) number(start int64) (int64, error) {
	key, err := p.after(1)
	if err != nil || key == nil {
		return start, err
	}
	n, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return 0, notACursor()
	}
	return n, nil
}

// Coverage says what a service's imports cover: from the oldest opening to the
// greatest as-of, and the newest import; zero values without any.
func (s *Store) Coverage(ctx context.Context, service string) (oldest, asOf time.Time, newest int64, err error) {
	var from, to sql.NullTime
	var id sql.NullInt64
	// Without a ticket an import says nothing about where the data begins: its
	// oldest is its as-of, so that it covers nothing.
	err = s.db.QueryRowContext(ctx, `
		SELECT coalesce(min(oldest) FILTER (WHERE tickets_changed > 0), min(oldest)), max(as_of), max(id)
		FROM import WHERE service = $1`, service).Scan(&from, &to, &id)
	if err != nil || !id.Valid {
		return time.Time{}, time.Time{}, 0, mapped(err)
	}
	return from.Time.UTC(), to.Time.UTC(), id.Int64, nil
}

// TicketsAsOf streams the tickets that concern a period, as of an import,
// sorted by number (by its bytes): opened before to, and not over before from.
// It holds one connection until it ends, and no more than one ticket.
func (s *Store) TicketsAsOf(ctx context.Context, service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
	return func(yield func(ticket.Version, error) bool) {
		fail := func(err error) { yield(ticket.Version{}, mapped(err)) }
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends the query where the reader leaves early
		rows, err := s.db.QueryContext(ctx, `
			SELECT v.number, v.import, v.opened, v.first, v.last, v.fields, v.flagged, v.hash, v.events
			FROM ticket_version v
			WHERE v.service = $1 AND v.import <= $2 AND v.last >= $3 AND v.opened < $4
			  AND NOT EXISTS (SELECT 1 FROM ticket_version n
			      WHERE n.service = v.service AND n.number = v.number AND n.import > v.import AND n.import <= $2)
			ORDER BY v.number COLLATE "C"`, service, asOf, from, to)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		var packed sql.RawBytes
		for rows.Next() {
			v := ticket.Version{Service: service}
			var fields JSON[map[string]string]
			if err := rows.Scan(&v.Number, &v.Import, &v.Opened, &v.First, &v.Last, &fields, &v.Flagged, &v.Hash, &packed); err != nil {
				fail(err)
				return
			}
			events, err := ticket.Unpack(packed)
			if err != nil {
				fail(fmt.Errorf("ticket %s of %s, import %d: %w", v.Number, service, v.Import, err))
				return
			}
			v.Events, v.Fields = ticket.History(events), fields.V
			v.Opened, v.First, v.Last = v.Opened.UTC(), v.First.UTC(), v.Last.UTC()
			if !yield(v, nil) {
				cancel()
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}
