//go:build sample

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/process"
	"turnus/itsm/run"
)

// buildTags are those that the tests were built with.
const buildTags = "sample"

// How many tasks are open at once, how many follow, and how large the run's
// history may become. Temporal ends a workflow at 51,200 events and 50 MiB.
const (
	openAtOnce = 50
	checked    = 5
	mostEvents = 10_000
	mostBytes  = 10 << 20
)

// A process that exists in tests only, about the organisation: fifty tasks are
// open at once, twenty people answer them at random, a file among the values,
// while the process is killed; then five are checked, and changes are requested
// once, so that all is asked again. Each answer counts once, as it was given.
func TestPolicyReviewKilledWhileTwentyPeopleAnswer(t *testing.T) {
	e := newEngine(t)
	e.start()
	r := newReview(t, e)
	r.otherScopesAreRefused()
	r.begin()
	for round := 1; round <= 2; round++ {
		r.round = round
		kills := [][]int{{10, 22, 37}, {25}}[round-1]
		r.opened(openAtOnce)
		if round == 1 {
			r.wrongAnswersAreRefused()
			r.answerByCommand()
		}
		r.storm([]string{"supply", "record", "acknowledge"}, openAtOnce, kills...)
		r.opened(openAtOnce + checked)
		if kills = nil; round == 1 {
			r.whoRecordedDoesNotCheck()
			kills = []int{openAtOnce + 2}
		}
		r.storm([]string{"check"}, openAtOnce+checked, kills...)
		r.opened(openAtOnce + checked + 1)
		r.say("approver", r.task(process.Approval), object{"outcome": []string{"request-changes", "approve"}[round-1], "comment": "seen"}, nil)
	}
	r.await(r.tokens["owner"], r.run, "published")
	r.everyAnswerIsOnRecordOnce()
	r.repeatsAreAnswered()
	r.documentHoldsTheAnswers()
	r.filesAreThere()
	r.historyIsSmall()
}

// review is a run of the sample process, and what was acknowledged of it.
type review struct {
	*chaos
	run, period string
	round       int
	tokens      map[string]string // by person
	mu          sync.Mutex
	answers     map[string]answer // acknowledged, by task
}

// answer is one that was acknowledged.
type answer struct {
	who  string
	body object // as it was given
	kept object // its fields, as they are kept
	got  object // what was acknowledged
}

// newReview declares an organisation of twenty persons, ten of them auditors.
func newReview(t *testing.T, e *engine) *review {
	r := &review{chaos: newChaos(t, people{}, e), tokens: map[string]string{}, answers: map[string]answer{},
		period: time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)}
	roles := map[string]string{"owner": "process-owner", "approver": "approver"}
	for i := range 20 {
		roles[fmt.Sprintf("person-%d", i+1)] = []string{"viewer", "auditor"}[i/10]
	}
	var b strings.Builder
	for person, role := range roles {
		fmt.Fprintf(&b, "{apiVersion: turnus/v1, kind: Person, metadata: {name: %s}, spec: {roles: [%s]}}\n---\n", person, role)
	}
	b.WriteString("{apiVersion: turnus/v1, kind: Service, metadata: {name: desk}, spec: {owner: owner, approvers: [approver], calendar: 24x7}}\n---\n")
	b.WriteString("{apiVersion: turnus/v1, kind: Organisation, metadata: {name: example}, spec: {owner: owner, approvers: [approver], calendar: 24x7}}\n")
	admin := e.token("admin-token")
	e.ask(200, admin, "POST", "/v1/apply", b.String())
	for person := range roles {
		r.tokens[person] = e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	return r
}

// refused makes a request that has to be refused, and says of which place why.
func (r *review) refused(status int, who, path string, body any, place, why string) {
	r.Helper()
	o := r.engine.ask(status, r.tokens[who], "POST", path, body)
	said, err := json.Marshal(o)
	require.NoError(r, err)
	require.Contains(r, string(said), place)
	require.Contains(r, string(said), why, "%s", place)
}

