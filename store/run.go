package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Runs selects runs; empty fields select all.
type Runs struct {
	Process string
	Service string // or several, with commas between them
	Scope   string
	Period  string
	State   string // a state, or live
	InForce string // each: whose reports are in force; newest: of these the newest of each process, scope and length of periods; empty: all
	Sight
}

// inForceOnly says of a run r that its report is in force, and, where $9 asks for
// the newest, that none of a later period is. Names of periods of one length are in
// order of time.
const inForceOnly = `r.state = 'published' AND NOT EXISTS (SELECT FROM report p JOIN report n USING (process, scope, period) WHERE p.run = r.id AND n.version > p.version)
	AND ($9 <> 'newest' OR NOT EXISTS (SELECT FROM report n WHERE (n.process, n.scope) = (r.process, r.scope)
		AND length(n.period) = length(r.period) AND (n.period LIKE '%Q%') = (r.period LIKE '%Q%') AND n.period COLLATE "C" > r.period))`

// What a row of run says, and runColumns how many attempts there are, and which
// version of its report it published, too.
const runFields = `r.id, r.process, r.scope, r.period, r.attempt, r.state, r.provisional, r.round, r.service, r.owner,
	r.about_kind AS "about.kind", r.about AS "about.name",
	r.started_by, r.token_issuer, r.reason, r.outcome, r.created_at, r.ended_at,
	CASE WHEN r.ended_at IS NULL THEN (SELECT s.changes FROM staleness s WHERE s.run = r.id AND s.round = r.round) END AS stale`

const runColumns = runFields + `, (SELECT max(attempt) FROM run n WHERE n.process = r.process AND n.scope = r.scope AND n.period = r.period) AS latest,
	coalesce((SELECT p.version FROM report p WHERE p.run = r.id), 0) AS version`

type runRow struct {
	run.Run
	Outcome JSON[text.Text]        `db:"outcome"`
	Stale   JSON[[]task.StalePart] `db:"stale"`
}

func (r runRow) plain() run.Run {
	r.Run.Outcome = r.Outcome.V
	if len(r.Stale.V) > 0 {
		r.Run.Stale = r.Stale.V
	}
	return r.Run
}

// Run is one run with its tasks and decisions.
func (s *Store) Run(ctx context.Context, id string) (run.Run, error) {
	return s.RunNewest(ctx, id, 0)
}

// RunNewest is one run with so many of its open tasks, those that are due first,
// and so many that have ended, the newest, with the decisions on these; with all
// for 0.
func (s *Store) RunNewest(ctx context.Context, id string, newest int) (run.Run, error) {
	r, err := getRun(ctx, s.db, id, "")
	if err != nil {
		return r, mapped(err)
	}
	if newest == 0 {
		r.Tasks, r.Decisions, err = s.allOf(ctx, id)
	} else {
		err = s.newestOf(ctx, &r, newest)
	}
	if err != nil {
		return r, mapped(err)
	}
	one := []run.Run{r}
	err = withZones(ctx, s.db, one)
	return one[0], mapped(err)
}

// withZones notes in runs the zones of what they are about, as that is declared
// now, in one statement.
func withZones(ctx context.Context, q sqlx.QueryerContext, list []run.Run) error {
	about := make([]resource.Ref, len(list))
	for i, r := range list {
		about[i] = r.About
	}
	scopes, err := scopesAbout(ctx, q, about)
	for i, r := range list {
		list[i].Zone = scopes[r.About].zone()
	}
	return err
}

func getRun(ctx context.Context, q sqlx.QueryerContext, id, lock string) (run.Run, error) {
	var r runRow
	err := sqlx.GetContext(ctx, q, &r, "SELECT "+runColumns+" FROM run r WHERE r.id = $1 "+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoRun(id)
	}
	return r.plain(), err
}

// NoRun says that there is no such run.
func NoRun(id string) error {
	return fault.New(fault.NotFound, text.F("There is no run %.200s.", "Den Lauf %.200s gibt es nicht.", id))
}

