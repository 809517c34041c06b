package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

// killedAlike is at how many steps alike the process is killed, unless
// TURNUS_KILLED_ALIKE says otherwise.
const killedAlike = 1

// improving is a finding that a missed target of the demo led to, and the people
// who deal with it.
type improving struct {
	*engine
	admin, owner, manager, deputy, bert, auditor string // tokens
	finding                                      string
	run                                          string
	again                                        func() // kills the process and starts it again
	alike                                        int    // at how many steps of a kind it is killed
	killed                                       map[string]int
}

// newImproving publishes the demo's report for March 2016, and gives the finding
// of its first missed target.
func newImproving(t *testing.T) *improving {
	e := newEngine(t)
	e.start()
	i := &improving{engine: e, admin: e.token("admin-token"), alike: asMany(t, "TURNUS_KILLED_ALIKE", killedAlike), killed: map[string]int{}}
	i.again = func() { e.kill(); e.start() }
	i.declare()
	f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	defer f.Close()
	e.ask(200, i.admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	i.publish("2016-03")
	for _, found := range i.findings("&kind=missed-target") {
		i.finding = fmt.Sprint(int64(found["id"].(float64)))
	}
	require.NotEmpty(t, i.finding)
	return i
}

// declare declares the demo's organisation with a second approver of the service
// desk, and bert.
func (i *improving) declare() {
	i.ask(200, i.admin, "POST", "/v1/apply", strings.ReplaceAll(string(unreviewed(i)), "approvers: [service-manager]", "approvers: [service-manager, deputy]")+
		"\n---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: bert}, spec: {roles: [viewer]}}\n")
	token := func(person string) string {
		return i.ask(201, i.admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	i.owner, i.manager, i.deputy, i.bert, i.auditor = token("desk-owner"), token("service-manager"), token("deputy"), token("bert"), token("auditor")
}

// later is a date so many days from now.
func (i *improving) later(days int) string {
	return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly)
}

// publish has the report of a month approved.
func (i *improving) publish(period string) {
	i.Helper()
	run := i.ask(202, i.owner, "POST", "/v1/processes/sla-report/runs", object{"service": "service-desk", "period": period})["id"].(string)
	i.say(200, i.manager, i.asked(i.manager, run, "approval")["id"].(string), object{"outcome": "approve"})
	i.await(i.auditor, run, "published")
}

func (i *improving) findings(more string) []object {
	i.Helper()
	return i.all(i.auditor, "/v1/findings?service=service-desk"+more)
}

func (i *improving) say(want int, token, task string, body object) object {
	i.Helper()
	return i.ask(want, token, "POST", "/v1/tasks/"+task+"/decision", body)
}

// answer waits until a step of the run is in somebody's inbox, answers it, and
// kills the process before and after, if it wasn't yet at this kind of step and
// this outcome.
func (i *improving) answer(token, step string, body object) {
	i.Helper()
	asked := i.asked(i.auditor, i.run, step)
	task, again := asked["id"].(string), i.again
	kind := fmt.Sprint(asked["kind"], " ", strings.TrimRight(step, "-0123456789"), " ", body["outcome"])
	if i.killed[kind]++; i.killed[kind] > i.alike {
		again = func() {}
	}
	again()
	var inbox []string
	for _, t := range i.all(token, "/v1/tasks?state=open&mine=true") {
		inbox = append(inbox, t["id"].(string))
	}
	require.Contains(i, inbox, task)
	said := i.say(200, token, task, body)
	again()
	require.Equal(i, said, i.say(200, token, task, body), "asked again, the decision on record is the answer")
}

// sends sends a file to a task, and gives its SHA-256.
func (i *improving) sends(token, task, content string) string {
	i.Helper()
	q, err := http.NewRequestWithContext(i.Context(), http.MethodPost, i.url+"/v1/tasks/"+task+"/files?name=calls.csv", bytes.NewReader([]byte(content)))
	require.NoError(i, err)
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/octet-stream")
	a, err := http.DefaultClient.Do(q)
	require.NoError(i, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	require.NoError(i, err)
	require.Less(i, a.StatusCode, 300, "%s", b)
	_, sum, _ := strings.Cut(string(b), `"sha256":"`)
	return sum[:64]
}

// planned is a plan of an action for each owner.
func planned(owners ...string) object {
	fields := object{"why.1": "The vendor answers late.", "why.2": "Nobody calls there.", "cause": "There is no agreement with the vendor.", "changes.agreements": "One with the vendor."}
	for n, owner := range owners {
		for name, value := range (object{"title": fmt.Sprint("Agree on response times, part ", n+1), "owner": owner, "due": time.Now().UTC().AddDate(0, 0, 1+n).Format(time.DateOnly),
			"measure": "share of tickets that wait for the vendor, per cent", "sense": "at-most", "target": "12.5", "wait": "PT0S"}) {
			fields[fmt.Sprintf("action.%d.%s", n+1, name)] = value
		}
	}
	return object{"outcome": "done", "fields": fields}
}

// From a missed target to a closed finding, in two rounds, and killed between any
// two steps: nothing is lost, nothing done twice, nothing closed without evidence.
func TestImprovementKilledBetweenAnyTwoSteps(t *testing.T) {
	i := newImproving(t)
	found := i.ask(200, i.auditor, "GET", "/v1/findings/"+i.finding, nil)
	require.Equal(t, "open", found["state"])
	require.Equal(t, "nonconformity", found["type"])
	require.EqualValues(t, 1, found["seen"])
	require.Equal(t, "sla-report/service-desk/2016-03", found["source"].(object)["name"])

	i.ask(403, i.manager, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding})
	i.run = i.ask(202, i.owner, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding})["id"].(string)
	require.Contains(t, i.run, "improvement/"+i.finding+"/")
	i.again()
	require.Equal(t, i.run, i.ask(200, i.owner, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding})["id"])

	i.answer(i.owner, "correction", object{"outcome": "done", "fields": object{"correction": "Tickets that waited were called after.", "elsewhere": "No: only this vendor."}})
	plan := i.asked(i.auditor, i.run, "plan")["id"].(string)
	i.refusedPlans(plan)
	i.answer(i.owner, "plan", planned("deputy", "bert"))
	i.answer(i.manager, "approval", object{"outcome": "approve", "comment": "as agreed"})
	first := i.asked(i.auditor, i.run, "action-1")["id"].(string)
	i.becomes("in-work")
	i.say(422, i.deputy, first, object{"outcome": "postpone", "comment": "The vendor is on holiday."})
	i.say(422, i.deputy, first, object{"outcome": "postpone", "fields": object{"due": "2030-01-01"}})
	i.answer(i.deputy, "action-1", object{"outcome": "postpone", "comment": "The vendor is on holiday.", "fields": object{"due": i.later(20)}})
	i.asked(i.auditor, i.run, "action-1-2")
	for _, a := range i.all(i.deputy, "/v1/actions?owner=deputy") {
		require.EqualValues(t, 1, a["moves"])
		require.Less(t, a["original_due"], a["due"])
		require.Equal(t, "open", a["state"])
	}
	i.answer(i.deputy, "action-1-2", object{"outcome": "done", "fields": object{"evidence": "The agreement is signed.", "link": "https://wiki.example.org/vendor"}})
	second := i.asked(i.auditor, i.run, "action-2")["id"].(string)
	sum := i.sends(i.bert, second, "day,tickets\n1,2\n")
	i.answer(i.bert, "action-2", object{"outcome": "done", "fields": object{"evidence": "The list is kept.", "file": sum}})

	check := i.asked(i.auditor, i.run, "check-1")["id"].(string)
	i.becomes("checking")
	i.ownerDoesNotCheck(check)
	i.check(i.manager, "check-1", "fail", "13")
	i.check(i.deputy, "check-2", "pass", "12.5")

	require.Contains(t, i.asked(i.auditor, i.run, "plan")["text"].(object)["en"], "didn't work")
	i.answer(i.owner, "plan", planned("bert"))
	i.answer(i.manager, "approval", object{"outcome": "approve"})
	i.answer(i.bert, "action-3", object{"outcome": "done", "fields": object{"evidence": "It is done."}})
	i.check(i.deputy, "check-3", "pass", "9.75")
	i.becomes("checking")
	clear(i.killed) // this approval does more than the others: it closes the finding
	i.answer(i.manager, "approval", object{"outcome": "approve", "comment": "it worked"})
	i.await(i.auditor, i.run, "published")

	i.becomes("closed")
	states := map[string]any{}
	for _, a := range i.all(i.auditor, "/v1/actions?limit=500") {
		states[a["id"].(string)] = a["state"]
	}
	require.Equal(t, map[string]any{i.finding + ".1": "ineffective", i.finding + ".2": "effective", i.finding + ".3": "effective"}, states)
	require.Equal(t, "published", i.ask(200, i.owner, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding})["state"])
	require.Contains(t, fmt.Sprint(i.ask(409, i.owner, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding, "again": true, "reason": "once more"})), "nothing more becomes of it")
	i.record()
	i.figures()
}

