package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/itsm/planning"
	"turnus/store"
)

// What /metrics shows of a plan is what stands in the database.
func TestCountsOfAPlan(t *testing.T) {
	p := &parts{store: store.New(pgtest.New(t))}
	c, err := p.counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, c.Plan.Idle)
	require.Nil(t, c.Plan.Oldest)
	require.Nil(t, c.Plan.Woken)
	require.Empty(t, c.Ledgers)

	at := now()
	for _, name := range []string{"at-work", "paused"} {
		_, err = p.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about, paused_at) VALUES ($1, 'sla-report', $1, $1, CASE WHEN $1 = 'paused' THEN $2::timestamptz END)`, name, at)
		require.NoError(t, err)
		_, err = p.store.DB().Exec(`INSERT INTO slot (process, scope, period, interval, version, due_at, early_at, late_at, catch_up, state, waits)
			SELECT 'sla-report', $1, period, $1, 1, $2::timestamptz - age, $2, $2, 'each', state, waits FROM (VALUES
				('2026-06', interval '5 months', 'done', false), ('2026-07', interval '4 months', 'missed', false),
				('2026-08', interval '3 months', 'due', true), ('2026-09', interval '20 minutes', 'due', false), ('2026-10', interval '1 minute', 'planned', false)
			) AS v (period, age, state, waits)`, name, at)
		require.NoError(t, err)
	}
	require.NoError(t, p.store.Woken(t.Context(), at))
	c, err = p.counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[planning.State]int64{planning.Done: 2, planning.Missed: 2, planning.Due: 4, planning.Planned: 2}, c.Plan.Slots)
	require.EqualValues(t, 2, c.Plan.Idle, "neither paused nor waiting; the waker hasn't let the last one fall due")
	require.WithinDuration(t, at.Add(-20*time.Minute), *c.Plan.Oldest, 0)
	require.WithinDuration(t, at, *c.Plan.Woken, 0)
	require.Len(t, c.Ledgers, 2)
	l := c.Ledgers[0]
	require.Equal(t, store.Ledger{Interval: "at-work", Process: "sla-report", Scope: "at-work", Planned: 5, Done: 1, Missed: 1, Open: 3}, l)
}

// A token file that can't serve is refused before anything is begun.
func TestMetricsTokenIsLookedAtEarly(t *testing.T) {
	t.Setenv(databaseEnv, "postgres://a@127.0.0.1:1/c")
	t.Setenv(addressEnv, "127.0.0.1:1")
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	for file, want := range map[string]string{empty: "is empty", empty + "-missing": "no such file"} {
		for _, args := range [][]string{{"api"}, {"up", "--data", t.TempDir()}} {
			code, _, said := turnus(t, "", append(args, "--listen", "127.0.0.1:0", "--metrics-token-file", file)...)
			require.Equal(t, 1, code)
			require.Contains(t, said, want)
			require.Equal(t, 1, strings.Count(said, "\n"), said)
		}
	}
}
