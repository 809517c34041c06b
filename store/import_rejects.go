package store

import (
	"context"

	"turnus/itsm/sla"
	"turnus/itsm/text"
)

// RejectsByCause counts the source rows that a service's imports have taken in
// or rejected up to one of them, and the rejected ones by reason. A row that
// was rejected again, with the same file, counts once.
func (s *Store) RejectsByCause(ctx context.Context, service string, asOf int64) (rows int64, causes []sla.RejectsByCause, err error) {
	err = s.db.GetContext(ctx, &rows, "SELECT coalesce(sum(rows_loaded), 0) FROM import WHERE service = $1 AND id <= $2", service, asOf)
	if err != nil {
		return 0, nil, mapped(err)
	}
	var found []struct {
		Column string          `db:"column_name"`
		Reason JSON[text.Text] `db:"reason"`
		Rows   int64           `db:"rows"`
	}
	err = s.db.SelectContext(ctx, &found, `SELECT column_name, reason, count(*) AS rows
		FROM (SELECT DISTINCT r.row, r.number, r.column_name, r.value, r.reason
			FROM import_reject r JOIN import i ON i.id = r.import WHERE i.service = $1 AND i.id <= $2) once
		GROUP BY column_name, reason ORDER BY rows DESC, column_name, reason::text`, service, asOf)
	for _, r := range found {
		rows += r.Rows
		causes = append(causes, sla.RejectsByCause{Column: r.Column, Reason: r.Reason.V, Rows: r.Rows})
	}
	return rows, causes, mapped(err)
}
