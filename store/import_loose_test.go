package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/memtest"
	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
)

// A file of nothing but rows without a number, each of which is rejected, is read
// in the same memory as any other, and no further than a million of them.
func TestRejectsOfNoNumberFillNoMemory(t *testing.T) {
	s := store.New(pgtest.New(t))
	const n = 1_000_001
	reject := &dataset.Reject{Column: "number", Value: "", Reason: text.New(
		"the number of the ticket is missing, and that is long enough to fill something", "die Nummer des Tickets fehlt, und das ist lang genug, um etwas zu füllen")}
	in := audit("loose")
	in.AsOf, in.DryRun = in.Now, true
	var err error
	_, grown := memtest.Measure(func() {
		_, err = s.Import(t.Context(), in, func(yield func(ticket.Row, error) bool) {
			for i := range n {
				r := *reject
				r.Row = int64(i + 1)
				if !yield(ticket.Row{}, &r) {
					return
				}
			}
		}, nil)
	})
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, "More than 1,000,000 rows make no sense")
	require.Less(t, grown, int64(64<<20))
}

// A file in an order that makes ever more runs is refused before they take the
// locks of everybody else.
func TestRunsAreBounded(t *testing.T) {
	require.NoError(t, store.StageBehind(t.Context(), 999))
	err := store.StageBehind(t.Context(), 1000)
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
	require.ErrorContains(t, err, "sort the file by the number of the ticket")
}

// A year of two digits, read as one of four, is rejected, and the file with it
// where nothing else is in it: it has no newest instant.
func TestInstantsBeforeAllTimes(t *testing.T) {
	s := store.New(pgtest.New(t))
	for _, at := range []time.Time{{}, time.Date(26, 3, 1, 8, 0, 0, 0, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)} {
		in := audit("early")
		in.Zone = time.FixedZone("", -3600)
		_, err := s.Import(t.Context(), in, rowsOf([]any{ticket.Row{Row: 1, Number: "A", Opened: at, At: at, State: "New"}}), nil)
		require.True(t, fault.Is(err, fault.Invalid), "%v", err)
		require.ErrorContains(t, err, "before the year 1000")
	}
}
