package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/declaration"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/store"
)

// neighbours is a second service, with all that can be declared for one, and
// people who work on it; and a few who once worked on payments.
const neighbours = `[
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"approver","displayName":"The approver","annotations":{"phone":"secret-phone"}},"spec":{"roles":["approver"],"email":"secret-approver@example.org"}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"former"},"spec":{"roles":["process-owner"],"email":"secret-former@example.org"}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"decider"},"spec":{"roles":["approver"],"email":"secret-decider@example.org"}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"stranger","displayName":"secret-stranger"},"spec":{"roles":["approver"],"email":"secret@example.org"}},
 {"apiVersion":"turnus/v1","kind":"Organisation","metadata":{"name":"acme"},"spec":{"owner":"former","approvers":["decider"],"calendar":"office"}},
 {"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"hr","displayName":"secret-hr"},"spec":{"owner":"other-owner","approvers":["stranger"],"calendar":"office"}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"payments-sla"},"spec":{"service":"payments","customer":"retail","valid":{"from":"2016-01-01"},
  "targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"hr-sla"},"spec":{"service":"hr","customer":"secret-customer","valid":{"from":"2016-01-01"},
  "targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}],
  "credits":{"fee":{"amount":"4711.00","currency":"EUR"},"tiers":[{"below":"95","credit":"5"}],"cap":"20","several":"sum"}}},
 {"apiVersion":"openslo/v1","kind":"SLI","metadata":{"name":"payments-ok"},"spec":{"thresholdMetric":{"metricSource":{"type":"Prometheus","spec":{"query":"good"}}}}},
 {"apiVersion":"openslo/v1","kind":"SLI","metadata":{"name":"hr-ok"},"spec":{"thresholdMetric":{"metricSource":{"type":"Prometheus","spec":{"query":"secret-query"}}}}},
 {"apiVersion":"openslo/v1","kind":"SLO","metadata":{"name":"payments-goal"},"spec":{"service":"payments","indicatorRef":"payments-ok","timeWindow":[{"duration":"30d","isRolling":true}],"budgetingMethod":"Occurrences","objectives":[{"op":"lt","value":1,"target":0.9}]}},
 {"apiVersion":"openslo/v1","kind":"SLO","metadata":{"name":"hr-goal","displayName":"secret-goal"},"spec":{"service":"hr","indicatorRef":"hr-ok","timeWindow":[{"duration":"30d","isRolling":true}],"budgetingMethod":"Occurrences","objectives":[{"op":"lt","value":1,"target":0.9}]}},
 {"apiVersion":"turnus/v1","kind":"Mapping","metadata":{"name":"shared"},"spec":{"number":"a","opened":"b","stopped":"c"}}
]`

func planOf(name, scope, reason string) string {
	return interval("monthly", name, "payments", scope, "as agreed", reason)
}

