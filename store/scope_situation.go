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

	Data   map[string]Covered // what the imported data covers, by dataset that the process reads
	Import int64              // the newest of them; 0: there is none

	declared Declared
}

// ZoneIn is the zone of a period; a scope has one.
func (s Situation) ZoneIn(p calendar.Period) *time.Location {
	if z, err := s.declared.ZoneIn(p); err == nil {
		return z
	}
	return s.Zone
}

// Situation reads what the start of a run depends on in one snapshot, so that
// it holds no mix of what was and what is.
func (s *Store) Situation(ctx context.Context, p process.Process, scope string) (about Situation, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if about.Scope, err = scopeOf(ctx, tx, p, scope); err != nil {
			return err
		}
		if about.declared, err = declaredAbout(ctx, tx, about.About); err != nil {
			return err
		}
		if about.Behind, err = everBehind(ctx, tx, about.About); err != nil {
			return err
		}
		if p.Agreed {
			if about.Agreed, err = agreed(about.declared.versions, about.Service(), about.Zone); err != nil {
				return err
			}
		}
		about.Data = map[string]Covered{}
		for _, name := range p.Reads {
			c, err := coverage(ctx, tx, about.Service(), name)
			if err != nil {
				return err
			}
			about.Data[name], about.Import = c, max(about.Import, c.Import)
		}
		return nil
	})
	return about, err
}