// Runs lists the runs that a sight sees, newest first.
func (s *Store) Runs(ctx context.Context, f Runs, p Page) ([]run.Run, string, error) {
	at, id, err := p.place(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return nil, "", err
	}
	statement, args := f.selecting(runColumns, "run", "r", `($1 = '' OR r.process = $1) AND ($2 = '' OR r.service = ANY (string_to_array($2, ',')))
		  AND ($3 = '' OR r.state = $3 OR $3 = 'live' AND r.ended_at IS NULL)
		  AND (r.created_at < $4 OR r.created_at = $4 AND r.id > $5)
		  AND ($7 = '' OR r.scope = $7) AND ($8 = '' OR r.period = $8)
		  AND ($9 = '' OR `+inForceOnly+`)`, "r.created_at DESC, r.id", "$6",
		f.Process, f.Service, f.State, at, id, p.limit()+1, f.Scope, f.Period, f.InForce)
	var rows []runRow
	err = s.db.SelectContext(ctx, &rows, statement, args...)
	if err != nil {
		return nil, "", mapped(err)
	}
	rows, next := page(p, rows, func(r runRow) (time.Time, string) { return r.Created, r.ID })
	list := make([]run.Run, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list, next, mapped(withZones(ctx, s.db, list))
}

// Rounds are the rounds of a run for which something was frozen.
func (s *Store) Rounds(ctx context.Context, id string) (all []run.Round, err error) {
	err = s.db.SelectContext(ctx, &all, `SELECT f.round, f.at AS frozen, d.at AS drafted, coalesce(d.hash, '') AS hash,
			b.at AS refreshed, coalesce(b.person, '') AS refreshed_by
		FROM frozen_set f LEFT JOIN draft d USING (run, round) LEFT JOIN refresh b USING (run, round)
		WHERE f.run = $1 ORDER BY f.round`, id)
	return all, mapped(err)
}

// FindRun is the run that a start would find: the one that a request with an
// Idempotency-Key began (repeated is true then), since the row outlives the
// process that wrote it and never answered; else the newest attempt, or nil.
// request may be empty.
func (s *Store) FindRun(ctx context.Context, now time.Time, k run.Key, request string) (r *run.Run, repeated bool, err error) {
	r, repeated, err = findRun(ctx, s.db, now, k, request)
	return r, repeated, mapped(err)
}

func findRun(ctx context.Context, q sqlx.QueryerContext, now time.Time, k run.Key, request string) (r *run.Run, repeated bool, err error) {
	var row struct {
		runRow
		Repeated bool `db:"repeated"`
	}
	err = sqlx.GetContext(ctx, q, &row, "SELECT "+runColumns+`, coalesce(r.request = $4 AND r.created_at > $5, false) AS repeated FROM run r
		WHERE r.process = $1 AND r.scope = $2 AND r.period = $3 OR r.request = $4 AND r.created_at > $5
		ORDER BY repeated DESC, attempt DESC LIMIT 1`, k.Process, k.Scope, k.Period, request, now.Add(-keptFor))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	plain := row.plain()
	return &plain, row.Repeated, err
}

// NewRun is what a start records.
type NewRun struct {
	Key         run.Key
	About       resource.Ref // what it is about; empty: what the process says of the scope
	Version     int          // of that, which the start was decided by; 0: the newest
	Owner       string       // that it names
	Again       bool
	Reason      string
	Request     string // see FindRun; may be empty
	Provisional bool
	Why         text.Text    // it is provisional
	Retests     string       // the drill that it repeats; empty: none
	By          person.Actor // nobody: a slot
}

// Input is what the workflow of an attempt begins with.
func (n NewRun) Input(attempt int) run.Input {
	return run.Input{Run: n.Key.ID(attempt), Key: n.Key, Attempt: attempt, Provisional: n.Provisional, Why: n.Why, Together: true, Retests: n.Retests}
}

// Begin records the next attempt of a run, or finds the one that exists; the
// row makes it unique, since it outlives Temporal's retention. What it is about
// may have been retired since the start was decided on: that is
// fault.NotFound, since nobody could decide on the run.
func (s *Store) Begin(ctx context.Context, now time.Time, n NewRun) (r run.Run, created bool, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		if n.About != (resource.Ref{}) {
			if _, err := newest(ctx, tx, n.About.Kind, n.About.Name); err != nil {
				return err
			}
		}
		r, created, err = begin(ctx, tx, now, n)
		return err
	})
	return r, created, err
}

