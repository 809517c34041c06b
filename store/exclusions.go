package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"turnus/itsm/agreement"
)

const exclusionColumns = `e.id, e.service, e.tickets, e.agreement, e.target, e.reason, e.detail, e.evidence, e.person, e.token_issuer, e.at,
	w.person AS withdrawn_by, w.token_issuer AS withdrawn_issuer, w.reason AS withdrawn_reason, w.at AS withdrawn_at`

type exclusionRow struct {
	agreement.Exclusion
	Tickets         pq.StringArray `db:"tickets"`
	WithdrawnBy     sql.NullString `db:"withdrawn_by"`
	WithdrawnIssuer sql.NullString `db:"withdrawn_issuer"`
	WithdrawnReason sql.NullString `db:"withdrawn_reason"`
	WithdrawnAt     sql.NullTime   `db:"withdrawn_at"`
}

func (r exclusionRow) plain() agreement.Exclusion {
	e := r.Exclusion
	e.Tickets, e.At = r.Tickets, e.At.UTC()
	if r.WithdrawnBy.Valid {
		e.Withdrawn = &agreement.Withdrawal{By: r.WithdrawnBy.String, TokenIssuer: r.WithdrawnIssuer.String,
			At: r.WithdrawnAt.Time.UTC(), Reason: r.WithdrawnReason.String}
	}
	return e
}

// ExclusionsOf gives the exclusions of a service that hold at an instant:
// proposed up to it, and not withdrawn by then; in order of their ID. A
// withdrawal that came later isn't shown.
func (s *Store) ExclusionsOf(ctx context.Context, service string, at time.Time) ([]agreement.Exclusion, error) {
	var rows []exclusionRow
	err := s.db.SelectContext(ctx, &rows, `SELECT `+exclusionColumns+` FROM exclusion e
		LEFT JOIN exclusion_withdrawal w ON w.exclusion = e.id AND w.at <= $2
		WHERE e.service = $1 AND e.at <= $2 AND w.exclusion IS NULL ORDER BY e.id`, service, at)
	list := make([]agreement.Exclusion, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, mapped(err)
}
