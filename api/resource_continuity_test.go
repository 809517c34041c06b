package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/continuity"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
)

// continuityPlan is a plan of payments; its parts can be replaced by others.
func continuityPlan(parts ...string) string {
	return strings.NewReplacer(parts...).Replace(`{"apiVersion":"turnus/v1","kind":"ContinuityPlan","metadata":{"name":"region"},"spec":{"service":"payments",
		"scenario":"The place is gone.","invocation":"The owner says so.","offsite":"Printed, in the safe.","business":"auditor",
		"objectives":{"rto":"PT3H","rto_from":"disruption","rpo":"PT1H","mbco_pct":"60","mtpd":"PT8H"},
		"contacts":[{"name":"Provider","role":"hosting","by":["phone +49 30 1234"]}],
		"steps":[{"name":"restore","title":"Restore the data","owner":"owner","takes":"PT1H","marks":"mbco_technical"}],
		"return":[{"name":"back","title":"Go back","owner":"owner","takes":"PT2H"}]}}`)
}

// The owner proposes a plan, and reads it once it was approved; so do approvers,
// auditors and administrators, and nobody else, since contacts are people.
func TestContinuityPlans(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/continuity-plans/region"
	require.Equal(t, http.StatusForbidden, h.as(t, "admin", "PUT", path, continuityPlan()).Code)
	require.Equal(t, http.StatusForbidden, h.as(t, "other-owner", "PUT", path, continuityPlan()).Code)
	w := h.as(t, "owner", "PUT", path, continuityPlan(`"PT3H"`, `"PT8H"`, `,"marks":"mbco_technical"`, ``))
	require.Equal(t, http.StatusUnprocessableEntity, w.Code, w.Body)
	var fields []string
	for _, e := range problemIn(t, w).Errors {
		fields = append(fields, e.Location)
	}
	require.Equal(t, []string{"ContinuityPlan/region spec.steps", "ContinuityPlan/region spec.objectives.rto"}, fields)

	w = h.as(t, "owner", "PUT", path, continuityPlan())
	require.Equal(t, http.StatusAccepted, w.Code, w.Body)
	var proposed struct{ Change, Run string }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &proposed))
	require.Equal(t, "proposed", proposed.Change)
	require.Equal(t, http.StatusNotFound, h.as(t, "owner", "GET", path, "").Code)
	storetest.Enact(t, h.store, testNow, "approver", proposed.Run)

	for _, who := range []string{"owner", "approver", "auditor", "admin"} {
		w := h.as(t, who, "GET", path, "")
		require.Equal(t, http.StatusOK, w.Code, who)
		var got struct {
			resource.Resource[continuity.Plan]
			Version int
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Equal(t, 1, got.Version)
		require.Equal(t, []string{"phone +49 30 1234"}, got.Spec.Contacts[0].By)
		require.Contains(t, h.as(t, who, "GET", "/v1/continuity-plans?service=payments", "").Body.String(), "Provider")
	}
	for _, who := range []string{"viewer", "other-owner", "stranger"} {
		for _, path := range []string{path, path + "/versions", "/v1/continuity-plans"} {
			require.NotContains(t, h.as(t, who, "GET", path, "").Body.String(), "Provider", "%s %s", who, path)
		}
	}

	w = h.as(t, "owner", "GET", "/v1/findings?kind=continuity-plan", "")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	var found List[improvement.Finding]
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &found))
	require.Len(t, found.Items, 1)
	require.Equal(t, []any{improvement.Opportunity, "payments", "ContinuityPlan/region"}, []any{found.Items[0].Type, found.Items[0].Service, found.Items[0].Object})

	require.Equal(t, http.StatusForbidden, h.as(t, "owner", "DELETE", path, "").Code)
	require.Equal(t, http.StatusNoContent, h.as(t, "admin", "DELETE", path, "").Code)
	require.Equal(t, http.StatusNotFound, h.as(t, "owner", "GET", path, "").Code)
}
