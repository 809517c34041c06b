package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"
)

var recordHistories = flag.String("record", "", "write histories for the replay test, as NAME.RECORD.json, beside those that are there: they are never written anew")

// maxEvents bounds the history of an approved run, however large its report, with
// a second round and the owner asked in both.
const maxEvents = 150

// Every way in which an SLA report can go, on the real engine: its history
// stays small, and is what the replay test was recorded from.
func TestHistoriesOfAnSLAReport(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	organisation := unreviewed(t)
	e.ask(200, admin, "POST", "/v1/apply", string(organisation))
	f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	defer f.Close()
	e.ask(200, admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver := token("desk-owner"), token("service-manager")
	start := func(period string, provisional bool) string {
		return e.ask(202, owner, "POST", "/v1/processes/sla-report/runs",
			object{"service": "service-desk", "period": period, "provisional": provisional})["id"].(string)
	}
	decide := func(run string, round int, outcome string) { e.decideIn(approver, run, round, outcome) }
	ended := map[string]string{}

	run := start("2016-03", false)
	decide(run, 1, "approve")
	e.await(approver, run, "published")
	ended["approved"] = run

	run = start("2016-04", false)
	decide(run, 1, "reject")
	e.await(approver, run, "rejected")
	ended["rejected"] = run

	run = start("2016-05", false)
	decide(run, 1, "request-changes")
	decide(run, 2, "approve")
	e.await(approver, run, "published")
	ended["changes-requested"] = run

	run = start("2016-06", false)
	e.await(approver, run, "waiting")
	e.ask(200, owner, "POST", "/v1/runs/"+run+"/cancel", object{"reason": "recorded"})
	e.await(approver, run, "cancelled")
	ended["cancelled"] = run

	run = start("2017-02", true)
	e.await(approver, run, "provisional")
	ended["provisional"] = run

	keepHistories(t, e.temporal(), "sla-report", ended, maxEvents)
}

// The owner's part of an SLA report: asked for what they say to the findings, and
// to see to changes, before the next round; cancelled while they are asked.
func TestHistoriesOfAReviewedReport(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	documents, err := demoDocuments()
	require.NoError(t, err)
	e.ask(200, admin, "POST", "/v1/apply", string(documents))
	f, err := os.Open("../../deploy/demo/uci_incident_event_log.zip")
	require.NoError(t, err)
	defer f.Close()
	e.ask(200, admin, "POST", "/v1/services/service-desk/tickets?format=servicenow-audit&zone=Europe/Berlin", f)
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver := token("desk-owner"), token("service-manager")
	answer := func(who, run, step, outcome string) {
		id := strings.ReplaceAll(run, "/", ".") + "~" + step
		require.Eventually(t, func() bool {
			status, _, err := e.try(who, "GET", "/v1/tasks/"+id, nil, "")
			return err == nil && status == 200
		}, time.Minute, 100*time.Millisecond, id)
		fields := object{}
		for _, f := range e.ask(200, who, "GET", "/v1/tasks/"+id, nil)["fields"].([]any) {
			if name := f.(object)["name"].(string); strings.HasSuffix(name, ".none") {
				fields[name] = "recorded"
			}
		}
		e.ask(200, who, "POST", "/v1/tasks/"+id+"/decision", object{"outcome": outcome, "comment": "recorded", "fields": fields})
	}
	start := func(period string) string {
		return e.ask(202, owner, "POST", "/v1/processes/sla-report/runs", object{"service": "service-desk", "period": period})["id"].(string)
	}
	ended := map[string]string{}

	run := start("2016-03")
	answer(owner, run, "1.findings", "done")
	answer(approver, run, "1.approval", "request-changes")
	answer(owner, run, "1.changes", "ready")
	answer(owner, run, "2.findings", "done")
	answer(approver, run, "2.approval", "approve")
	e.await(approver, run, "published")
	ended["reviewed"] = run

	run = start("2016-04")
	e.await(approver, run, "waiting")
	e.ask(200, owner, "POST", "/v1/runs/"+run+"/cancel", object{"reason": "recorded"})
	e.await(approver, run, "cancelled")
	ended["review-cancelled"] = run

	keepHistories(t, e.temporal(), "sla-report", ended, maxEvents)
}

// Every way in which a change of the plan can go.
func TestHistoriesOfThePlan(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	organisation := unreviewed(t)
	e.ask(200, admin, "POST", "/v1/apply", string(organisation))
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver := token("desk-owner"), token("service-manager")
	propose := func(tolerance int) string {
		done := e.ask(202, owner, "PUT", "/v1/intervals/desk", object{"apiVersion": "turnus/v1", "kind": "Interval",
			"metadata": object{"name": "desk"}, "spec": object{"process": "sla-report", "scope": "service-desk", "tolerance": tolerance,
				"rule": object{"working_day": 3, "of": "month", "at": "06:00"}, "reason": "recorded", "valid": object{"from": "2026-01-01"}}})
		return done["run"].(string)
	}
	decide := func(run string, round int, outcome string) { e.decideIn(approver, run, round, outcome) }
	ended := map[string]string{}

	run := propose(1)
	decide(run, 1, "reject")
	e.await(approver, run, "rejected")
	ended["rejected"] = run

	run = propose(2)
	decide(run, 1, "request-changes")
	decide(run, 2, "approve")
	e.await(approver, run, "published")
	ended["changes-requested"] = run

	run = propose(3)
	decide(run, 1, "approve")
	e.await(approver, run, "published")
	ended["approved"] = run

	run = propose(4)
	e.await(approver, run, "waiting")
	e.ask(200, owner, "POST", "/v1/runs/"+run+"/cancel", object{"reason": "recorded"})
	e.await(approver, run, "cancelled")
	ended["cancelled"] = run
	keepHistories(t, e.temporal(), "change-approval", ended, maxEvents)
}

// decideIn answers the task of a run's round.
func (e *engine) decideIn(approver, run string, round int, outcome string) {
	asked := e.asked(approver, run, "approval")
	for asked["round"] != float64(round) {
		asked = e.asked(approver, run, "approval")
	}
	e.ask(200, approver, "POST", "/v1/tasks/"+asked["id"].(string)+"/decision", object{"outcome": outcome, "comment": "recorded"})
}

// keepHistories holds histories small, and writes them where they are replayed
// from if it was asked to.
func keepHistories(t testing.TB, temporal client.Client, process string, workflows map[string]string, most int) {
	for name, id := range workflows {
		h := &history.History{}
		for events := temporal.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); events.HasNext(); {
			ev, err := events.Next()
			require.NoError(t, err)
			h.Events = append(h.Events, ev)
		}
		t.Logf("%s: %d events", name, len(h.Events))
		require.Less(t, len(h.Events), most, name)
		if *recordHistories == "" {
			continue
		}
		b, err := protojson.Marshal(h)
		require.NoError(t, err)
		var pretty bytes.Buffer // protojson's own spacing changes from build to build
		require.NoError(t, json.Indent(&pretty, b, "", " "))
		file := filepath.Join("../../workflows/testdata/histories", process, name+"."+*recordHistories+".json")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		require.NoError(t, err)
		_, err = f.Write(append(pretty.Bytes(), '\n'))
		require.NoError(t, errors.Join(err, f.Close()))
	}
}
