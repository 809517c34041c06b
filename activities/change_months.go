package activities

import (
	"context"
	"errors"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/store"
)

// rulesChange is a proposed version of what published reports stand on, with
// what it would have made of the last of them.
func (s *Set) rulesChange(ctx context.Context, st run.Step) (sla.Change, error) {
	c, declared, err := s.store.RulesChange(ctx, s.now(), st)
	if err != nil {
		return c, err
	}
	for i := range c.Services {
		x := &c.Services[i]
		periods := make([]string, len(x.Months))
		for j, m := range x.Months {
			periods[j] = m.Period
		}
		reports, err := store.History[sla.Frozen](ctx, s.store, process.SLAReport, x.Service, periods)
		if err != nil {
			return c, err
		}
		for j, r := range reports { // each of the periods has one
			if x.Months[j], err = s.monthChange(ctx, r, declared[x.Service]); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// monthChange computes a published report once more, as it is and under what
// would be declared. What can't be computed says why.
func (s *Set) monthChange(ctx context.Context, r store.Earlier[sla.Frozen], declared store.Declared) (sla.MonthChange, error) {
	m := sla.MonthChange{Period: r.Period, Run: r.Run, Version: r.Version}
	if !r.Intact {
		m.Why = messageOf(notAsPublished(r.Run))
		return m, nil
	}
	err := func() error {
		then, err := s.derived(ctx, r.Frozen)
		if err != nil {
			return err
		}
		f, err := s.under(ctx, r.Frozen, declared)
		if err != nil {
			return err
		}
		now, err := s.derived(ctx, f)
		if err != nil {
			return err
		}
		m.Targets, m.Credits = sla.Compare(then, now)
		return nil
	}()
	if m.Why = messageOf(err); !m.Why.IsZero() {
		return m, nil
	}
	return m, err
}

// under is a frozen set with its tickets as they were known, and the rules that
// are declared now.
func (s *Set) under(ctx context.Context, f sla.Frozen, declared store.Declared) (sla.Frozen, error) {
	x, err := sceneOf(declared, run.Input{Key: run.Key{Scope: f.Service, Period: f.Period}})
	if err != nil {
		return f, err
	}
	t, err := termsIn(declared, x, aboutTickets)
	if err != nil {
		return f, err
	}
	old := f
	f.From, f.To, f.Zone = x.from, x.to, x.zone.String()
	f.Agreements, f.Calendars = t.agreements, t.calendars
	if f.From.Equal(old.From) && f.To.Equal(old.To) && (f.Since != nil || !f.Voids()) {
		return f, nil
	}
	// Other tickets are needed, as they were known then, too.
	err = s.slaTickets(ctx, &f)
	f.Exclusions = old.Exclusions
	return f, err
}

// derived are the figures of a frozen set.
func (s *Set) derived(ctx context.Context, f sla.Frozen) (sla.Result, error) {
	from, to := f.Reads()
	return sla.Derive(f, asFrozen(f, s.store.TicketsAsOf(ctx, f.Service, f.Import, from, to)))
}

// messageOf says what keeps figures from being computed; nothing where it is
// only that something can't be reached.
func messageOf(err error) text.Text {
	var a altered
	if errors.As(err, &a) {
		return a.what
	}
	if f := fault.As(err); f != nil && f.Code != fault.Unavailable {
		return f.Message
	}
	return text.Text{}
}
