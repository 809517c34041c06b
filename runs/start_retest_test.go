package runs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/runs"
	"turnus/store"
)

// A drill that is there already isn't taken for the re-test of another one.
func TestARetestIsNoDrillThatExists(t *testing.T) {
	h := one(t, "each")
	plan := `{"apiVersion": "turnus/v1", "kind": "ContinuityPlan", "metadata": {"name": "desk-loss"}, "spec": {"service": "desk"}}`
	_, err := h.store.DB().Exec(`INSERT INTO resource (kind, name, version, document, hash, valid_from, at, person)
		VALUES ('ContinuityPlan', 'desk-loss', 1, $1, 'h', $2, $2, 'olga')`, plan, day("2026-12-01 12:00"))
	require.NoError(t, err)
	key := run.Key{Process: process.ContinuityDrill, Scope: "desk-loss", Period: "2027-01-20"}
	there, created, err := h.store.Begin(t.Context(), h.now, store.NewRun{Key: key, Owner: "olga", By: olga})
	require.NoError(t, err)
	require.True(t, created)
	start := runs.Start{Process: key.Process, Scope: key.Scope, Period: key.Period}
	found, created, err := h.runs.Start(t.Context(), olga, start)
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, there.ID, found.ID)
	start.Retests = "continuity-drill/desk-loss/2027-01-05"
	_, _, err = h.runs.Start(t.Context(), olga, start)
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	require.Equal(t, "retests", fault.As(err).Field)
}
