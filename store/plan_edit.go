package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// Plan is an interval at work.
type Plan struct {
	Interval string       `json:"interval" db:"interval"`
	Process  string       `json:"process" db:"process"`
	Scope    string       `json:"scope" db:"scope"`
	About    resource.Ref `json:"-" db:"about"`
	Paused   *time.Time   `json:"paused,omitempty" db:"paused_at"`
	By       *string      `json:"paused_by,omitempty" db:"paused_by"`
	Reason   *string      `json:"paused_reason,omitempty" db:"paused_reason"`
}

// PlanOf is the interval of that name, once it is approved.
func (s *Store) PlanOf(ctx context.Context, interval string) (Plan, error) {
	p, err := planOf(ctx, s.db, interval, "")
	return p, mapped(err)
}

func planOf(ctx context.Context, q sqlx.QueryerContext, interval, lock string) (Plan, error) {
	var p Plan
	err := sqlx.GetContext(ctx, q, &p, `SELECT interval, process, scope, about_kind AS "about.kind", about AS "about.name", paused_at, paused_by, paused_reason FROM plan WHERE interval = $1 `+lock, interval)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoPlan(interval)
	}
	return p, err
}

// NoPlan says that no such interval is approved.
func NoPlan(interval string) error {
	return fault.New(fault.NotFound, text.F("There is no approved interval %.80q.", "Ein freigegebenes Intervall %.80q gibt es nicht.", interval))
}

// Pause lets an interval start nothing until it is resumed: its slots fall due
// all the same. Pausing again changes nothing.
func (s *Store) Pause(ctx context.Context, by person.Actor, now time.Time, interval, reason string) (Plan, error) {
	return s.editPlan(ctx, interval, func(tx *sqlx.Tx, p Plan) error {
		if p.Paused != nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE plan SET paused_at = $2, paused_by = $3, paused_reason = $4 WHERE interval = $1", interval, now, by.Person, reason); err != nil {
			return err
		}
		return record(ctx, tx, by, now, "interval.paused", resource.Interval.Ref(interval).String(), nil, map[string]any{"reason": reason})
	})
}

// Resume ends a pause; what fell due meanwhile is caught up by the interval's
// rule.
func (s *Store) Resume(ctx context.Context, by person.Actor, now time.Time, interval, reason string) (Plan, error) {
	return s.editPlan(ctx, interval, func(tx *sqlx.Tx, p Plan) error {
		if p.Paused == nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE plan SET paused_at = NULL, paused_by = NULL, paused_reason = NULL WHERE interval = $1", interval); err != nil {
			return err
		}
		return record(ctx, tx, by, now, "interval.resumed", resource.Interval.Ref(interval).String(), p, map[string]any{"reason": reason})
	})
}

func (s *Store) editPlan(ctx context.Context, interval string, edit func(*sqlx.Tx, Plan) error) (p Plan, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		before, err := planOf(ctx, tx, interval, "FOR UPDATE")
		if err != nil {
			return err
		}
		if err := edit(tx, before); err != nil {
			return err
		}
		p, err = planOf(ctx, tx, interval, "")
		return err
	})
	return p, err
}

// maxBackfill bounds a backfill.
const maxBackfill = 10 // years

// Backfill lets the slots of an interval be started that were missed, or that
// wait for a person, with periods that lie in [from, to]; it gives them as
// they are then.
func (s *Store) Backfill(ctx context.Context, by person.Actor, now time.Time, interval string, from, to calendar.Date, reason string) ([]planning.Slot, error) {
	switch {
	case to.Before(from):
		return nil, fault.Invalidf("to", "This ends before it begins: %s or later.", "Das endet, bevor es beginnt: frühestens %s.", from)
	case from.AddYears(maxBackfill).Before(to):
		return nil, fault.Invalidf("from", "That is more than %d years: backfill at most so many at a time, from %s.",
			"Das sind mehr als %d Jahre: Höchstens so viele auf einmal nachholen, ab %s.", maxBackfill, to.AddYears(-maxBackfill))
	}
	all := []planning.Slot{}
	_, err := s.editPlan(ctx, interval, func(tx *sqlx.Tx, p Plan) error {
		var rows []slotRow
		if err := tx.SelectContext(ctx, &rows, "SELECT "+slotColumns+` FROM slot s WHERE interval = $1
			AND (state = 'missed' OR state = 'due' AND look_at IS NULL) ORDER BY due_at FOR UPDATE OF s`, interval); err != nil {
			return err
		}
		for _, r := range rows {
			period, err := calendar.ParsePeriod(r.Period)
			if err != nil {
				return err
			}
			if period.First.Before(from) || to.Before(period.Next.Add(-1)) {
				continue
			}
			if err := reopen(ctx, tx, by, now, r.plain(), reason); err != nil {
				return err
			}
			again, err := slotOf(ctx, tx, r.Key)
			if err != nil {
				return err
			}
			all = append(all, again)
		}
		return nil
	})
	return all, err
}

// reopen makes a slot due again.
func reopen(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, s planning.Slot, reason string) error {
	// found_at, too: that it was found late doesn't keep a backfill from it.
	if _, err := tx.ExecContext(ctx, `UPDATE slot SET state = 'due', missed_at = NULL, reason = NULL, person = '', waits = false, tries = 0,
		look_at = $4, found_at = due_at, reopened_at = $4 WHERE process = $1 AND scope = $2 AND period = $3`, s.Process, s.Scope, s.Period, now); err != nil {
		return err
	}
	return record(ctx, tx, by, now, "slot.reopened", slotObject(s.Key), map[string]any{"state": s.State, "reason": s.Reason}, map[string]any{"reason": reason})
}

// DeclareMissed records that a slot that is due won't be done, and why.
func (s *Store) DeclareMissed(ctx context.Context, by person.Actor, now time.Time, k run.Key, reason string) (slot planning.Slot, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if _, err := lockSlots(ctx, tx, k); err != nil {
			return err
		}
		before, err := slotOf(ctx, tx, k)
		if err != nil {
			return err
		}
		switch {
		case before.State == planning.Missed && before.By == by.Person:
			slot = before
			return nil
		case before.State != planning.Due:
			return fault.New(fault.Conflict, text.F("The slot %s is %s: what is due can be declared missed.",
				"Der Termin %s ist %s: Für versäumt erklärt wird, was fällig ist.", k.ID(1), before.State))
		}
		if err := miss(ctx, tx, by, now, before, text.Same(reason)); err != nil {
			return err
		}
		slot, err = slotOf(ctx, tx, k)
		return err
	})
	return slot, err
}
