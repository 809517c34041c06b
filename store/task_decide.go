package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// maxComment is how many bytes the comment of a decision has at most: the
// 10,000 characters that the API takes.
const maxComment = 40_000

// Decide answers a task with a pass, in one transaction: whatever it says
// afterwards, decision or refusal, is on record. by is the Update's ID or the
// signal's number: a retry finds its own spending. A refusal comes as a fault
// of its own, apart from errors, which are tried again; UncomparedError
// once the draft was compared.
func (s *Store) Decide(ctx context.Context, now time.Time, by string, m task.Message) (d task.Decision, refusal *fault.Error, err error) {
	refusal, err = s.present(ctx, now, presentation{kind: PassDecide, by: by, pass: m.Pass, answer: m.Answer(), outcome: m.Outcome,
		object: "task/" + m.Task, message: m}, func(tx *sqlx.Tx, p passRow) (*fault.Error, error) {
		if p.Task.String != m.Task {
			return refused("This pass was issued for another task.", "Dieser Pass gilt für eine andere Aufgabe."), nil
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
		case len(m.Comment) > maxComment || !storable(m.Comment):
			return fault.Invalidf("comment", "a comment has %d bytes at most, in UTF-8 without NUL", "Der Kommentar ist nicht annehmbar: Höchstens %d Byte in UTF-8 ohne NUL.", maxComment), nil
		}
		people, err := peopleOf(ctx, tx, t)
		if err != nil {
			return nil, err
		}
		if no := people.MayWith(p.Person, p.TokenIssuer); no != nil {
			return fault.As(no), nil
		}
		// Systems that can only signal were never asked for a comment on an approval.
		fields, err := checkAnswer(ctx, tx, now, t, m, p.Bound != "" || t.Kind != task.Approval)
		if err != nil {
			if all := fault.All(err); all != nil {
				return all[0], nil
			}
			return nil, err
		}
		var changes []task.StalePart
		if t.Kind == task.Approval && m.Outcome == task.Approve {
			if changes, err = stale(ctx, tx, t); err != nil {
				return nil, err
			}
			if no := task.CheckStale(changes, m, t.Run, p.Bound == ""); no != nil {
				return fault.As(no), nil
			}
		}
		d = task.Decision{Task: t.ID, Run: t.Run, Round: t.Round, Person: p.Person, Outcome: m.Outcome, Comment: m.Comment, Fields: fields,
			At: now, Hash: t.Hash, TokenIssuer: p.TokenIssuer, Stale: changes}
		if _, err := tx.ExecContext(ctx, `INSERT INTO decision (task, run, round, person, outcome, comment, fields, at, hash, token_issuer, pass, stale)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
			d.Task, d.Run, d.Round, d.Person, d.Outcome, d.Comment, JSON[task.Values]{orNone(fields)}, d.At, d.Hash, d.TokenIssuer, p.ID, JSON[[]task.StalePart]{append([]task.StalePart{}, changes...)}); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET state = 'decided', ended_at = $2 WHERE id = $1", t.ID, now); err != nil {
			return nil, err
		}
		if decided := rulesOfRun(t.Run).decided; decided != nil {
			if err := decided(ctx, tx, now, t); err != nil {
				return nil, err
			}
		}
		return nil, record(ctx, tx, actorOf(p), now, "decision.recorded", "task/"+t.ID, nil, d)
	}, func(tx *sqlx.Tx, p passRow) error { // its own spending, found by a retry
		var row decisionRow
		err := tx.GetContext(ctx, &row, "SELECT "+decisionColumns+" FROM decision WHERE pass = $1 AND task = $2", p.ID, m.Task)
		d = row.plain()
		return err
	})
	return d, refusal, err
}

// Cancel answers whether a pass ends a run, with the reason; the workflow
// ends it.
func (s *Store) Cancel(ctx context.Context, now time.Time, by string, m run.CancelMessage) (refusal *fault.Error, err error) {
	return s.present(ctx, now, presentation{kind: PassCancel, by: by, pass: m.Pass, answer: m.Answer(),
		object: "run/" + m.Run, message: m}, func(tx *sqlx.Tx, p passRow) (*fault.Error, error) {
		if p.Run != m.Run {
			return refused("This pass was issued for another run.", "Dieser Pass gilt für einen anderen Lauf."), nil
		}
		who, err := current[person.Spec](ctx, tx, resource.Person, p.Person)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		people, err := peopleOf(ctx, tx, task.Task{Run: p.Run}) // the owners count, of any round
		if err != nil {
			return nil, err
		}
		if !who.Spec.Has(person.Administrator) && !(who.Spec.Has(person.ProcessOwner) && people.Owner == p.Person) {
			return fault.New(fault.Forbidden, text.F("%s may not cancel this run: the owner of what it is about or an administrator may.",
				"%s darf diesen Lauf nicht abbrechen: Das dürfen die dafür Verantwortlichen und die Administration.", p.Person)), nil
		}
		return nil, record(ctx, tx, actorOf(p), now, "cancel.accepted", "run/"+m.Run, nil, map[string]any{"reason": m.Reason})
	}, func(*sqlx.Tx, passRow) error { return nil })
}

func actorOf(p passRow) person.Actor {
	return person.Actor{Person: p.Person, Token: p.Token, Issuer: p.TokenIssuer}
}

func refusalEntry(f *fault.Error, m any) map[string]any {
	entry := map[string]any{"code": f.Code, "why": f.Message}
	switch m := m.(type) {
	case task.Message:
		entry["outcome"], entry["comment"] = m.Outcome, m.Comment
		if m.Stale {
			entry["stale"] = true
		}
		if len(m.Fields) > 0 {
			entry["fields"] = unchecked(m.Fields)
		}
	case run.CancelMessage:
		entry["reason"] = m.Reason
	case run.RefreshMessage:
		entry["round"] = m.Round
	}
	return entry
}

// unchecked are values that nobody has held against a task, each as the text
// that it was sent as: not every number and depth of JSON can be kept as JSON.
func unchecked(v task.Values) map[string]string {
	sent := make(map[string]string, len(v))
	for name, value := range v {
		sent[name] = task.HidePasses(string(value))
	}
	return sent
}

const decisionColumns = "task, run, round, person, outcome, comment, fields, at, hash, token_issuer, stale"

type decisionRow struct {
	task.Decision
	Fields JSON[task.Values]      `db:"fields"`
	Stale  JSON[[]task.StalePart] `db:"stale"`
}

func (d decisionRow) plain() task.Decision {
	if d.Decision.Fields = d.Fields.V; len(d.Fields.V) == 0 {
		d.Decision.Fields = nil
	}
	if d.Decision.Stale = d.Stale.V; len(d.Stale.V) == 0 {
		d.Decision.Stale = nil
	}
	return d.Decision
}

func plainDecisions(rows []decisionRow) []task.Decision {
	list := make([]task.Decision, len(rows))
	for i, r := range rows {
		list[i] = r.plain()
	}
	return list
}

func orNone(v task.Values) task.Values {
	if v == nil {
		return task.Values{}
	}
	return v
}

// CheckAnswer refuses what a task can't be answered with, in the fields of the
// answer, and gives their values as they will be kept.
func (s *Store) CheckAnswer(ctx context.Context, now time.Time, t task.Task, m task.Message) (task.Values, error) {
	v, err := checkAnswer(ctx, s.db, now, t, m, true)
	return v, mapped(err)
}

// checkAnswer is CheckAnswer; a missing comment is refused where it is asked for.
func checkAnswer(ctx context.Context, q sqlx.QueryerContext, now time.Time, t task.Task, m task.Message, commented bool) (task.Values, error) {
	fields, err := t.CheckAnswer(m.Outcome, m.Fields, now)
	if err != nil {
		return nil, err
	}
	var faults fault.List
	for _, f := range t.Fields {
		if _, given := fields[f.Name]; !given {
			continue
		}
		name := fields.Text(f.Name)
		switch f.Type {
		case task.PersonField:
			if err := checkPerson(ctx, q, name); err != nil && fault.As(err) == nil {
				return nil, err
			} else if err != nil {
				faults.Add(fault.As(err).At("fields." + f.Name))
			}
		case task.FileField:
			if err := checkFile(ctx, q, t, f, name); err != nil && fault.As(err) == nil {
				return nil, err
			} else {
				faults.Add(err)
			}
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if answers := rulesOfRun(t.Run).answers; answers != nil {
		if err := answers(ctx, q, now, t, m.Outcome, fields); err != nil {
			return nil, err
		}
	}
	if commented {
		return fields, m.Outcome.CheckComment(m.Comment)
	}
	return fields, nil
}

// checkPerson refuses a name in an answer whose person isn't there, or has left.
func checkPerson(ctx context.Context, q sqlx.QueryerContext, name string) error {
	var left bool
	err := sqlx.GetContext(ctx, q, &left, "SELECT retired FROM resource WHERE kind = 'Person' AND name = $1 ORDER BY version DESC LIMIT 1", name)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.Invalidf("", "There is no person %q: give the name of one who is declared.",
			"Die Person %q gibt es nicht: Den Namen einer angelegten Person angeben.", name)
	case err == nil && left:
		return fault.Invalidf("", "%s has left: give the name of somebody who is there.",
			"%s ist nicht mehr angelegt: Den Namen einer angelegten Person angeben.", name)
	}
	return err
}

// SignalRefused puts a signal that a run refused by itself on record, with
// what is known of it. Who sent it nobody knows.
func (s *Store) SignalRefused(ctx context.Context, now time.Time, runID string, known any) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		return record(ctx, tx, person.Actor{Person: person.System}, now, "signal.refused", "run/"+runID, nil, known)
	})
}

// Decision is the decision on a task; nil while there is none.
func (s *Store) Decision(ctx context.Context, taskID string) (*task.Decision, error) {
	var row decisionRow
	err := s.db.GetContext(ctx, &row, "SELECT "+decisionColumns+" FROM decision WHERE task = $1", taskID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	d := row.plain()
	return &d, mapped(err)
}

// Unheard are decisions from before an instant whose runs wait all the same, in
// the round that was decided, and weren't told of them yet (Told).
func (s *Store) Unheard(ctx context.Context, before time.Time, limit int) ([]task.Decision, error) {
	var rows []decisionRow
	// From the live runs, of which there are few, to their decisions.
	err := s.db.SelectContext(ctx, &rows, `SELECT d.* FROM run r
		CROSS JOIN LATERAL (SELECT `+decisionColumns+` FROM decision WHERE run = r.id AND round = r.round AND at < $1) d
		WHERE r.ended_at IS NULL AND r.state = $2 AND NOT EXISTS (SELECT FROM decision_told t WHERE t.task = d.task)
		ORDER BY d.at, d.task LIMIT $3`, before, run.Waiting, limit)
	return plainDecisions(rows), mapped(err)
}

// Told notes that a run was told of a decision and answered.
func (s *Store) Told(ctx context.Context, now time.Time, taskID string) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO decision_told (task, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", taskID, now)
	return mapped(err)
}

func decisionsOf(ctx context.Context, q sqlx.QueryerContext, runID string) ([]task.Decision, error) {
	return selectDecisions(ctx, q, "run = $1", runID)
}

func selectDecisions(ctx context.Context, q sqlx.QueryerContext, condition string, args ...any) ([]task.Decision, error) {
	var rows []decisionRow
	err := sqlx.SelectContext(ctx, q, &rows, "SELECT "+decisionColumns+" FROM decision WHERE "+condition+" ORDER BY round, at, task", args...)
	return plainDecisions(rows), err
}

// CancelledBy is the person whose cancelling a run accepted, or empty.
func (s *Store) CancelledBy(ctx context.Context, runID string) (string, error) {
	who, err := cancelledBy(ctx, s.db, runID)
	return who, mapped(err)
}

func cancelledBy(ctx context.Context, q sqlx.QueryerContext, runID string) (who string, err error) {
	err = sqlx.GetContext(ctx, q, &who, `SELECT coalesce((SELECT person FROM pass
		WHERE run = $1 AND kind = 'cancel' AND spent_at IS NOT NULL AND refusal IS NULL ORDER BY spent_at LIMIT 1), '')`, runID)
	return who, err
}