// becomes waits until the finding is in a state.
func (i *improving) becomes(state string) {
	i.Helper()
	i.eventually(20*time.Second, "the finding is "+state, func() bool {
		return i.ask(200, i.auditor, "GET", "/v1/findings/"+i.finding, nil)["state"] == state
	})
}

// check answers a check with a value, and the file that it was taken from.
func (i *improving) check(token, step, outcome, value string) {
	i.Helper()
	task := i.asked(i.auditor, i.run, step)["id"].(string)
	sum := i.sends(token, task, "tickets,waiting\n100,"+value+"\n")
	i.answer(token, step, object{"outcome": outcome, "comment": "looked at", "fields": object{"value": value, "file": sum}})
}

// refusedPlans are plans that can't be carried out.
func (i *improving) refusedPlans(task string) {
	for _, c := range []struct{ name, value, place, why string }{
		{"action.1.due", "2026-01-01", "body.fields.action.1.due", ""},
		{"action.1.owner", "", "body.fields.action.1.owner", "missing"},
		{"action.2.owner", "nobody", "body.fields.action.2.owner", "There is no person"},
		{"action.1.wait", "P3660D", "body.fields.action.1.wait", "P366D"},
		{"action.1.figure", "sla-report/none/x", "body.fields.action.1.figure", "No published report"},
		{"action.1.target", "", "body.fields.action.1.target", "missing"},
		{"no-cause", "There is none.", "body.fields", ""},
	} {
		plan := planned("deputy", "bert")
		plan["fields"].(object)[c.name] = c.value
		said := i.say(422, i.owner, task, plan)
		require.Contains(i, fmt.Sprint(said), c.place, "%v", c)
		require.Contains(i, fmt.Sprint(said), c.why, "%v", c)
	}
}

