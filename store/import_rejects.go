package store

import (
	"context"
	"database/sql"

	"turnus/itsm/dataset"
	"turnus/itsm/text"
)

// RejectsByCause counts the source rows that a service's imports of a dataset have
// taken in or rejected up to one of them, and the rejected ones by reason. A row that
// was rejected again, with the same file, counts once. What was withdrawn by
// then counts nowhere, and what remains is counted as if that had never come;
// only the reasons are those of when a row came.
func (s *Store) RejectsByCause(ctx context.Context, service, of string, asOf int64) (rows int64, causes []dataset.RejectsByCause, err error) {
	var found []struct {
		Loaded int64           `db:"loaded"`      // the same in each row
		Column sql.NullString  `db:"column_name"` // null where nothing was rejected
		Reason JSON[text.Text] `db:"reason"`
		Rows   int64           `db:"rows"`
	}
	err = s.db.SelectContext(ctx, &found, `SELECT loaded, column_name, reason, coalesce(rows, 0) AS rows
		FROM (SELECT coalesce(sum(CASE WHEN `+importRemains("$2")+` THEN rows_loaded ELSE recounted END), 0) AS loaded
			FROM import i WHERE service = $1 AND dataset = $3 AND id <= $2) taken
		LEFT JOIN (SELECT column_name, reason, count(*) AS rows
			FROM (SELECT DISTINCT r.row, r.number, r.column_name, r.value, r.reason
				FROM import_reject r JOIN import i ON i.id = r.import WHERE i.service = $1 AND i.dataset = $3 AND i.id <= $2 AND `+importRemains("$2")+`) once
			GROUP BY column_name, reason) rejected ON true
		ORDER BY rows DESC, column_name, reason::text`, service, asOf, of)
	for i, r := range found {
		if i == 0 {
			rows = r.Loaded
		}
		if r.Column.Valid {
			rows += r.Rows
			causes = append(causes, dataset.RejectsByCause{Column: r.Column.String, Reason: r.Reason.V, Rows: r.Rows})
		}
	}
	return rows, causes, mapped(err)
}