// otherScopesAreRefused tries to start what there isn't, or isn't asked for: by
// the name of a scope of another kind.
func (r *review) otherScopesAreRefused() {
	start := func(status int, process string, body object, place, why string) {
		r.Helper()
		body["period"] = r.period
		r.refused(status, "owner", "/v1/processes/"+process+"/runs", body, `"location":"`+place+`"`, why)
	}
	start(404, "sla-report", object{"service": "example"}, "service", "there is no service")
	start(404, "sla-report", object{"scope": "example"}, "scope", "sla-report is about a service")
	start(422, "sla-report", object{}, "body.service", "which service?")
	start(404, process.Sample, object{"scope": "desk"}, "scope", "policy-review is about the organisation")
	start(422, process.Sample, object{"service": "desk"}, "body.service", "policy-review isn't about a service")
	require.Empty(r, r.all(r.tokens["person-20"], "/v1/runs?limit=500"))
}

// begin starts the run by command, and finds it by request; the scope need not
// be named.
func (r *review) begin() {
	out, err := r.command(r.tokens["owner"], "start", process.Sample, "--period", r.period)
	require.NoError(r, err, out)
	r.run = process.Sample + "/example/" + r.period
	require.Contains(r, out, r.run+"\n")
	o := r.engine.ask(200, r.tokens["owner"], "POST", "/v1/processes/"+process.Sample+"/runs", object{"period": r.period})
	require.Equal(r, r.run, o["id"])
}

func (r *review) task(step string) string { return run.TaskID(r.run, r.round, step) }

// opened waits until the round has asked for so much.
func (r *review) opened(want int) {
	r.Helper()
	r.eventually(time.Minute, fmt.Sprintf("%d tasks in round %d", want, r.round), func() bool {
		n := 0
		for _, t := range r.engine.ask(200, r.tokens["person-20"], "GET", "/v1/runs/"+r.run, nil)["tasks"].([]any) {
			if t.(object)["round"] == float64(r.round) {
				n++
			}
		}
		return n == want
	})
}

// onRecord are the decisions so far.
func (r *review) onRecord() []any {
	return r.engine.ask(200, r.tokens["person-20"], "GET", "/v1/runs/"+r.run, nil)["decisions"].([]any)
}

// What can't be meant is refused with its place, and nothing of it is done.
func (r *review) wrongAnswersAreRefused() {
	statement, record, read := r.task("statement-1"), r.task("record-1"), r.task("read-1")
	with := func(good object, name string, value any) object {
		fields := object{name: value}
		for k, v := range good {
			if k != name {
				fields[k] = v
			}
		}
		return object{"outcome": "done", "fields": fields}
	}
	wrong := func(status int, who, task string, body object, place, why string) {
		r.Helper()
		r.refused(status, who, "/v1/tasks/"+task+"/decision", body, place, why)
	}
	stated := object{"statement": "we do", "staff": 3, "share": "50"}
	for _, f := range []string{"statement", "staff", "share"} {
		wrong(422, "person-1", statement, object{"outcome": "done"}, "body.fields."+f, "This is missing")
	}
	wrong(422, "person-1", statement, with(stated, "colour", "red"), "body.fields.colour", "it asks for statement, staff, share and evidence")
	wrong(422, "person-1", statement, with(stated, "staff", "3"), "body.fields.staff", "a whole number")
	wrong(422, "person-1", statement, with(stated, "staff", 0), "body.fields.staff", "1 is the least")
	wrong(422, "person-1", statement, with(stated, "share", 12.5), "body.fields.share", "an exact decimal")
	wrong(422, "person-1", statement, with(stated, "share", "100.01"), "body.fields.share", "100 is the greatest")
	wrong(422, "person-1", statement, with(stated, "statement", strings.Repeat("ä", 4001)), "body.fields.statement", "4001 characters")
	wrong(422, "person-1", statement, with(stated, "evidence", strings.Repeat("0a", 32)), "body.fields.evidence", "send it first")
	wrong(422, "person-1", statement, object{"outcome": "approve"}, "body.outcome", "it offers done and decline")
	wrong(422, "person-1", statement, object{"outcome": "decline"}, "body.comment", "it has to say why")
	recorded := object{"at": "2026-11-05T08:00:00Z", "took": "PT45M", "result": "kept"}
	wrong(422, "person-11", record, with(recorded, "at", "2026-11-05T08:00:00"), "body.fields.at", "its zone")
	wrong(422, "person-11", record, with(recorded, "took", "45 min"), "body.fields.took", "a duration")
	wrong(422, "person-11", record, with(recorded, "result", "perhaps"), "body.fields.result", "kept and not-kept")
	wrong(422, "person-11", record, with(recorded, "guide", "nobody"), "body.fields.guide", "There is no person")
	wrong(422, "person-1", read, object{"outcome": "acknowledge", "fields": object{"x": "y"}}, "body.fields.x", "asks for no fields")
	good := object{"outcome": "done", "fields": stated}
	wrong(404, "person-2", statement, good, "not-found", "There is no task") // of which they see nothing
	wrong(403, "owner", statement, good, "This task is for person-1", "not for owner")
	wrong(404, "person-1", record, object{"outcome": "done", "fields": recorded}, "not-found", "There is no task")
	r.refused(422, "person-1", "/v1/tasks/"+statement+"/files?name=proof.pdf", bytes.NewReader(aPicture), "proof.pdf", "PNG")
	r.refused(404, "person-2", "/v1/tasks/"+statement+"/files?name=proof.png", bytes.NewReader(aPicture), "not-found", "There is no task")
	r.refused(422, "person-1", "/v1/tasks/"+read+"/files?name=proof.png", bytes.NewReader(aPicture), "", "asks for no file")
	require.Empty(r, r.onRecord())
}

