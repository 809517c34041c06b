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
)

// Refresh answers whether a pass begins another round of a run while one waits.
// What is asked there is closed in the same transaction, so that nobody answers
// it any more; the workflow begins the round.
func (s *Store) Refresh(ctx context.Context, now time.Time, by string, m run.RefreshMessage) (refusal *fault.Error, err error) {
	return s.present(ctx, now, presentation{kind: PassRefresh, by: by, pass: m.Pass, answer: m.Answer(),
		object: "run/" + m.Run, message: m}, func(tx *sqlx.Tx, p passRow) (*fault.Error, error) {
		if p.Run != m.Run {
			return refused("This pass was issued for another run.", "Dieser Pass gilt für einen anderen Lauf."), nil
		}
		people, err := peopleOf(ctx, tx, task.Task{Run: p.Run})
		if err != nil {
			return nil, err
		}
		who, err := current[person.Spec](ctx, tx, resource.Person, p.Person)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if people.Owner != p.Person || !who.Spec.Has(person.ProcessOwner) {
			return fault.As(run.OthersRefresh(p.Person)), nil
		}
		r, err := getRun(ctx, tx, m.Run, "FOR UPDATE")
		if err != nil {
			return nil, err
		}
		if !comparedProcess(r.Process) || r.State != run.Waiting || r.Round != m.Round {
			return fault.As(run.NotWaiting(r)), nil
		}
		closed, err := tx.ExecContext(ctx, "UPDATE task SET state = 'closed', ended_at = $3 WHERE run = $1 AND round = $2 AND state = 'open'", r.ID, r.Round, now)
		if err != nil {
			return nil, err
		}
		// Behind the lock of the tasks: whoever has decided has done so before.
		var decided bool
		if err := tx.GetContext(ctx, &decided, "SELECT EXISTS (SELECT FROM decision WHERE task = $1)", run.TaskID(r.ID, r.Round, process.Approval)); err != nil {
			return nil, err
		}
		if n, err := closed.RowsAffected(); err != nil || n == 0 || decided {
			return fault.As(run.NotWaiting(r)), err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO refresh (run, round, person, token_issuer, pass, at) VALUES ($1, $2, $3, $4, $5, $6)",
			r.ID, r.Round, p.Person, p.TokenIssuer, p.ID, now); err != nil {
			return nil, err
		}
		return nil, record(ctx, tx, actorOf(p), now, "refresh.accepted", "run/"+m.Run, nil, map[string]any{"round": m.Round})
	}, func(*sqlx.Tx, passRow) error { return nil })
}

// RefreshedBy is who asked for another round instead of this one, or empty.
func (s *Store) RefreshedBy(ctx context.Context, st run.Step) (who string, err error) {
	err = s.db.GetContext(ctx, &who, "SELECT person FROM refresh WHERE run = $1 AND round = $2", st.Run, st.Round)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return who, mapped(err)
}

// UnheardRefreshes are rounds that were to be followed by another one, asked for
// before an instant, in which their runs wait all the same.
func (s *Store) UnheardRefreshes(ctx context.Context, before time.Time, limit int) (all []run.Step, err error) {
	err = s.db.SelectContext(ctx, &all, `SELECT b.run, b.round FROM run r JOIN refresh b ON b.run = r.id AND b.round = r.round AND b.at < $1
		WHERE r.ended_at IS NULL AND r.state = $2 ORDER BY b.at, b.run LIMIT $3`, before, run.Waiting, limit)
	return all, mapped(err)
}
