package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
)

// paymentsPlan is a plan of payments that agrees an RTO and reaching contacts.
func paymentsPlan() continuity.Plan {
	rto, contacts := agreement.Duration(3*3600), agreement.Decimal("90")
	return continuity.Plan{Service: "payments", Scenario: "fire", Invocation: "it burns", Offsite: "safe", Business: "owner",
		Objectives: continuity.Agreed{RTO: &rto, From: continuity.FromDisruption, Contacts: &contacts},
		Contacts:   []continuity.Contact{{Name: "<b>Fire</b>", Role: "fire", By: []string{"phone 112", "radio 7"}}},
		Steps:      []continuity.Step{{Name: "restore", Title: "Restore", Owner: "owner", Takes: 3600}}, Return: []continuity.Step{{Name: "back", Title: "Back", Owner: "owner", Takes: 60}}}
}

// withPlans adds a plan of payments that was drilled at an instant, and one of
// mail that wasn't.
func (h *house) withPlans(t testing.TB, held time.Time) {
	t.Helper()
	storetest.PlanVersion(t, h.store, testNow.AddDate(-1, 0, 0), "payments-fire", 1, paymentsPlan())
	mail := paymentsPlan()
	mail.Service = "mail"
	storetest.PlanVersion(t, h.store, testNow.AddDate(-1, 0, 0), "mail-fire", 1, mail)
	storetest.Drilled(t, h.store, "payments", "payments-fire", continuity.Shown{Run: "continuity-drill/payments-fire/2026-06-01", Version: 1, Type: continuity.Functional, Held: held,
		Objectives: []continuity.ShownOf{{Objective: "rto", Value: "PT3H", Base: continuity.FromDisruption, Achieved: "9000", Verdict: continuity.Pass},
			{Objective: "contacts_pct", Value: "90", Achieved: "50.000000", Verdict: continuity.Fail}}})
}

func TestCoverageByRoleAndView(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	h.withPlans(t, testNow)
	seen := func(who, query string) []string {
		w := h.as(t, who, "GET", "/v1/coverage"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		var l List[continuity.Coverage]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &l))
		all := []string{}
		for _, c := range l.Items {
			all = append(all, fmt.Sprintf("%s %s %s", c.Plan, c.Objective, c.State))
		}
		return all
	}
	mail := []string{"mail-fire rto never", "mail-fire contacts_pct never"}
	payments := []string{"payments-fire rto proved", "payments-fire contacts_pct failed"}
	both := append(append([]string{}, mail...), payments...)
	for who, want := range map[string][]string{"owner": both, "other-owner": mail, "approver": both, "auditor": both, "admin": both,
		"named-viewer": payments, "elsewhere": mail, "customer": {}, "stranger": {}, "before": both} {
		require.Equal(t, want, seen(who, ""), who)
	}
	require.Equal(t, payments, seen("auditor", "?service=payments"))
	require.Equal(t, payments[1:], seen("owner", "?state=failed"))
	require.Equal(t, both[:1], seen("auditor", "?limit=1"))
	require.Equal(t, 404, h.as(t, "named-viewer", "GET", "/v1/coverage?service=mail", "").Code)
	require.Equal(t, 404, h.as(t, "auditor", "GET", "/v1/coverage?service=nowhere", "").Code)
	require.Equal(t, 422, h.as(t, "auditor", "GET", "/v1/coverage?state=good", "").Code)

	var raw struct{ Items []map[string]any }
	require.NoError(t, json.Unmarshal(h.as(t, "named-viewer", "GET", "/v1/coverage", "").Body.Bytes(), &raw))
	held := testNow.Format(time.RFC3339)
	require.Equal(t, []map[string]any{
		{"service": "payments", "plan": "payments-fire", "objective": "rto", "value": "PT3H", "last_proved": held, "run": "continuity-drill/payments-fire/2026-06-01", "type": "functional", "state": "proved", "since": []any{}},
		{"service": "payments", "plan": "payments-fire", "objective": "contacts_pct", "value": "90", "state": "failed", "since": []any{map[string]any{
			"what": "drill", "name": "continuity-drill/payments-fire/2026-06-01", "at": held, "detail": map[string]any{
				"en": "functional exercise: failed; achieved 50\u202f%, agreed 90\u202f%", "de": "Simulation: nicht bestanden; erreicht 50\u202f%, vereinbart 90\u202f%"}}}},
	}, raw.Items)
}

// Who sees inside takes plans out, in both formats and languages; that is on
// record, and so is a refusal.
func TestTakingPlansOut(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	require.Equal(t, 404, h.as(t, "auditor", "GET", "/v1/coverage/export", "").Code, "there is no plan yet")
	h.withPlans(t, testNow)
	w := h.as(t, "owner", "GET", "/v1/coverage/export", "")
	require.Equal(t, []any{200, "text/html; charset=utf-8", "en", pagePolicy}, []any{w.Code, w.Header().Get("Content-Type"), w.Header().Get("Content-Language"), w.Header().Get("Content-Security-Policy")})
	for _, want := range []string{"payments-fire", "&lt;b&gt;Fire&lt;/b&gt;", "phone 112", "radio 7"} {
		require.Contains(t, w.Body.String(), want)
	}
	require.NotContains(t, w.Body.String(), "mail-fire")
	w = h.as(t, "auditor", "GET", "/v1/coverage/export?service=mail&lang=de", "", "Accept", "text/plain")
	require.Equal(t, []any{200, "text/plain; charset=utf-8", "de"}, []any{w.Code, w.Header().Get("Content-Type"), w.Header().Get("Content-Language")})
	require.Contains(t, w.Body.String(), "Notfallplan: mail-fire\n")
	require.NotContains(t, w.Body.String(), "payments-fire")
	require.Equal(t, 406, h.as(t, "owner", "GET", "/v1/coverage/export", "", "Accept", "application/pdf").Code)
	for who, status := range map[string]int{"other-owner": 404, "named-viewer": 403, "viewer": 403} {
		require.Equal(t, status, h.as(t, who, "GET", "/v1/coverage/export?service=payments", "").Code, who)
	}
	require.Equal(t, http.StatusOK, h.as(t, "other-owner", "GET", "/v1/coverage/export", "").Code)

	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'coverage.exported' AND actor = 'owner' AND object = 'coverage'
		AND after = jsonb_build_object('format', 'text/html', 'lang', 'en', 'plans', jsonb_build_array(jsonb_build_object('name', 'payments-fire', 'version', 1, 'hash', repeat('ab', 32))))`))
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'coverage.exported' AND actor = 'auditor' AND object = 'service/mail' AND after->>'format' = 'text/plain'`))
	require.Equal(t, 3, h.count(t, `SELECT count(*) FROM audit WHERE action = 'coverage.exported'`), "what was refused wasn't taken out")
	require.Equal(t, 3, h.count(t, `SELECT count(*) FROM audit WHERE action = 'export-coverage.refused'`))
}
