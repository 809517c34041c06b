package activities

import (
	"context"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/report"
	"turnus/report/availabilityreview"
	"turnus/workflows"
)

// AvailabilityReviewDraft freezes what a round stands on, unless that was done,
// computes the figures from it, and drafts the report. What isn't as it was put
// on record ends the run.
func (s *Set) AvailabilityReviewDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	f, err := freeze(ctx, s, st, func(in run.Input) (avail.Frozen, error) { return s.availabilityFrozen(ctx, in, st.Round) })
	if err != nil {
		return workflows.Drafted{}, err
	}
	return s.draft(ctx, st, func() (c content, err error) {
		r, err := avail.Derive(f, s.availabilitySource(ctx, f))
		if err != nil {
			return c, err
		}
		var findings []report.Finding
		if c.review = f.Review; f.Review {
			findings = availabilityreview.Findings(f, r)
		}
		said, err := s.ownersPart(ctx, st, findings, availabilityreview.Evidence(f, r))
		if c.ask = said.ask; err != nil || len(c.ask) > 0 {
			return c, err
		}
		if c.Document, err = availabilityreview.Draft(f, r, said.answers, said.evidence); err != nil {
			return c, err
		}
		return c, s.restate(ctx, &c.Document, f.InForce)
	})
}

// availabilityFrozen collects what a round freezes: what it stands on, and what is
// said beside, of which no other draft comes.
func (s *Set) availabilityFrozen(ctx context.Context, in run.Input, round int) (avail.Frozen, error) {
	f, err := s.availabilityStandsOn(ctx, in, round)
	if err != nil {
		return f, err
	}
	for i := range f.Data {
		d := &f.Data[i]
		if d.Imports, err = s.store.ImportsBehind(ctx, f.Service, d.Dataset, d.Import, f.From, f.To); err != nil {
			return f, err
		}
		if d.RowsRead, d.Rejects, err = s.store.RejectsByCause(ctx, f.Service, d.Dataset, d.Import); err != nil {
			return f, err
		}
	}
	register, err := s.store.ReportedOn(ctx, resource.Service.Ref(f.Service), f.From, in.Key)
	f.Register = &register
	return f, err
}

// availabilityStandsOn collects what makes a draft another one where it changes: a
// round freezes it, and one that waits is compared with it.
func (s *Set) availabilityStandsOn(ctx context.Context, in run.Input, round int) (f avail.Frozen, err error) {
	if f, err = s.availabilityRules(ctx, in, round); err != nil {
		return f, err
	}
	if err := s.availabilityHistory(ctx, &f); err != nil {
		return f, err
	}
	if f.Drills, err = s.store.DrillsTouching(ctx, f.Service, f.From, f.To); err != nil {
		return f, err
	}
	if f.InForce, err = s.inForce(ctx, in.Key); err != nil {
		return f, err
	}
	return f, s.availabilityData(ctx, &f)
}

// availabilityRules collects everything but the data and the reports before.
func (s *Set) availabilityRules(ctx context.Context, in run.Input, round int) (avail.Frozen, error) {
	f := avail.Frozen{
		Run: in.Run, Round: round, Service: in.Scope, Period: in.Period, TZData: calendar.TZData,
		Provisional: in.Provisional, Reason: in.Why, At: s.now(),
	}
	all, x, err := s.declaredIn(ctx, in)
	if err != nil {
		return f, err
	}
	f.Title, f.Review, f.TicketURL = x.title, x.review, x.ticketURL
	t, err := termsIn(all, x, ofAvailability)
	if err != nil {
		return f, err
	}
	if f.Objectives, err = s.objectivesIn(ctx, in.Scope, x.period); err != nil {
		return f, err
	}
	availabilityUnder(&f, x, t)
	if x.period.Grain == calendar.Month && !in.Provisional { // each outage is decided on once
		if f.Plans, err = s.store.PlansUntil(ctx, in.Scope, f.To); err != nil {
			return f, err
		}
	}
	if len(f.Agreements) == 0 {
		return f, fault.Invalidf("service", "%s has no agreement with a target of measure availability that holds in %s: agree on one, then start again",
			"%s hat keine Vereinbarung mit einem Ziel der Messgröße availability, die in %s gilt: Eines vereinbaren und neu starten.", in.Scope, in.Period)
	}
	return f, nil
}

// availabilityUnder makes a set one of a scene and its terms: its period, and which
// data it reads for that.
func availabilityUnder(f *avail.Frozen, x scene, t terms) {
	f.From, f.To, f.Zone = x.from, x.to, x.zone.String()
	f.Agreements, f.Calendars = t.agreements, t.calendars
	f.Reads = avail.ReadsFor(*f)
}

// availabilityData counts and hashes what is known of each dataset, and says up to
// when all of it is known that the targets need.
func (s *Set) availabilityData(ctx context.Context, f *avail.Frozen) error {
	f.Data, f.Import = nil, 0
	for _, name := range avail.Datasets() {
		c, err := s.store.Coverage(ctx, f.Service, name)
		if err != nil {
			return err
		}
		f.Data = append(f.Data, avail.Data{Dataset: name, Since: c.Since, AsOf: c.AsOf, Import: c.Import})
		f.Import = max(f.Import, c.Import)
	}
	f.AsOf = avail.KnownUntil(*f)
	return s.availabilityCounted(ctx, f)
}

// availabilityCounted counts and hashes what a set reads of each dataset as of its
// imports.
func (s *Set) availabilityCounted(ctx context.Context, f *avail.Frozen) (err error) {
	for i := range f.Data {
		d := &f.Data[i]
		if d.Count, d.Hash, err = s.store.KnownHash(ctx, d.Dataset, knownIn(*f, d.Dataset)); err != nil {
			return err
		}
	}
	return nil
}
