package activities

import (
	"context"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/slareport"
	"turnus/store"
)

// slaChanges says what a draft that waits would stand on otherwise, were its
// round frozen now. That it couldn't be is said, too.
func (s *Set) slaChanges(ctx context.Context, st run.Step) ([]task.StalePart, error) {
	at, err := store.StandingOf[sla.Frozen](ctx, s.store, st)
	if err != nil || at.Frozen == nil {
		return nil, err
	}
	old := *at.Frozen
	now, err := s.slaStandsOn(ctx, at.Input, st.Round)
	if f := fault.As(err); f != nil && f.Code != fault.Unavailable {
		return []task.StalePart{{Code: sla.ChangedImpossible, Detail: text.F("it couldn't be drafted now: %s", "jetzt ließe er sich nicht erstellen: %s", f.Message)}}, nil
	}
	if err != nil {
		return nil, err
	}
	var moved sla.Moved
	if old.Count != now.Count || old.Hash != now.Hash {
		if moved, _, err = s.store.TicketsMoved(ctx, spanOf(old), spanOf(now)); err != nil {
			return nil, err
		}
	}
	return sla.Changed(old, now, moved), nil
}

// spanOf is which tickets a set holds.
func spanOf(f sla.Frozen) store.Span {
	from, to := f.Reads()
	return store.Span{Service: f.Service, Import: f.Import, From: from, To: to}
}

// slaLate says which figures of a published report would be others with the
// tickets as they are known now, under the rules and exclusions that it stands
// on. Where its tickets are the same, or those that were looked at before,
// nothing is derived. That an import was withdrawn which it stands on is said
// whether or not a figure follows.
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
	c.Tickets = now.Hash
	since := max(f.Import, u.Import)
	gone, err := s.store.WithdrawnUnder(ctx, spanOf(f), since)
	if err != nil {
		return c, err
	}
	moved := now.Hash != f.Hash && now.Hash != u.Tickets
	if !moved && len(gone) == 0 {
		return c, nil
	}
	var figures []text.Text
	if now.Hash != f.Hash {
		if figures, err = s.slaFiguresNow(ctx, u.Run, now); err != nil {
			return c, err
		}
	}
	for _, w := range gone {
		c.Late = append(c.Late, store.Late{Import: w.Withdrawal, Withdrawn: w.Import, Figures: figures})
	}
	if len(gone) == 0 && len(figures) > 0 {
		_, by, err := s.store.TicketsMoved(ctx, spanOf(f), spanOf(now))
		if err != nil {
			return c, err
		}
		if by == 0 {
			by = u.Newest
		}
		c.Late = append(c.Late, store.Late{Import: by, Figures: figures})
	}
	return c, nil
}

// slaFiguresNow are the figures of the report that a run published which would be
// others with another set.
func (s *Set) slaFiguresNow(ctx context.Context, runID string, now sla.Frozen) ([]text.Text, error) {
	published, err := s.store.Report(ctx, runID)
	if err != nil {
		return nil, err
	}
	from, to := now.Reads()
	r, err := sla.Derive(now, asFrozen(now, s.store.TicketsAsOf(ctx, now.Service, now.Import, from, to)))
	if err != nil {
		return nil, err
	}
	d, err := slareport.Draft(now, r, nil)
	if err != nil {
		return nil, err
	}
	var all []text.Text
	for _, f := range report.Differences(published.Figures, d.Figures) {
		// Another Turnus may have published other figures of the same tickets.
		if published.Wording == d.Wording || f.Was != nil && f.Now != nil {
			all = append(all, f.InWords())
		}
	}
	return all, nil
}
