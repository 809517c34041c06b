package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// FallDue lets slots fall due whose time has come.
func (s *Store) FallDue(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, "UPDATE slot SET state = 'due', look_at = $1 WHERE state = 'planned' AND due_at <= $1", now)
	return mapped(err)
}

// planDaily is how often a plan's far end is made longer.
const planDaily = 24 * time.Hour

// listBehind lists the intervals whose slots reach less far than they should, or
// that something changed for: a moment each day, unless they can't be planned.
func (s *Store) listBehind(ctx context.Context, now time.Time) (intervals []string, err error) {
	err = s.db.SelectContext(ctx, &intervals, `SELECT interval FROM plan p WHERE (planned_to IS NULL OR planned_to < $1)
		AND EXISTS (SELECT 1 FROM resource_current c WHERE c.kind = p.about_kind AND c.name = p.about) ORDER BY interval`,
		planning.Ahead(now).Add(-planDaily))
	return intervals, mapped(err)
}

// PlanAhead makes the slots of intervals that reach less far than they should,
// or that something changed for. Of an interval that can't be planned as
// things are (what it is about has gone, say) it gives the reason, and goes on.
func (s *Store) PlanAhead(ctx context.Context, now time.Time) (failed map[string]error, err error) {
	behind, err := s.listBehind(ctx, now)
	if err != nil {
		return nil, err
	}
	failed = map[string]error{}
	for _, name := range behind {
		if err := ctx.Err(); err != nil { // the others are for the next waking
			return failed, err
		}
		if err := s.tx(ctx, func(tx *sqlx.Tx) error {
			if err := holdResources(ctx, tx); err != nil {
				return err
			}
			return replan(ctx, tx, now, name)
		}); err != nil {
			if ctx.Err() != nil || Away(err) {
				return failed, err
			}
			failed[name] = err
		}
	}
	return failed, nil
}

// MissSuperseded records as missed the slots of intervals that catch up with
// the latest one or none: with the next one due, and nothing in work. Of what
// a backfill asked for only one that falls due after it counts.
func (s *Store) MissSuperseded(ctx context.Context, now time.Time) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		var rows []struct {
			slotRow
			Next string `db:"next"`
		}
		if err := tx.SelectContext(ctx, &rows, "SELECT "+slotColumns+`, n.period AS next FROM slot s
			JOIN LATERAL (SELECT n.period FROM slot n WHERE n.process = s.process AND n.scope = s.scope
				AND n.due_at > greatest(s.due_at, s.reopened_at) AND n.due_at <= $1 ORDER BY n.due_at LIMIT 1) n ON true
			WHERE s.state = 'due' AND s.catch_up <> 'each' AND NOT EXISTS (SELECT 1 FROM run r WHERE r.process = s.process
				AND r.scope = s.scope AND r.period = s.period AND r.ended_at IS NULL AND NOT r.provisional) ORDER BY s.interval, s.due_at FOR UPDATE OF s SKIP LOCKED`, now); err != nil {
			return err
		}
		for _, r := range rows {
			why := text.F("The next one, %s, fell due and nothing was in work.", "Der nächste Termin, %s, wurde fällig, und nichts war in Arbeit.", r.Next)
			if err := miss(ctx, tx, person.Actor{}, now, r.plain(), why); err != nil {
				return err
			}
		}
		return nil
	})
}

// miss records a slot as missed, with the reason, and opens a finding.
func miss(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, s planning.Slot, why text.Text) error {
	if _, err := tx.ExecContext(ctx, `UPDATE slot SET state = 'missed', missed_at = $4, reason = $5, person = $6, waits = false
		WHERE process = $1 AND scope = $2 AND period = $3`, s.Process, s.Scope, s.Period, now, JSON[text.Text]{why}, by.Person); err != nil {
		return err
	}
	object := slotObject(s.Key)
	if err := slotFinding(ctx, tx, by, now, s, improvement.MissedSlot, text.F(
		"The planned slot %[1]s wasn't kept: %[2]s", "Der geplante Termin %[1]s wurde nicht eingehalten: %[3]s", s.Key.ID(1), why.En, why.De)); err != nil {
		return err
	}
	return record(ctx, tx, by, now, "slot.missed", object, map[string]any{"state": s.State}, map[string]any{"reason": why, "due": s.Due})
}

// slotFinding puts a slot that wasn't kept on record as a finding of its
// interval.
func slotFinding(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, s planning.Slot, kind string, title text.Text) error {
	object := slotObject(s.Key)
	_, err := openFinding(ctx, tx, sighting{Key: kind + "/interval/" + s.Interval, Place: object, By: by, Finding: improvement.Finding{
		Kind: kind, About: s.About, Object: object, Title: title, At: now, Source: improvement.Source{Kind: improvement.FromSlot, Name: s.Key.ID(1)}}})
	return err
}

// slotObject names a slot in the audit trail.
func slotObject(k run.Key) string { return "slot/" + k.ID(1) }

