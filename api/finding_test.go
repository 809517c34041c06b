package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/improvement"
)

// opened puts on record what somebody found.
func (h *house) opened(t testing.TB, who, body string) (f improvement.Finding) {
	t.Helper()
	w := h.as(t, who, "POST", "/v1/findings", body)
	require.Equal(t, 201, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	require.Equal(t, fmt.Sprintf("/v1/findings/%d", f.ID), w.Header().Get("Location"))
	return f
}

func TestFindingsByRoleAndOwnership(t *testing.T) {
	h := newHouse(t)
	for _, service := range []string{"payments", "mail", "gone"} {
		_, err := h.store.DB().Exec(`INSERT INTO finding (kind, service, about, object, title, at) VALUES ('missed-slot', $1, $1, 'slot/sla-report/' || $1 || '/2026-10', '{"en":"missed","de":"versäumt"}', $2)`, service, testNow)
		require.NoError(t, err)
	}
	seen := func(who, query string) []string {
		w := h.as(t, who, "GET", "/v1/findings"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		var l List[improvement.Finding]
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &l))
		services := []string{}
		for _, f := range l.Items {
			require.Equal(t, "slot/sla-report/"+f.Service+"/2026-10", f.Object)
			services = append(services, f.Service)
		}
		return services
	}
	for who, want := range map[string][]string{
		"owner": {"payments"}, "other-owner": {"mail"}, "approver": {"mail", "payments"},
		"auditor": {"gone", "mail", "payments"}, "admin": {"gone", "mail", "payments"},
	} {
		require.Equal(t, want, seen(who, ""), who)
	}
	require.Equal(t, []string{"payments"}, seen("owner", "?service=payments"))
	require.Equal(t, []string{"gone"}, seen("auditor", "?service=gone"), "of a service that was retired")
	for query, status := range map[string]int{"?service=mail": 403, "?service=gone": 404} {
		require.Equal(t, status, h.as(t, "owner", "GET", "/v1/findings"+query, "").Code, query)
	}
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/findings", "").Code)
}
