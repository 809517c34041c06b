package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

// A service that moves to another zone takes no report along that was about the
// time before: neither the first one, nor its restatement.
func TestAPeriodKeepsItsZone(t *testing.T) {
	ctx := t.Context()
	s := store.New(pgtest.New(t))
	apply := func(at time.Time, resources string) {
		t.Helper()
		docs, err := imports.Resources([]byte(resources))
		require.NoError(t, err)
		_, err = s.Apply(ctx, person.Actor{Person: "admin"}, at, docs, false)
		require.NoError(t, err)
	}
	in := func(zone string) string {
		return `{apiVersion: turnus/v1, kind: Calendar, metadata: {name: office}, spec: {zone: ` + zone + `, hours: {mon: ["08:00-18:00"], tue: ["08:00-18:00"]}}}`
	}
	apply(now.AddDate(0, -6, 0), in("Europe/Berlin")+`
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], calendar: office}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: desk
  valid: {from: "2026-01-01"}
  targets: [{name: fix, measure: resolution, within: PT4H, calendar: office, attain: 95}]
`)
	var n int64
	_, err := s.Import(ctx, store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "olga"}, func(yield func(ticket.Row, error) bool) {
		for _, x := range []struct {
			number, opened string
			hours          int
		}{
			{"F0", "2026-01-31 22:59", 50}, {"F1", "2026-02-02 07:30", 2}, {"F2", "2026-02-09 07:30", 9},
			{"F3", "2026-02-28 22:00", 40}, // a Saturday: its time begins on Monday, in March
			{"M1", "2026-03-16 07:30", 2}, {"A1", "2026-03-31 16:00", 1},
		} {
			at, err := time.Parse("2006-01-02 15:04", x.opened)
			require.NoError(t, err)
			n++
			stop := at.Add(time.Duration(x.hours) * time.Hour)
			yield(ticket.Row{Row: n, Number: x.number, Opened: at, At: at, State: "Closed", StoppedAt: &stop}, nil)
		}
	}, nil)
	require.NoError(t, err)

	at := now
	published := func(period, again string) (sla.Frozen, report.Report) {
		t.Helper()
		at = at.Add(time.Hour)
		set := activities.New(s, nil, func() time.Time { return at })
		k := run.Key{Process: "sla-report", Scope: "desk", Period: period}
		r, created, err := s.Begin(ctx, at, store.NewRun{Key: k, Owner: "olga", By: person.Actor{Person: "olga"}, Again: again != "", Reason: again})
		require.NoError(t, err)
		require.True(t, created)
		_, err = set.SLAReportCollect(ctx, workflows.Freezing{Input: run.Input{Run: r.ID, Key: k}, Round: 1})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		_, err = set.SLAReportDraft(ctx, st)
		require.NoError(t, err)
		storetest.End(t, s, at, "max", "olga", r.ID, run.Published)
		f, err := store.Frozen[sla.Frozen](ctx, s, st)
		require.NoError(t, err)
		rep, err := s.Report(ctx, r.ID)
		require.NoError(t, err)
		return f, rep
	}
	bounds := func(f sla.Frozen) []string {
		return []string{f.Zone, f.From.UTC().Format(time.RFC3339), f.To.UTC().Format(time.RFC3339), f.Calendars[0].Spec.Zone}
	}
	berlin := []string{"Europe/Berlin", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", "Europe/Berlin"}

	first, before := published("2026-02", "")
	require.Equal(t, berlin, bounds(first))
	apply(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), in("Asia/Tokyo"))
	apply(time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC), `{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: olga, approvers: [max], calendar: 24x7, zone: America/New_York}}`)

	again, after := published("2026-02", "a look at it again")
	require.Equal(t, berlin, bounds(again))
	require.Equal(t, before.Figures, after.Figures)
	require.Equal(t, 2, after.Version)
	require.Equal(t, first.Calendars, again.Calendars)

	march, _ := published("2026-03", "")
	require.Equal(t, []string{"Europe/Berlin", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "Europe/Berlin"}, bounds(march), "it moved within the month")
	at = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	april, _ := published("2026-04", "")
	require.Equal(t, []string{"America/New_York", "2026-04-01T04:00:00Z", "2026-05-01T04:00:00Z", "Asia/Tokyo"}, bounds(april))
}
