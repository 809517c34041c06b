package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/availability"
	"turnus/itsm/uptime"
)

// Before PostgreSQL has analysed the table: a review often begins right after the
// import that it waits for.
func TestWhatWasJustImportedIsReadInOnePass(t *testing.T) {
	s := New(pgtest.New(t))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	done, err := s.ImportSamples(t.Context(), Intake{Service: "shop", Format: "csv", By: "root", Now: start.AddDate(1, 0, 0)}, func(yield func(uptime.Sample, error) bool) {
		for i := range 50 * 200 {
			if !yield(uptime.Sample{Component: fmt.Sprintf("site %02d", i/200), At: start.AddDate(0, 0, i%200), Is: availability.AnswerUp, Row: int64(i + 2)}, nil) {
				return
			}
		}
	}, nil)
	require.NoError(t, err)
	conn, err := s.db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	defer endScan(conn)
	_, err = conn.ExecContext(t.Context(), hearingScan)
	require.NoError(t, err)
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN "+hearing(touching), "shop", "probes", done.ID, start.AddDate(0, 1, 0), start.AddDate(0, 2, 0))
	require.NoError(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan.WriteString(line + "\n")
	}
	require.NoError(t, rows.Err())
	require.Contains(t, plan.String(), "Merge")
	require.NotContains(t, plan.String(), "Nested Loop")
}
