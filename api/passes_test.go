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
