package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/report"
	"turnus/store"
)

// as issues a token for a person; the commands use it from then on.
func as(t *testing.T, name string) {
	t.Helper()
	code, out, errOut := turnus(t, "", "token", name)
	require.Zero(t, code, errOut)
	t.Setenv("TURNUS_TOKEN", strings.TrimSpace(out))
}

// A mistyped process is answered with those that there are.
func TestStartOfAnUnknownProcess(t *testing.T) {
	organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	as(t, "owner")
	code, out, errOut := turnus(t, "", "start", "sla-reprot", "--service", "desk", "--period", "2026-10")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, `There is no process "sla-reprot"; there are: sla-report.`)
}

// So is an outcome that the task doesn't offer.
func TestDecideWithAnUnknownOutcome(t *testing.T) {
	s := organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	now := time.Now().UTC()
	r, _, err := s.Begin(t.Context(), now, store.NewRun{Owner: "owner", By: person.Actor{Person: "owner"},
		Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2026-10"}})
	require.NoError(t, err)
	round := run.Step{Run: r.ID, Round: 1}
	hash, document, err := report.Hash(report.Document{Run: r.ID, Process: r.Process, Scope: r.Scope, Period: r.Period, ComputedAt: now})
	require.NoError(t, err)
	require.NoError(t, s.Enter(t.Context(), round, run.Drafting))
	_, err = s.SaveDraft(t.Context(), now, round, hash, document)
	require.NoError(t, err)
	a := storetest.Approval(round, hash, now)
	require.NoError(t, s.OpenTask(t.Context(), a))

	as(t, "manager")
	code, out, errOut := turnus(t, "", "decide", a.ID, "aprove")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, `"aprove" isn't offered by this task; it offers: approve, request-changes, reject.`)
}
