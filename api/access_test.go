package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/access"
	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/declaration"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/store"
)

// matrix is the golden file of operations and people; package access holds its
// table against it, too. A change of it must be meant.
const matrix = "../access/testdata/operations.txt"

// callers are the matrix's people, in its order: of payments, which the examples
// are about, owner and approver, and those of other services.
var callers = []string{"admin", "owner", "other-owner", "approver", "other-approver", "auditor", "viewer",
	"named-viewer", "customer", "other-customer", "elsewhere", "stranger", "before"}

var roleOf = map[string]person.Role{"admin": person.Administrator, "owner": person.ProcessOwner, "other-owner": person.ProcessOwner,
	"approver": person.Approver, "other-approver": person.Approver, "auditor": person.Auditor, "viewer": person.Viewer,
	"named-viewer": person.Viewer, "customer": person.Viewer, "other-customer": person.Viewer, "elsewhere": person.Viewer, "stranger": person.Viewer, "before": person.Viewer}

// viewers have a view each: of all services, of payments, of one of the two
// customers whom it has agreements with, of another service's; of nothing, and as
// from before there were views. Who owns another service sees no more than that.
const viewers = `[
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"other-owner"},"spec":{"roles":["process-owner"],"sees":{}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"named-viewer"},"spec":{"roles":["viewer"],"sees":{"services":["payments"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"customer"},"spec":{"roles":["viewer"],"sees":{"customers":["retail"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"other-customer"},"spec":{"roles":["viewer"],"sees":{"customers":["wholesale"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"elsewhere"},"spec":{"roles":["viewer"],"sees":{"services":["mail"],"customers":["post"]}}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"stranger"},"spec":{"roles":["viewer"]}},
 {"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"before"},"spec":{"roles":["viewer"]}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"retail-sla"},"spec":{"service":"payments","customer":"retail","where":{"customer":["retail"]},"valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"wholesale-sla"},"spec":{"service":"payments","customer":"wholesale","where":{"customer":["wholesale"]},"valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}},
 {"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"post-sla"},"spec":{"service":"mail","customer":"post","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}}
]`

// withViewers adds them and their tokens.
func (h *house) withViewers(t *testing.T) {
	h.declared(t, viewers)
	for _, who := range []string{"named-viewer", "customer", "other-customer", "elsewhere", "stranger", "before"} {
		_, secret, err := h.store.FirstToken(t.Context(), testNow, who, time.Hour)
		require.NoError(t, err)
		h.tokens[who] = secret
	}
	pgtest.Tamper(t, h.store.DB(), `INSERT INTO person_upgraded VALUES ('before')`)
}

// declared has resources declared.
func (h *house) declared(t *testing.T, documents string) {
	var docs []resource.Raw
	require.NoError(t, json.Unmarshal([]byte(documents), &docs))
	_, err := h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, docs, false)
	require.NoError(t, err)
}

// Who may what: each operation of the document, asked for by each person, about
// something that exists where that makes a difference.
func TestOperationsAndPeople(t *testing.T) {
	h, about := newExamples(t)
	rules := access.Operations()
	var b strings.Builder
	fmt.Fprintln(&b, "# Written by go test ./api -run TestOperationsAndPeople -update")
	fmt.Fprintln(&b, "# public: no token is needed; yes; extract: what concerns one's own agreements; role: it isn't for the role;")
	fmt.Fprintln(&b, "# theirs: it is, and this one is for others, which those who see nothing of it are told as if it weren't there")
	fmt.Fprintf(&b, "%-30s", "operation")
	for _, who := range callers {
		fmt.Fprintf(&b, " %-14s", who)
	}
	b.WriteString("\n")
	all := operations(t)
	slices.SortFunc(all, func(a, b described) int { return strings.Compare(a.id, b.id) })
	for _, op := range all {
		path, body := about.of(op)
		answers := map[string]string{}
		// Those who own it last, who may end it.
		for _, who := range []string{"stranger", "elsewhere", "customer", "other-customer", "named-viewer", "before", "viewer", "other-approver", "other-owner", "approver", "auditor", "admin", "owner"} {
			answers[who] = answer(t, h, rules[op.id], op, who, path, body)
		}
		fmt.Fprintf(&b, "%-30s", op.id)
		for _, who := range callers {
			fmt.Fprintf(&b, " %-14s", answers[who])
		}
		b.WriteString("\n")
	}
	got := regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n")
	if *update {
		require.NoError(t, os.WriteFile(matrix, []byte(got), 0o644))
	}
	want, err := os.ReadFile(matrix)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "look at the difference, and if it is meant, run this test with -update")
}