// aPicture and aPaper are files as people have them: a PNG of one pixel, and an
// empty page.
var (
	aPicture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")
	aPaper = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
)

// answerByCommand answers one task by the command line, with a file.
func (r *review) answerByCommand() {
	paper := filepath.Join(r.TempDir(), "what we do.pdf")
	require.NoError(r, os.WriteFile(paper, aPaper, 0o600))
	task := r.task("statement-3")
	out, err := r.command(r.tokens["person-3"], "decide", task, "done", "--field", "statement=by command", "--field", "staff=12", "--field", "share=50", "--file", "evidence="+paper, "--json")
	require.NoError(r, err, out)
	var got object
	require.NoError(r, json.Unmarshal([]byte(out), &got), out)
	kept := object{"statement": "by command", "staff": 12.0, "share": "50", "evidence": got["fields"].(object)["evidence"]}
	require.Equal(r, kept, got["fields"])
	r.answers[task] = answer{who: "person-3", body: object{"outcome": "done", "fields": kept}, kept: kept, got: got}
}

// Who recorded doesn't check, isn't asked to, and who isn't an auditor doesn't
// either.
func (r *review) whoRecordedDoesNotCheck() {
	for i := range checked {
		who := r.answers[r.task(fmt.Sprintf("record-%d", i+1))].who
		path := "/v1/tasks/" + r.task(fmt.Sprintf("check-%d", i+1)) + "/decision"
		r.refused(403, who, path, object{"outcome": "pass"}, who, "answered the step that is checked here")
		for _, t := range r.all(r.tokens[who], "/v1/tasks?state=open&mine=true") {
			require.NotEqual(r, r.task(fmt.Sprintf("check-%d", i+1)), t["id"], who)
		}
		r.refused(404, "person-5", path, object{"outcome": "pass"}, "not-found", "There is no task")
	}
}

// Each decision is a task's, and each task's is one, as it was acknowledged and
// as it was given.
func (r *review) everyAnswerIsOnRecordOnce() {
	auditor := r.tokens["person-20"]
	facts := map[string]int{}
	for _, e := range r.all(auditor, auditTrail) {
		facts[e["action"].(string)+" "+e["object"].(string)]++
	}
	o := r.engine.ask(200, auditor, "GET", "/v1/runs/"+r.run, nil)
	const each = openAtOnce + checked + 1
	require.Len(r, o["tasks"], 2*each)
	require.Len(r, r.onRecord(), 2*each, "a decision for each task")
	require.Len(r, r.answers, 2*each, "and each was acknowledged")
	for _, t := range o["tasks"].([]any) {
		id := t.(object)["id"].(string)
		require.Equal(r, "decided", t.(object)["state"], id)
		for _, fact := range []string{"task.opened", "decision.recorded"} {
			require.Equal(r, 1, facts[fact+" task/"+id], "%s %s", fact, id)
		}
	}
	files := 0
	for _, d := range r.onRecord() {
		d := d.(object)
		a, ok := r.answers[d["task"].(string)]
		require.True(r, ok, d["task"])
		require.Equal(r, a.got, d)
		require.Equal(r, a.who, d["person"], d["task"])
		require.Equal(r, a.body["outcome"], d["outcome"], d["task"])
		fields, _ := d["fields"].(object)
		require.Equal(r, a.kept, fields, d["task"])
		if fields["evidence"] != nil {
			files++
			require.Equal(r, 1, facts["file.sent task/"+d["task"].(string)], d["task"])
		}
	}
	require.Positive(r, files)
	r.Logf("%d decisions, %d files among their values", 2*each, files)
}

