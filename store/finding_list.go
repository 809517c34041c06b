package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
)

// Findings selects findings that somebody sees; empty fields select all, but an
// empty state those that haven't ended.
type Findings struct {
	Service   string
	State     string // all: those that have ended, too
	Type      string
	Kind      string
	Severity  string
	Escalated bool   // only those that nobody had begun in time
	Overdue   string // a date: only those with an open action that was due before
	Run       string // only those that this run has seen
	Sight
}

const findingColumns = `f.id, f.kind, f.type, f.state, f.severity, f.service, f.about_kind AS "about.kind", f.about AS "about.name", f.object,
	f.title, f.detail, f.note, f.source, coalesce(f.run, '') AS run, coalesce(f.relapse_of, 0) AS relapse_of, f.person, f.at, f.ended_at, f.escalated_at,
	seen.seen, seen.last_seen`

// withSeen counts how often a finding f was seen.
const withSeen = ` CROSS JOIN LATERAL (SELECT count(*) AS seen, coalesce(max(s.at), f.at) AS last_seen FROM finding_seen s WHERE s.finding = f.id) seen `

type findingRow struct {
	improvement.Finding
	Title  JSON[text.Text]          `db:"title"`
	Note   JSON[text.Text]          `db:"note"`
	Source JSON[improvement.Source] `db:"source"`
}

func (r findingRow) plain() improvement.Finding {
	f := r.Finding
	f.Title, f.Note, f.Source, f.At, f.Last = r.Title.V, r.Note.V, r.Source.V, f.At.UTC(), f.Last.UTC()
	for _, at := range []**time.Time{&f.Ended, &f.Escalated} {
		if *at != nil {
			utc := (**at).UTC()
			*at = &utc
		}
	}
	return f
}

// Findings lists findings, newest first. What 0.1.0 found that is a sighting of
// another one now isn't listed.
func (s *Store) Findings(ctx context.Context, f Findings, p Page) ([]improvement.Finding, string, error) {
	before, err := p.number(1 << 62)
	if err != nil {
		return nil, "", err
	}
	var rows []findingRow
	if err := s.db.SelectContext(ctx, &rows, withTheirs+`SELECT `+findingColumns+` FROM finding f`+withSeen+`
		WHERE f.id < $4 AND f.joined IS NULL AND ($5 = '' OR f.service = $5)
		  AND ($6 = 'all' OR f.state = $6 OR $6 = '' AND f.ended_at IS NULL)
		  AND ($7 = '' OR f.type = $7) AND ($8 = '' OR f.kind = $8) AND ($9 = '' OR f.severity = $9)
		  AND (NOT $10 OR f.escalated_at IS NOT NULL)
		  AND ($13 = '' OR EXISTS (SELECT FROM action a WHERE a.finding = f.id AND a.state = 'open' AND a.due < nullif($13, '')::date))
		  AND ($12 = '' OR EXISTS (SELECT FROM finding_seen s WHERE s.finding = f.id AND s.source->>'kind' = 'run' AND s.source->>'name' = $12))
		  AND ($3 OR (f.about_kind, f.about) IN (SELECT kind, name FROM theirs)
			OR f.about = '' AND EXISTS (SELECT FROM theirs WHERE kind = 'Organisation'))
		ORDER BY f.id DESC LIMIT $11`, f.Owner, f.Approver, f.All, before, f.Service, f.State, f.Type, f.Kind, f.Severity, f.Escalated, p.limit()+1, f.Run, f.Overdue); err != nil {
		return nil, "", mapped(err)
	}
	next := ""
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		next = cursor(strconv.FormatInt(rows[len(rows)-1].ID, 10))
	}
	list := make([]improvement.Finding, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, next, nil
}

// Finding is one finding. One of 0.1.0 that is a sighting of another now gives
// that.
func (s *Store) Finding(ctx context.Context, id int64) (improvement.Finding, error) {
	f, err := getFinding(ctx, s.db, id, "")
	return f, mapped(err)
}

func getFinding(ctx context.Context, q sqlx.QueryerContext, id int64, lock string) (improvement.Finding, error) {
	var r findingRow
	err := sqlx.GetContext(ctx, q, &r, "SELECT "+findingColumns+" FROM finding f"+withSeen+
		"WHERE f.id = (SELECT coalesce(o.joined, o.id) FROM finding o WHERE o.id = $1) "+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoFinding(id)
	}
	return r.plain(), err
}

// NoFinding says that there is no such finding.
func NoFinding(id int64) error {
	return fault.New(fault.NotFound, text.F("There is no finding %d.", "Einen Befund %d gibt es nicht.", id))
}

// Sightings are the times that a finding was seen, in their order.
func (s *Store) Sightings(ctx context.Context, id int64) ([]improvement.Sighting, error) {
	all, err := sightingsOf(ctx, s.db, id)
	return all, mapped(err)
}

func sightingsOf(ctx context.Context, q sqlx.QueryerContext, id int64) ([]improvement.Sighting, error) {
	var rows []struct {
		Source JSON[improvement.Source] `db:"source"`
		Title  JSON[text.Text]          `db:"title"`
		Note   JSON[text.Text]          `db:"note"`
		Detail string                   `db:"detail"`
		At     time.Time                `db:"at"`
		By     string                   `db:"person"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, "SELECT source, title, detail, note, at, person FROM finding_seen WHERE finding = $1 ORDER BY at, key", id)
	all := make([]improvement.Sighting, len(rows))
	for i, r := range rows {
		all[i] = improvement.Sighting{Source: r.Source.V, Title: r.Title.V, Detail: r.Detail, Note: r.Note.V, At: r.At.UTC(), By: r.By}
	}
	return all, err
}
