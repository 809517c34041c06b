package activities_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/process"
	"turnus/itsm/run"
)

// A change of what published reviews stand on is decided, and shows what it would
// have made of their last months: the same as a restatement gives.
func TestAnAgreementUnderPublishedReviewsIsDecided(t *testing.T) {
	a := newReviewed(t)
	p := &published{T: t, store: a.store, set: a.set, now: now}
	agreed := reviewedShop[strings.Index(reviewedShop, "apiVersion: turnus/v1\nkind: Agreement"):]
	lower := strings.Replace(agreed, "attain: 99.9", "attain: 99", 1)
	changes, err := p.apply(admin, strings.Replace(agreed, "attain: 99.9", "attain: 99.95", 1))
	require.NoError(t, err)
	require.Empty(t, changes[0].Run, "nothing is published")
	for _, period := range []string{"2026-02", "2026-03", "2026-Q1"} {
		storetest.End(t, a.store, now, "max", "olga", a.drafts(period).Run, run.Published)
	}

	changes, err = p.apply(owner, lower)
	require.NoError(t, err)
	d, c := p.draft(changes[0].Run)
	require.Len(t, c.Services, 2, "of both processes that it concerns")
	require.Empty(t, c.Services[0].Months, "no SLA report is published")
	x := c.Services[1]
	require.Equal(t, []any{process.AvailabilityReview, 2}, []any{x.Process, x.Published}, "the quarter is their sum")
	require.Equal(t, []string{"2026-02", "2026-03"}, []string{x.Months[0].Period, x.Months[1].Period})
	february := x.Months[0].Targets
	require.Len(t, february, 1, "the target about tickets isn't one of reviews")
	require.Equal(t, []string{"missed", "99.95"}, []string{february[0].Then.Verdict, february[0].Then.Attain})
	require.Equal(t, []string{"met", "99"}, []string{february[0].New.Verdict, february[0].New.Attain})
	require.Equal(t, int64(4*3600), february[0].New.Decided-february[0].New.Met)
	var sections []string
	for _, s := range d.Sections {
		sections = append(sections, s.Title.De)
	}
	require.Contains(t, sections, "Veröffentlichte Monate: desk: Verfügbarkeitsbericht")

	require.NoError(t, p.approve(changes[0].Run))
	again := a.drafts("2026-02")
	storetest.End(t, a.store, now, "max", "olga", again.Run, run.Published)
	restated, err := a.store.Report(t.Context(), again.Run)
	require.NoError(t, err)
	for _, f := range restated.Figures {
		if f.Name == "site.availability" {
			require.Equal(t, february[0].New.Verdict, string(f.Verdict))
			require.Equal(t, *february[0].New.Percent, *f.Value)
			require.Equal(t, february[0].New.Met, *f.Numerator)
		}
	}
}