// repeatsAreAnswered gives each answer again: what is on record comes back, also
// where the fields say something else; another outcome is refused.
func (r *review) repeatsAreAnswered() {
	for id, a := range r.answers {
		require.Equal(r, a.got, r.engine.ask(200, r.tokens[a.who], "POST", "/v1/tasks/"+id+"/decision", a.body), id)
	}
	recorded := run.TaskID(r.run, 1, "record-1")
	a := r.answers[recorded]
	require.Equal(r, a.got, r.engine.ask(200, r.tokens[a.who], "POST", "/v1/tasks/"+recorded+"/decision", object{"outcome": "done", "fields": object{"took": "PT9H"}}))
	r.refused(409, a.who, "/v1/tasks/"+recorded+"/decision", object{"outcome": "failed"}, a.who, "has decided this task already: done")
}

// documentHoldsTheAnswers looks for each answer of the last round in the report.
func (r *review) documentHoldsTheAnswers() {
	rep := r.engine.ask(200, r.tokens["person-20"], "GET", "/v1/runs/"+r.run+"/report", nil)
	require.EqualValues(r, 1, rep["version"])
	rows := map[string]string{}
	table := rep["sections"].([]any)[0].(object)["tables"].([]any)[0].(object)
	for _, row := range table["rows"].([]any) {
		var cells []string
		for _, c := range row.([]any) {
			cells = append(cells, c.(object)["text"].(object)["en"].(string))
		}
		rows[cells[0]] = strings.Join(cells[1:], " ")
	}
	require.Len(r, rows, openAtOnce+checked)
	for id, a := range r.answers {
		if row, ok := rows[id]; ok {
			require.Contains(r, row, a.who)
			for name, value := range a.kept {
				var b bytes.Buffer
				plain := json.NewEncoder(&b)
				plain.SetEscapeHTML(false)
				require.NoError(r, plain.Encode(value))
				require.Contains(r, row, name+"="+strings.TrimSpace(b.String()), id)
			}
			delete(rows, id)
		}
	}
	require.Empty(r, rows, "nothing else")

	page, err := r.command(r.tokens["person-20"], "report", r.run, "--format", "html", "--lang", "de")
	require.NoError(r, err, page)
	require.Contains(r, page, "Überprüfung der Leitlinie")
	require.Contains(r, page, "&lt;b&gt;")
	require.NotContains(r, page, "<b>", "an answer is no markup")
}

// filesAreThere fetches what was sent, and killed over.
func (r *review) filesAreThere() {
	for id, a := range r.answers {
		sum, ok := a.kept["evidence"].(string)
		if !ok {
			continue
		}
		q, err := http.NewRequestWithContext(r.Context(), http.MethodGet, r.url+"/v1/tasks/"+id+"/files/"+sum, nil)
		require.NoError(r, err)
		q.Header.Set("Authorization", "Bearer "+r.tokens[a.who])
		got, err := http.DefaultClient.Do(q)
		require.NoError(r, err)
		content, err := io.ReadAll(got.Body)
		got.Body.Close()
		require.NoError(r, err)
		require.Equal(r, 200, got.StatusCode, "%s", content)
		require.Equal(r, sum, fmt.Sprintf("%x", sha256.Sum256(content)), id)
		require.Equal(r, "nosniff", got.Header.Get("X-Content-Type-Options"))
		require.Contains(r, got.Header.Get("Content-Disposition"), "attachment")
	}
}

// historyIsSmall holds the run's history against Temporal's limits.
func (r *review) historyIsSmall() {
	d, err := r.temporal().DescribeWorkflowExecution(r.Context(), r.run, "")
	require.NoError(r, err)
	info := d.GetWorkflowExecutionInfo()
	r.Logf("history of 2 rounds of %d tasks: %d events, %d bytes", openAtOnce+checked+1, info.GetHistoryLength(), info.GetHistorySizeBytes())
	require.Less(r, info.GetHistoryLength(), int64(mostEvents))
	require.Less(r, info.GetHistorySizeBytes(), int64(mostBytes))
}
