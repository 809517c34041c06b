package runs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/store"
)

// Where all imports are withdrawn, a period waits for data as if there had been
// none; an import has a number all the same.
func TestWithoutAnyImportLeftAPeriodWaitsForData(t *testing.T) {
	p, err := calendar.ParsePeriod("2026-10")
	require.NoError(t, err)
	report, _ := process.Find(process.SLAReport)
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	agreed := []resource.Version{{Resource: resource.Raw{Spec: json.RawMessage(`{"targets": [{"measure": "response"}]}`)}}}
	for _, newest := range []int64{0, 7} {
		why, _, err := uncovered(store.Situation{Scope: store.Scope{Name: "desk", Zone: time.UTC}, Agreed: agreed,
			Data: map[string]store.Covered{dataset.Tickets: {Import: newest}}}, report, now, p)
		require.NoError(t, err)
		require.Contains(t, why.En, "desk has no imported data")
	}
}
