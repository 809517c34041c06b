package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// sighting is something that was seen and has to be dealt with: a finding, or
// one time more that a finding was seen.
type sighting struct {
	improvement.Finding
	Key   string // joins repeats; empty: it repeats nothing
	Place string // names where it was seen: within one finding that counts once
	By    person.Actor
}

// openFinding puts on record what was seen, in the transaction of that. It joins
// the finding of its key that hasn't ended, else opens one; after one that was
// closed, as its relapse, one severity graver. Whoever puts several on record in
// one transaction does so in the order of their keys.
func openFinding(ctx context.Context, tx *sqlx.Tx, s sighting) (id int64, err error) {
	if s.Key == "" {
		return insertFinding(ctx, tx, s)
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('turnus.finding/' || $1, 0))", s.Key); err != nil {
		return 0, err
	}
	var open improvement.Finding
	err = tx.GetContext(ctx, &open, "SELECT id, type, severity FROM finding WHERE key = $1 AND ended_at IS NULL FOR UPDATE", s.Key)
	switch {
	case err == nil:
		return open.ID, joinFinding(ctx, tx, open, s)
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	var before struct {
		ID       int64                `db:"id"`
		Severity improvement.Severity `db:"severity"`
	}
	err = tx.GetContext(ctx, &before, "SELECT id, severity FROM finding WHERE key = $1 AND state = 'closed' AND ended_at IS NOT NULL AND joined IS NULL ORDER BY id DESC LIMIT 1", s.Key)
	switch {
	case err == nil:
		s.Relapse = before.ID
		if s.Severity != improvement.Critical {
			s.Severity = before.Severity.Graver()
		}
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	return insertFinding(ctx, tx, s)
}

// joinFinding puts on record that a finding was seen once more. What a person says
// is on record even where it counts as seen before; what is of another type, or
// graver, doesn't join: it would be dealt with as less than it is.
func joinFinding(ctx context.Context, tx *sqlx.Tx, open improvement.Finding, s sighting) error {
	reported := s.Kind == improvement.Reported
	if reported && (s.Type != open.Type || s.Severity.GraverThan(open.Severity)) {
		return fault.New(fault.Conflict, text.F("Under this key there is finding %d already (%s, %s): give another key, or none.",
			"Unter diesem Schlüssel gibt es schon Befund %d (%s, %s): Einen anderen Schlüssel angeben oder keinen.", open.ID, open.Type, open.Severity)).At("key")
	}
	added, err := insertSighting(ctx, tx, open.ID, s)
	if err != nil || !added && !reported {
		return err
	}
	action := "finding.seen"
	if !added {
		action = "finding.repeated"
	}
	return record(ctx, tx, s.By, s.At, action, findingObject(open.ID), nil,
		improvement.Sighting{Source: s.Source, Title: s.Title, Detail: s.Detail, Note: s.Note, At: s.At, By: s.Finding.By})
}

func insertFinding(ctx context.Context, tx *sqlx.Tx, s sighting) (int64, error) {
	if s.Type == "" {
		s.Type = improvement.Nonconformity
	}
	if s.Severity == "" {
		s.Severity = improvement.Graded(s.Kind)
	}
	s.State, s.Service, s.Seen, s.Last = improvement.Open, serviceAt(s.About), 1, s.At
	remind, escalate, err := beginBy(ctx, tx, s.Finding)
	if err != nil {
		return 0, err
	}
	if err := tx.GetContext(ctx, &s.ID, `INSERT INTO finding (kind, type, severity, key, service, about_kind, about, object, title, detail, source,
			person, token_issuer, relapse_of, at, remind_at, escalate_at, note)
		VALUES ($1, $2, $3, nullif($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13, nullif($14, 0), $15, $16, $17, $18) RETURNING id`,
		s.Kind, s.Type, s.Severity, s.Key, s.Service, string(s.About.Kind), s.About.Name, s.Object, JSON[text.Text]{s.Title}, s.Detail,
		JSON[improvement.Source]{s.Source}, s.Finding.By, s.By.Issuer, s.Relapse, s.At, remind, escalate, noteOf(s)); err != nil {
		return 0, err
	}
	if _, err := insertSighting(ctx, tx, s.ID, s); err != nil {
		return 0, err
	}
	return s.ID, record(ctx, tx, s.By, s.At, "finding.opened", findingObject(s.ID), nil, s.Finding)
}

// insertSighting says whether the finding wasn't seen there before.
func insertSighting(ctx context.Context, tx *sqlx.Tx, id int64, s sighting) (added bool, err error) {
	done, err := tx.ExecContext(ctx, `INSERT INTO finding_seen (finding, key, source, title, detail, person, at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		id, s.Place, JSON[improvement.Source]{s.Source}, JSON[text.Text]{s.Title}, s.Detail, s.Finding.By, s.At, noteOf(s))
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// noteOf is the note of what was seen; null without one.
func noteOf(s sighting) any {
	if s.Note.IsZero() {
		return nil
	}
	return JSON[text.Text]{s.Note}
}

// findingObject names a finding in the audit trail.
func findingObject(id int64) string { return improvement.Finding{ID: id}.Named() }

// beginBy says when the owner is reminded of a finding that nobody begins, and
// when it escalates: so many working days after it was opened, in the hours of
// what it is about. Where that has gone every day counts.
func beginBy(ctx context.Context, q sqlx.QueryerContext, f improvement.Finding) (remind, escalate time.Time, err error) {
	hours := calendar.AlwaysOpenIn(time.UTC)
	about, err := answersFor(ctx, q, f.About)
	if err == nil {
		var scope Scope
		if scope, err = scopeAbout(ctx, q, about); err == nil {
			hours, err = hoursOf(ctx, q, scope)
		}
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return remind, escalate, err
	}
	p := f.Severity.Policy()
	remind, escalate, _ = task.Schedule(hours, f.At, nil, task.Timing{Days: int(p.Escalate), Remind: int(p.Escalate - p.Remind)}, task.For{})
	return remind, escalate, nil
}

// answersFor is whose owner a finding about something is for: what the
// installation as a whole is found to be is the organisation's. fault.NotFound
// where none is declared.
func answersFor(ctx context.Context, q sqlx.QueryerContext, about resource.Ref) (resource.Ref, error) {
	if about.Name != "" {
		return about, nil
	}
	about, err := aboutOf(ctx, q, process.Process{Scope: process.OfOrganisation}, "")
	if fault.Is(err, fault.Invalid) {
		err = NotFound(resource.Organisation, "")
	}
	return about, err
}

// noteMended notes that what was found about an object is put right, in the
// transaction that does so. That closes the finding, unless somebody has begun
// its improvement: then that goes on to its end.
func noteMended(ctx context.Context, tx sqlx.ExecerContext, by person.Actor, now time.Time, kind, object string) error {
	return noteMendedBut(ctx, tx, by, now, kind, object, []string{})
}

// noteMendedBut is noteMended of all that was found about an object, but what has
// one of some keys: that is as it was.
func noteMendedBut(ctx context.Context, tx sqlx.ExecerContext, by person.Actor, now time.Time, kind, object string, still []string) error {
	_, err := tx.ExecContext(ctx, `WITH mended AS (INSERT INTO finding_mended (finding, person, at)
			SELECT id, $3, $4 FROM finding WHERE kind = $1 AND object = $2 AND ended_at IS NULL AND coalesce(key, '') <> ALL ($5) ON CONFLICT DO NOTHING RETURNING finding)
		UPDATE finding f SET state = 'closed', ended_at = $4 FROM mended m WHERE f.id = m.finding AND f.state = 'open'`, kind, object, actor(by), now, pq.Array(still))
	return err
}

// stateLeft is the state that a finding is in when its improvement comes to
// nothing: open, or closed if what was found was put right meanwhile.
func stateLeft(ctx context.Context, q sqlx.QueryerContext, id int64) (improvement.State, error) {
	var mended bool
	err := sqlx.GetContext(ctx, q, &mended, "SELECT EXISTS (SELECT FROM finding_mended WHERE finding = $1)", id)
	if mended {
		return improvement.Closed, err
	}
	return improvement.Open, err
}
