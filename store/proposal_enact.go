package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
)

// Proposal is what a run decides on.
func (s *Store) Proposal(ctx context.Context, runID string) (Proposal, error) {
	p, err := proposalOf(ctx, s.db, runID)
	return p, mapped(err)
}

// proposalOf is the proposal that a run decides on.
func proposalOf(ctx context.Context, q sqlx.QueryerContext, runID string) (Proposal, error) {
	var row struct {
		Base     int                `db:"base"`
		Document JSON[resource.Raw] `db:"document"`
		Hash     string             `db:"hash"`
		Person   string             `db:"person"`
		Issuer   string             `db:"token_issuer"`
		At       time.Time          `db:"at"`
		Enacted  sql.NullInt64      `db:"enacted"`
	}
	err := sqlx.GetContext(ctx, q, &row, "SELECT base, document, hash, person, token_issuer, at, enacted FROM proposal WHERE run = $1", runID)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("run %s has no proposal", runID)
	}
	return Proposal{runID, row.Base, row.Document.V, row.Hash, row.Person, row.Issuer, row.At.UTC(), int(row.Enacted.Int64)}, err
}

// Enact puts a proposal that was approved in force, once: what it would change is
// changed. What nobody has approved as it is, and what can't be any more, since
// things have changed while it waited, is refused.
func (s *Store) Enact(ctx context.Context, now time.Time, runID string) error {
	now = now.UTC().Truncate(time.Microsecond)
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		p, err := proposalOf(ctx, tx, runID) // what is proposed stays as it is
		if err != nil {
			return err
		}
		if err := lockFor(ctx, tx, p.Document); err != nil {
			return err
		}
		r, err := getRun(ctx, tx, runID, "FOR UPDATE")
		if err != nil {
			return err
		}
		if p, err = proposalOf(ctx, tx, runID); err != nil || p.Enacted > 0 {
			return err
		}
		if err := approved(ctx, tx, r, p); err != nil {
			return err
		}
		before, _, err := lastOf(ctx, tx, p.Document.Ref())
		if err != nil {
			return err
		}
		x, err := subjectOf(p.Document)
		if err != nil {
			return err
		}
		number, err := x.enact(ctx, tx, now, p, before)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE proposal SET enacted = $2 WHERE run = $1", runID, number)
		return err
	})
	return s.denied(ctx, now, "enact.refused", "run/"+runID, err)
}

// lockFor takes the lock under which a proposal is put in force: that of
// everything declared; of a withdrawal, which may take minutes, only that of the
// service's imports. It reads nothing that is declared, and whoever kept that as it
// is for so long would hold up every decision behind the first who applies.
func lockFor(ctx context.Context, tx *sqlx.Tx, d resource.Raw) error {
	if d.Kind != dataset.Withdrawn {
		return lockResources(ctx, tx)
	}
	x, err := withdrawalOf(d)
	if err != nil {
		return err
	}
	return lockImports(ctx, tx, x.spec.Service)
}

// enactVersion writes the version that was proposed, unless it is in force
// already; check holds it against everything else, if given. The version says
// who proposed it; the run, who approved it.
func enactVersion(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, check func(resourceSet, Change) error) (Change, error) {
	set := newResourceSet(tx)
	if err := set.load(ctx, []resource.Ref{p.Document.Ref()}); err != nil {
		return Change{}, err
	}
	c, err := set.replace(p.Document, person.Actor{Person: p.By, Issuer: p.Issuer}, now)
	if err != nil || c.Change == Unchanged {
		return c, err
	}
	if check != nil {
		if err := check(set, c); err != nil {
			return c, err
		}
	}
	if err := insertVersion(ctx, tx, *c.After); err != nil {
		return c, err
	}
	return c, record(ctx, tx, person.Actor{Person: person.System}, now, "resource."+c.Change, c.Ref.String(), c.Before, map[string]any{"version": c.After, "run": p.Run})
}

// approved wants the approval of a proposal on record: of a live run's draft,
// which names the proposal by its hash, and the proposal as that hash has it.
func approved(ctx context.Context, tx *sqlx.Tx, r run.Run, p Proposal) error {
	end := run.End{Run: r.ID, State: run.Published}
	if r.Ended != nil {
		return unborne(end, "it has ended", "er ist beendet")
	}
	if err := decidedAs(ctx, tx, r, end, task.Approve); err != nil {
		return err
	}
	var draft string
	if err := tx.GetContext(ctx, &draft, "SELECT document FROM draft WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
		return err
	}
	doc, err := report.Decode([]byte(draft))
	if err != nil {
		return err
	}
	hash, err := canonical.Hash(p.Document)
	if err != nil {
		return err
	}
	if hash != p.Hash || !slices.ContainsFunc(doc.Sources, func(s report.Source) bool {
		return s.Kind == report.SourceKind(p.Document.Kind) && s.Name == p.Document.Metadata.Name && s.Hash == hash
	}) {
		return unborne(end, "its proposal isn't the one that was approved", "sein Vorschlag ist nicht der, der freigegeben wurde")
	}
	return nil
}
