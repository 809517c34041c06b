package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// PassTTL is how long a pass is valid.
const PassTTL = 15 * time.Minute

// Pass lets one message decide one task, or cancel one run, once, for the
// person it was issued to. Secret is known to its holder only.
type Pass struct {
	ID      string
	Secret  string
	Expires time.Time
}

// PassFor says what a pass is issued for.
type PassFor struct {
	Kind    string // decide or cancel
	Run     string
	Task    string // of a decision
	Content string // hash of the content to be decided on
	Carried bool   // it leaves the house: somebody carries it to Temporal
}

// Kinds of passes.
const (
	PassDecide = "decide"
	PassCancel = "cancel"
)

// IssuePass makes a pass; its secret is stored hashed.
func (s *Store) IssuePass(ctx context.Context, now time.Time, by person.Actor, f PassFor) (Pass, error) {
	p := Pass{ID: uuid.NewString(), Secret: newSecret("pass_"), Expires: now.Add(PassTTL)}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO pass (id, hash, kind, run, task, person, token, token_issuer, content, created_at, expires_at)
			VALUES ($1,$2,$3,$4,nullif($5,''),$6,$7,$8,$9,$10,$11)`,
			p.ID, hashed(p.Secret), f.Kind, f.Run, f.Task, by.Person, by.Token, by.Issuer, f.Content, now, p.Expires); err != nil {
			return err
		}
		if !f.Carried {
			return nil // used in the same call, which goes on record
		}
		return record(ctx, tx, now, by, "pass.issued", "task/"+f.Task, nil, map[string]any{"expires": p.Expires})
	})
	return p, err
}

type passRow struct {
	ID          string             `db:"id"`
	Kind        string             `db:"kind"`
	Run         string             `db:"run"`
	Task        sql.NullString     `db:"task"`
	Person      string             `db:"person"`
	Token       string             `db:"token"`
	TokenIssuer string             `db:"token_issuer"`
	Content     string             `db:"content"`
	Expires     time.Time          `db:"expires_at"`
	SpentBy     sql.NullString     `db:"spent_by"`
	Refusal     JSON[*fault.Error] `db:"refusal"`
	Revoked     *time.Time         `db:"revoked_at"`
}

// Decide answers a task with a pass, in one transaction: whatever it says
// afterwards, decision or refusal, is on record. by is the Update's ID or the
// signal's number: a retry finds its own spending. A refusal comes as a fault
// of its own, apart from errors, which are tried again.
func (s *Store) Decide(ctx context.Context, now time.Time, by string, m task.Message) (d task.Decision, refusal *fault.Error, err error) {
	err = s.present(ctx, now, by, PassDecide, m.Pass, "task/"+m.Task, m, func(tx *sqlx.Tx, p passRow) (*fault.Error, error) {
		if p.Task.String != m.Task {
			return fault.New(fault.Forbidden, text.New("This pass was issued for another task.", "Dieser Pass gilt für eine andere Aufgabe.")), nil
		}
		t, err := getTask(ctx, tx, m.Task, "FOR UPDATE")
		if err != nil {
			return nil, err
		}
		switch {
		case t.State != task.Open:
			return fault.New(fault.Conflict, text.New("This task isn't open any more.", "Diese Aufgabe ist nicht mehr offen.")), nil
		case t.Hash != p.Content:
			return fault.New(fault.Conflict, text.New("The content has changed since this pass was issued.", "Der Inhalt hat sich geändert, seit dieser Pass ausgestellt wurde.")), nil
		case !t.Offers(m.Outcome):
			return fault.Invalidf("outcome", "%.40q isn't offered by this task", "%.40q bietet diese Aufgabe nicht an", m.Outcome), nil
		}
		people, err := peopleOf(ctx, tx, run.Step{Run: t.Run, Round: t.Round})
		if err != nil {
			return nil, err
		}
		if no := people.MayWith(p.Person, p.TokenIssuer); no != nil {
			return fault.As(no), nil
		}
		d = task.Decision{Task: t.ID, Run: t.Run, Round: t.Round, Person: p.Person, Outcome: m.Outcome, Comment: m.Comment,
			At: now, Hash: t.Hash, TokenIssuer: p.TokenIssuer}
		if _, err := tx.ExecContext(ctx, `INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, token_issuer, pass)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			d.Task, d.Run, d.Round, d.Person, d.Outcome, d.Comment, d.At, d.Hash, d.TokenIssuer, p.ID); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET state = 'decided', ended_at = $2 WHERE id = $1", t.ID, now); err != nil {
			return nil, err
		}
		return nil, record(ctx, tx, now, actorOf(p), "decision.recorded", "task/"+t.ID, nil, d)
	}, func(tx *sqlx.Tx, p passRow) error { // its own spending, found by a retry
		return tx.GetContext(ctx, &d, "SELECT "+decisionColumns+" FROM decision WHERE pass = $1 AND task = $2", p.ID, m.Task)
	}, &refusal)
	return d, refusal, err
}

