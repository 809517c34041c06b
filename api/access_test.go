package api

import (
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/declaration"
	"turnus/itsm/resource"
)

// Who may what, written down a second time, as CONTRACT.md and DECISIONS say
// it: a change of the access table must be meant. a: administrator, o: owner,
// p: approver, u: auditor, v: viewer; -: no token needed.
func matrix() map[string]string {
	m := map[string]string{
		"healthz": "-", "readyz": "-",
		"list-processes": "aopuv", "list-runs": "aopuv", "get-run": "aopuv", "get-report": "aopuv", "list-tasks": "aopuv", "get-task": "aopuv",
		"start-sla-report": "o", "cancel-run": "ao", "decide-task": "aopuv", "issue-pass": "aopuv", "get-receipts": "opu",
		"apply": "a" /* of a mapping */, "issue-token": "a", "revoke-token": "a", "list-tokens": "au", "list-audit": "u",
		"import-tickets": "ao", "list-imports": "aou", "get-import": "aou", "list-rejects": "aou", "import-holidays": "a", "backup": "a",
		"propose-exclusion": "o", "list-exclusions": "aopu", "get-exclusion": "aopu", "withdraw-exclusion": "o",
		"list-slots": "aopuv", "list-ledgers": "aopuv", "preview-plan": "aopu", "report-event": "o",
		"pause-interval": "o", "resume-interval": "o", "backfill-interval": "o", "miss-slot": "o", "start-slot": "o",
		"issue-feed": "aopuv", "list-feeds": "aopuv", "withdraw-feed": "aopuv", "get-feed": "-", "list-findings": "aopu",
	}
	for plural, one := range map[string]string{"calendars": "calendar", "persons": "person", "organisations": "organisation", "services": "service", "agreements": "agreement", "mappings": "mapping", "slis": "sli", "slos": "slo"} {
		m["list-"+plural], m["get-"+one], m["list-"+one+"-versions"] = "aopu", "aopu", "aopu"
		m["put-"+one], m["retire-"+one] = "a", "a"
	}
	for plural, one := range map[string]string{"intervals": "interval", "waivers": "waiver"} {
		m["list-"+plural], m["get-"+one], m["list-"+one+"-versions"] = "aopu", "aopu", "aopu"
		m["put-"+one], m["retire-"+one] = "o", "ao"
	}
	return m
}

// The matrix of operations and roles, generated from the OpenAPI document.
func TestOperationsAndRoles(t *testing.T) {
	h := newHouse(t)
	people := map[string]string{"a": "admin", "o": "owner", "p": "approver", "u": "auditor", "v": "viewer"}
	want := matrix()
	for _, op := range operations(t) {
		may, ok := want[op.id]
		require.True(t, ok, "%s isn't in the matrix", op.id)
		path, body := example(op)
		if may == "-" {
			status := 200
			if op.id == "get-feed" { // of an address that was never issued
				status = 404
			}
			require.Equal(t, status, h.as(t, "", op.method, path, body).Code, op.id)
			continue
		}
		w := h.as(t, "", op.method, path, body)
		require.Equal(t, 401, w.Code, "%s without a token", op.id)
		require.Equal(t, `Bearer realm="turnus"`, w.Header().Get("WWW-Authenticate"))
		problemIn(t, w)
		require.Equal(t, 401, do(t, h.Echo, op.method, path, body, []string{"Authorization", "Bearer wrong"}).Code, op.id)
		for letter, who := range people {
			w := h.as(t, who, op.method, path, body)
			if strings.Contains(may, letter) {
				require.NotContains(t, []int{401, 403, 500}, w.Code, "%s as %s: %s", op.id, who, w.Body)
			} else {
				require.Equal(t, 403, w.Code, "%s as %s: %s", op.id, who, w.Body)
				require.Equal(t, "forbidden", problemIn(t, w).Code)
			}
		}
	}
}