// begin is Begin inside a transaction. The slot that the run is for, if there
// is one, is in work from now on.
func begin(ctx context.Context, tx *sqlx.Tx, now time.Time, n NewRun) (r run.Run, created bool, err error) {
	if n.About == (resource.Ref{}) {
		p, err := process.FindStarted(n.Key.Process)
		if err != nil {
			return r, false, err
		}
		if n.About, err = aboutOf(ctx, tx, p, n.Key.Scope); err != nil {
			return r, false, err
		}
	}
	// The slot first, as the waker does, so that the two don't wait for each other.
	planned, err := lockSlots(ctx, tx, n.Key)
	if err != nil {
		return r, false, err
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", n.Key.ID(1)); err != nil {
		return r, false, err
	}
	existing, repeated, err := findRun(ctx, tx, now, n.Key, n.Request)
	switch {
	case err != nil:
		return r, false, err
	case repeated:
		return *existing, true, nil
	}
	attempt, another, err := run.Next(existing, n.Again)
	if err != nil || !another {
		if err == nil {
			r = *existing
		}
		return r, false, err
	}
	more := rulesOf(n.Key.Process)
	if more.begins != nil {
		if err := more.begins(ctx, tx, n); err != nil {
			return r, false, err
		}
	}
	in := n.Input(attempt)
	var row runRow
	if err := tx.GetContext(ctx, &row, `INSERT INTO run AS r (id, process, scope, period, attempt, state, provisional, input, service, owner,
			started_by, token_issuer, reason, request, created_at, about_kind, about, about_version)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,nullif($14,''),$15,$16,$17,
			coalesce(nullif($18, 0), (SELECT max(version) FROM resource WHERE kind = $16 AND name = $17), 0)) RETURNING `+runFields,
		in.Run, n.Key.Process, n.Key.Scope, n.Key.Period, attempt, run.Collecting, n.Provisional, JSON[run.Input]{in}, serviceAt(n.About), n.Owner,
		n.By.Person, n.By.Issuer, n.Reason, n.Request, now, string(n.About.Kind), n.About.Name, n.Version); err != nil {
		return r, false, err
	}
	r = row.plain()
	r.Latest = attempt
	if planned > 0 {
		if err := settle(ctx, tx, now, n.Key); err != nil {
			return r, false, err
		}
	}
	if more.begun != nil {
		if err := more.begun(ctx, tx, r); err != nil {
			return r, false, err
		}
	}
	return r, true, record(ctx, tx, n.By, now, "run.started", "run/"+r.ID, nil, r)
}

// Unstarted lists inputs of live runs whose workflow was never seen to run,
// recorded before an instant, so that a start under way is left alone.
func (s *Store) Unstarted(ctx context.Context, before time.Time, limit int) ([]run.Input, error) {
	var rows []JSON[run.Input]
	err := s.db.SelectContext(ctx, &rows, `SELECT input FROM run
		WHERE started_at IS NULL AND ended_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2`, before, limit)
	list := make([]run.Input, len(rows))
	for i, r := range rows {
		list[i] = r.V
	}
	return list, mapped(err)
}

// Started marks a run whose workflow is known to Temporal.
func (s *Store) Started(ctx context.Context, now time.Time, id string) error {
	_, err := s.db.ExecContext(ctx, "UPDATE run SET started_at = $2, seen_at = $2 WHERE id = $1 AND started_at IS NULL", id, now)
	return mapped(err)
}

// Unseen takes live, started runs that nobody has looked at since an instant,
// and notes that somebody does now; several processes share the work.
func (s *Store) Unseen(ctx context.Context, now, since time.Time, limit int) ([]string, error) {
	var ids []string
	err := s.db.SelectContext(ctx, &ids, `UPDATE run SET seen_at = $1 WHERE id IN (
			SELECT id FROM run WHERE ended_at IS NULL AND started_at IS NOT NULL AND seen_at < $2
			ORDER BY seen_at LIMIT $3 FOR UPDATE SKIP LOCKED)
		RETURNING id`, now, since, limit)
	return ids, mapped(err)
}

// Bind ties this database to the Temporal namespace that its runs live in, at
// the first contact, and gives the one that it is tied to.
func (s *Store) Bind(ctx context.Context, namespace string) (bound string, err error) {
	err = s.db.GetContext(ctx, &bound, `UPDATE installation SET namespace_id = coalesce(namespace_id, $1) RETURNING namespace_id`, namespace)
	return bound, mapped(err)
}

// Counts says how many tasks are open, and how many runs are in each state.
func (s *Store) Counts(ctx context.Context) (openTasks int64, byState map[run.State]int64, err error) {
	if err := s.db.GetContext(ctx, &openTasks, "SELECT count(*) FROM task WHERE state = 'open'"); err != nil {
		return 0, nil, mapped(err)
	}
	var rows []struct {
		State run.State `db:"state"`
		N     int64     `db:"n"`
	}
	err = s.db.SelectContext(ctx, &rows, "SELECT state, count(*) AS n FROM run GROUP BY state")
	byState = map[run.State]int64{}
	for _, r := range rows {
		byState[r.State] = r.N
	}
	return openTasks, byState, mapped(err)
}
