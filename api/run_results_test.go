package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
)

// Reports in force come with their results; of several attempts the newest is.
func TestRunsInForce(t *testing.T) {
	h := newHouse(t)
	h.publishedDraft(t)
	read := func(query string) (all struct{ Items []ListedRun }) {
		w := h.as(t, "viewer", "GET", "/v1/runs?"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
		return all
	}
	h.publishedMore(t)
	ids := func(query string) (all []string) {
		for _, r := range read(query).Items {
			all = append(all, r.Period+fmt.Sprint(r.Attempt))
			require.Equal(t, run.Published, r.State)
		}
		return all
	}
	require.ElementsMatch(t, []string{"2026-102", "2026-091", "2026-Q31"}, ids("in_force=each"))
	require.ElementsMatch(t, []string{"2026-102", "2026-Q31"}, ids("in_force=newest"))
	require.ElementsMatch(t, []string{"2026-102", "2026-Q31"}, ids("in_force=newest&service=mail,payments"))
	require.Empty(t, ids("in_force=newest&service=mail"))
	require.Nil(t, read("in_force=newest").Items[0].Results, "they weren't asked for")
	results := read("in_force=each&results=true").Items[0].Results
	require.Len(t, results, 1)
	require.Equal(t, []string{"fast.attainment", "95", "missed"}, []string{results[0].Name, results[0].Target, string(results[0].Verdict)})
}

// Of an extract a customer's person sees the results of their agreements, and no
// others.
func TestResultsForCustomers(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	h.published(t)
	const path = "/v1/runs?in_force=each&results=true"
	require.Contains(t, h.as(t, "auditor", "GET", path, "").Body.String(), others)
	w := h.as(t, "customer", "GET", path, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"name":"ownword"`)
	require.NotContains(t, w.Body.String(), others)
	page := h.browse(t, "customer", "en").page("/services/payments", 200)
	require.Contains(t, page, "1 met")
	require.NotContains(t, page, others)
}

// Agreements are listed by service, to those who see them.
func TestAgreementsOfAService(t *testing.T) {
	h := newHouse(t)
	h.agreedWith(t, "95")
	for query, want := range map[string]bool{"": true, "?service=payments": true, "?service=mail": false} {
		require.Equal(t, want, strings.Contains(h.as(t, "owner", "GET", "/v1/agreements"+query, "").Body.String(), `"desk"`), query)
		require.NotContains(t, h.as(t, "other-owner", "GET", "/v1/agreements"+query, "").Body.String(), `"desk"`, query)
	}
}
