package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
)

// Preview lists the slots that intervals would have which aren't applied: due
// in [from, to), without states, since nothing of it has happened.
func (s *Store) Preview(ctx context.Context, now time.Time, docs []resource.Raw, from, to time.Time) ([]planning.Slot, error) {
	if err := checkEach(docs); err != nil {
		return nil, err
	}
	all := []planning.Slot{}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var faults fault.List
		days := calendars{}
		for _, d := range docs {
			if d.Kind != resource.Interval {
				continue
			}
			if len(faults) == fault.Most {
				break
			}
			slots, err := preview(ctx, tx, now, d, days, from, to)
			if err != nil && fault.All(err) == nil {
				return err
			}
			faults.Add(declaration.At(d.Ref().String(), declaration.Below("spec", err)))
			all = append(all, slots...)
		}
		return faults.Err()
	})
	slices.SortFunc(all, func(a, b planning.Slot) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return strings.Compare(a.Key.ID(1), b.Key.ID(1))
	})
	return all, err
}

func preview(ctx context.Context, tx *sqlx.Tx, now time.Time, d resource.Raw, days calendars, from, to time.Time) ([]planning.Slot, error) {
	var spec planning.Spec
	if err := json.Unmarshal(d.Spec, &spec); err != nil {
		return nil, err
	}
	p, err := process.FindPlanned(spec.Process)
	if err != nil {
		return nil, err
	}
	v, err := compiledOn(ctx, tx, days, 0, spec)
	if err != nil {
		return nil, err
	}
	if err := v.Fits(p.Planning(), now); err != nil {
		return nil, err
	}
	all, err := planning.Slots(p.Planning(), d.Metadata.Name, []planning.Version{v}, to)
	for i := range all {
		all[i].Zone = v.Zone.String()
	}
	return slices.DeleteFunc(all, func(s planning.Slot) bool { return s.Due.Before(from) }), err
}