// example is a request that is well-formed and concerns nothing that exists,
// but for the service payments.
func example(op described) (path, body string) {
	path = strings.NewReplacer("{process}", "sla-report", "{scope}", "payments", "{period}", "1999-01", "{id}", "9", "{feed}", "9").Replace(op.path)
	name := "nobody"
	if strings.HasPrefix(op.path, "/v1/services/{name}/") {
		name = "payments"
	}
	switch op.id {
	case "import-holidays":
		name = "office"
	case "get-person", "list-person-versions", "get-sli", "list-sli-versions":
		name = "no-one" // a nobody may have been declared meanwhile, which isn't everybody's to read
	}
	path = strings.Replace(path, "{name}", name, 1)
	switch {
	case op.id == "import-tickets":
		return path + "?format=servicenow-audit", "number\n"
	case op.id == "import-holidays":
		return path + "?format=icalendar", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
	case op.id == "start-sla-report":
		return path, `{"service":"payments","period":"1999-01"}`
	case slices.Contains([]string{"cancel-run", "withdraw-exclusion", "pause-interval", "resume-interval", "miss-slot"}, op.id):
		return path, `{"reason":"a test"}`
	case op.id == "backfill-interval":
		return path, `{"from":"1999-01-01","to":"1999-12-31","reason":"a test"}`
	case op.id == "report-event":
		return path, `{"event":"major-change","detail":"a test"}`
	case op.id == "preview-plan":
		return path, `{"apiVersion":"turnus/v1","kind":"Interval","metadata":{"name":"some"},"spec":{"process":"sla-report","scope":"payments","rule":{"day":1,"of":"month","at":"06:00"},"reason":"a test","valid":{"from":"2026-01-01"}}}`
	case op.id == "decide-task", op.id == "issue-pass":
		return path, `{"outcome":"approve"}`
	case op.id == "propose-exclusion":
		return path, `{"tickets":["INC1"],"agreement":"none","reason":"customer","detail":"a test","evidence":"none"}`
	case op.id == "apply":
		return path, `{"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"some"},"spec":{"number":"a","opened":"b","stopped":"c"}}`
	case strings.HasPrefix(op.id, "put-"):
		all := declaration.Kinds()
		k := all[slices.IndexFunc(all, func(k declaration.Kind) bool { return k.Singular() == op.id[4:] })]
		spec := map[resource.Kind]string{
			"Calendar":     `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"]}}`,
			"Person":       `{"roles":["viewer"]}`,
			"Organisation": `{"owner":"owner","approvers":["approver"],"calendar":"office"}`,
			"Service":      `{"owner":"owner","approvers":["approver"],"calendar":"office"}`,
			"Agreement":    `{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}`,
			"Mapping":      `{"number":"a","opened":"b","stopped":"c"}`,
			"Interval":     `{"process":"sla-report","scope":"payments","rule":{"working_day":3,"of":"month","at":"06:00"},"reason":"a test","valid":{"from":"2026-01-01"}}`,
			"Waiver":       `{"process":"sla-report","scope":"payments","periods":["2026-10"],"reason":"a test"}`,
			"SLI":          `{"thresholdMetric":{"metricSource":{"type":"Any"}}}`,
			"SLO": `{"service":"payments","indicator":{"metadata":{"name":"ok"},"spec":{"thresholdMetric":{"metricSource":{"type":"Any"}}}},
				"timeWindow":[{"duration":"30d","isRolling":true}],"budgetingMethod":"Occurrences","objectives":[{"op":"lt","value":500,"target":0.99}]}`,
		}[k.Kind]
		return path, fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":"nobody"},"spec":%s}`, k.APIVersion, k.Kind, spec)
	}
	return path, ""
}

