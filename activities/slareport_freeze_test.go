package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

const desk = `
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
  valid: {from: "2026-01-01"}
  targets: [{name: fix, measure: resolution, within: PT4H, calendar: 24x7, attain: 95, weight: 1}]
  workload: [{name: tickets, per: day, limit: 2, voids: true}]
  credits: {fee: {amount: "1000.00", currency: EUR}, tiers: [{below: "95", credit: "10"}]}
`

// now is after both months.
var now = time.Date(2026, 4, 3, 9, 0, 0, 0, time.UTC)

// A round freezes what the reports before said, the exclusions that hold and
// concern it, and the tickets as far back as a limit asks for; from that it
// drafts the same report however often.
func TestFreezingLooksBack(t *testing.T) {
	ctx := t.Context()
	s := store.New(pgtest.New(t))
	docs, err := imports.Resources([]byte(desk))
	require.NoError(t, err)
	admin := person.Actor{Person: "admin"}
	_, err = s.Apply(ctx, admin, now, docs, false)
	require.NoError(t, err)

	rows := func(yield func(ticket.Row, error) bool) {
		n := int64(0)
		add := func(number, opened string, hours int) {
			at, err := time.Parse("2006-01-02 15:04", opened)
			require.NoError(t, err)
			n++
			stop := at.Add(time.Duration(hours) * time.Hour)
			yield(ticket.Row{Row: n, Number: number, Opened: at, At: at, State: "Active", StoppedAt: &stop}, nil)
		}
		add("F1", "2026-02-10 08:00", 1)
		add("F2", "2026-02-11 08:00", 9)
		add("F3", "2026-02-28 09:00", 1) // a day of three: void, and over before March
		add("F4", "2026-02-28 10:00", 1)
		add("F5", "2026-02-28 22:30", 20) // so this is void, which March decides
		add("M1", "2026-03-03 08:00", 1)
		add("M2", "2026-03-04 08:00", 9)
		add("M3", "2026-03-05 08:00", 9)
	}
	imported, err := s.Import(ctx, store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "olga"}, rows, nil)
	require.NoError(t, err)
	require.EqualValues(t, 8, imported.Tickets)

	olga := person.Actor{Person: "olga"}
	set := activities.New(s, nil, func() time.Time { return now })
	draft := func(period string) (run.Step, workflows.Collected, sla.Frozen, report.Report) {
		t.Helper()
		k := run.Key{Process: "sla-report", Scope: "desk", Period: period}
		r, _, err := s.Begin(ctx, now, store.NewRun{Key: k, Owner: "olga", By: olga})
		require.NoError(t, err)
		st := run.Step{Run: r.ID, Round: 1}
		c, err := set.SLAReportCollect(ctx, workflows.Freezing{Input: run.Input{Run: r.ID, Key: k}, Round: 1})
		require.NoError(t, err)
		again, err := set.SLAReportCollect(ctx, workflows.Freezing{Input: run.Input{Run: r.ID, Key: k}, Round: 1})
		require.NoError(t, err)
		require.Equal(t, c, again)
		d, err := set.SLAReportDraft(ctx, st)
		require.NoError(t, err)
		same, err := set.SLAReportDraft(ctx, st)
		require.NoError(t, err)
		require.Equal(t, d, same)
		f, err := store.Frozen[sla.Frozen](ctx, s, st)
		require.NoError(t, err)
		for _, a := range f.Agreements { // what was declared came through the database as its hash has it
			hash, err := canonical.Hash(a.Declared)
			require.NoError(t, err)
			require.Equal(t, a.Hash, hash)
		}
		for _, c := range f.Calendars {
			hash, err := canonical.Hash(c.Declared)
			require.NoError(t, err)
			require.Equal(t, c.Hash, hash)
		}
		rep, err := s.Report(ctx, r.ID)
		require.NoError(t, err)
		require.Equal(t, d.Hash, rep.Hash)
		return st, c, f, rep
	}
	value := func(r report.Report, name string) string {
		t.Helper()
		for _, f := range r.Figures {
			if f.Name == name && f.Value != nil {
				return *f.Value
			}
		}
		return "n/a"
	}

	st, _, f, rep := draft("2026-02")
	require.Empty(t, f.History)
	require.Empty(t, f.Exclusions)
	require.Equal(t, []string{"50.000000", "75.000000", "2", "3", "100"}, []string{value(rep, "fix.attainment"), value(rep, "fix.attainment-all"), value(rep, "fix.excluded"),
		value(rep, "workload.tickets.peak-day"), value(rep, "credit")})
	a := storetest.Approval(st, rep.Hash, now)
	require.NoError(t, storetest.ErrOf(s.OpenTask(ctx, a)))
	p, err := s.IssuePass(ctx, person.Actor{Person: "max"}, now, store.PassFor{Kind: store.PassDecide, Run: st.Run, Task: a.ID, Content: rep.Hash})
	require.NoError(t, err)
	_, refused, err := s.Decide(ctx, now, p.ID, task.Message{Task: a.ID, Pass: p.Secret, Outcome: task.Approve, Comment: "noted"})
	require.NoError(t, err)
	require.Nil(t, refused)
	require.NoError(t, s.End(ctx, now, run.End{Run: st.Run, Round: 1, State: run.Published}))

	propose := func(number string, at time.Time) agreement.Exclusion {
		t.Helper()
		e, err := s.ProposeExclusion(ctx, olga, at, agreement.Exclusion{Service: "desk", Tickets: []string{number}, Reason: agreement.Customer, Detail: "locked", Evidence: "CHG1"}, "")
		require.NoError(t, err)
		return e
	}
	used := propose("M2", now.Add(-time.Hour))
	propose("F1", now.Add(-time.Hour)) // over before March: it concerns no ticket of the set
	propose("M3", now.Add(time.Hour))  // not known yet
	gone := propose("M1", now.Add(-time.Hour))
	_, err = s.WithdrawExclusion(ctx, olga, now.Add(-time.Minute), "desk", gone.ID, "a mistake")
	require.NoError(t, err)

	_, c, f, rep := draft("2026-03")
	require.Equal(t, []agreement.Exclusion{used}, f.Exclusions)
	require.Equal(t, time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC), f.Since.UTC(), "February, in Berlin")
	require.EqualValues(t, 8, c.Count, "those over before March, too: they say which days were too full")
	require.Equal(t, []sla.Past{{Period: "2026-02", Run: "sla-report/desk/2026-02", Version: 1, Hash: a.Hash, Published: now, By: "max", Comment: "noted",
		Agreements: []sla.PastAgreement{{Name: "gold", Opened: f.History[0].Agreements[0].Opened, Rules: f.Rules("gold", ""),
			Targets: []sla.PastTarget{{Name: "fix", Met: 1, Decided: 2, Attain: "95", Verdict: sla.Missed, Rules: f.Rules("gold", "fix")}}}}}}, f.History)
	require.EqualValues(t, 5, *f.History[0].Agreements[0].Opened)
	require.Equal(t, []string{"50.000000", "25.000000", "2"}, []string{value(rep, "fix.attainment"), value(rep, "fix.attainment-all"), value(rep, "fix.excluded")})
	kinds := map[string]int{}
	for _, x := range rep.Sources {
		kinds[string(x.Kind)]++
	}
	require.Equal(t, map[string]int{"import": 1, "agreement": 1, "exclusion": 1, "report": 1, "frozen": 1, "tzdata": 1}, kinds)
}