// answer asks for an operation in somebody's name, and gives the matrix's word.
func answer(t *testing.T, h *house, rule access.Rule, op described, who, path, body string) string {
	anonymous := h.as(t, "", op.method, path, body)
	if rule.Public {
		require.Contains(t, []int{200, 404}, anonymous.Code, op.id)
		return "public"
	}
	require.Equal(t, 401, anonymous.Code, "%s without a token", op.id)
	require.Equal(t, `Bearer realm="turnus"`, anonymous.Header().Get("WWW-Authenticate"))
	problemIn(t, anonymous)
	require.Equal(t, 401, do(t, h.Echo, op.method, path, body, []string{"Authorization", "Bearer wrong"}).Code, op.id)

	refusals := func() int {
		return h.count(t, `SELECT count(*) FROM audit WHERE actor = '`+who+`' AND action LIKE '%.refused'`)
	}
	before := refusals()
	w := h.as(t, who, op.method, path, body)
	if rule.Check(person.Actor{Person: who, Roles: []person.Role{roleOf[who]}}) != nil {
		require.Equal(t, 403, w.Code, "%s as %s: %s", op.id, who, w.Body)
		require.Contains(t, problemIn(t, w).Detail, "This is for the role")
		return "role"
	}
	if w.Code == 403 || w.Code == 404 && refusals() > before {
		require.Contains(t, []string{"forbidden", "not-found"}, problemIn(t, w).Code)
		return "theirs"
	}
	if strings.Contains(w.Body.String(), `"extract":`) {
		return "extract"
	}
	require.NotContains(t, []int{401, 500}, w.Code, "%s as %s: %s", op.id, who, w.Body)
	return "yes"
}

// examples is what the matrix's requests are about.
type examples struct{ run, published, task, feed, imported, exclusion, finding string }

// newExamples is a house in which there is one of each, for payments: a run that
// waits, with its task and draft, a published report, an import, an exclusion, an agreement, an
// interval with slots that are due, a continuity plan, a finding, and a feed of the owner.
func newExamples(t *testing.T) (*house, examples) {
	h := imported(t)
	h.enact(t, interval())
	require.NoError(t, h.store.FallDue(t.Context(), testNow))
	w := h.as(t, "admin", "POST", "/v1/apply", `[
		{"apiVersion":"turnus/v1","kind":"Person","metadata":{"name":"other-approver"},"spec":{"roles":["approver"]}},
		{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","where":{"customer":["gold"]},"valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}}]`)
	require.Equal(t, 200, w.Code, w.Body)
	_, secret, err := h.store.FirstToken(t.Context(), testNow, "other-approver", time.Hour)
	require.NoError(t, err)
	h.tokens["other-approver"] = secret
	h.withViewers(t)
	e := h.proposed(t, proposal())
	r, a := h.waiting(t)
	feed, _, err := h.store.IssueFeed(t.Context(), person.Actor{Person: "owner"}, testNow)
	require.NoError(t, err)
	storetest.PlanVersion(t, h.store, testNow, "payments-fire", 1, paymentsPlan())
	found := h.opened(t, "owner", `{"type":"opportunity","service":"payments","title":"a test"}`)
	return h, examples{run: r.ID, published: h.published(t).ID, task: a.ID, feed: feed.ID, imported: "1", exclusion: fmt.Sprint(e.ID), finding: fmt.Sprint(found.ID)}
}

