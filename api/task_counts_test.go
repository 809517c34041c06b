package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/task"
)

// What waits is counted for whoever asks: for those who may answer as open, for
// who owns the service or has started the run as waiting for others. A path that
// is a task's ID isn't in the way.
func TestEverybodyHasCounts(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	for _, who := range []string{"owner", "approver", "other-owner", "auditor", "viewer", "admin"} {
		w := h.as(t, who, "GET", "/v1/tasks/counts", "")
		require.Equal(t, 200, w.Code, w.Body)
		var got task.Counts
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Equal(t, map[string]task.Counts{"approver": {Open: 1}, "owner": {Waiting: 1}}[who], got, who)
	}
	require.JSONEq(t, `{"open":0,"overdue":0,"waiting":1}`, h.as(t, "owner", "GET", "/v1/tasks/counts", "").Body.String())
	require.Equal(t, 200, h.as(t, "approver", "GET", "/v1/tasks/"+a.ID, "").Code)
}
