package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// occurred is an event of a service, as a person reports it or a run shows it.
type occurred struct {
	Event   planning.Event
	Service string
	Detail  text.Text // where a person wrote it, the same in both languages
	Run     *run.Run  // that shows it; nil: a person reported it
	Request string
}

// Happened records an event of a service, and lets the slots fall due now whose
// intervals name it: those of the period that the process means today. What is
// due or done already stays as it is. It gives the slots concerned.
func (s *Store) Happened(ctx context.Context, by person.Actor, now time.Time, e planning.Event, service, detail, request string) (all []planning.Slot, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := holdResources(ctx, tx); err != nil {
			return err
		}
		if err := lockEvents(ctx, tx, service); err != nil {
			return err
		}
		o := occurred{Event: e, Service: service, Detail: text.Same(detail), Request: request}
		var known bool
		err := tx.GetContext(ctx, &known, "SELECT EXISTS (SELECT FROM event WHERE request = $1 AND at > $2)", request, now.Add(-keptFor))
		switch {
		case err != nil:
			return err
		case known: // the process that recorded this very request died before it answered
			all, err = bringForward(ctx, tx, by, now, o)
		default:
			all, err = happened(ctx, tx, by, now, o)
		}
		return err
	})
	return all, err
}

// lockEvents lets one transaction at a time call slots of a service forward. It
// comes before any row that another of them locks: slots, findings.
func lockEvents(ctx context.Context, tx *sqlx.Tx, service string) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('turnus.event/' || $1, 0))", service)
	return err
}

// happened records an event, and lets fall due what asks for it. What is declared
// is held by then (holdResources).
func happened(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, o occurred) ([]planning.Slot, error) {
	if err := lockEvents(ctx, tx, o.Service); err != nil {
		return nil, err
	}
	said := map[string]any{"event": o.Event, "detail": o.Detail.En}
	if o.Run != nil {
		said["detail"], said["run"] = o.Detail, o.Run.ID
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO event (event, service, detail, person, at, request) VALUES ($1,$2,$3,$4,$5,nullif($6,''))",
		string(o.Event), o.Service, o.Detail.En, by.Person, now, o.Request); err != nil {
		return nil, err
	}
	if err := record(ctx, tx, by, now, "event.reported", "service/"+o.Service, nil, said); err != nil {
		return nil, err
	}
	slots, err := bringForward(ctx, tx, by, now, o)
	if err != nil || o.Event != planning.MajorChange {
		return slots, err
	}
	// Continuity plans whose slots ask for a drill after the event: one that has begun
	// or ended before doesn't.
	var drilled []string
	for _, s := range slots {
		if s.Process == process.ContinuityDrill && (s.State == planning.Planned || s.State == planning.Due) {
			drilled = append(drilled, s.Scope)
		}
	}
	return slots, askRetests(ctx, tx, by, now, o.Service, o.Detail.En, drilled)
}

// calledSlot is a slot that an event asks for.
type calledSlot struct {
	planning.Slot
	catchUp planning.CatchUp
}

// bringForward makes the slots due now that an event asks for, or adds them.
func bringForward(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, o occurred) ([]planning.Slot, error) {
	now = now.Truncate(time.Microsecond) // PostgreSQL rounds to the nearest one: what is due now would be due in a moment
	called, err := calledFor(ctx, tx, now, o)
	if err != nil {
		return nil, err
	}
	if err := lockCalled(ctx, tx, called, o.Run); err != nil {
		return nil, err
	}
	said := map[string]any{"event": o.Event}
	if o.Run != nil {
		said["run"] = o.Run.ID
	}
	all := make([]planning.Slot, len(called))
	for i, c := range called {
		done, err := tx.ExecContext(ctx, `INSERT INTO slot AS s (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state, look_at, about_kind, about)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'due', $6, $10, $11)
			ON CONFLICT (process, scope, period) DO UPDATE SET due_at = excluded.due_at, early_at = excluded.early_at, late_at = excluded.late_at,
				state = 'due', look_at = excluded.look_at WHERE s.state = 'planned' AND NOT s.fallen AND s.due_at > excluded.due_at`,
			c.Process, c.Scope, c.Period, c.Interval, c.Version, c.Due, c.Early, c.Late, string(c.catchUp), string(c.About.Kind), c.About.Name)
		if err != nil {
			return nil, err
		}
		if n, _ := done.RowsAffected(); n > 0 {
			if err := settle(ctx, tx, now, c.Key); err != nil {
				return nil, err
			}
			if err := record(ctx, tx, by, now, "slot.brought-forward", slotObject(c.Key), nil, said); err != nil {
				return nil, err
			}
		}
		if all[i], err = slotOf(ctx, tx, c.Key); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// calledFor are the slots that an event asks for, by the intervals of its service
// that name it. One that can't be planned as things are holds up no other: the
// waker says so of it (PlanAhead).
func calledFor(ctx context.Context, tx *sqlx.Tx, now time.Time, o occurred) ([]calledSlot, error) {
	about := resource.Service.Ref(o.Service)
	var planned []string // intervals
	if err := tx.SelectContext(ctx, &planned, "SELECT interval FROM plan WHERE about_kind = $1 AND about = $2", string(about.Kind), about.Name); err != nil {
		return nil, err
	}
	intervals, err := listCurrent[planning.Spec](ctx, tx, resource.Interval)
	if err != nil {
		return nil, err
	}
	var all []calledSlot
	for _, i := range intervals {
		if !slices.Contains(planned, i.Metadata.Name) {
			continue
		}
		versions, err := versionsOf(ctx, tx, i.Metadata.Name)
		if fault.As(err) != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		v := planning.InForce(versions, now)
		if v == nil || !slices.Contains(v.Spec.Events, o.Event) {
			continue
		}
		p, err := process.FindPlanned(i.Spec.Process)
		if err != nil {
			return nil, err
		}
		slot := v.Today(p.Planning(), i.Metadata.Name, now)
		if o.Run != nil && slot.Key == o.Run.Key { // what shows the event isn't what the event asks for
			next := v.Tomorrow(p.Planning(), i.Metadata.Name, now)
			if next == nil {
				continue
			}
			slot = *next
		}
		slot.About = about
		all = append(all, calledSlot{slot, i.Spec.Filled().CatchUp}) // the rule of today
	}
	return all, nil
}

// lockCalled keeps slots that are called forward as they are, and that of the run
// that calls them, which follows its end: all at once, in the order in which
// everybody locks slots.
func lockCalled(ctx context.Context, tx *sqlx.Tx, called []calledSlot, by *run.Run) error {
	var processes, scopes, periods []string
	add := func(k run.Key) {
		processes, scopes, periods = append(processes, k.Process), append(scopes, k.Scope), append(periods, k.Period)
	}
	for _, c := range called {
		add(c.Key)
	}
	if by != nil {
		add(by.Key)
	}
	_, err := tx.ExecContext(ctx, `SELECT FROM slot WHERE (process, scope, period) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
		ORDER BY process, scope, period FOR UPDATE`, pq.Array(processes), pq.Array(scopes), pq.Array(periods))
	return err
}