// of is a request about what exists; where that isn't needed, or would be gone
// for the next person, it is the one of example.
func (x examples) of(op described) (path, body string) {
	path, body = example(op)
	fill := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(op.path) }
	process := strings.Split(x.run, "/")
	switch {
	case strings.HasPrefix(op.path, "/v1/tasks/"):
		path = fill("{id}", x.task, "{sha256}", strings.Repeat("9", 64))
		if op.id == "send-task-file" {
			path += "?name=a.txt"
		}
	case op.id == "get-report":
		published := strings.Split(x.published, "/")
		path = fill("{process}", published[0], "{scope}", published[1], "{period}", published[2])
	case strings.HasPrefix(op.path, oneRun), strings.HasPrefix(op.path, "/v1/plan/{process}"):
		path = fill("{process}", process[0], "{scope}", process[1], "{period}", process[2])
	case strings.HasPrefix(op.path, "/v1/imports/"):
		path = fill("{id}", x.imported)
	case strings.HasPrefix(op.path, "/v1/services/{name}/exclusions/"):
		path = fill("{name}", "payments", "{id}", x.exclusion)
	case op.id == "get-ticket":
		path = fill("{name}", "payments", "{number}", "INC1")
	case strings.HasPrefix(op.path, "/v1/intervals/{name}") && op.method != "PUT":
		path = fill("{name}", "monthly")
	case strings.HasPrefix(op.path, "/v1/agreements/{name}") && op.method == "GET":
		path = fill("{name}", "gold")
	case op.id == "get-service", op.id == "retire-service":
		path = fill("{name}", "payments")
	case op.id == "get-person", op.id == "list-person-versions":
		path = fill("{name}", "owner")
	case op.id == "withdraw-feed":
		path = fill("{feed}", x.feed)
	case op.id == "list-feeds":
		path += "?person=owner"
	case strings.HasPrefix(op.path, "/v1/findings/"):
		path = fill("{id}", x.finding, "{sha256}", strings.Repeat("9", 64))
		if op.id == "send-finding-file" {
			path += "?name=a.txt"
		}
	case op.id == "list-findings", op.id == "list-coverage", op.id == "export-coverage":
		path += "?service=payments"
	}
	return path, body
}