// DueSlot is a slot that is due, with what became of it so far.
type DueSlot struct {
	planning.Slot
	CatchUp  planning.CatchUp
	At       time.Time    // when the waker first could have started it
	Reopened *time.Time   // when a backfill last asked for it
	Asked    person.Actor // who asked, with a token of which issuer
	Newest   *run.Run     // attempt; nil: there is none
	waited   bool
}

// SlotNext says what becomes of a slot that is due: a run begins; or it waits
// until something comes that may be expected (Waits); or it is tried again,
// since something is wrong here (Again); or a person decides.
type SlotNext struct {
	Begin  *NewRun
	Reason text.Text
	Waits  bool
	Again  bool
}

// How long a slot that waits is left alone, unless what it may wait for comes;
// one that begins to wait is looked at once more, since that may have come in
// the meantime.
const (
	lookLater = time.Hour
	lookSoon  = time.Minute
)

// TakeDue takes slots that are due, has it decided what becomes of each, and
// carries it out in the same transaction. Several processes share the work; what
// another one has taken is left to it. It says how many it took.
func (s *Store) TakeDue(ctx context.Context, now time.Time, limit int, decide func(context.Context, DueSlot) (SlotNext, error)) (n int, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// A process that stands still lets go of what it took.
		if _, err := tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = '60s'"); err != nil {
			return err
		}
		var rows []struct {
			slotRow
			CatchUp  string     `db:"catch_up"`
			FoundAt  *time.Time `db:"found_at"`
			Reopened *time.Time `db:"reopened_at"`
			Waits    bool       `db:"waits"`
		}
		if err := tx.SelectContext(ctx, &rows, "SELECT "+slotColumns+`, s.catch_up, s.found_at, s.reopened_at, s.waits FROM slot s
			WHERE s.state = 'due' AND s.look_at <= $1
				AND NOT EXISTS (SELECT 1 FROM plan p WHERE p.interval = s.interval AND p.paused_at IS NOT NULL)
			ORDER BY s.due_at, s.process, s.scope LIMIT $2 FOR UPDATE OF s SKIP LOCKED`, now, limit); err != nil {
			return err
		}
		n = len(rows)
		for _, r := range rows {
			f := DueSlot{Slot: r.plain(), CatchUp: planning.CatchUp(r.CatchUp), At: now, Reopened: r.Reopened, waited: r.Waits}
			if r.FoundAt != nil {
				f.At = *r.FoundAt
			}
			var err error
			if f.Reopened != nil {
				if f.Asked, err = askedBy(ctx, tx, f.Key); err != nil {
					return err
				}
			}
			if f.Run != "" {
				// Its state may be older than what its runs have come to since.
				if err := settle(ctx, tx, now, f.Key); err != nil {
					return err
				}
				if f.Slot, err = slotOf(ctx, tx, f.Key); err != nil {
					return err
				}
				if f.State != planning.Due {
					continue
				}
				if f.Newest, _, err = findRun(ctx, tx, now, f.Key, ""); err != nil {
					return err
				}
			}
			v, err := decide(ctx, f)
			if err != nil {
				return err
			}
			if err := carryOut(ctx, tx, now, f, v); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// askedBy is who last asked for a slot by a backfill, as it is on record.
func askedBy(ctx context.Context, tx *sqlx.Tx, k run.Key) (by person.Actor, err error) {
	row := tx.QueryRowxContext(ctx, `SELECT a.actor, coalesce(t.issuer, '') FROM audit a LEFT JOIN token t ON t.id = a.token
		WHERE a.object = $1 AND a.action = 'slot.reopened' ORDER BY a.number DESC LIMIT 1`, slotObject(k))
	if err = row.Scan(&by.Person, &by.Issuer); errors.Is(err, sql.ErrNoRows) {
		return by, nil // it holds up no other slot
	}
	return by, err
}

// carryOut does with a slot what was decided.
func carryOut(ctx context.Context, tx *sqlx.Tx, now time.Time, f DueSlot, v SlotNext) error {
	if v.Begin != nil { // when it was found doesn't matter any more
		_, _, err := begin(ctx, tx, now, *v.Begin)
		return err
	}
	var next *time.Time
	if v.Waits || v.Again {
		at := now.Add(lookSoon)
		if f.waited {
			at = now.Add(lookLater)
		}
		next = &at
	}
	_, err := tx.ExecContext(ctx, `UPDATE slot SET found_at = $4, look_at = $5, reason = $6, waits = $7
		WHERE process = $1 AND scope = $2 AND period = $3`, f.Process, f.Scope, f.Period, f.At, next, JSON[text.Text]{v.Reason}, v.Waits)
	return err
}

// Woken notes that a waking came to its end.
func (s *Store) Woken(ctx context.Context, now time.Time) error {
	_, err := s.db.ExecContext(ctx, "UPDATE installation SET woken_at = $1", now)
	return mapped(err)
}
