package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/store"
)

// drilledDesk is the organisation with a plan of its desk that was drilled.
func drilledDesk(t *testing.T) *store.Store {
	t.Helper()
	s := organised(t)
	code, _, errOut := turnus(t, organisation, "apply", "-f", "-")
	require.Zero(t, code, errOut)
	rto, share := agreement.Duration(3*3600), agreement.Decimal("90")
	held := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	storetest.PlanVersion(t, s, held.Add(-time.Hour), "desk-fire", 1, continuity.Plan{Service: "desk", Scenario: "fire\x1b[2J", Invocation: "it burns", Offsite: "safe", Business: "manager",
		Objectives: continuity.Agreed{RTO: &rto, From: continuity.FromDisruption, Contacts: &share},
		Contacts:   []continuity.Contact{{Name: "Fire brigade", Role: "fire", By: []string{"phone 112"}}},
		Steps:      []continuity.Step{{Name: "a", Title: "Restore", Owner: "owner", Takes: 60}}, Return: []continuity.Step{{Name: "b", Title: "Back", Owner: "owner", Takes: 60}}})
	storetest.Drilled(t, s, "desk", "desk-fire", continuity.Shown{Run: "continuity-drill/desk-fire/2026-06-01", Version: 1, Type: continuity.Functional, Held: held,
		Objectives: []continuity.ShownOf{{Objective: "rto", Value: "PT3H", Base: continuity.FromDisruption, Achieved: "9000", Verdict: continuity.Pass},
			{Objective: "contacts_pct", Value: "90", Achieved: "50.000000", Verdict: continuity.Fail}}})
	return s
}

func TestShowsWhatIsProved(t *testing.T) {
	drilledDesk(t)
	code, out, errOut := turnus(t, "", "coverage")
	require.Zero(t, code, errOut)
	require.Regexp(t, `SERVICE +PLAN +OBJECTIVE +VALUE +STATE +LAST-PROVED +TYPE +RUN +SINCE\n`+
		`desk +desk-fire +rto +PT3H +proved +\S+Z +functional +continuity-drill/desk-fire/2026-06-01 +-\n`+
		`desk +desk-fire +contacts_pct +90 +failed +- +- +- +\d{4}-\d\d-\d\d functional exercise: failed; achieved 50\x{202f}%, agreed 90\x{202f}%\n`, out)
	code, out, errOut = turnus(t, "", "coverage", "--json", "--state", "failed", "--service", "desk")
	require.Zero(t, code, errOut)
	var all []continuity.Coverage
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Len(t, all, 1)
	require.Equal(t, []any{"contacts_pct", continuity.Failed, "drill"}, []any{all[0].Objective, all[0].State, all[0].Since[0].What})
	code, _, errOut = turnus(t, "", "coverage", "--service", "nowhere")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "nowhere")
}

// Plans are taken out into two files that nobody else reads; a failure leaves what
// stood there.
func TestTakesPlansOut(t *testing.T) {
	s := drilledDesk(t)
	dir := t.TempDir()
	page, paper := filepath.Join(dir, "continuity-plans.desk.html"), filepath.Join(dir, "continuity-plans.desk.txt")
	code, out, errOut := turnus(t, "", "coverage", "export", "--service", "desk", "--out", dir, "--lang", "de")
	require.Zero(t, code, errOut)
	require.Equal(t, page+"\n"+paper+"\n", out)
	for path, want := range map[string]string{page: `<html lang="de">`, paper: "Notfallplan: desk-fire\n"} {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(b), want)
		require.Contains(t, string(b), "phone 112")
		require.NotContains(t, string(b), "\x1b")
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	var n int
	require.NoError(t, s.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM audit WHERE action = 'coverage.exported' AND object = 'service/desk' AND actor = 'admin'").Scan(&n))
	require.Equal(t, 2, n)

	before, err := os.ReadFile(page)
	require.NoError(t, err)
	t.Setenv("TURNUS_TOKEN", "wrong")
	code, _, _ = turnus(t, "", "coverage", "export", "--service", "desk", "--out", dir)
	require.Equal(t, 1, code)
	after, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, before, after)
	for _, wrong := range [][]string{{"--lang", "fr"}, {"--out", filepath.Join(dir, "none")}, {"--service", "../x"}, {"more"}} {
		code, _, _ = turnus(t, "", append([]string{"coverage", "export"}, wrong...)...)
		require.Equal(t, 2, code, wrong)
	}
	code, _, _ = turnus(t, "", "coverage", "--state", "good")
	require.Equal(t, 2, code)
}