// Ownership, over all operations of the document: what concerns a service is
// refused to the owner of another one, and nothing else is that the role may.
func TestOperationsAndOwnership(t *testing.T) {
	h := newHouse(t)
	owners := []string{"start-sla-report", "import-tickets", "list-imports", "propose-exclusion", "list-exclusions", "put-interval", "put-waiver", "report-event", "preview-plan", "list-service-versions"}
	for _, op := range operations(t) {
		if may := matrix()[op.id]; !strings.Contains(may, "o") {
			continue
		}
		path, body := example(op)
		w := h.as(t, "other-owner", op.method, path, body)
		require.Equal(t, slices.Contains(owners, op.id), w.Code == 403, "%s: %d %s", op.id, w.Code, w.Body)
	}
}

// Owners act on their own services only, and a refusal is on record.
func TestOwnersOfOtherServices(t *testing.T) {
	h := newHouse(t)
	for _, r := range []struct{ method, path, body string }{
		{"POST", "/v1/services/payments/tickets?format=servicenow-audit", "number\n"},
		{"GET", "/v1/services/payments/imports", ""},
	} {
		w := h.as(t, "other-owner", r.method, r.path, r.body)
		require.Equal(t, 403, w.Code, w.Body)
		require.Contains(t, problemIn(t, w).Detail, "other-owner")
		require.NotEqual(t, 403, h.as(t, "owner", r.method, r.path, r.body).Code)
	}
	require.Equal(t, 404, h.as(t, "other-owner", "GET", "/v1/services/nothing/imports", "").Code)

	trail := h.as(t, "auditor", "GET", "/v1/audit?person=other-owner", "")
	require.Equal(t, 200, trail.Code)
	require.Contains(t, trail.Body.String(), `"action":"import-tickets.refused","object":"services/payments/tickets"`)
}

// 401, then the role, then the body.
func TestOrderOfErrors(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/processes/sla-report/runs"
	require.Equal(t, 401, h.as(t, "", "POST", path, `{`).Code)
	require.Equal(t, 403, h.as(t, "viewer", "POST", path, `{`).Code)
	require.Equal(t, 400, h.as(t, "owner", "POST", path, `{`).Code)
	require.Equal(t, 422, h.as(t, "owner", "POST", path, `{"service":"payments"}`).Code)
	require.Equal(t, 422, h.as(t, "other-owner", "POST", path, `{"period":"2026-10"}`).Code)
	require.Equal(t, 422, h.as(t, "other-owner", "POST", path, `{"service":"nothing","period":"2026-10"}`).Code)
	require.Equal(t, 403, h.as(t, "other-owner", "POST", path, `{"service":"payments","period":"2026-10"}`).Code)
	require.Equal(t, 403, h.as(t, "viewer", "PUT", "/v1/calendars/a", `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"b"},"spec":{}}`).Code)
	require.Equal(t, 422, h.as(t, "admin", "PUT", "/v1/calendars/a", `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"b"},"spec":{}}`).Code)
	require.Equal(t, 404, h.as(t, "admin", "POST", "/v1/persons/nobody/tokens", ``).Code)
}

// Who has none of the roles is refused before a byte of the body is read, and
// the refusal is on record.
func TestNothingIsReadForOtherRoles(t *testing.T) {
	h := newHouse(t)
	for _, op := range operations(t) {
		if may := matrix()[op.id]; op.types == nil || strings.Contains(may, "v") {
			continue
		}
		path, _ := example(op)
		r := httptest.NewRequest(op.method, path, unreadBody{t, op.id})
		r.Header.Set("Authorization", "Bearer "+h.tokens["viewer"])
		r.Header.Set("Idempotency-Key", "one")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, 403, w.Code, op.id)
		require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=viewer&limit=500", "").Body.String(), `"action":"`+op.id+`.refused"`)
	}
}

// unreadBody fails the test when it is read.
type unreadBody struct {
	t  *testing.T
	op string
}

func (u unreadBody) Read([]byte) (int, error) {
	u.t.Errorf("%s reads the body of somebody who may not", u.op)
	return 0, io.EOF
}
