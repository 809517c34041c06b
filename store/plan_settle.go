package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// settle brings the states of slots in line with what happened to them and
// their runs; a key without a period means all of its scope.
func settle(ctx context.Context, tx *sqlx.Tx, now time.Time, k run.Key) error {
	// Locked first, so that the facts are those that nobody changes any more.
	if n, err := lockSlots(ctx, tx, k); err != nil || n == 0 {
		return err
	}
	var rows []struct {
		slotRow
		Waived    bool       `db:"waived"`
		Missed    bool       `db:"missed"`
		Live      bool       `db:"live"`
		Published *time.Time `db:"published"`
	}
	if err := tx.SelectContext(ctx, &rows, "SELECT "+slotColumns+`, s.waived_at IS NOT NULL AS waived, s.missed_at IS NOT NULL AS missed,
			EXISTS (SELECT 1 FROM run r WHERE r.process = s.process AND r.scope = s.scope AND r.period = s.period
				AND r.ended_at IS NULL AND NOT r.provisional) AS live,
			(SELECT min(p.published_at) FROM report p WHERE p.process = s.process AND p.scope = s.scope AND p.period = s.period
				AND p.published_at >= s.early_at) AS published
		FROM slot s WHERE s.process = $1 AND s.scope = $2 AND ($3 = '' OR s.period = $3)
		ORDER BY s.period`, k.Process, k.Scope, k.Period); err != nil {
		return err
	}
	for _, r := range rows {
		state := r.Slot.StateOf(planning.Facts{Waived: r.Waived, Missed: r.Missed, Live: r.Live, Published: r.Published, Now: now})
		if state == r.State {
			continue
		}
		if state == planning.DoneLate {
			if err := noteLate(ctx, tx, now, r.plain()); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE slot SET state = $4, waits = false,
			reason = CASE WHEN missed_at IS NOT NULL OR waived_at IS NOT NULL THEN reason END
			WHERE process = $1 AND scope = $2 AND period = $3`, r.Process, r.Scope, r.Period, string(state)); err != nil {
			return err
		}
	}
	return nil
}

// noteLate puts a slot that was done late on record as a finding, unless it was
// found missed before, which says more.
func noteLate(ctx context.Context, tx *sqlx.Tx, now time.Time, s planning.Slot) error {
	var missed bool
	if err := tx.GetContext(ctx, &missed, `SELECT EXISTS (SELECT FROM finding_seen n JOIN finding f ON f.id = n.finding
		WHERE n.key = $1 AND f.kind = $2)`, slotObject(s.Key), improvement.MissedSlot); err != nil || missed {
		return err
	}
	return slotFinding(ctx, tx, person.Actor{}, now, s, improvement.LateSlot, text.F("The planned slot %s was done late, after its tolerance had ended (%s).",
		"Der geplante Termin %s wurde verspätet erledigt, nach dem Ende der Toleranz (%s).", s.Key.ID(1), calendar.InWords(s.Late.UTC())))
}

// lockSlots keeps slots as they are until the transaction ends, in an order
// that all share; a key without a period means all of its scope.
func lockSlots(ctx context.Context, tx *sqlx.Tx, k run.Key) (locked int64, err error) {
	done, err := tx.ExecContext(ctx, `SELECT 1 FROM slot WHERE process = $1 AND scope = $2 AND ($3 = '' OR period = $3) ORDER BY period FOR UPDATE`,
		k.Process, k.Scope, k.Period)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Waits between a failed run and the next attempt, which begins by itself.
var retryAfter = []time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour}

// followEnd brings a slot in line with a run of it that has ended. After a
// failed one another begins by itself, a few times, ever later; after a
// rejected or cancelled one, or one that found its records altered, a person
// decides.
func followEnd(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, e run.End) error {
	if err := settle(ctx, tx, now, r.Key); err != nil {
		return err
	}
	if r.Provisional { // the slot may have waited for its end
		_, err := tx.ExecContext(ctx, `UPDATE slot SET look_at = $4 WHERE process = $1 AND scope = $2 AND period = $3 AND state = 'due' AND waits`,
			r.Process, r.Scope, r.Period, now)
		return err
	}
	// One that isn't due yet is looked at when it is.
	var tries int
	err := tx.GetContext(ctx, &tries, "SELECT tries FROM slot WHERE process = $1 AND scope = $2 AND period = $3 AND state = 'due'",
		r.Process, r.Scope, r.Period)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	why := text.F("%s ended as %s: whether another attempt begins, a person decides.", "%s ist %s: Über einen weiteren Versuch entscheidet eine Person.", r.ID, e.State)
	var next *time.Time
	tampered, err := isAltered(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if e.State == run.Failed && !tampered && tries < len(retryAfter) {
		at := now.Add(retryAfter[tries])
		next, tries = &at, tries+1
		why = text.F("%s failed: another attempt begins by itself at %s.", "%s ist fehlgeschlagen: Ein weiterer Versuch beginnt von selbst am %s.", r.ID, calendar.InWords(at.UTC()))
	}
	_, err = tx.ExecContext(ctx, `UPDATE slot SET look_at = $4, tries = $5, reason = $6, waits = false WHERE process = $1 AND scope = $2 AND period = $3`,
		r.Process, r.Scope, r.Period, next, tries, JSON[text.Text]{why})
	return err
}

// lookAgain lets the waker look at slots that wait for something: it may have
// come. They count as not having waited, so that one of which what was known a
// moment before decides is looked at once more. An empty service means all; one
// that is named got data, and drafts and reports about it are compared.
func lookAgain(ctx context.Context, tx sqlx.ExecerContext, now time.Time, service string) error {
	_, err := tx.ExecContext(ctx, `WITH waiting AS (SELECT process, scope, period FROM slot
			WHERE state = 'due' AND waits AND ($2 = '' OR about_kind = 'Service' AND about = $2) ORDER BY process, scope, period FOR UPDATE)
		UPDATE slot s SET look_at = $1, waits = false FROM waiting w WHERE (s.process, s.scope, s.period) = (w.process, w.scope, w.period)`, now, service)
	if err != nil || service == "" {
		return err
	}
	return markData(ctx, tx, service)
}
