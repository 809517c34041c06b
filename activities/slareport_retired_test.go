package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/store"
)

// An agreement that was retired counts for the tickets opened before.
func TestARetiredAgreementEnds(t *testing.T) {
	a := newAltering(t)
	retired := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC) // M1 to M3 were opened on 6, 7 and 8 March at 09:00
	require.NoError(t, a.store.Retire(t.Context(), person.Actor{Person: "admin", Roles: []person.Role{person.Administrator}}, retired, resource.Agreement, "gold"))
	f := a.begin("2026-03")
	require.NoError(t, a.collect(f))
	frozen, err := store.Frozen[sla.Frozen](t.Context(), a.store, run.Step{Run: f.Run, Round: f.Round})
	require.NoError(t, err)
	require.Len(t, frozen.Agreements, 1)
	require.True(t, retired.Equal(*frozen.Agreements[0].ValidTo), "%v", frozen.Agreements[0].ValidTo)
}
