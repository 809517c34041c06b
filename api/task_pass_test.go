package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A pass that somebody carries may name the only outcome that it is good for,
// one of those that its task offers.
func TestAPassMayNameItsOutcome(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	for body, status := range map[string]int{
		"": 201, "{}": 201, `{"outcome":"reject"}`: 201, `{"outcome":"perhaps"}`: 422, `{"outcom":"reject"}`: 422, `{"outcome":7}`: 422, `{`: 400,
	} {
		w := h.as(t, "approver", "POST", "/v1/tasks/"+a.ID+"/passes", body)
		require.Equal(t, status, w.Code, "%s: %s", body, w.Body)
		if body == `{"outcome":"perhaps"}` {
			require.Contains(t, w.Body.String(), "request-changes", "it says what would be right")
			require.Contains(t, w.Body.String(), `"outcome"`)
		}
	}
	var named, all int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(outcome), count(*) FROM pass").Scan(&named, &all))
	require.Equal(t, []int{1, 3}, []int{named, all})
}

// An outcome that isn't offered is answered with those that are, after whether
// the task is theirs and open, and is on record.
func TestAnOutcomeThatIsNotOffered(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	at := "/v1/tasks/" + a.ID + "/decision"
	w := h.as(t, "approver", "POST", at, `{"outcome":"aprove"}`)
	require.Equal(t, 422, w.Code, w.Body)
	p := problemIn(t, w)
	require.Equal(t, `"aprove" isn't offered by this task; it offers approve, request-changes and reject.`, p.Detail)
	require.Equal(t, "body.outcome", p.Errors[0].Location)
	w = h.as(t, "approver", "POST", at, `{"outcome":"aprove"}`, "Accept-Language", "de")
	require.Contains(t, problemIn(t, w).Detail, "Möglich sind approve, request-changes und reject.")
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?object=task/"+a.ID, "").Body.String(), `"action":"decide.refused"`)
	var passes int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM pass").Scan(&passes))
	require.Zero(t, passes, "nothing was sent to the run")

	require.Equal(t, 409, h.as(t, "approver", "POST", at, `{"outcome":"aprove","hash":"other"}`).Code)
	require.Equal(t, 403, h.as(t, "owner", "POST", at, `{"outcome":"aprove"}`).Code)
	require.Equal(t, 503, h.as(t, "approver", "POST", at, `{"outcome":"approve"}`).Code, "there is no Temporal here to decide")
}
