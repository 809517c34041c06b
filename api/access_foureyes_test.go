package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/workflows"
)

// collected does what the workflow of a run would: it freezes, drafts and asks.
func (h *house) collected(t *testing.T, id string) task.Task {
	t.Helper()
	key, attempt, err := run.ParseID(id)
	require.NoError(t, err)
	set := activities.New(h.store, nil, testClock)
	_, err = set.SLAReportCollect(t.Context(), workflows.Freezing{Input: run.Input{Run: id, Key: key, Attempt: attempt}, Round: 1})
	require.NoError(t, err)
	st := run.Step{Run: id, Round: 1}
	d, err := set.SLAReportDraft(t.Context(), st)
	require.NoError(t, err)
	a := workflows.Asking{Step: st, ID: run.TaskID(id, 1, "approval"), Name: "approval", Kind: task.Approval,
		Outcomes: task.Approval.Outcomes(), Hash: d.Hash}
	_, err = set.TaskOpen(t.Context(), a)
	require.NoError(t, err)
	asked, err := h.store.Task(t.Context(), a.ID)
	require.NoError(t, err)
	return asked
}

// Two administrators prepare a report, and become its approvers: one imports
// twenty flattering tickets, the other issues the owner's token, with which it
// is started. A third owns the service while the task waits. None of them
// decides, and each is told why; what they issued to others is good.
func TestWhoPreparedAReportDoesntApproveIt(t *testing.T) {
	h := newHouse(t)
	ask := func(who, method, path, body string, want int, headers ...string) string {
		t.Helper()
		w := h.as(t, who, method, path, body, headers...)
		require.Equal(t, want, w.Code, "%s %s: %s", method, path, w.Body)
		return w.Body.String()
	}
	put := func(kind, path, spec string) {
		t.Helper()
		name := path[strings.LastIndex(path, "/")+1:]
		w := h.as(t, "admin", "PUT", path, fmt.Sprintf(`{"apiVersion":"turnus/v1","kind":"%s","metadata":{"name":"%s"},"spec":%s}`, kind, name, spec))
		require.Contains(t, []int{200, 201}, w.Code, w.Body)
	}
	token := func(by, who, as string) { // kept as
		t.Helper()
		var issued struct{ Token string }
		require.NoError(t, json.Unmarshal([]byte(ask(by, "POST", "/v1/persons/"+who+"/tokens", `{}`, 201)), &issued))
		h.tokens[as] = issued.Token
	}
	for _, who := range []string{"deputy", "warden"} {
		put("Person", "/v1/persons/"+who, `{"roles":["administrator"]}`)
		token("admin", who, who)
	}
	put("Person", "/v1/persons/heir", `{"roles":["process-owner","approver"]}`)
	token("admin", "heir", "heir")
	put("Agreement", "/v1/agreements/gold", `{"service":"payments","valid":{"from":"2026-01-01"},"targets":[{"name":"p1","measure":"resolution","within":"PT4H","calendar":"24x7","attain":95}]}`)
	put("Mapping", "/v1/mappings/plain", `{"number":"n","opened":"o","stopped":"s"}`)
	var file strings.Builder
	file.WriteString("n,o,s\n")
	for i := range 20 {
		fmt.Fprintf(&file, "T%d,2026-10-05T08:00:00Z,2026-10-05T08:05:00Z\n", i)
	}
	ask("deputy", "POST", "/v1/services/payments/tickets?format=csv&mapping=plain&as_of=2026-11-20T00:00:00Z", file.String(), 200, "Content-Type", "text/csv")
	token("warden", "owner", "owner by warden")
	token("warden", "approver", "approver by warden")
	const start, body = "/v1/processes/sla-report/runs", `{"service":"payments","period":"2026-10"}`

	// Now they are approvers, and nobody else is: the start says so.
	for _, who := range []string{"deputy", "warden"} {
		put("Person", "/v1/persons/"+who, `{"roles":["approver"]}`)
	}
	put("Service", "/v1/services/payments", `{"owner":"owner","approvers":["deputy","warden"],"calendar":"office"}`)
	no := problemIn(t, h.as(t, "owner by warden", "POST", start, body, "Accept-Language", "en"))
	require.Equal(t, 422, no.Status)
	require.Contains(t, no.Detail, "Nobody could decide on this run: deputy brought data that these figures use (import 1)")
	require.Contains(t, no.Detail, "warden issued the token with which this run was started")
	put("Service", "/v1/services/payments", `{"owner":"owner","approvers":["deputy","warden","heir","approver"],"calendar":"office"}`)
	ask("owner by warden", "POST", start, body, 202)
	a := h.collected(t, "sla-report/payments/2026-10")
	require.Equal(t, []string{"heir", "approver"}, a.Approvers)
	put("Service", "/v1/services/payments", `{"owner":"heir","approvers":["approver"],"calendar":"office"}`)
	put("Service", "/v1/services/payments", `{"owner":"owner","approvers":["deputy","warden","heir","approver"],"calendar":"office"}`)

	path := "/v1/tasks/" + a.ID
	for who, why := range map[string][2]string{
		"deputy": {"deputy brought data that these figures use (import 1)", "deputy hat Daten importiert, die diese Zahlen verwenden (Import 1)"},
		"warden": {"warden issued the token with which this run was started", "warden hat das Token ausgestellt, mit dem dieser Lauf gestartet wurde"},
		"heir":   {"heir owns what this run is about, or has owned it since the start", "heir ist für den Gegenstand dieses Laufs verantwortlich oder war es seit dessen Start"},
	} {
		require.NotContains(t, ask(who, "GET", "/v1/tasks?state=open&mine=true", "", 200), a.ID, who)
		for i, lang := range []string{"en", "de"} {
			p := problemIn(t, h.as(t, who, "POST", path+"/decision", `{"outcome":"approve"}`, "Accept-Language", lang))
			require.Equal(t, 403, p.Status, who)
			require.Contains(t, p.Detail, why[i])
			p = problemIn(t, h.as(t, who, "POST", path+"/passes", "", "Accept-Language", lang))
			require.Equal(t, 403, p.Status, who)
			require.Contains(t, p.Detail, why[i])
		}
	}
	require.Contains(t, ask("auditor", "GET", "/v1/audit?object=task/"+a.ID, "", 200), `"action":"decide.refused"`)

	// A token that one of them issued is somebody else's word: it comes as far
	// as Temporal, which is away here.
	require.Contains(t, ask("approver by warden", "GET", "/v1/tasks?state=open&mine=true", "", 200), a.ID)
	ask("approver by warden", "POST", path+"/decision", `{"outcome":"approve"}`, 503)
	ask("approver by warden", "POST", path+"/passes", "", 201)
}

// Administrator and approver are two persons.
func TestNobodyIsAdministratorAndApprover(t *testing.T) {
	h := newHouse(t)
	doc := `{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"admin"},"spec":{"roles":["administrator","approver"]}}`
	for _, c := range [][3]string{{"PUT", "/v1/persons/admin", doc}, {"POST", "/v1/apply", "[" + doc + "]"}} {
		for lang, why := range map[string]string{"en": "administrator and approver don't go together", "de": "administrator und approver schließen einander aus"} {
			w := h.as(t, "admin", c[0], c[1], c[2], "Accept-Language", lang)
			require.Equal(t, 422, w.Code, w.Body)
			require.Contains(t, w.Body.String(), why)
		}
	}
}
