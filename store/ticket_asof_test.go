package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/ticket"
	"turnus/store"
)

// A scan's settings end with it, however it ends, and so does its transaction.
func TestAScanLeavesNothingBehind(t *testing.T) {
	ctx := t.Context()
	db := pgtest.New(t)
	db.SetMaxOpenConns(1)
	s := store.New(db)
	at := time.Date(2026, 2, 10, 8, 0, 0, 0, time.UTC)
	storeTickets(t, s, at, "T1", "T2", "T3")
	from, to := at.AddDate(0, 0, -1), at.AddDate(0, 0, 1)
	scan := func(ctx context.Context, each func() bool) (n int, err error) {
		for _, err = range s.TicketsAsOf(ctx, "desk", 1, from, to) {
			if err != nil {
				break
			}
			if n++; !each() {
				break
			}
		}
		return n, err
	}
	untouched := func() {
		t.Helper()
		for setting, is := range map[string]string{"enable_hashjoin": "on", "plan_cache_mode": "auto", "transaction_read_only": "off"} {
			var got string
			require.NoError(t, db.QueryRowContext(ctx, "SHOW "+setting).Scan(&got))
			require.Equal(t, is, got, setting)
		}
	}

	n, err := scan(ctx, func() bool { return true })
	require.NoError(t, err)
	require.Equal(t, 3, n)
	untouched()

	n, err = scan(ctx, func() bool { return false })
	require.NoError(t, err)
	require.Equal(t, 1, n, "the reader left")
	untouched()

	gone, cancel := context.WithCancel(ctx)
	_, _ = scan(gone, func() bool { cancel(); return true }) // it may have been read to its end
	untouched()

	_, _, err = s.TicketsHash(ctx, "desk", 1, time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC), to, nil)
	require.Error(t, err, "the statement is refused")
	untouched()
}

func storeTickets(t *testing.T, s *store.Store, at time.Time, numbers ...string) {
	t.Helper()
	_, err := s.Import(t.Context(), store.Intake{Service: "desk", Format: "csv", AsOf: at.AddDate(0, 0, 1), Now: at.AddDate(0, 0, 2), By: "olga"},
		func(yield func(ticket.Row, error) bool) {
			for i, number := range numbers {
				if !yield(ticket.Row{Row: int64(i + 1), Number: number, Opened: at, At: at, State: "Active"}, nil) {
					return
				}
			}
		}, nil)
	require.NoError(t, err)
}
