package store

import (
	"context"

	"github.com/lib/pq"

	"turnus/report"
)

// Results are what report.Results gives of published reports, by run, read where they
// are kept: a document is large.
// What isn't as it was published has none.
func (s *Store) Results(ctx context.Context, runs []string) (map[string][]report.Figure, error) {
	var rows []struct {
		Run     string                `db:"run"`
		Figures JSON[[]report.Figure] `db:"figures"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT p.run, jsonb_path_query_array(d.document::jsonb, '$.figures[*] ? (exists (@.target) && !(@.name like_regex "`+report.IfAll+`$"))') AS figures
		FROM report p JOIN draft d ON d.run = p.run AND d.round = p.round WHERE p.run = ANY ($1) AND `+isIntact, pq.Array(runs))
	all := map[string][]report.Figure{}
	for _, r := range rows {
		all[r.Run] = r.Figures.V
	}
	return all, mapped(err)
}