// example is a request that is well-formed and concerns nothing that exists,
// but for the service payments.
func example(op described) (path, body string) {
	path = strings.NewReplacer("{process}", "sla-report", "{scope}", "payments", "{period}", "1999-01", "{id}", "9", "{feed}", "9", "{number}", "INC9", "{sha256}", strings.Repeat("9", 64)).Replace(op.path)
	name := "nobody"
	if strings.HasPrefix(op.path, "/v1/services/{name}/") {
		name = "payments"
	}
	switch op.id {
	case "import-holidays":
		name = "office"
	case "get-sli", "list-sli-versions":
		name = "no-one" // a nobody may have been declared meanwhile, which isn't everybody's to read
	}
	path = strings.Replace(path, "{name}", name, 1)
	switch {
	case op.id == "import-tickets":
		return path + "?format=servicenow-audit", "number\n"
	case op.id == "import-outages":
		return path + "?format=csv&mapping=zabbix", "a,b\n"
	case op.id == "import-probes":
		return path + "?format=upptime", "author_date\n"
	case op.id == "import-maintenance", op.id == "import-holidays":
		return path + "?format=icalendar", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
	case op.id == "send-task-file", op.id == "send-finding-file":
		return path + "?name=a.txt", "text\n"
	case op.id == "start-sla-report", op.id == "start-availability-review":
		return path, `{"service":"payments","period":"1999-01"}`
	case slices.Contains([]string{"cancel-run", "withdraw-exclusion", "withdraw-import", "pause-interval", "resume-interval", "miss-slot"}, op.id):
		return path, `{"reason":"a test"}`
	case op.id == "backfill-interval":
		return path, `{"from":"1999-01-01","to":"1999-12-31","reason":"a test"}`
	case op.id == "report-event":
		return path, `{"event":"major-change","detail":"a test"}`
	case op.id == "preview-plan":
		return path, `{"apiVersion":"turnus/v1","kind":"Interval","metadata":{"name":"some"},"spec":{"process":"sla-report","scope":"payments","rule":{"day":1,"of":"month","at":"06:00"},"reason":"a test","valid":{"from":"2026-01-01"}}}`
	case op.id == "decide-task", op.id == "issue-pass":
		return path, `{"outcome":"approve"}`
	case op.id == "open-finding":
		return path, `{"type":"opportunity","service":"payments","title":"a test"}`
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
			"Service":      `{"owner":"owner","approvers":["approver"],"calendar":"office"}`,
			"Organisation": `{"owner":"owner","approvers":["approver"],"calendar":"office"}`,
			"Agreement":    `{"service":"payments","valid":{"from":"2027-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}`,
			"Mapping":      `{"number":"a","opened":"b","stopped":"c"}`,
			"Interval":     `{"process":"sla-report","scope":"payments","rule":{"working_day":3,"of":"month","at":"06:00"},"reason":"a test","valid":{"from":"2026-01-01"}}`,
			"ContinuityPlan": `{"service":"payments","scenario":"a test","invocation":"at once","offsite":"in the safe","business":"auditor","objectives":{"rpo":"PT1H"},
				"steps":[{"name":"restore","title":"Restore","owner":"owner","takes":"PT1H"}],"return":[{"name":"back","title":"Go back","owner":"owner","takes":"PT1H"}]}`,
			"Waiver": `{"process":"sla-report","scope":"payments","periods":["2026-10"],"reason":"a test"}`,
			"SLI":    `{"thresholdMetric":{"metricSource":{"type":"Any"}}}`,
			"SLO": `{"service":"payments","indicator":{"metadata":{"name":"ok"},"spec":{"thresholdMetric":{"metricSource":{"type":"Any"}}}},
				"timeWindow":[{"duration":"30d","isRolling":true}],"budgetingMethod":"Occurrences","objectives":[{"op":"lt","value":500,"target":0.99}]}`,
		}[k.Kind]
		return path, fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"metadata":{"name":"nobody"},"spec":%s}`, k.APIVersion, k.Kind, spec)
	}
	return path, ""
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
	require.Equal(t, 404, h.as(t, "other-owner", "POST", path, `{"service":"nothing","period":"2026-10"}`).Code)
	require.Equal(t, 403, h.as(t, "other-owner", "POST", path, `{"service":"payments","period":"2026-10"}`).Code)
	require.Equal(t, 403, h.as(t, "viewer", "PUT", "/v1/calendars/a", `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"b"},"spec":{}}`).Code)
	require.Equal(t, 422, h.as(t, "admin", "PUT", "/v1/calendars/a", `{"apiVersion":"turnus/v1","kind":"Calendar","metadata":{"name":"b"},"spec":{}}`).Code)
	require.Equal(t, 404, h.as(t, "admin", "POST", "/v1/persons/nobody/tokens", ``).Code)
}

// A task says itself whom it is for: whoever is signed in is told whether there
// is one, then that it isn't theirs, why, and that before anything about its
// state or what it offers. Such a refusal is on record once.
func TestTasksSayWhomTheyAreFor(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	for _, way := range []struct{ path, action string }{{"/decision", "decide.refused"}, {"/passes", "pass.refused"}} {
		at := "/v1/tasks/" + a.ID + way.path
		require.Equal(t, 401, h.as(t, "", "POST", at, `{`).Code)
		require.Equal(t, 400, h.as(t, "viewer", "POST", at, `{`).Code)
		require.Equal(t, 422, h.as(t, "viewer", "POST", at, `{"outcom":"approve"}`).Code)
		require.Equal(t, 404, h.as(t, "viewer", "POST", "/v1/tasks/nothing"+way.path, `{"outcome":"approve"}`).Code)
		for _, who := range []string{"viewer", "auditor", "admin", "other-owner", "owner"} {
			w := h.as(t, who, "POST", at, `{"outcome":"perhaps"}`)
			require.Equal(t, 403, w.Code, w.Body)
			require.Equal(t, who+" isn't one of the approvers.", problemIn(t, w).Detail)
			require.Contains(t, problemIn(t, h.as(t, who, "POST", at, `{"outcome":"approve"}`, "Accept-Language", "de")).Detail, "gehört nicht zu den Freigabeberechtigten")
			trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: who, Object: "task/" + a.ID}, store.Page{})
			require.NoError(t, err)
			recorded := 0
			for _, e := range trail {
				if e.Action == way.action {
					recorded++
				}
			}
			require.Equal(t, 2, recorded, "%s: each refusal once", who)
		}
	}
	var passes int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM pass").Scan(&passes))
	require.Zero(t, passes)
}

// What package access refuses is put on record where an operation ends: once.
func TestRefusalsAreRecordedOnce(t *testing.T) {
	h := newHouse(t)
	r, _ := h.waiting(t)
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/runs/"+r.ID+"/report", "").Code)
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/audit", "").Code)
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Person: "viewer"}, store.Page{})
	require.NoError(t, err)
	require.Len(t, trail, 2)
	require.Equal(t, "get-report.refused", trail[0].Action)
	require.Equal(t, "runs/"+r.ID+"/report", trail[0].Object)
	require.Equal(t, "list-audit.refused", trail[1].Action)
}

// Who has none of the roles is refused before a byte of the body is read, and
// the refusal is on record.
func TestNothingIsReadForOtherRoles(t *testing.T) {
	h := newHouse(t)
	for _, op := range operations(t) {
		viewer := person.Actor{Person: "viewer", Roles: []person.Role{roleOf["viewer"]}}
		if op.types == nil || access.Operations()[op.id].Check(viewer) == nil {
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
