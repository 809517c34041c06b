package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/continuity"
	"turnus/itsm/person"
	"turnus/itsm/planning"
)

func TestTheCoveragePage(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	said := inBoth(t, h, "auditor", "/coverage", 200)
	require.Contains(t, said["en"], "There is no continuity plan yet whose drills you see.")
	require.Contains(t, said["de"], "Es gibt noch keinen Notfallplan")

	h.withPlans(t, testNow.Add(-time.Minute))
	_, err := h.store.Happened(t.Context(), person.Actor{Person: "owner"}, testNow, planning.MajorChange, "payments", "<i>new</i> machines", "")
	require.NoError(t, err)
	said = inBoth(t, h, "auditor", "/coverage", 200)
	for _, words := range []string{"payments-fire", "Recovery time (RTO): 3 h", "Contacts reached: 90 %", "failed", "functional exercise: failed; achieved 50 %, agreed 90 %", "mail-fire", "never measured", "last proved"} {
		require.Contains(t, strings.ReplaceAll(said["en"], "\u202f", " "), words)
	}
	for _, words := range []string{"Wiederanlaufzeit (RTO): 3 h", "nicht bestanden", "nie gemessen", "zuletzt nachgewiesen", "Bericht dazu"} {
		require.Contains(t, strings.ReplaceAll(said["de"], "\u202f", " "), words)
	}
	require.Contains(t, h.guest(t, "auditor", "en").opens("/coverage").Body.String(), "major change: &lt;i&gt;new&lt;/i&gt; machines")
	said = inBoth(t, h, "named-viewer", "/coverage", 200)
	require.Contains(t, said["en"], "payments-fire")
	require.Contains(t, said["en"], "major change")
	for _, no := range []string{"mail-fire", "machines", "text for paper"} {
		require.NotContains(t, said["en"], no)
	}
	require.Contains(t, inBoth(t, h, "auditor", "/coverage?state=never", 200)["en"], "mail-fire")
	require.NotContains(t, inBoth(t, h, "auditor", "/coverage?state=never", 200)["en"], "payments-fire")
	require.Contains(t, inBoth(t, h, "auditor", "/coverage?state=stale&service=", 200)["en"], "Nothing like that.")
	for path, status := range map[string]int{"/coverage?service=mail": 404, "/coverage?service=nothing": 404, "/coverage?state=good": 422, "/coverage?after=x": 422, "/coverage/files/none": 404, "/coverage/files/continuity-plans.html": 403} {
		inBoth(t, h, "named-viewer", path, status)
	}
}

// What was met without all of the drill says what is missing, and leads to its
// report.
func TestCoverageOfWhatWasntCarriedThrough(t *testing.T) {
	h := newHouse(t)
	storetest.PlanVersion(t, h.store, testNow.AddDate(-1, 0, 0), "payments-fire", 1, paymentsPlan())
	storetest.Drilled(t, h.store, "payments", "payments-fire", continuity.Shown{Run: "continuity-drill/payments-fire/2026-06-01", Version: 1, Type: continuity.Functional, Held: testNow.Add(-time.Hour),
		Undone:     []string{"app"},
		Objectives: []continuity.ShownOf{{Objective: "rto", Value: "PT3H", Base: continuity.FromDisruption, Achieved: "9000", Verdict: continuity.Pass}}})
	said := inBoth(t, h, "auditor", "/coverage", 200)
	require.Contains(t, said["en"], "functional exercise: step that wasn't carried out: app")
	require.Contains(t, said["de"], "Simulation: nicht ausgeführter Schritt: app")
	require.Contains(t, h.guest(t, "auditor", "de").opens("/coverage").Body.String(), `<a href="/reports/continuity-drill/payments-fire/2026-06-01">Simulation: nicht`)
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/coverage?state=doubtful", "").Body.String(), `"what":"incomplete","name":"continuity-drill/payments-fire/2026-06-01"`)
}

// What is fetched on the page is a file, in the language of the page, and on
// record.
func TestPlansFromThePage(t *testing.T) {
	h := newHouse(t)
	h.withPlans(t, testNow.Add(-time.Minute))
	for file, want := range map[string]string{"continuity-plans.html": `<html lang="de">`, "continuity-plans.txt": "Notfallplan: payments-fire\n"} {
		w := h.guest(t, "owner", "de").opens("/coverage/files/" + file + "?service=payments")
		require.Equal(t, 200, w.Code)
		require.Contains(t, w.Header().Get("Content-Disposition"), "attachment")
		require.Contains(t, w.Header().Get("Content-Disposition"), file)
		require.Contains(t, w.Body.String(), want)
		require.Contains(t, w.Body.String(), "phone 112")
	}
	require.Equal(t, 2, h.count(t, `SELECT count(*) FROM audit WHERE action = 'coverage.exported' AND actor = 'owner' AND object = 'service/payments'`))
}
