package store

import (
	"context"
	"time"

	"turnus/itsm/sla"
)

// Span says which tickets a set holds: those that TicketsAsOf gives.
type Span struct {
	Service  string
	Import   int64
	From, To time.Time
}

// within selects columns of the versions v of a span, whose service is $1 and
// whose other parameters begin at the one that is named.
func within(columns, asOf, from, to string) string {
	return `SELECT ` + columns + ` FROM ticket_version v WHERE v.service = $1 AND v.import <= ` + asOf + ` AND v.last >= ` + from + ` AND v.opened < ` + to + `
		AND NOT EXISTS (SELECT FROM ticket_version n WHERE n.service = $1 AND n.number = v.number AND n.import > v.import AND n.import <= ` + asOf + `)`
}

// TicketsMoved counts the tickets in which two sets of a service differ, and says
// which import brought the newest of them; 0 where that can't be seen, since
// tickets are gone only.
func (s *Store) TicketsMoved(ctx context.Context, old, now Span) (moved sla.Moved, by int64, err error) {
	var row struct {
		sla.Moved
		By int64 `db:"by"`
	}
	err = s.db.GetContext(ctx, &row, `SELECT count(*) FILTER (WHERE o.number IS NULL) AS added, count(*) FILTER (WHERE n.number IS NULL) AS gone,
			count(*) FILTER (WHERE o.hash <> n.hash) AS changed, coalesce(max(n.import) FILTER (WHERE o.hash IS DISTINCT FROM n.hash), 0) AS by
		FROM (`+within("v.number, v.hash", "$2", "$3", "$4")+`) o FULL JOIN (`+within("v.number, v.hash, v.import", "$5", "$6", "$7")+`) n ON n.number = o.number`,
		old.Service, old.Import, old.From, old.To, now.Import, now.From, now.To)
	return row.Moved, row.By, mapped(err)
}

// Withdrawn is an import that was taken back, by another one.
type Withdrawn struct {
	Import     int64 `db:"import"`
	Withdrawal int64 `db:"withdrawal"`
}

// WithdrawnUnder are the imports that a set stands on and that were withdrawn by
// imports after another one: those that said something of one of its tickets, and
// those without which nothing that had come by then covers its end.
func (s *Store) WithdrawnUnder(ctx context.Context, set Span, after int64) (all []Withdrawn, err error) {
	err = s.db.SelectContext(ctx, &all, `SELECT w.withdraws AS import, w.id AS withdrawal FROM import w JOIN import i ON i.id = w.withdraws
		WHERE w.service = $1 AND w.dataset = 'tickets' AND w.id > $5 AND w.withdraws <= $2 AND (
			i.as_of >= $4 AND NOT EXISTS (SELECT FROM import o WHERE o.service = $1 AND o.dataset = 'tickets' AND o.id <= $2 AND o.withdraws IS NULL AND o.as_of >= $4
				AND NOT EXISTS (SELECT FROM import b WHERE b.withdraws = o.id))
			OR EXISTS (SELECT FROM (SELECT number FROM ticket_version WHERE service = $1 AND import = w.withdraws
					UNION ALL SELECT number FROM ticket_kept WHERE service = $1 AND import = w.withdraws
					UNION ALL SELECT unnest(numbers) FROM ticket_repeated WHERE service = $1 AND import = w.withdraws) said
				JOIN (`+within("v.number", "$2", "$3", "$4")+`) held ON held.number = said.number))
		ORDER BY w.id`, set.Service, set.Import, set.From, set.To, after)
	return all, mapped(err)
}
