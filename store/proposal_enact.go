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
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
)

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

// Enact puts a proposal that was approved in force, once: the resource gets
// its version, and the plan follows. What nobody has approved as it is, and
// what can't be any more, since things have changed while it waited, is refused.
func (s *Store) Enact(ctx context.Context, now time.Time, runID string) error {
	now = now.UTC().Truncate(time.Microsecond)
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		r, err := getRun(ctx, tx, runID, "FOR UPDATE")
		if err != nil {
			return err
		}
		p, err := proposalOf(ctx, tx, runID)
		if err != nil || p.Enacted > 0 {
			return err
		}
		if err := approved(ctx, tx, r, p); err != nil {
			return err
		}
		k := p.Document.Ref()
		before, err := newestIfAny(ctx, tx, k)
		if err != nil {
			return err
		}
		if err := checkProposal(ctx, tx, now, p, before); err != nil {
			return err
		}
		if err := checkMade(ctx, tx, now, run.Step{Run: r.ID, Round: r.Round}); err != nil {
			return err
		}
		// The version says who proposed it; the run, who approved it.
		v := resource.Version{Resource: p.Document, Version: p.Base + 1, Hash: p.Hash, At: now, By: p.By, TokenIssuer: p.Issuer}
		if before != nil {
			v.ValidFrom = now
		}
		if err := insertVersion(ctx, tx, v); err != nil {
			return err
		}
		action := "resource." + Created
		if before != nil {
			action = "resource." + Changed
		}
		if err := record(ctx, tx, now, person.Actor{Person: person.System}, action, k.String(), before, map[string]any{"version": v, "run": runID}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE proposal SET enacted = $2 WHERE run = $1", runID, v.Version); err != nil {
			return err
		}
		if k.Kind == resource.Interval {
			return replan(ctx, tx, now, k.Name)
		}
		return waive(ctx, tx, now, p, runID)
	})
	return s.denied(ctx, now, "enact.refused", "run/"+runID, err)
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

// checkMade wants the slots of the past, which are never rewritten, to be made
// as they were shown to whoever approved: the calendar or the zone that they
// follow may have changed since. Those to come follow both anyhow.
func checkMade(ctx context.Context, tx *sqlx.Tx, now time.Time, st run.Step) error {
	var shown JSON[planning.Change]
	err := tx.GetContext(ctx, &shown, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", st.Run, st.Round)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(shown.V.Made) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := changeOf(ctx, tx, now, st)
	if err != nil {
		return err
	}
	made := map[run.Key]planning.Slot{}
	for _, s := range c.Made {
		made[s.Key] = s
	}
	for _, s := range shown.V.Made {
		if m, still := made[s.Key]; still && (!m.Due.Equal(s.Due) || !m.Late.Equal(s.Late)) {
			return fault.New(fault.Conflict, text.F("The slot %s would be due at another time than was approved, since the calendar or the zone that it follows has changed: propose it again.",
				"Der Termin %s wäre zu einer anderen Zeit fällig als freigegeben, denn sein Kalender oder seine Zeitzone hat sich geändert: Erneut vorschlagen.", s.Key.ID(1)))
		}
	}
	return nil
}

// waive carries an approved waiver out.
func waive(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, runID string) error {
	w, err := decoded[planning.WaiverSpec](p.Document)
	if err != nil {
		return err
	}
	for _, period := range w.Spec.Periods {
		k := run.Key{Process: w.Spec.Process, Scope: w.Spec.Scope, Period: period}
		if _, err := tx.ExecContext(ctx, `UPDATE slot SET waived_at = $4, state = 'waived', reason = $5, person = $6, waits = false
			WHERE process = $1 AND scope = $2 AND period = $3`, k.Process, k.Scope, k.Period, now, JSON[text.Text]{text.Same(w.Spec.Reason)}, p.By); err != nil {
			return err
		}
		if err := record(ctx, tx, now, person.Actor{Person: p.By}, "slot.waived", slotObject(k), nil, map[string]any{"reason": w.Spec.Reason, "run": runID}); err != nil {
			return err
		}
	}
	return nil
}
