package activities_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/dataset"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
	"turnus/store"
	"turnus/workflows"
)

// A shop of which tickets and outages were agreed about.
const reviewedShop = `
{apiVersion: turnus/v1, kind: Person, metadata: {name: admin}, spec: {roles: [administrator]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], calendar: 24x7, zone: Europe/Berlin}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: desk
  valid: {from: "2016-01-01"}
  targets:
    - {name: p1, measure: resolution, within: PT4H, calendar: 24x7, attain: 95}
    - {name: site, measure: availability, calendar: 24x7, attain: 99.9, availability: {}}
`

// newReviewed is a service with a record of outages: one of February.
func newReviewed(t *testing.T) altering {
	s := store.New(pgtest.New(t))
	docs, err := imports.Resources([]byte(reviewedShop))
	require.NoError(t, err)
	_, err = s.Apply(t.Context(), person.Actor{Person: "admin"}, now, docs, false)
	require.NoError(t, err)
	a := altering{t, s, activities.New(s, nil, func() time.Time { return now })}
	a.outages("admin", "F1", 2)
	return a
}

// outages imports one of four hours, on the tenth of a month.
func (a altering) outages(by, reference string, month time.Month) dataset.Import {
	a.Helper()
	from := time.Date(2026, month, 10, 9, 0, 0, 0, time.UTC)
	p, err := a.store.ImportOutages(a.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Since: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Now: now, By: by},
		func(yield func(uptime.Outage, error) bool) {
			yield(uptime.Outage{Reference: reference, From: from, To: from.Add(4 * time.Hour), Row: 1}, nil)
		}, nil)
	require.NoError(a, err)
	return p.Import
}

// reviews begins another attempt of a review.
func (a altering) reviews(period string) workflows.Freezing {
	a.Helper()
	k := run.Key{Process: "availability-review", Scope: "desk", Period: period}
	r, _, err := a.store.Begin(a.Context(), now, store.NewRun{Key: k, Again: true, Owner: "olga", By: person.Actor{Person: "olga"}})
	require.NoError(a, err)
	return workflows.Freezing{Input: run.Input{Run: r.ID, Key: k}, Round: 1}
}

func (a altering) review(f workflows.Freezing) error {
	_, err := a.set.AvailabilityReviewDraft(a.Context(), run.Step{Run: f.Run, Round: f.Round})
	return err
}

func (a altering) drafts(period string) workflows.Freezing {
	a.Helper()
	f := a.reviews(period)
	require.NoError(a, a.review(f))
	return f
}

func (a altering) registered(kind string) []improvement.Finding {
	a.Helper()
	all, _, err := a.store.Findings(a.Context(), store.Findings{Service: "desk", Kind: kind, Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(a, err)
	return all
}

// A review that waits is compared with each thing that it stands on; the data of
// other processes doesn't concern it.
func TestReviewsThatWaitAreCompared(t *testing.T) {
	a := newReviewed(t)
	f := a.drafts("2026-03")
	a.imports(now, late{"M1", march, 9})
	a.outages("admin", "J1", 1)
	a.compares()
	require.Empty(t, a.staleness(f))

	a.outages("admin", "M1", 3)
	earlier := a.drafts("2026-02")
	storetest.End(t, a.store, now, "max", "olga", earlier.Run, run.Published)
	a.compares()
	require.Equal(t, []string{dataset.Outages, "earlier-report"}, codesOf(a.staleness(f)))
	require.Equal(t, "outages: 1 added", a.staleness(f)[0].Detail.En)
	require.Equal(t, "Ausfälle: 1 hinzugekommen", a.staleness(f)[0].Detail.De)
}

// Outages that come after the publication change no published month: each report
// whose figures would be others gets a finding, which its restatement mends.
func TestLateOutagesAreFindings(t *testing.T) {
	a := newReviewed(t)
	published := map[string]workflows.Freezing{}
	for _, period := range []string{"2026-02", "2026-03", "2026-Q1"} {
		published[period] = a.drafts(period)
		storetest.End(t, a.store, now, "max", "olga", published[period].Run, run.Published)
	}
	require.Len(t, a.registered(improvement.UnplannedOutage), 1)
	before, err := a.store.Report(t.Context(), published["2026-03"].Run)
	require.NoError(t, err)
	a.compares()
	a.imports(now, late{"M1", march, 9})
	a.compares()
	require.Empty(t, a.registered(improvement.LateData), "tickets are none of its data")

	added := a.outages("admin", "M1", 3)
	a.compares()
	found := a.registered(improvement.LateData)
	require.Len(t, found, 2, "March and the quarter")
	for _, f := range found {
		require.Contains(t, f.Title.En, "changed its data")
		require.Contains(t, f.Title.De, "seine Daten änderte")
		require.Contains(t, f.Note.En, "downtime")
		require.EqualValues(t, strconv.FormatInt(added.ID, 10), f.Source.Name)
	}
	after, err := a.store.Report(t.Context(), published["2026-03"].Run)
	require.NoError(t, err)
	require.Equal(t, before.Hash, after.Hash)
	require.Equal(t, before.Figures, after.Figures)

	again := a.drafts("2026-03")
	storetest.End(t, a.store, now, "max", "olga", again.Run, run.Published)
	require.Len(t, a.registered(improvement.LateData), 1, "the quarter's")
	restated, err := a.store.Report(t.Context(), again.Run)
	require.NoError(t, err)
	require.Equal(t, 2, restated.Version)
	require.NotEqual(t, before.Figures, restated.Figures)
	require.Len(t, a.registered(improvement.UnplannedOutage), 2)
}

// What a review stands on is held against what was frozen while it is read.
func TestReviewsStandOnWhatWasFrozen(t *testing.T) {
	a := newReviewed(t)
	f := a.drafts("2026-02")
	for _, table := range []string{"task", "draft", "said"} {
		pgtest.Tamper(t, a.store.DB(), "DELETE FROM "+table)
	}
	for range 2 {
		require.ErrorContains(t, a.review(f), "isn't what round 1 froze: that was 1 outages")
	}
	require.Len(t, a.registered(improvement.RecordsAltered), 1)
}

// Who brought outages doesn't decide on a review of them; who brought tickets does.
func TestWhoBroughtOutagesDoesntApprove(t *testing.T) {
	a := newReviewed(t)
	_, err := a.store.Import(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "max"}, func(yield func(ticket.Row, error) bool) {
		yield(ticket.Row{Row: 1, Number: "T1", Opened: march, At: march, State: "Active"}, nil)
	}, nil)
	require.NoError(t, err)
	f := a.drafts("2026-02")
	storetest.End(t, a.store, now, "max", "olga", f.Run, run.Published)

	a.outages("max", "M1", 3)
	f = a.drafts("2026-03")
	k, err := a.store.Task(t.Context(), run.TaskID(f.Run, 1, "approval"))
	require.NoError(t, err)
	p, err := a.store.IssuePass(t.Context(), person.Actor{Person: "max"}, now, store.PassFor{Kind: store.PassDecide, Run: f.Run, Task: k.ID, Content: k.Hash})
	if err == nil {
		_, refusal, decided := a.store.Decide(t.Context(), now, p.ID, task.Message{Task: k.ID, Outcome: task.Approve, Pass: p.Presented()})
		require.NoError(t, decided)
		require.NotNil(t, refusal)
		err = refusal
	}
	require.ErrorContains(t, err, "max brought data that these figures use")
}
