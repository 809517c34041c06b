package activities

import (
	"context"

	"turnus/itsm/dataset"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/slareport"
	"turnus/store"
)

// slaChanges says what a draft that waits would stand on otherwise.
func (s *Set) slaChanges(ctx context.Context, st run.Step) ([]task.StalePart, error) {
	return changesSince(ctx, s, st, func(in run.Input) (sla.Frozen, error) { return s.slaStandsOn(ctx, in, st.Round) },
		func(old, now sla.Frozen) (changes []task.StalePart, err error) {
			var moved sla.Moved
			if old.Count != now.Count || old.Hash != now.Hash {
				if moved, _, err = s.store.TicketsMoved(ctx, spanOf(old), spanOf(now)); err != nil {
					return nil, err
				}
			}
			return sla.Changed(old, now, moved), nil
		})
}

// spanOf is which tickets a set holds.
func spanOf(f sla.Frozen) store.Span {
	from, to := f.Reads()
	return store.Span{Service: f.Service, Import: f.Import, From: from, To: to}
}

// slaLate says what a published report doesn't say, with the tickets as they are
// known now, under its rules and exclusions.
func (s *Set) slaLate(ctx context.Context, u store.Uncompared) (c store.Compared, err error) {
	f, err := store.Frozen[sla.Frozen](ctx, s.store, u.Step)
	if err != nil {
		return c, err
	}
	now := f
	covered, err := s.store.Coverage(ctx, f.Service, dataset.Tickets)
	if err != nil {
		return c, err
	}
	now.AsOf, now.Import = covered.AsOf, covered.Import
	if err := s.slaTickets(ctx, &now); err != nil {
		return c, err
	}
	return lateIn(u, sets{then: f.Hash, now: now.Hash, frozen: f.Import,
		gone:    func(since int64) ([]store.Withdrawn, error) { return s.store.WithdrawnUnder(ctx, spanOf(f), since) },
		figures: func() ([]text.Text, error) { return s.slaFiguresNow(ctx, u.Run, now) },
		by: func() (int64, error) {
			_, by, err := s.store.TicketsMoved(ctx, spanOf(f), spanOf(now))
			return by, err
		},
	})
}

// slaFiguresNow are the figures that would be others with another set.
func (s *Set) slaFiguresNow(ctx context.Context, runID string, now sla.Frozen) ([]text.Text, error) {
	return s.figuresNow(ctx, runID, func() (report.Document, error) {
		r, err := s.derived(ctx, now)
		if err != nil {
			return report.Document{}, err
		}
		return slareport.Draft(now, r, nil)
	})
}
