package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

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
		if err := record(ctx, tx, person.Actor{Person: p.By}, now, "slot.waived", slotObject(k), nil, map[string]any{"reason": w.Spec.Reason, "run": runID}); err != nil {
			return err
		}
	}
	return nil
}
