package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"

	"turnus/itsm/task"
	"turnus/report"
)

// Earlier is a report in force of an earlier period, with what it stands on.
type Earlier[T any] struct {
	Period    string
	Run       string
	Version   int
	Hash      string
	Published time.Time
	By        string // who approved this content
	Comment   string
	Intact    bool // its document has the hash under which it was approved
	Document  report.Document
	Frozen    T
}

// History gives the reports in force (the newest version each) of a process
// and scope for some periods, in the order of the periods; those without a
// publication are left out.
func History[T any](ctx context.Context, s *Store, process, scope string, periods []string) ([]Earlier[T], error) {
	var rows []struct {
		Period    string    `db:"period"`
		Run       string    `db:"run"`
		Version   int       `db:"version"`
		Hash      string    `db:"hash"`
		Published time.Time `db:"published_at"`
		By        string    `db:"by"`
		Comment   string    `db:"comment"`
		Intact    bool      `db:"intact"`
		Document  string    `db:"document"`
		Frozen    JSON[T]   `db:"frozen"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT DISTINCT ON (o.place) p.period, p.run, p.version, p.hash, p.published_at,
			coalesce(c.person, '') AS by, coalesce(c.comment, '') AS comment,
			`+intact+` AS intact, d.document, f.document AS frozen
		FROM unnest($3::text[]) WITH ORDINALITY o(period, place)
		JOIN report p ON p.process = $1 AND p.scope = $2 AND p.period = o.period
		JOIN draft d ON d.run = p.run AND d.round = p.round
		JOIN frozen_set f ON f.run = p.run AND f.round = p.round
		LEFT JOIN decision c ON c.run = p.run AND c.round = p.round AND c.hash = p.hash AND c.outcome = $4
		ORDER BY o.place, p.version DESC, c.at DESC`, process, scope, pq.Array(periods), task.Approve)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]Earlier[T], len(rows))
	for i, r := range rows {
		all[i] = Earlier[T]{Period: r.Period, Run: r.Run, Version: r.Version, Hash: r.Hash, Published: r.Published.UTC(), By: r.By, Comment: r.Comment,
			Intact: r.Intact, Frozen: r.Frozen.V}
		if err := json.Unmarshal([]byte(r.Document), &all[i].Document); err != nil {
			return nil, err
		}
	}
	return all, nil
}
