package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
)

// Happened records an event of a service, and lets the slots fall due now whose
// intervals name it: those of the period that the process means today. What is
// due or done already stays as it is. It gives the slots concerned.
func (s *Store) Happened(ctx context.Context, by person.Actor, now time.Time, e planning.Event, service, detail, request string) ([]planning.Slot, error) {
	all := []planning.Slot{}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		var before int
		if err := tx.GetContext(ctx, &before, "SELECT count(*) FROM event WHERE request = $1 AND at > $2", request, now.Add(-keptFor)); err != nil {
			return err
		}
		if before == 0 { // else the process that recorded this very request died before it answered
			if _, err := tx.ExecContext(ctx, "INSERT INTO event (event, service, detail, person, at, request) VALUES ($1,$2,$3,$4,$5,nullif($6,''))",
				string(e), service, detail, by.Person, now, request); err != nil {
				return err
			}
			if err := record(ctx, tx, by, now, "event.reported", "service/"+service, nil, map[string]any{"event": e, "detail": detail}); err != nil {
				return err
			}
		}
		var about []string // intervals
		if err := tx.SelectContext(ctx, &about, "SELECT interval FROM plan WHERE about_kind = 'Service' AND about = $1", service); err != nil {
			return err
		}
		intervals, err := listCurrent[planning.Spec](ctx, tx, resource.Interval)
		if err != nil {
			return err
		}
		var drilled []string // continuity plans whose intervals name the event
		for _, i := range intervals {
			if !slices.Contains(about, i.Metadata.Name) {
				continue
			}
			versions, err := versionsOf(ctx, tx, i.Metadata.Name)
			if err != nil {
				return err
			}
			v := planning.InForce(versions, now)
			if v == nil || !slices.Contains(v.Spec.Events, e) {
				continue
			}
			slot, err := bringForward(ctx, tx, by, now, i, *v, e)
			if err != nil {
				return err
			}
			all = append(all, slot)
			if i.Spec.Process == process.ContinuityDrill {
				drilled = append(drilled, i.Spec.Scope)
			}
		}
		if e == planning.MajorChange && before == 0 {
			return askRetests(ctx, tx, by, now, service, detail, drilled)
		}
		return nil
	})
	return all, err
}

// bringForward makes the slot of the period that is meant today due now, or
// adds one.
func bringForward(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, i resource.Resource[planning.Spec], v planning.Version, e planning.Event) (planning.Slot, error) {
	p, err := process.FindPlanned(i.Spec.Process)
	if err != nil {
		return planning.Slot{}, err
	}
	about, err := aboutOf(ctx, tx, p, i.Spec.Scope)
	if err != nil {
		return planning.Slot{}, err
	}
	wanted := v.Today(p.Planning(), i.Metadata.Name, now)
	done, err := tx.ExecContext(ctx, `INSERT INTO slot AS s (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state, look_at, about_kind, about)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'due', $6, $10, $11)
		ON CONFLICT (process, scope, period) DO UPDATE SET due_at = excluded.due_at, early_at = excluded.early_at, late_at = excluded.late_at,
			state = 'due', look_at = excluded.look_at WHERE s.state = 'planned' AND NOT s.fallen AND s.due_at > excluded.due_at`,
		wanted.Process, wanted.Scope, wanted.Period, wanted.Interval, wanted.Version, wanted.Due, wanted.Early, wanted.Late, string(i.Spec.Filled().CatchUp), // the rule of today
		string(about.Kind), about.Name)
	if err != nil {
		return planning.Slot{}, err
	}
	if n, _ := done.RowsAffected(); n > 0 {
		if err := settle(ctx, tx, now, wanted.Key); err != nil {
			return planning.Slot{}, err
		}
		if err := record(ctx, tx, by, now, "slot.brought-forward", slotObject(wanted.Key), nil, map[string]any{"event": e}); err != nil {
			return planning.Slot{}, err
		}
	}
	return slotOf(ctx, tx, wanted.Key)
}
