package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
)

// ChangeOf is what a run's proposal would do to the plan as things are.
func (s *Store) ChangeOf(ctx context.Context, now time.Time, st run.Step) (planning.Change, error) {
	var c planning.Change
	err := s.tx(ctx, func(tx *sqlx.Tx) (err error) {
		c, err = changeOf(ctx, tx, now.UTC(), st)
		return err
	})
	return c, err
}

func changeOf(ctx context.Context, tx *sqlx.Tx, now time.Time, st run.Step) (planning.Change, error) {
	p, err := proposalOf(ctx, tx, st.Run)
	if err != nil {
		return planning.Change{}, err
	}
	k := p.Document.Ref()
	c := planning.Change{Run: st.Run, Round: st.Round, Document: p.Document, Hash: p.Hash, Base: p.Base, By: p.By, At: now,
		Made: []planning.Slot{}, Coming: []planning.Slot{}, Gone: []planning.Slot{}, Waived: []planning.Slot{}}
	x, err := subjectOf(p.Document)
	if err != nil {
		return c, err
	}
	scopes, err := x.scopes(ctx, tx, now)
	if err != nil {
		return c, err
	}
	scope := scopes[0]
	c.Service, c.About, c.Title, c.Zone = scope.Service(), scope.About, scope.Title, scope.Zone.String()
	before, err := newestIfAny(ctx, tx, k)
	if err != nil {
		return c, err
	}
	if before != nil {
		c.Before = &before.Resource
	}
	if k.Kind == resource.Waiver {
		w, err := decoded[planning.WaiverSpec](p.Document)
		if err != nil {
			return c, err
		}
		for _, period := range w.Spec.Periods {
			slot, err := slotOf(ctx, tx, run.Key{Process: w.Spec.Process, Scope: w.Spec.Scope, Period: period})
			if err != nil {
				return c, err
			}
			c.Waived = append(c.Waived, slot)
		}
		return c, nil
	}
	return c, changedPlan(ctx, tx, now, p, &c)
}

// changedPlan compares the slots that there are with those that there would be.
func changedPlan(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, c *planning.Change) error {
	i, err := decoded[planning.Spec](p.Document)
	if err != nil {
		return err
	}
	planned, err := process.FindPlanned(i.Spec.Process)
	if err != nil {
		return err
	}
	versions, err := versionsOf(ctx, tx, i.Metadata.Name)
	if err != nil {
		return err
	}
	v, err := compiled(ctx, tx, p.Base+1, i.Spec)
	if err != nil {
		return err
	}
	c.Zone = v.Zone.String()
	wanted, err := planning.Slots(planned.Planning(), i.Metadata.Name, append(versions, v), planning.Ahead(now))
	if err != nil {
		return err
	}
	var rows []slotRow
	if err := tx.SelectContext(ctx, &rows, "SELECT "+slotColumns+" FROM slot s WHERE process = $1 AND scope = $2 ORDER BY due_at", planned.Name, i.Spec.Scope); err != nil {
		return err
	}
	there := map[string]planning.Slot{}
	for _, r := range rows {
		there[r.Period] = r.plain()
	}
	stays := map[string]bool{}
	for _, s := range wanted {
		old, exists := there[s.Period]
		switch {
		case s.Due.After(now) && (!exists || old.State == planning.Planned):
			c.Coming = append(c.Coming, s)
			stays[s.Period] = true
		case !exists:
			c.Made = append(c.Made, s)
		}
	}
	for _, r := range rows {
		if s := r.plain(); s.State == planning.Planned && s.Due.After(now) && !stays[s.Period] {
			c.Gone = append(c.Gone, s)
		}
	}
	return nil
}
