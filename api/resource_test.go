package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

const objectives = `apiVersion: turnus/v1
kind: Mapping
metadata: {name: some}
spec: {number: a, opened: b, stopped: c}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: search, displayName: Search, labels: {team: [a, b]}}
spec:
  service: payments
  indicatorRef: search-ok
  timeWindow:
    - duration: 1M
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}
  budgetingMethod: Timeslices
  objectives:
    - {displayName: Good, target: 0.999, timeSliceTarget: 0.95, timeSliceWindow: 5}
  alertPolicies: # none
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: search-ok}
spec:
  ratioMetric:
    good: {metricSource: {type: Prometheus, spec: {query: good}}}
    total: {metricSource: {type: Prometheus, spec: {query: all}}}
`

// One directory holds Turnus's own documents and OpenSLO's.
func TestOpenSLOBesideOurOwn(t *testing.T) {
	h := newHouse(t)
	apply := func(query, body string) (changes []struct{ Kind, Name, Change string }) {
		w := h.as(t, "admin", "POST", "/v1/apply"+query, body, "Content-Type", "application/yaml")
		require.Equal(t, 200, w.Code, w.Body)
		var list struct {
			Items []struct{ Kind, Name, Change string }
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
		return list.Items
	}
	for _, query := range []string{"?dry_run=true", ""} {
		for _, c := range apply(query, objectives) {
			require.Equal(t, "created", c.Change)
		}
	}
	for i, c := range apply("", objectives) {
		require.Equal(t, "unchanged", c.Change)
		require.Equal(t, []string{"Mapping", "SLO", "SLI"}[i], c.Kind)
	}

	w := h.as(t, "viewer", "GET", "/v1/slos/search", "")
	require.Equal(t, 403, w.Code)
	w = h.as(t, "owner", "GET", "/v1/slos/search", "")
	require.Equal(t, 200, w.Code, w.Body)
	var got map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	require.Equal(t, "openslo/v1", got["apiVersion"])
	require.Equal(t, map[string]any{"team": []any{"a", "b"}}, got["metadata"].(map[string]any)["labels"])
	require.Equal(t, "5m", got["spec"].(map[string]any)["objectives"].([]any)[0].(map[string]any)["timeSliceWindow"])
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/slis", "").Body.String(), `"search-ok"`)

	// What is shown can be declared again: only what is about the version goes.
	doc, err := json.Marshal(map[string]any{"apiVersion": got["apiVersion"], "kind": got["kind"], "metadata": got["metadata"], "spec": got["spec"]})
	require.NoError(t, err)
	w = h.as(t, "admin", "PUT", "/v1/slos/search", string(doc))
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"change":"unchanged"`)

	w = h.as(t, "admin", "DELETE", "/v1/slis/search-ok", "")
	require.Equal(t, 409, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "SLO/search")
	require.Equal(t, 204, h.as(t, "admin", "DELETE", "/v1/slos/search", "").Code)
	require.Equal(t, 204, h.as(t, "admin", "DELETE", "/v1/slis/search-ok", "").Code)
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/slos/search", "").Code)

	w = h.as(t, "admin", "POST", "/v1/apply", "version: prometheus/v1\nservice: x\nslos: []\n", "Content-Type", "application/yaml", "Accept-Language", "de")
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "nicht OpenSLO")
}
