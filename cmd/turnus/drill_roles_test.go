package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An administrator starts no drill, and neither answers nor decides on anything in
// it: they are refused before whoever is asked answers, and get no pass either.
func TestAdministratorsTakeNoPartInADrill(t *testing.T) {
	d := newDrilling(t)
	d.ask(200, d.admin, "POST", "/v1/apply", "{apiVersion: turnus/v1, kind: Person, metadata: {name: ada}, spec: {roles: [administrator]}}")
	ada := d.ask(201, d.admin, "POST", "/v1/persons/ada/tokens", object{})["token"].(string)
	say := func(who, step string, body object) {
		t.Helper()
		task := "/v1/tasks/" + d.asked(d.auditor, d.run, step)["id"].(string)
		require.Contains(t, fmt.Sprint(d.ask(403, ada, "POST", task+"/decision", body)["detail"]), "ada", step)
		d.ask(403, ada, "POST", task+"/passes", object{"outcome": body["outcome"]})
		require.Empty(t, d.all(ada, "/v1/tasks?state=open&mine=true"), step)
		require.Equal(t, "open", d.ask(200, d.auditor, "GET", task, nil)["state"], step)
		d.answer(who, step, body)
	}

	d.ask(403, ada, "POST", "/v1/processes/continuity-drill/runs", object{"scope": "desk-site", "period": day(0)})
	begun := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	d.begin(0, nil)
	say(d.owner, "plan", d.planned("functional"))
	say(d.manager, "approval", object{"outcome": "approve"})
	say(d.bert, "begin", done(object{"disruption": begun.UTC().Format(time.RFC3339), "offsite": "yes"}))
	say(d.bert, "calls", done(object{"contact.1.reached": "yes", "contact.1.by": "phone"}))
	for n, who := range []string{d.carl, d.dora, d.emil, d.frida, d.gustav} {
		say(who, fmt.Sprint("step-", n+1), done(at(begun.Add(time.Duration(n+1)*time.Minute))))
	}
	say(d.bert, "conduct-1", object{"outcome": "direct", "comment": "Seen later.", "fields": object{"order": "correct", "event": "detected", "at": begun.Add(30 * time.Second).UTC().Format(time.RFC3339)}})
	say(d.berta, "confirm-1", object{"outcome": "pass", "fields": at(begun.Add(time.Hour))})
	say(d.bert, "conduct-1-2", done(nil))
	say(d.dora, "back-1", done(nil))
	say(d.berta, "normal-1", object{"outcome": "pass"})
	say(d.bert, "evaluate", done(object{"snapshot": begun.Add(-20 * time.Minute).UTC().Format(time.RFC3339), "capacity": "75", "integrity": "whole"}))
	say(d.bert, "debrief", done(object{"well": "The phones", "badly": "The seats", "lessons": "Two more people"}))
	say(d.owner, "review", done(object{"review": "In time."}))
	say(d.deputy, "approval", object{"outcome": "approve"})
	d.await(d.auditor, d.run, "published")
}
