package activities

import (
	"context"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/run"
	"turnus/report"
	"turnus/report/availabilityreview"
	"turnus/store"
	"turnus/workflows"
)

// AvailabilityReviewDraft freezes what a round stands on, unless that was done,
// computes the figures from it, and drafts the report. What isn't as it was put
// on record ends the run.
func (s *Set) AvailabilityReviewDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	f, err := freeze(ctx, s, st, func(in run.Input) (avail.Frozen, error) { return s.availabilityStandsOn(ctx, in, st.Round) })
	if err != nil {
		return workflows.Drafted{}, err
	}
	return s.draft(ctx, st, func() (c content, err error) {
		r, err := avail.Derive(f, s.availabilitySource(ctx, f))
		if err != nil {
			return c, err
		}
		var answers []report.Answer
		if c.review = f.Review; f.Review {
			if answers, c.ask, err = s.ownersPart(ctx, st, availabilityreview.Findings(f, r)); err != nil || len(c.ask) > 0 {
				return c, err
			}
		}
		if c.Document, err = availabilityreview.Draft(f, r, answers); err != nil {
			return c, err
		}
		return c, s.restate(ctx, &c.Document, f.InForce)
	})
}

// availabilityStandsOn collects what a round stands on.
func (s *Set) availabilityStandsOn(ctx context.Context, in run.Input, round int) (f avail.Frozen, err error) {
	return f, err
}

// availabilitySource reads the data of a set.
func (s *Set) availabilitySource(ctx context.Context, f avail.Frozen) avail.Source {
	span := func(name string) store.KnownSpan {
		return store.KnownSpan{Service: f.Service, Import: f.Dataset(name).Import, From: f.Reads.From, To: f.Reads.To}
	}
	return avail.Source{Outages: s.store.Outages(ctx, span("outages")), Windows: s.store.Windows(ctx, span("maintenance")), Days: s.store.ProbeDays(ctx, span("probes"))}
}
