package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/cmd/turnus/calc"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
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
	require.Contains(t, errOut, `There is no process "sla-reprot"; there are: sla-report, availability-review, improvement, continuity-drill.`)
}

// waiting is a task of the manager's, about a draft that was made of nothing.
func waiting(t *testing.T) task.Task {
	t.Helper()
	s := organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	now := time.Now().UTC()
	r, _, err := s.Begin(t.Context(), now, store.NewRun{Owner: "owner", By: person.Actor{Person: "owner"},
		Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2026-10"}})
	require.NoError(t, err)
	round := run.Step{Run: r.ID, Round: 1}
	hash, document, err := report.Hash(report.Document{Run: r.ID, Process: r.Process, Scope: r.Scope, Period: r.Period, Zone: "Europe/Berlin", ComputedAt: now})
	require.NoError(t, err)
	require.NoError(t, s.Enter(t.Context(), round, run.Drafting))
	_, err = s.SaveDraft(t.Context(), now, round, hash, document)
	require.NoError(t, err)
	a := storetest.Approval(round, hash, now)
	require.NoError(t, storetest.ErrOf(s.OpenTask(t.Context(), a)))
	as(t, "manager")
	return a
}

// So is an outcome that the task doesn't offer.
func TestDecideWithAnUnknownOutcome(t *testing.T) {
	a := waiting(t)
	code, out, errOut := turnus(t, "", "decide", a.ID, "aprove")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errOut, `"aprove" isn't offered by this task; it offers approve, request-changes and reject.`)
}

// --help says which formats aren't there yet, and the server agrees.
func TestHelpSaysWhichFormatsAreNotThereYet(t *testing.T) {
	a := waiting(t)
	code, out, _ := turnus(t, "", "report", "--help")
	require.Zero(t, code)
	require.Contains(t, out, "json or html; not there yet: pdf, xlsx")
	for _, format := range formats {
		code, out, errOut := turnus(t, "", "report", a.Run, "--format", format)
		require.Zero(t, code, "%s: %s", format, errOut)
		require.NotEmpty(t, out, format)
	}
	for _, format := range plannedFormats {
		code, out, errOut := turnus(t, "", "report", a.Run, "--format", format)
		require.Equal(t, 1, code, format)
		require.Empty(t, out, format)
		require.Contains(t, errOut, "No such format", format)
	}
}

// What turnus calc has and what it says is missing are the kinds of CONTRACT.md.
func TestHelpSaysWhichKindsAreNotThereYet(t *testing.T) {
	code, out, _ := turnus(t, "", "calc", "--help")
	require.Zero(t, code)
	require.Contains(t, out, "Not there yet: budget, forecast\n")
	code, _, errOut := turnus(t, "", "calc", "budget")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "isn't there yet")

	contract, err := os.ReadFile("../../CONTRACT.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(contract), "\n## 4.")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var promised []string
	for _, m := range regexp.MustCompile(`(?m)^\*\*([a-z-]+)\*\*`).FindAllStringSubmatch(section, -1) {
		promised = append(promised, m[1])
	}
	require.ElementsMatch(t, promised, slices.Concat(calc.Kinds(), calc.Planned()))
}
