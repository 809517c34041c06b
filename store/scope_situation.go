package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// Situation is what the start of a run depends on, read at one moment.
type Situation struct {
	Scope
	Agreed []resource.Version // by name and version, whenever they hold; where the process needs an agreement
	Behind []task.Involvement // all who ever brought what a run may stand on: more than any basis names

	Oldest, AsOf time.Time // what the imported data covers; where the process needs data
	Import       int64     // the newest; 0: there is none

	zones zones
}

// ZoneIn is the zone of a period.
func (s Situation) ZoneIn(p calendar.Period) *time.Location { return s.zones.in(p) }

// Situation reads what the start of a run depends on in one snapshot, so that
// it holds no mix of what was and what is.
func (s *Store) Situation(ctx context.Context, p process.Process, scope string) (about Situation, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if about.Scope, err = scopeOf(ctx, tx, p, scope); err != nil {
			return err
		}
		if about.zones, err = zonesOf(ctx, tx, about.About); err != nil {
			return err
		}
		if about.Behind, err = everBehind(ctx, tx, about.About); err != nil {
			return err
		}
		if p.Agreed {
			if about.Agreed, err = agreementsOf(ctx, tx, about.Service(), about.Zone); err != nil {
				return err
			}
		}
		if p.Covered {
			about.Oldest, about.AsOf, about.Import, err = coverage(ctx, tx, about.Service())
		}
		return err
	})
	return about, err
}

// zones are the zones of a scope over time: what its versions say, and those of
// the calendars that they name, the greatest number first.
type zones []zoneVersion

type zoneVersion struct {
	Kind     resource.Kind `db:"kind"`
	Name     string        `db:"name"`
	From     time.Time     `db:"valid_from"`
	Retired  bool          `db:"retired"`
	Calendar string        `db:"calendar"`
	Zone     string        `db:"zone"`
}

func zonesOf(ctx context.Context, q sqlx.QueryerContext, about resource.Ref) (list zones, err error) {
	err = sqlx.SelectContext(ctx, q, &list, `WITH scope AS MATERIALIZED (SELECT * FROM resource WHERE kind = $1 AND name = $2)
		SELECT kind, name, valid_from, retired, coalesce(document->'spec'->>'calendar', '') AS calendar, coalesce(document->'spec'->>'zone', '') AS zone
		FROM (SELECT * FROM scope UNION ALL SELECT * FROM resource WHERE kind = 'Calendar'
			AND name IN (SELECT document->'spec'->>'calendar' FROM scope)) declared
		ORDER BY version DESC`, string(about.Kind), about.Name)
	return list, err
}

// in is the zone of a period, as the versions of scope and calendar say that
// count for it; where none does, as they are now. Nil where there are none.
func (all zones) in(p calendar.Period) *time.Location {
	if z := all.at(p.VersionsAt()); z != nil {
		return z
	}
	return all.at(endOfTime)
}

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (all zones) at(instant time.Time) *time.Location {
	holds := func(of func(zoneVersion) bool) (zoneVersion, bool) {
		for _, v := range all {
			if of(v) && !v.From.After(instant) {
				return v, !v.Retired
			}
		}
		return zoneVersion{}, false
	}
	scope, ok := holds(func(v zoneVersion) bool { return v.Kind != resource.Calendar })
	if !ok {
		return nil
	}
	cal, ok := holds(func(v zoneVersion) bool { return v.Kind == resource.Calendar && v.Name == scope.Calendar })
	if !ok && scope.Calendar != calendar.AlwaysOpen {
		return nil
	}
	z, err := zoneNamed(scope.Calendar, scope.Zone, cal.Zone)
	if err != nil {
		return nil // the tzdata of today has no zone of that name
	}
	return z
}

// ZoneIn is the zone of a period of what a resource declares.
func (s *Store) ZoneIn(ctx context.Context, about resource.Ref, p calendar.Period) (*time.Location, error) {
	list, err := zonesOf(ctx, s.db, about)
	if err != nil {
		return nil, mapped(err)
	}
	z := list.in(p)
	if z == nil {
		return nil, notFound(about.Kind, about.Name)
	}
	return z, nil
}
