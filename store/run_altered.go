package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

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
		object := "run/" + st.Run
		if _, err := openFinding(ctx, tx, sighting{Key: improvement.RecordsAltered + "/" + object, Place: object, Finding: improvement.Finding{
			Kind: improvement.RecordsAltered, About: r.About, Object: object, Title: what, At: now,
			Source: improvement.Source{Kind: improvement.FromRun, Name: st.Run, Round: st.Round}}}); err != nil {
			return err
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now, "records.altered", "run/"+st.Run, nil,
			map[string]any{"round": st.Round, "found": what})

	})
}

// isAltered says whether a run found that what it stands on was changed.
func isAltered(ctx context.Context, q sqlx.QueryerContext, runID string) (yes bool, err error) {
	err = sqlx.GetContext(ctx, q, &yes, "SELECT EXISTS (SELECT 1 FROM finding WHERE kind = $1 AND object = $2)", improvement.RecordsAltered, "run/"+runID)
	return yes, err
}

// intact says of a report p and its draft d whether the document is, byte by
// byte, the one that the report's hash is over.
const intact = `(p.hash = d.hash AND d.hash = encode(sha256(convert_to(d.document, 'UTF8')), 'hex'))`

// isIntact says of a report p and its draft d whether the content is, byte by
// byte, the one that the hash is over.
const isIntact = "p.hash = d.hash AND d.hash = encode(sha256(convert_to(d.document, 'UTF8')), 'hex')"

// PublishedIntact says whether the report that a run published is, byte by byte,
// the one that its hash is over.
func (s *Store) PublishedIntact(ctx context.Context, runID string) (yes bool, err error) {
	err = s.db.GetContext(ctx, &yes, "SELECT "+intact+`
		FROM report p JOIN draft d ON d.run = p.run AND d.round = p.round WHERE p.run = $1`, runID)
	return yes, mapped(err)
}
