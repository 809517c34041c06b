package activities

import (
	"context"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/report/slareport"
	"turnus/workflows"
)

// SLAReportCollect freezes what a round stands on: the tickets as of the
// newest import, by count and hash, the versions of agreements and calendars,
// the exclusions that hold, and what the reports before said.
func (s *Set) SLAReportCollect(ctx context.Context, in workflows.Freezing) (workflows.Collected, error) {
	f, err := s.slaFreeze(ctx, run.Step{Run: in.Run, Round: in.Round})
	return workflows.Collected{Import: f.Import, Count: f.Count, Hash: f.Hash}, err
}

func (s *Set) slaFreeze(ctx context.Context, st run.Step) (sla.Frozen, error) {
	return freeze(ctx, s, st, func(in run.Input) (sla.Frozen, error) {
		f, err := s.slaStandsOn(ctx, in, st.Round)
		if err != nil {
			return f, err
		}
		if f.RowsRead, f.Rejects, err = s.store.RejectsByCause(ctx, f.Service, dataset.Tickets, f.Import); err != nil {
			return f, err
		}
		register, err := s.store.ReportedOn(ctx, resource.Service.Ref(f.Service), f.From, in.Key)
		if err != nil {
			return f, err
		}
		f.Register = &register
		f.Warnings, err = s.store.UnknownValues(ctx, f.Service, f.Agreed())
		return f, err
	})
}

// slaStandsOn collects what makes a draft another one where it changes: a round
// freezes it, and one that waits is compared with it.
func (s *Set) slaStandsOn(ctx context.Context, in run.Input, round int) (sla.Frozen, error) {
	f, err := s.slaRules(ctx, in, round)
	if err != nil {
		return f, err
	}
	if err := s.slaHistory(ctx, &f); err != nil {
		return f, err
	}
	if f.InForce, err = s.inForce(ctx, in.Key); err != nil {
		return f, err
	}
	return f, s.slaTickets(ctx, &f)
}

// slaTickets counts and hashes the tickets, and keeps the exclusions that name
// one of them and the imports that they may come from.
func (s *Set) slaTickets(ctx context.Context, f *sla.Frozen) error {
	known, err := s.store.ExclusionsOf(ctx, f.Service, f.At)
	if err != nil {
		return err
	}
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return err
	}
	exclusions := newInSet(known)
	oldest := f.To
	see := func(number []byte, opened time.Time) {
		exclusions.see(number)
		if opened.Before(oldest) {
			oldest = opened
		}
	}
	if f.Count, f.Hash, err = s.store.TicketsHash(ctx, f.Service, f.Import, f.From, f.To, see); err != nil {
		return err
	}
	f.Exclusions = exclusions.kept()
	if f.Since = slaSince(*f, zone, oldest); f.Since != nil { // the set begins earlier than thought
		if f.Count, f.Hash, err = s.store.TicketsHash(ctx, f.Service, f.Import, *f.Since, f.To, see); err != nil {
			return err
		}
	}
	f.Imports, err = s.store.ImportsBehind(ctx, f.Service, dataset.Tickets, f.Import, oldest, f.To)
	return err
}

// slaRules collects everything but the tickets.
func (s *Set) slaRules(ctx context.Context, in run.Input, round int) (sla.Frozen, error) {
	f := sla.Frozen{
		Run: in.Run, Round: round, Service: in.Scope, Period: in.Period, TZData: calendar.TZData,
		Provisional: in.Provisional, Reason: in.Why, At: s.now(), Lists: true,
	}
	all, x, err := s.declaredIn(ctx, in)
	if err != nil {
		return f, err
	}
	f.From, f.To, f.Zone = x.from, x.to, x.zone.String()
	f.Title, f.Review, f.TicketURL = x.title, x.review, x.ticketURL
	c, err := s.store.Coverage(ctx, in.Scope, dataset.Tickets)
	if err != nil {
		return f, err
	}
	f.AsOf, f.Import = c.AsOf, c.Import
	t, err := termsIn(all, x, ofTickets)
	if err != nil {
		return f, err
	}
	f.Agreements, f.Calendars = t.agreements, t.calendars
	if len(f.Agreements) == 0 {
		return f, fault.Invalidf("service", "%s has no agreement that holds in %s: declare one, then start again",
			"%s hat keine Vereinbarung, die in %s gilt: Eine anlegen und neu starten.", in.Scope, in.Period)
	}
	return f, nil
}

// SLAReportDraft freezes what a round stands on, unless that was done, computes
// the figures from it, and drafts the report. What isn't as it was put on record
// ends the run.
func (s *Set) SLAReportDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	f, err := s.slaFreeze(ctx, st)
	if err != nil {
		return workflows.Drafted{}, err
	}
	return s.draft(ctx, st, func() (c content, err error) {
		r, err := s.derived(ctx, f)
		if err != nil {
			return c, err
		}
		var said owners
		if c.review = f.Review; f.Review {
			said, err = s.ownersPart(ctx, st, slareport.Findings(r), nil)
			if c.ask = said.ask; err != nil || len(c.ask) > 0 {
				return c, err
			}
		}
		if c.Document, err = slareport.Draft(f, r, said.answers); err != nil {
			return c, err
		}
		return c, s.restate(ctx, &c.Document, f.InForce)
	})
}
