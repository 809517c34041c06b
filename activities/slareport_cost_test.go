package activities_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"turnus/activities"
	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/ticket"
	"turnus/runs"
	"turnus/store"
)

const shop = `
{apiVersion: turnus/v1, kind: Person, metadata: {name: olga}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: max}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Calendar, metadata: {name: office}, spec: {zone: Europe/Berlin, hours: {mon: ["08:00-18:00"]}}}
---
{apiVersion: turnus/v1, kind: Calendar, metadata: {name: early}, spec: {zone: Europe/Berlin, hours: {mon: ["05:00-18:00"]}}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: shop}, spec: {owner: olga, approvers: [max], calendar: office}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: gold}
spec:
  service: shop
  valid: {from: "2026-01-01"}
  targets: [{name: fix, measure: resolution, within: PT4H, calendar: early, attain: 95}]
`

// A start takes few statements until its task is in the inbox, BEGIN and COMMIT
// counted: these, and not computing, bound how many runs begin a second.
func TestFromStartToInboxInFewStatements(t *testing.T) {
	ctx := t.Context()
	s := store.New(pgtest.New(t))
	docs, err := imports.Resources([]byte(shop))
	require.NoError(t, err)
	_, err = s.Apply(ctx, person.Actor{Person: "admin"}, now, docs, false)
	require.NoError(t, err)
	_, err = s.Import(ctx, store.Intake{Service: "shop", Format: "csv", AsOf: now, Now: now, By: "imports"}, func(yield func(ticket.Row, error) bool) {
		at := time.Date(2026, 2, 10, 8, 0, 0, 0, time.UTC)
		yield(ticket.Row{Row: 1, Number: "F1", Opened: at, At: at, State: "Active"}, nil)
	}, nil)
	require.NoError(t, err)

	db, sent := pgtest.Counted(t, s.DB())
	db.SetMaxOpenConns(1)
	require.NoError(t, db.PingContext(ctx))
	counted, clock := store.New(db), func() time.Time { return now }
	away, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer away.Close()
	r := runs.New(runs.Config{Store: counted, Temporal: away, Namespace: "default", Now: clock, Log: slog.New(slog.DiscardHandler)})
	set := activities.New(counted, r, clock)

	before := sent("")
	began, created, err := r.Start(ctx, person.Actor{Person: "olga"}, runs.Start{Process: "sla-report", Scope: "shop", Period: "2026-02", Request: "r1"})
	require.NoError(t, err)
	require.True(t, created)
	require.LessOrEqual(t, sent("")-before, 16, "the start")

	before = sent("")
	d, err := set.SLAReportDraft(ctx, run.Step{Run: began.ID, Round: 1})
	require.NoError(t, err)
	require.NotNil(t, d.Asked)
	require.LessOrEqual(t, sent("")-before, 26, "freezing (with the register of findings, the imports, decisions and values that no ticket has, one each), draft and task")
}