func newNeighbours(t *testing.T) *house {
	h := newHouse(t)
	var docs []resource.Raw
	require.NoError(t, json.Unmarshal([]byte(neighbours), &docs))
	_, err := h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, docs, false)
	require.NoError(t, err)
	// What is decided comes into force through a run; here only its rows matter.
	for _, d := range []string{planOf("payments-monthly", "payments", "ours"), planOf("hr-monthly", "hr", "secret-reason"),
		`{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"payments-off"},"spec":{"process":"sla-report","scope":"payments","periods":["2026-10"],"reason":"ours"}}`,
		`{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"hr-off"},"spec":{"process":"sla-report","scope":"hr","periods":["2026-10"],"reason":"secret-reason"}}`,
		continuityPlan("region", "payments-region"), continuityPlan("region", "hr-region", `"payments"`, `"hr"`, "+49 30 1234", "secret-phone")} {
		_, err := h.store.DB().Exec(`INSERT INTO resource (kind, name, version, valid_from, document, hash, at, person)
			SELECT $1::jsonb->>'kind', $1::jsonb#>>'{metadata,name}', 1, $2, $1::jsonb, 'x', $2, 'x'`, d, testNow)
		require.NoError(t, err)
	}
	for _, service := range []string{"payments", "hr"} {
		_, err := h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about) VALUES ($1 || '-monthly', 'sla-report', $1, $1)`, service)
		require.NoError(t, err)
	}
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2026-09"}, Owner: "owner", By: person.Actor{Person: "former"}})
	require.NoError(t, err)
	_, err = h.store.DB().Exec(`INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at, ended_at)
		VALUES ('t', $1, 1, 'approval', 'approval', 'decided', '[]', 'x', $2, $2, $2, $2, $2)`, r.ID, testNow)
	require.NoError(t, err)
	_, err = h.store.DB().Exec(`INSERT INTO pass (id, hash, kind, run, task, person, token, content, created_at, expires_at)
		VALUES ('p', 'p', 'decide', $1, 't', 'decider', 'x', 'x', $2, $2)`, r.ID, testNow)
	require.NoError(t, err)
	_, err = h.store.DB().Exec(`INSERT INTO decision (task, run, round, person, outcome, comment, at, hash, pass)
		VALUES ('t', $1, 1, 'decider', 'reject', '', $2, 'x', 'p')`, r.ID, testNow)
	require.NoError(t, err)
	return h
}

func namesIn(t *testing.T, w *httptest.ResponseRecorder) (names []string) {
	t.Helper()
	require.Equal(t, 200, w.Code, w.Body)
	var list struct{ Items []Resource }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
	for _, r := range list.Items {
		names = append(names, r.Metadata.Name)
	}
	return names
}

// Owners and approvers read what is declared for their own services, and of
// other people there the names; lists, single ones and versions agree.
func TestForeignResourcesArentRead(t *testing.T) {
	h := newNeighbours(t)
	everything := map[string][]string{
		"calendars": {"office"}, "mappings": {"shared"}, "organisations": {"acme"},
		"services": {"hr", "mail", "payments"}, "agreements": {"hr-sla", "payments-sla"},
		"slis": {"hr-ok", "payments-ok"}, "slos": {"hr-goal", "payments-goal"},
		"intervals": {"hr-monthly", "payments-monthly"}, "waivers": {"hr-off", "payments-off"}, "continuity-plans": {"hr-region", "payments-region"},
		"persons": {"admin", "approver", "auditor", "decider", "former", "other-owner", "owner", "stranger", "viewer"},
	}
	seen := map[string]map[string][]string{
		"owner": {"services": {"payments"}, "continuity-plans": {"payments-region"}, "agreements": {"payments-sla"}, "slis": {"payments-ok"}, "slos": {"payments-goal"},
			"intervals": {"payments-monthly"}, "waivers": {"payments-off"}, "persons": {"approver", "decider", "former", "owner"}},
		"approver": {"services": {"mail", "payments"}, "continuity-plans": {"payments-region"}, "agreements": {"payments-sla"}, "slis": {"payments-ok"}, "slos": {"payments-goal"},
			"intervals": {"payments-monthly"}, "waivers": {"payments-off"}, "persons": {"approver", "decider", "former", "other-owner", "owner"}},
		"other-owner": {"services": {"hr", "mail"}, "continuity-plans": {"hr-region"}, "agreements": {"hr-sla"}, "slis": {"hr-ok"}, "slos": {"hr-goal"},
			"intervals": {"hr-monthly"}, "waivers": {"hr-off"}, "persons": {"approver", "other-owner", "stranger"}},
	}
	for _, k := range declaration.Kinds() {
		require.Contains(t, everything, k.Plural, "say who sees the new kind")
		for who := range h.tokens {
			if who == "viewer" {
				require.Equal(t, 403, h.as(t, who, "GET", "/v1/"+k.Plural, "").Code)
				continue
			}
			want := everything[k.Plural]
			if limited, ok := seen[who]; ok && !slices.Contains([]resource.Kind{resource.Calendar, resource.Mapping, resource.Organisation}, k.Kind) {
				want = limited[k.Plural]
			}
			list := h.as(t, who, "GET", "/v1/"+k.Plural, "")
			require.Equal(t, want, namesIn(t, list), "%s lists %s", who, k.Plural)
			said := list.Body.String()
			for _, name := range everything[k.Plural] {
				one, versions := h.as(t, who, "GET", "/v1/"+k.Plural+"/"+name, ""), h.as(t, who, "GET", "/v1/"+k.Plural+"/"+name+"/versions", "")
				said += one.Body.String() + versions.Body.String()
				mine, onlyName := slices.Contains(want, name), k.Kind == resource.Person && seen[who] != nil && who != name
				for w, may := range map[*httptest.ResponseRecorder]bool{one: mine, versions: mine && !onlyName} {
					if may {
						require.Equal(t, 200, w.Code, "%s reads %s/%s", who, k.Plural, name)
						continue
					}
					if mine { // of others one sees the names
						require.Equal(t, 403, w.Code, "%s reads versions of %s", who, name)
						continue
					}
					require.Equal(t, 404, w.Code, "%s reads %s/%s", who, k.Plural, name)
					require.Equal(t, store.NotFound(k.Kind, name).Error(), problemIn(t, w).Detail)
				}
			}
			if who == "owner" {
				require.NotContains(t, said, "secret")
				require.NotContains(t, said, "4711.00")
			}
		}
	}
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/agreements/nothing", "").Code, "what isn't there isn't found")
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/agreements/nothing/versions", "").Code)
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "owner", Object: "agreements/hr-sla"}, store.Page{})
	require.NoError(t, err)
	require.Len(t, trail, 1)
	require.Equal(t, "get-agreement.refused", trail[0].Action)
}

// Of others one sees the name, of oneself everything.
func TestOnlyTheNamesOfOthers(t *testing.T) {
	h := newNeighbours(t)
	read := func(who, whom string) (r Resource) {
		w := h.as(t, who, "GET", "/v1/persons/"+whom, "")
		require.Equal(t, http.StatusOK, w.Code)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &r))
		return r
	}
	other := read("owner", "approver")
	require.Equal(t, "The approver", other.Metadata.DisplayName.En)
	require.JSONEq(t, "{}", string(other.Spec))
	require.Empty(t, other.Metadata.Annotations)
	require.Empty(t, other.Hash, "it would confirm a guess")
	for _, who := range []string{"approver", "admin", "auditor"} {
		require.Contains(t, string(read(who, "approver").Spec), "secret-approver@example.org", who)
		require.NotEmpty(t, read(who, "approver").Hash)
	}
}

// A list is read in pages of what one sees, in one statement each.
func TestPagesOfWhatIsSeen(t *testing.T) {
	h := newNeighbours(t)
	var names []string
	for next := ""; ; {
		w := h.as(t, "approver", "GET", "/v1/persons?limit=2&cursor="+next, "")
		names = append(names, namesIn(t, w)...)
		var list struct{ Next *string }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
		if list.Next == nil {
			break
		}
		next = *list.Next
	}
	require.Equal(t, []string{"approver", "decider", "former", "other-owner", "owner"}, names)
}

// An agreement's name that was another service's before shows those of the
// one that it is now only the versions that are theirs.
func TestVersionsOfAnotherServicesTime(t *testing.T) {
	h := newNeighbours(t)
	moved := strings.Replace(neighboursAgreement(t), `"service":"hr"`, `"service":"mail"`, 1)
	moved = strings.NewReplacer("secret-customer", "retail", "4711.00", "1.00", "2016-01-01", "2030-01-01").Replace(moved)
	require.Equal(t, 204, h.as(t, "admin", "DELETE", "/v1/agreements/hr-sla", "").Code)
	w := h.as(t, "admin", "PUT", "/v1/agreements/hr-sla", moved)
	require.Equal(t, 201, w.Code, w.Body)
	w = h.as(t, "approver", "GET", "/v1/agreements/hr-sla/versions", "")
	require.Len(t, namesIn(t, w), 1)
	require.NotContains(t, w.Body.String(), "4711.00")
	require.Len(t, namesIn(t, h.as(t, "auditor", "GET", "/v1/agreements/hr-sla/versions", "")), 3)
}

func neighboursAgreement(t *testing.T) string {
	var docs []json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(neighbours), &docs))
	for _, d := range docs {
		if strings.Contains(string(d), `"name":"hr-sla"`) {
			return string(d)
		}
	}
	t.Fatal("no such agreement")
	return ""
}

// Nor is anything foreign read by way of a preview, a dry run's document before,
// or what a refusal quotes.
func TestForeignResourcesArentQuoted(t *testing.T) {
	h := newNeighbours(t)
	foreign := []string{"secret", "4711.00", "other-owner", "stranger"}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/plan/preview", planOf("mine", "hr", "x"), 404},
		{"POST", "/v1/plan/preview", "[" + planOf("a", "payments", "x") + "," + planOf("b", "hr", "x") + "]", 404},
		{"POST", "/v1/apply?dry_run=true", planOf("hr-monthly", "payments", "x"), 403},
		{"POST", "/v1/apply?dry_run=true", planOf("hr-monthly", "hr", "x"), 403},
		{"PUT", "/v1/intervals/hr-monthly", planOf("hr-monthly", "payments", "x"), 403},
		{"PUT", "/v1/waivers/hr-off", `{"apiVersion":"turnus/v1","kind":"Waiver","metadata":{"name":"hr-off"},"spec":{"process":"sla-report","scope":"payments","periods":["2026-10"],"reason":"x"}}`, 403},
		{"POST", "/v1/processes/sla-report/runs", `{"service":"hr","period":"2026-10"}`, 404},
		{"GET", "/v1/findings?service=hr", "", 404},
		{"GET", "/v1/services/hr/exclusions", "", 404},
		{"GET", "/v1/services/hr/imports", "", 404},
		{"DELETE", "/v1/intervals/hr-monthly", "", 409},
	} {
		w := h.as(t, "owner", c.method, c.path, c.body)
		require.Equal(t, c.status, w.Code, "%s %s: %s", c.method, c.path, w.Body)
		for _, word := range foreign {
			require.NotContains(t, w.Body.String(), word, "%s %s", c.method, c.path)
		}
	}
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/plan/preview", planOf("mine", "payments", "x")).Code)
	require.Equal(t, 200, h.as(t, "approver", "POST", "/v1/plan/preview", planOf("mine", "mail", "x")).Code)
	require.Equal(t, 200, h.as(t, "auditor", "POST", "/v1/plan/preview", planOf("mine", "hr", "x")).Code)
	require.Equal(t, 422, h.as(t, "owner", "POST", "/v1/plan/preview", planOf("mine", "nothing", "x")).Code)
}
