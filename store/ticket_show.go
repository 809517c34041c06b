package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// shownAtOnce is how many bytes of packed histories a part of a ticket's
// versions has, but for the first of them: a history may have thousands of
// changes, and there may be one an import.
const shownAtOnce = 1 << 20

// Ticket gives what is on record of one: as it is known now, and its versions,
// newest first.
func (s *Store) Ticket(ctx context.Context, service, number string, p Page) (ticket.Record, string, error) {
	t := ticket.Record{Service: service, Number: number, Versions: []ticket.Recorded{}}
	before, err := p.number(1 << 62)
	if err != nil {
		return t, "", err
	}
	now, _, err := s.recorded(ctx, service, number, 1<<62, 1)
	if err != nil {
		return t, "", err
	}
	if len(now) == 0 {
		return t, "", fault.New(fault.NotFound, text.F("%s has no ticket %.200q.", "%s hat kein Ticket %.200q.", service, number))
	}
	t.Recorded = now[0]
	all, more, err := s.recorded(ctx, service, number, before, p.limit())
	t.Versions = append(t.Versions, all...)
	if err != nil || !more {
		return t, "", err
	}
	return t, cursor(strconv.FormatInt(all[len(all)-1].Import, 10)), nil
}

// recorded reads the versions of a ticket that imports before one have left, up
// to most, and whether there are more.
func (s *Store) recorded(ctx context.Context, service, number string, before int64, most int) (all []ticket.Recorded, more bool, err error) {
	// A version that a withdrawal made says what another import has said.
	rows, err := s.db.QueryContext(ctx, `SELECT v.import, i.at, said.as_of, v.flagged, v.hash, v.events
		FROM ticket_version v JOIN import i ON i.id = v.import JOIN import said ON said.id = coalesce(v.said_by, v.import)
		WHERE v.service = $1 AND v.number = $2 AND v.import < $3 ORDER BY v.import DESC LIMIT $4`, service, number, before, most+1)
	if err != nil {
		return nil, false, mapped(err)
	}
	defer rows.Close()
	for bytes := 0; rows.Next(); {
		var v ticket.Recorded
		var packed sql.RawBytes
		if err := rows.Scan(&v.Import, &v.At, &v.AsOf, &v.Flagged, &v.Hash, &packed); err != nil {
			return nil, false, mapped(err)
		}
		if bytes += len(packed); len(all) == most || len(all) > 0 && bytes > shownAtOnce {
			return all, true, nil
		}
		v.At, v.AsOf = v.At.UTC(), v.AsOf.UTC()
		if v, err = ticket.NewRecorded(v, packed); err != nil {
			return nil, false, fmt.Errorf("ticket %s of %s, import %d: %w", number, service, v.Import, err)
		}
		all = append(all, v)
	}
	return all, false, mapped(rows.Err())
}
