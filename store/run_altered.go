package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// RecordsAltered is the kind of finding that opens where what a run stands on
// was changed in the database.
const RecordsAltered = "records-altered"

// Altered puts on record, once for each run, that what it stands on was changed
// from outside of Turnus, and opens a finding.
func (s *Store) Altered(ctx context.Context, now time.Time, st run.Step, what text.Text) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		// Attempts of one activity come one after the other.
		if known, err := isAltered(ctx, tx, st.Run); err != nil || known {
			return err
		}
		r, err := getRun(ctx, tx, st.Run, "")
		if err != nil {
			return err
		}
		if err := openFinding(ctx, tx, Finding{Kind: RecordsAltered, About: r.About, Object: "run/" + st.Run, Title: what, At: now}); err != nil {
			return err
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now, "records.altered", "run/"+st.Run, nil,
			map[string]any{"round": st.Round, "found": what})

	})
}

// isAltered says whether a run found that what it stands on was changed.
func isAltered(ctx context.Context, q sqlx.QueryerContext, runID string) (yes bool, err error) {
	err = sqlx.GetContext(ctx, q, &yes, "SELECT EXISTS (SELECT 1 FROM finding WHERE kind = $1 AND object = $2)", RecordsAltered, "run/"+runID)
	return yes, err
}

// intact says of a report p and its draft d whether the document is, byte by
// byte, the one that the report's hash is over.
const intact = `(p.hash = d.hash AND d.hash = encode(sha256(convert_to(d.document, 'UTF8')), 'hex'))`

// PublishedIntact says whether the report that a run published is, byte by byte,
// the one that its hash is over.
func (s *Store) PublishedIntact(ctx context.Context, runID string) (yes bool, err error) {
	err = s.db.GetContext(ctx, &yes, "SELECT "+intact+`
		FROM report p JOIN draft d ON d.run = p.run AND d.round = p.round WHERE p.run = $1`, runID)
	return yes, mapped(err)
}
