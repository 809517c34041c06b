package activities

import (
	"context"
	"errors"
	"fmt"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/rulechange"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/store"
)

// rulesChange is a proposed version of what published reports stand on, with
// what it would have made of the last of them.
func (s *Set) rulesChange(ctx context.Context, st run.Step) (rulechange.Change, error) {
	c, declared, err := s.store.RulesChange(ctx, s.now(), st)
	if err != nil {
		return c, err
	}
	for i := range c.Services {
		if err := s.monthsAnew(ctx, &c.Services[i], declared[c.Services[i].Service]); err != nil {
			return c, err
		}
	}
	return c, nil
}

// monthsAnew computes the published reports of a process on a service once more.
func (s *Set) monthsAnew(ctx context.Context, x *rulechange.ServiceChange, declared store.Declared) error {
	switch x.Process {
	case "", process.SLAReport:
		return monthsUnder(ctx, s, x, process.SLAReport, func(f sla.Frozen, m *rulechange.MonthChange) error { return s.slaAnew(ctx, f, declared, m) })
	case process.AvailabilityReview:
		return monthsUnder(ctx, s, x, x.Process, func(f avail.Frozen, m *rulechange.MonthChange) error { return s.availabilityAnew(ctx, f, declared, m) })
	}
	return fmt.Errorf("nothing computes the reports of %s once more", x.Process)
}

// monthsUnder computes published reports once more, as they are and under what would
// be declared. What can't be computed says why.
func monthsUnder[T any](ctx context.Context, s *Set, x *rulechange.ServiceChange, name string, anew func(T, *rulechange.MonthChange) error) error {
	periods := make([]string, len(x.Months))
	for i, m := range x.Months {
		periods[i] = m.Period
	}
	reports, err := store.History[T](ctx, s.store, name, x.Service, periods)
	if err != nil {
		return err
	}
	for i, r := range reports { // each of the periods has one
		m := &x.Months[i]
		m.Period, m.Run, m.Version = r.Period, r.Run, r.Version
		if !r.Intact {
			m.Why = messageOf(notAsPublished(r.Run))
			continue
		}
		err := anew(r.Frozen, m)
		if m.Why = messageOf(err); m.Why.IsZero() && err != nil {
			return err
		}
	}
	return nil
}

// slaAnew compares the figures of a frozen set with those of the same tickets under
// what is declared.
func (s *Set) slaAnew(ctx context.Context, f sla.Frozen, declared store.Declared, m *rulechange.MonthChange) error {
	then, err := s.derived(ctx, f)
	if err != nil {
		return err
	}
	if f, err = s.slaUnder(ctx, f, declared); err != nil {
		return err
	}
	now, err := s.derived(ctx, f)
	if err == nil {
		m.Targets, m.Credits = sla.Compare(then, now)
	}
	return err
}

// slaUnder is a frozen set with its tickets as they were known, and the rules that
// are declared.
func (s *Set) slaUnder(ctx context.Context, f sla.Frozen, declared store.Declared) (sla.Frozen, error) {
	x, t, err := termsNow(declared, f.Service, f.Period, ofTickets)
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

// availabilityAnew compares the figures of a frozen set with those of the same data
// under what is declared.
func (s *Set) availabilityAnew(ctx context.Context, f avail.Frozen, declared store.Declared, m *rulechange.MonthChange) error {
	then, err := avail.Derive(f, s.availabilitySource(ctx, f))
	if err != nil {
		return err
	}
	x, t, err := termsNow(declared, f.Service, f.Period, ofAvailability)
	if err != nil {
		return err
	}
	old := f.Reads
	availabilityUnder(&f, x, t)
	f.AsOf = avail.KnownUntil(f)
	if f.Reads != old { // other data is needed, as it was known then, too
		if err := s.availabilityCounted(ctx, &f); err != nil {
			return err
		}
	}
	now, err := avail.Derive(f, s.availabilitySource(ctx, f))
	if err == nil {
		m.Targets = avail.Compare(then, now)
	}
	return err
}

// termsNow are scene and terms of a period as they are declared.
func termsNow(declared store.Declared, service, period string, of concerns) (scene, terms, error) {
	x, err := sceneOf(declared, run.Input{Key: run.Key{Scope: service, Period: period}})
	if err != nil {
		return x, terms{}, err
	}
	t, err := termsIn(declared, x, of)
	return x, t, err
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
