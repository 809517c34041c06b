package runs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
	"turnus/store"
)

// Where all imports are withdrawn, a period waits for data as if there had been
// none; an import has a number all the same.
func TestWithoutAnyImportLeftAPeriodWaitsForData(t *testing.T) {
	p, err := calendar.ParsePeriod("2026-10")
	require.NoError(t, err)
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	for _, newest := range []int64{0, 7} {
		why, _ := uncovered(store.Situation{Scope: store.Scope{Name: "desk", Zone: time.UTC}, Import: newest}, now, p)
		require.Contains(t, why.En, "desk has no imported data")
	}
}