// Cancel answers whether a pass ends a run, with the reason; the workflow
// ends it.
func (s *Store) Cancel(ctx context.Context, now time.Time, by string, m run.CancelMessage) (refusal *fault.Error, err error) {
	err = s.present(ctx, now, by, PassCancel, m.Pass, "run/"+m.Run, m, func(tx *sqlx.Tx, p passRow) (*fault.Error, error) {
		if p.Run != m.Run {
			return fault.New(fault.Forbidden, text.New("This pass was issued for another run.", "Dieser Pass gilt für einen anderen Lauf.")), nil
		}
		who, err := current[person.Spec](ctx, tx, resource.Person, p.Person)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		people, err := peopleOf(ctx, tx, run.Step{Run: p.Run}) // the owners count, of any round
		if err != nil {
			return nil, err
		}
		if !who.Spec.Has(person.Administrator) && !(who.Spec.Has(person.ProcessOwner) && people.Owner == p.Person) {
			return fault.New(fault.Forbidden, text.F("%s may not cancel this run: its service's owner or an administrator may.",
				"%s darf diesen Lauf nicht abbrechen: das dürfen die für den Service Verantwortlichen oder die Administration.", p.Person)), nil
		}
		return nil, record(ctx, tx, now, actorOf(p), "cancel.accepted", "run/"+m.Run, nil, map[string]any{"reason": m.Reason})
	}, func(*sqlx.Tx, passRow) error { return nil }, &refusal)
	return refusal, err
}

// present spends a pass: any presentation does. judge decides in the same
// transaction; found is called instead when the same message comes again.
func (s *Store) present(ctx context.Context, now time.Time, by, kind, secret, object string, m any,
	judge func(*sqlx.Tx, passRow) (*fault.Error, error), found func(*sqlx.Tx, passRow) error, refusal **fault.Error) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		// Roles and tokens stay as they are until this is on record.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		var p passRow
		err := tx.GetContext(ctx, &p, `SELECT p.id, p.kind, p.run, p.task, p.person, p.token, p.token_issuer, p.content, p.expires_at,
				p.spent_by, p.refusal, t.revoked_at
			FROM pass p LEFT JOIN token t ON t.id = p.token WHERE p.hash = $1 FOR UPDATE OF p`, hashed(secret))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			*refusal = fault.New(fault.Forbidden, text.New("This isn't a valid pass.", "Das ist kein gültiger Pass."))
			return record(ctx, tx, now, person.Actor{Person: person.System}, kind+".refused", object, nil, refusalEntry(*refusal, m))
		case err != nil:
			return err
		case p.SpentBy.Valid && p.SpentBy.String == by:
			if p.Refusal.V == nil {
				return found(tx, p)
			}
			*refusal = p.Refusal.V // refused before, and on record
		case p.SpentBy.Valid:
			*refusal = fault.New(fault.Forbidden, text.New("This pass has been used already.", "Dieser Pass wurde schon verwendet."))
			return record(ctx, tx, now, actorOf(p), kind+".refused", object, nil, refusalEntry(*refusal, m))
		case p.Kind != kind:
			*refusal = fault.New(fault.Forbidden, text.New("This pass was issued for something else.", "Dieser Pass gilt für etwas anderes."))
		case !now.Before(p.Expires):
			*refusal = fault.New(fault.Forbidden, text.New("This pass has expired: ask for another one.", "Dieser Pass ist abgelaufen: einen neuen anfordern."))
		case p.Revoked != nil:
			*refusal = fault.New(fault.Forbidden, text.New("The token behind this pass has been revoked.", "Das Token hinter diesem Pass wurde widerrufen."))
		default:
			if *refusal, err = judge(tx, p); err != nil {
				return err
			}
		}
		if p.SpentBy.Valid {
			return nil
		}
		if *refusal != nil {
			if err := record(ctx, tx, now, actorOf(p), kind+".refused", object, nil, refusalEntry(*refusal, m)); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE pass SET spent_at = $2, spent_by = $3, refusal = $4 WHERE id = $1",
			p.ID, now, by, JSON[*fault.Error]{*refusal})
		return err
	})
}

func actorOf(p passRow) person.Actor {
	return person.Actor{Person: p.Person, Token: p.Token, Issuer: p.TokenIssuer}
}

func refusalEntry(f *fault.Error, m any) map[string]any {
	entry := map[string]any{"code": f.Code, "why": f.Message}
	switch m := m.(type) {
	case task.Message:
		entry["outcome"], entry["comment"] = m.Outcome, m.Comment
	case run.CancelMessage:
		entry["reason"] = m.Reason
	}
	return entry
}

const decisionColumns = "task, run, round, person, outcome, comment, at, hash, token_issuer"

// SignalRefused puts a signal that a run refused by itself on record, with
// what is known of it. Who sent it nobody knows.
func (s *Store) SignalRefused(ctx context.Context, now time.Time, runID string, known any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		return record(ctx, tx, now, person.Actor{Person: person.System}, "signal.refused", "run/"+runID, nil, known)
	})
}

// Decision is the decision on a task; nil while there is none.
func (s *Store) Decision(ctx context.Context, taskID string) (*task.Decision, error) {
	var d task.Decision
	err := s.db.GetContext(ctx, &d, "SELECT "+decisionColumns+" FROM decision WHERE task = $1", taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &d, mapped(err)
}

func decisionsOf(ctx context.Context, q sqlx.QueryerContext, runID string) ([]task.Decision, error) {
	list := []task.Decision{}
	err := sqlx.SelectContext(ctx, q, &list, "SELECT "+decisionColumns+" FROM decision WHERE run = $1 ORDER BY round, at, task", runID)
	return list, err
}

// CancelledBy is the person whose cancelling a run accepted, or empty.
func (s *Store) CancelledBy(ctx context.Context, runID string) (who string, err error) {
	err = s.db.GetContext(ctx, &who, `SELECT coalesce((SELECT person FROM pass
		WHERE run = $1 AND kind = 'cancel' AND spent_at IS NOT NULL AND refusal IS NULL ORDER BY spent_at LIMIT 1), '')`, runID)
	return who, mapped(err)
}

// ForgetPasses deletes those that expired unused a day ago.
func (s *Store) ForgetPasses(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM pass WHERE spent_at IS NULL AND expires_at < $1", now.AddDate(0, 0, -1))
	return mapped(err)
}
