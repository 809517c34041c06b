package store_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/store"
)

// Whoever goes away in the midst of an import, at whatever moment, leaves nothing:
// no rows, no lock, and a connection that others can use.
func TestACancelledImportLeavesItsConnection(t *testing.T) {
	db := pgtest.New(t)
	db.SetMaxOpenConns(3)
	s := store.New(db)
	list := orderly(20_000)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	in := audit("gone")
	whole := time.Now()
	in.DryRun = true
	_, err := s.Import(t.Context(), in, rowsOf(list), nil)
	require.NoError(t, err)
	took := time.Since(whole)
	in.DryRun = false
	given := 0
	for range 30 {
		ctx, stop := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(took))))
		_, err := s.Import(ctx, in, rowsOf(list), nil)
		stop()
		if err != nil {
			given++
		} else {
			in.Service += "x" // it was done
		}
		var one int
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM pg_tables WHERE tablename LIKE 'staged%'`).Scan(&one))
		require.Zero(t, one)
	}
	require.Greater(t, given, 5)
	require.Zero(t, db.Stats().InUse)
	in.Service = "after"
	done := mustImport(t, s, in, rowsOf(slices.Clone(list)))
	require.EqualValues(t, 40_000, done.Loaded)
}
