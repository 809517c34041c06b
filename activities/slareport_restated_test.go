package activities_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/receipt"
	"turnus/report/slareport"
	"turnus/report/verify"
	"turnus/store"
	"turnus/workflows"
)

// reportOf is what an attempt drafted, with its frozen set and what verifying
// its receipts says.
func (a altering) reportOf(f workflows.Freezing) (report.Report, sla.Frozen, receipt.Result) {
	a.Helper()
	rep, err := a.store.Report(a.Context(), f.Run)
	require.NoError(a, err)
	frozen, err := store.Frozen[sla.Frozen](a.Context(), a.store, run.Step{Run: f.Run, Round: f.Round})
	require.NoError(a, err)
	v, err := verify.Receipt(bytes.NewReader(receiptsOf(a.T, a.store, rep)))
	require.NoError(a, err)
	require.True(a, v.Identical, "%v", v.Differences)
	return rep, frozen, v
}

// What a restatement is compared with is frozen with its round: it can be
// drafted anew from the receipts alone.
func TestRestatementsStandOnWhatWasFrozen(t *testing.T) {
	a := newAltering(t)
	first := a.begin("2026-03")
	require.NoError(t, a.collect(first))
	require.NoError(t, a.draft(first))
	published, frozen, v := a.reportOf(first)
	require.Equal(t, &run.InForce{}, frozen.InForce, "nothing was in force, which isn't the same as not knowing")
	require.Nil(t, published.Restates)
	require.Equal(t, slareport.Wording, v.Wording)
	require.True(t, v.Words)
	storetest.End(t, a.store, now, "max", "olga", first.Run, run.Published)

	_, err := a.store.Import(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: now, Now: now, By: "olga"}, func(yield func(ticket.Row, error) bool) {
		at := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
		stop := at.Add(9 * time.Hour)
		yield(ticket.Row{Row: 1, Number: "M4", Opened: at, At: at, State: "Active", StoppedAt: &stop}, nil)
	}, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		frozenBy string
		words    bool
	}{{"0.1.0", false}, {"this", true}} {
		again := a.begin("2026-03")
		require.NoError(t, a.collect(again))
		if !c.words { // it waited between freezing and drafting at the upgrade
			pgtest.Tamper(t, a.store.DB(), `UPDATE frozen_set SET document = document - 'in_force' WHERE run = '`+again.Run+`'`)
		}
		require.NoError(t, a.draft(again))
		rep, frozen, v := a.reportOf(again)
		require.Equal(t, &report.Restated{Version: 1, Run: first.Run, Hash: published.Hash, Published: now}, rep.Restates, c.frozenBy)
		require.Equal(t, "Restatement", rep.Sections[0].Title.En)
		require.NotEmpty(t, rep.Sections[0].Tables[0].Rows)
		require.Equal(t, c.words, frozen.InForce != nil)
		require.Equal(t, c.words, v.Words, c.frozenBy)
		storetest.End(t, a.store, now, "max", "olga", again.Run, run.Rejected)
	}
}
