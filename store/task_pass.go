package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// PassTTL is how long a pass is valid.
const PassTTL = 15 * time.Minute

// Pass lets one message decide one task, or cancel one run or begin another
// round of it, once, for the person it was issued to.
type Pass struct {
	ID      string
	Secret  string // known to its holder only; empty where the pass is bound to an answer
	Expires time.Time
}

// Presented is what a message carries: the secret, or the ID of a pass that is
// bound, with which nobody could say anything but the answer.
func (p Pass) Presented() string {
	if p.Secret == "" {
		return p.ID
	}
	return p.Secret
}

// PassFor says what a pass is issued for.
type PassFor struct {
	Kind    string // decide, cancel or refresh
	Run     string
	Task    string       // of a decision
	Content string       // hash of the content to be decided on
	Answer  string       // hash of the whole answer, where the pass is used in the same call; else somebody carries it to Temporal
	Outcome task.Outcome // of one that is carried: the only one it is good for, if it names one
}

// Kinds of passes.
const (
	PassDecide  = "decide"
	PassCancel  = "cancel"
	PassRefresh = "refresh"
)

// secretPrefix tells a secret that is carried from the ID of a bound pass.
const secretPrefix = "pass_"

// IssuePass makes a pass. The secret of one that is carried is stored hashed;
// that of a bound one is thrown away, since its ID is presented.
func (s *Store) IssuePass(ctx context.Context, by person.Actor, now time.Time, f PassFor) (Pass, error) {
	p := Pass{ID: uuid.NewString(), Secret: newSecret(secretPrefix), Expires: now.Add(PassTTL)}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO pass (id, hash, kind, run, task, person, token, token_issuer, content, bound, outcome, created_at, expires_at)
			VALUES ($1,$2,$3,$4,nullif($5,''),$6,$7,$8,$9,nullif($10,''),nullif($11,''),$12,$13)`,
			p.ID, hashed(p.Secret), f.Kind, f.Run, f.Task, by.Person, by.Token, by.Issuer, f.Content, f.Answer, f.Outcome, now, p.Expires); err != nil {
			return err
		}
		if f.Answer != "" {
			p.Secret = ""
			return nil // used in the same call, which goes on record
		}
		issued := map[string]any{"expires": p.Expires}
		if f.Outcome != "" {
			issued["outcome"] = f.Outcome
		}
		return record(ctx, tx, by, now, "pass.issued", "task/"+f.Task, nil, issued)
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
	Bound       string             `db:"bound"`   // hash of the answer; empty: carried
	Outcome     task.Outcome       `db:"outcome"` // that a carried one names; empty: any
	Expires     time.Time          `db:"expires_at"`
	SpentBy     sql.NullString     `db:"spent_by"`
	Refusal     JSON[*fault.Error] `db:"refusal"`
	Revoked     *time.Time         `db:"revoked_at"`
}

// presentation is a message that carries a pass.
type presentation struct {
	kind    string // of the pass that it needs
	by      string // the Update's ID, or the signal's number
	pass    string // as Pass.Presented gives it
	answer  string // hash of what the message says
	outcome task.Outcome
	object  string // of the audit trail
	message any
}

// present spends a pass: any presentation does. judge decides in the same
// transaction; found is called instead when the same message comes again.
func (s *Store) present(ctx context.Context, now time.Time, m presentation,
	judge func(*sqlx.Tx, passRow) (*fault.Error, error), found func(*sqlx.Tx, passRow) error) (refusal *fault.Error, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// Roles and tokens stay as they are until this is on record.
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		refuse := func(by person.Actor) error {
			return record(ctx, tx, by, now, m.kind+".refused", m.object, nil, refusalEntry(refusal, m.message))
		}
		p, err := getPass(ctx, tx, m.pass)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			refusal = refused("This isn't a valid pass.", "Das ist kein gültiger Pass.")
			return refuse(person.Actor{Person: person.System})
		case err != nil:
			return err
		case p.SpentBy.Valid && p.SpentBy.String == m.by:
			if p.Refusal.V == nil {
				return found(tx, p)
			}
			refusal = p.Refusal.V // refused before, and on record
			return nil
		case p.SpentBy.Valid:
			refusal = refused("This pass has been used already.", "Dieser Pass wurde schon verwendet.")
			return refuse(actorOf(p))
		}
		if refusal = p.unfit(now, m); refusal == nil {
			if refusal, err = judge(tx, p); err != nil {
				return err
			}
		}
		if refusal != nil {
			if err := refuse(actorOf(p)); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE pass SET spent_at = $2, spent_by = $3, refusal = $4 WHERE id = $1",
			p.ID, now, m.by, JSON[*fault.Error]{refusal})
		return err
	})
	return refusal, err
}

// getPass finds a pass by what a message carries, and locks it. A bound one is
// found by its ID alone, a carried one by its secret alone.
func getPass(ctx context.Context, tx *sqlx.Tx, presented string) (p passRow, err error) {
	which, key := "p.bound IS NOT NULL AND p.id = $1", presented
	if strings.HasPrefix(presented, secretPrefix) {
		which, key = "p.bound IS NULL AND p.hash = $1", hashed(presented)
	}
	if !storable(key) {
		return p, sql.ErrNoRows
	}
	err = tx.GetContext(ctx, &p, `SELECT p.id, p.kind, p.run, p.task, p.person, p.token, p.token_issuer, p.content, coalesce(p.bound, '') AS bound,
			coalesce(p.outcome, '') AS outcome, p.expires_at, p.spent_by, p.refusal, t.revoked_at
		FROM pass p LEFT JOIN token t ON t.id = p.token WHERE `+which+` FOR UPDATE OF p`, key)
	return p, err
}

// unfit says why an unspent pass doesn't fit a message; nil: it does.
func (p passRow) unfit(now time.Time, m presentation) *fault.Error {
	switch {
	case p.Kind != m.kind:
		return refused("This pass was issued for something else.", "Dieser Pass gilt für etwas anderes.")
	case !now.Before(p.Expires):
		return refused("This pass has expired: ask for another one.", "Dieser Pass ist abgelaufen: Einen neuen anfordern.")
	case p.Revoked != nil:
		return refused("The token behind this pass has been revoked.", "Das Token hinter diesem Pass wurde widerrufen.")
	case p.Bound != "" && p.Bound != m.answer:
		return refused("This pass was issued for another answer.", "Dieser Pass gilt für eine andere Antwort.")
	case p.Outcome != "" && p.Outcome != m.outcome:
		return fault.New(fault.Forbidden, text.F("This pass is for the outcome %s only.", "Dieser Pass gilt nur für das Ergebnis %s.", p.Outcome))
	}
	return nil
}

func refused(en, de string) *fault.Error { return fault.New(fault.Forbidden, text.New(en, de)) }

// ForgetPasses deletes those that expired unused a day ago.
func (s *Store) ForgetPasses(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM pass WHERE spent_at IS NULL AND expires_at < $1", now.AddDate(0, 0, -1))
	return mapped(err)
}
