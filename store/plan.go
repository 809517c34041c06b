package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/calendar"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

// compiled makes a version of an interval ready, with the zone and the
// calendar of its scope where it names none, as they are now. Its faults
// have the fields of the spec.
func compiled(ctx context.Context, q sqlx.QueryerContext, number int, spec planning.Spec) (planning.Version, error) {
	return compiledOn(ctx, q, calendars{}, number, spec)
}

// calendars are those that were made ready already, by name: their holidays
// cost more than all the rest.
type calendars map[string]*calendar.Calendar

// compiledOn is compiled for many at a time.
func compiledOn(ctx context.Context, q sqlx.QueryerContext, ready calendars, number int, spec planning.Spec) (planning.Version, error) {
	v := planning.Version{Number: number, Spec: spec.Filled()}
	p, err := process.FindPlanned(spec.Process)
	if err != nil {
		return v, err
	}
	scope, err := scopeOf(ctx, q, p, spec.Scope)
	if err != nil {
		return v, err
	}
	v.Zone = scope.Zone
	if spec.Zone != "" {
		if v.Zone, err = calendar.Zone(spec.Zone); err != nil {
			return v, err
		}
	}
	name := spec.Calendar
	if name == "" {
		name = scope.Calendar
	}
	days := ready[name]
	if days == nil && name != calendar.AlwaysOpen {
		c, err := current[calendar.Spec](ctx, q, resource.Calendar, name)
		if fault.Is(err, fault.NotFound) {
			return v, fault.Invalidf("calendar", "There is no calendar %.80q: declare it first, or use 24x7.",
				"Den Kalender %.80q gibt es nicht: Den Kalender zuerst anlegen oder 24x7 verwenden.", name)
		}
		if err != nil {
			return v, err
		}
		if days, err = calendar.Compile(c.Spec); err != nil {
			return v, err
		}
		ready[name] = days
	}
	v.Plan, err = planning.Compile(v.Spec.Rule, v.Zone, days, v.Spec.Adjust)
	return v, err
}

// versionsOf are the approved versions of an interval, made ready. An older one
// that can't be any more, since its calendar has gone, plans nothing.
func versionsOf(ctx context.Context, q sqlx.QueryerContext, interval string) ([]planning.Version, error) {
	var rows []resourceRow
	if err := sqlx.SelectContext(ctx, q, &rows, "SELECT "+resourceColumns+` FROM resource
		WHERE kind = $1 AND name = $2 ORDER BY version`, string(resource.Interval), interval); err != nil {
		return nil, err
	}
	list := make([]planning.Version, len(rows))
	for i, r := range rows {
		spec, err := decoded[planning.Spec](r.Document.V)
		if err != nil {
			return nil, err
		}
		if list[i], err = compiled(ctx, q, r.Version, spec.Spec); err != nil {
			if i == len(rows)-1 || !fault.Is(err, fault.Invalid) {
				return nil, err
			}
			list[i].Plan = nil
		}
	}
	return list, nil
}

// replan makes the slots of an interval: those still to come become what its
// versions and the calendars say now, thirteen months ahead; those that have
// fallen due stay, and those of the past that never existed are made.
func replan(ctx context.Context, tx *sqlx.Tx, now time.Time, interval string) error {
	versions, err := versionsOf(ctx, tx, interval)
	if err != nil || len(versions) == 0 {
		return err
	}
	newest := versions[len(versions)-1].Spec
	p, err := process.FindPlanned(newest.Process)
	if err != nil {
		return err
	}
	about, err := aboutOf(ctx, tx, p, newest.Scope)
	if err != nil {
		return err
	}
	until := planning.Ahead(now)
	wanted, err := planning.Slots(p.Planning(), interval, versions, until)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO plan (interval, process, scope, about_kind, about, planned_to) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (interval) DO UPDATE SET planned_to = excluded.planned_to`, interval, p.Name, newest.Scope, string(about.Kind), about.Name, until); err != nil {
		return err
	}
	if _, err := lockSlots(ctx, tx, run.Key{Process: p.Name, Scope: newest.Scope}); err != nil {
		return err
	}
	n := len(wanted)
	periods, numbers := make([]string, n), make([]int, n)
	due, early, late := make([]time.Time, n), make([]time.Time, n), make([]time.Time, n)
	for i, s := range wanted {
		periods[i], numbers[i], due[i], early[i], late[i] = s.Period, s.Version, s.Due, s.Early, s.Late
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM slot WHERE interval = $1 AND state = 'planned' AND NOT fallen AND due_at > $2 AND period <> ALL ($3)`,
		interval, now, pq.Array(periods)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO slot AS s (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state, look_at)
		SELECT $1, $2, w.period, $11, $12, $3, w.version, w.due, w.early, w.late, $4, 'planned', $5
		FROM unnest($6::text[], $7::int[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[]) AS w (period, version, due, early, late)
		ON CONFLICT (process, scope, period) DO UPDATE SET interval = excluded.interval, version = excluded.version,
			due_at = excluded.due_at, early_at = excluded.early_at, late_at = excluded.late_at
			WHERE s.state = 'planned' AND NOT s.fallen AND s.due_at > $5`,
		p.Name, newest.Scope, interval, string(newest.CatchUp), now,
		pq.Array(periods), pq.Array(numbers), timesArray(due), timesArray(early), timesArray(late), string(about.Kind), about.Name); err != nil {
		return err
	}
	// How slots are caught up is the interval's rule of today, for old ones too.
	if _, err := tx.ExecContext(ctx, "UPDATE slot SET catch_up = $2 WHERE interval = $1 AND catch_up <> $2 AND state IN ('planned', 'due')",
		interval, string(newest.CatchUp)); err != nil {
		return err
	}
	return settle(ctx, tx, now, run.Key{Process: p.Name, Scope: newest.Scope})
}

func timesArray(all []time.Time) any {
	s := make([]string, len(all))
	for i, t := range all {
		s[i] = t.UTC().Format(time.RFC3339Nano)
	}
	return pq.Array(s)
}

// planAnew lets the waker make the slots to come anew where something changed
// that they follow from, and look at what waits; drafts that may stand on it are
// compared.
func planAnew(ctx context.Context, tx *sqlx.Tx, now time.Time, changed []Change) error {
	if len(changed) == 0 {
		return nil
	}
	for _, c := range changed {
		if row, _ := declaration.Find(c.Kind); row.IsScope() || c.Kind == resource.Calendar {
			if _, err := tx.ExecContext(ctx, "UPDATE plan SET planned_to = NULL"); err != nil {
				return err
			}
			break
		}
	}
	if err := lookAgain(ctx, tx, now, ""); err != nil {
		return err
	}
	services, err := servicesBehind(ctx, tx, changed)
	if err != nil {
		return err
	}
	return markForComparing(ctx, tx, services...)
}