// ownerDoesNotCheck tries to check one's own action: by the API, through a pass,
// and by a signal with a pass that is somebody else's.
func (i *improving) ownerDoesNotCheck(check string) {
	sum := i.sends(i.manager, check, "tickets,waiting\n100,1\n")
	pass := object{"outcome": "pass", "fields": object{"value": "1", "file": sum}}
	require.Contains(i, fmt.Sprint(i.say(403, i.deputy, check, pass)), "four eyes")
	i.ask(403, i.deputy, "POST", "/v1/tasks/"+check+"/passes", object{"outcome": "pass"})
	i.ask(404, i.bert, "POST", "/v1/tasks/"+check+"/passes", object{"outcome": "pass"}) // who sees nothing of it
	i.say(422, i.manager, check, object{"outcome": "pass", "fields": object{"value": "12.6", "file": sum}})
	i.say(422, i.manager, check, object{"outcome": "pass", "fields": object{"file": sum}})
	i.say(422, i.manager, check, object{"outcome": "pass", "fields": object{"value": "1"}})
	temporal := i.temporal()
	signal := object{"task": check, "pass": "deputy", "outcome": "pass", "comment": "it is fine", "fields": pass["fields"]}
	require.NoError(i, temporal.SignalWorkflow(i.Context(), i.run, "", "decide", signal))
	_, err := temporal.UpdateWorkflow(i.Context(), client.UpdateWorkflowOptions{WorkflowID: i.run, UpdateName: "decide", UpdateID: "forged",
		Args: []any{signal}, WaitForStage: client.WorkflowUpdateStageCompleted})
	if err == nil {
		i.Log("the update was taken up; the record says what it came to")
	}
	for _, t := range i.ask(200, i.auditor, "GET", "/v1/runs/"+i.run, nil)["tasks"].([]any) {
		if t := t.(object); t["id"] == check {
			require.Equal(i, "open", t["state"])
		}
	}
}

// record holds what the published document says, in both languages.
func (i *improving) record() {
	i.shows("improvement", map[string][]string{
		"en": {"There is no agreement with the vendor.", "The agreement is signed.", "9.75", "https://wiki.example.org/vendor", "The vendor is on holiday."},
		"de": {"Grundursache", "Wirksamkeitsprüfung", "9,75", "Maßnahme"},
	})
}

// shows holds what the page of the run's report says, by language; it is kept
// under a name where somebody wants to look at it.
func (i *improving) shows(name string, says map[string][]string) {
	i.Helper()
	for lang, says := range says {
		q, err := http.NewRequestWithContext(i.Context(), http.MethodGet, i.url+"/v1/runs/"+i.run+"/report", nil)
		require.NoError(i, err)
		q.Header.Set("Authorization", "Bearer "+i.auditor)
		q.Header.Set("Accept", "text/html")
		q.Header.Set("Accept-Language", lang)
		a, err := http.DefaultClient.Do(q)
		require.NoError(i, err)
		page, err := io.ReadAll(a.Body)
		a.Body.Close()
		require.NoError(i, err)
		require.Equal(i, 200, a.StatusCode)
		if dir := os.Getenv("TURNUS_PAGES"); dir != "" {
			require.NoError(i, os.WriteFile(dir+"/"+name+"-"+lang+".html", page, 0o600))
		}
		for _, text := range says {
			require.Contains(i, string(page), text, lang)
		}
	}
}
