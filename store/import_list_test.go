package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/pgtest"
	"turnus/itsm/dataset"
	"turnus/store"
)

// A report names the imports that its tickets may come from: none after the one
// it stands on, none of another time, none that was withdrawn by then, but the
// withdrawal; of 0.1.0's all, since nobody knows their span.
func TestImportsBehindAReport(t *testing.T) {
	s := store.New(pgtest.New(t))
	intake := func(name, rows string) int64 {
		done := mustImport(t, s, store.Intake{Service: "shop", Format: imports.CSV, By: "root", Now: today, AsOf: october(31), Accept: "a test",
			File: dataset.File{Name: name, Bytes: int64(len(rows)), SHA256: strings.Repeat("ab", 32)}, Mapping: &dataset.Mapping{Name: "jira", Version: 2, Hash: "3a", Spec: []byte(`{}`)}},
			imports.Tickets(strings.NewReader("Key,Created,Resolved,Priority\n"+rows), imports.TicketOptions{Format: imports.CSV, Mapping: table}))
		return done.ID
	}
	behind := func(upTo int64, from, to int) (ids []int64) {
		list, err := s.ImportsBehind(t.Context(), "shop", dataset.Tickets, upTo, october(from), october(to))
		require.NoError(t, err)
		for _, i := range list {
			require.Empty(t, i.Mapping.Spec, "it stands where the mapping is declared")
			ids = append(ids, i.ID)
		}
		return ids
	}
	first := intake("first.csv", "K-1,2026-10-01T09:00:00Z,2026-10-03T09:00:00Z,P2\n")
	second := intake("second.csv", "K-2,2026-10-05T09:00:00Z,2026-10-09T09:00:00Z,P2\n")
	third := intake("third.csv", "K-3,2026-10-08T09:00:00Z,2026-10-20T09:00:00Z,P2\n")
	require.Equal(t, []int64{first, second, third}, behind(third, 1, 31))
	require.Equal(t, []int64{first, second}, behind(second, 1, 31), "what came later isn't among them")
	require.Equal(t, []int64{second, third}, behind(third, 4, 31))
	require.Equal(t, []int64{first}, behind(third, 1, 5), "before the end of the period")
	require.Equal(t, []int64{third}, behind(third, 10, 31))
	require.Empty(t, behind(third, 21, 31))
	list, err := s.ImportsBehind(t.Context(), "shop", dataset.Tickets, first, october(1), october(31))
	require.NoError(t, err)
	require.Equal(t, dataset.File{Name: "first.csv", Bytes: 49, SHA256: strings.Repeat("ab", 32)}, list[0].File)
	require.Equal(t, []any{"jira", 2, "root"}, []any{list[0].Mapping.Name, list[0].Mapping.Version, list[0].By})

	pgtest.Tamper(t, s.DB(), `INSERT INTO import (service, format, as_of, oldest, rows_read, rows_loaded, rows_unchanged, rows_rejected, tickets_changed, person, at, token_issuer, withdraws, mapping)
		SELECT service, format, as_of, oldest, 0, 0, 0, 0, 1, person, at, '', id, mapping FROM import WHERE id = $1`, second)
	require.Equal(t, []int64{first, second, third}, behind(third, 1, 31), "as it was known")
	require.Equal(t, []int64{first, third, third + 1}, behind(third+1, 1, 31))
	require.Equal(t, []int64{first}, behind(third+1, 1, 5), "a withdrawal reaches as far as what it took back")

	pgtest.Tamper(t, s.DB(), `UPDATE import SET first_at = NULL, last_at = NULL, kept = false WHERE id = $1`, first)
	require.Equal(t, []int64{first}, behind(third+1, 21, 31))
}
