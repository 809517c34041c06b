package dataset_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/dataset"
)

// Whoever says that a record was kept from a later instant on than its oldest row
// is told what counts.
func TestRowsBeforeTheirRecordWasKept(t *testing.T) {
	day := func(d int) *time.Time { return new(time.Date(2026, 10, d, 0, 0, 0, 0, time.UTC)) }
	w := dataset.SinceRows(dataset.Import{Since: day(5), First: day(3)}, time.UTC)
	require.Len(t, w, 1)
	require.Equal(t, dataset.LateSince, w[0].Code)
	require.Contains(t, w[0].Detail.En, "kept from 5 October 2026, 00:00\u00a0UTC on, and its oldest row is of 3 October 2026")
	require.Contains(t, w[0].Detail.De, "die älteste Zeile ist vom 03.10.2026, 00:00\u00a0Uhr\u00a0UTC")
	for _, i := range []dataset.Import{{}, {Since: day(5)}, {First: day(3)}, {Since: day(3), First: day(3)}, {Since: day(1), First: day(3)}} {
		require.Empty(t, dataset.SinceRows(i, time.UTC))
	}
}
