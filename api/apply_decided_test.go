package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/store"
)

const paymentsAgreement = `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"payments"},"spec":{"service":"payments","valid":{"from":"2026-01-01"},
	"targets":[{"name":"p1","measure":"resolution","within":"PT8H","calendar":"office","attain":95}]}}`

// What would change a published month is the owner's to propose: apply and PUT
// answer an administrator with 403, which names the owner, and the owner with
// the run that decides. A dry run says so, and begins none.
func TestApplyingUnderPublishedMonths(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, 200, h.as(t, "admin", "POST", "/v1/apply", paymentsAgreement).Code, "nothing is published: as ever")
	require.Equal(t, 403, h.as(t, "owner", "POST", "/v1/apply", paymentsAgreement).Code)
	k := run.Key{Process: "sla-report", Scope: "payments", Period: "2026-10"}
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{Key: k, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	storetest.End(t, h.store, testNow, "approver", "owner", r.ID, run.Published)

	nine := strings.Replace(paymentsAgreement, "PT8H", "PT9H", 1)
	for _, way := range [][2]string{{"POST", "/v1/apply"}, {"POST", "/v1/apply?dry_run=true"}, {"PUT", "/v1/agreements/payments"}} {
		p := problemIn(t, h.as(t, "admin", way[0], way[1], nine))
		require.Equal(t, 403, p.Status)
		require.Contains(t, p.Detail, "its owner, owner, proposes a change")
		w := h.as(t, "other-owner", way[0], way[1], nine, "Accept-Language", "de")
		require.Equal(t, 403, w.Code)
		require.Contains(t, w.Body.String(), "Die dafür verantwortliche Person, owner, schlägt eine Änderung vor")
	}
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=admin", "").Body.String(), `"propose.refused"`)

	type changes struct {
		Items []struct{ Kind, Name, Change, Run string }
	}
	apply := func(path string) changes {
		t.Helper()
		w := h.as(t, "owner", "POST", path, nine)
		require.Equal(t, 200, w.Code, w.Body)
		var c changes
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &c))
		return c
	}
	dry := apply("/v1/apply?dry_run=true")
	require.Equal(t, "proposed", dry.Items[0].Change)
	require.Empty(t, dry.Items[0].Run)
	done := apply("/v1/apply")
	require.Equal(t, "proposed", done.Items[0].Change)
	require.Equal(t, "change-approval/agreement-payments/2026-11-23", done.Items[0].Run)
	w := h.as(t, "owner", "PUT", "/v1/agreements/payments", nine)
	require.Equal(t, 202, w.Code, w.Body)
	require.Contains(t, w.Body.String(), done.Items[0].Run, "it waits already")
	require.Contains(t, h.as(t, "owner", "GET", "/v1/runs?process=change-approval&state=live", "").Body.String(), done.Items[0].Run)
}
