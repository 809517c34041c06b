package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// By its record a drill met its objectives; the approver of its report knows from
// the monitoring that it didn't. Who entered what corrects it, with the process
// killed in between, and the report that is published says what was achieved, and
// what had been entered before.
func TestAWrongInstantIsCorrectedBeforeTheReportIsApproved(t *testing.T) {
	d := newDrilling(t)
	begun := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	d.begin(0, nil)
	d.script("functional", begun)
	for n, who := range []string{d.carl, d.dora, d.emil, d.frida, d.gustav} {
		d.answer(who, fmt.Sprint("step-", n+1), done(at(begun.Add(time.Duration(10*(n+1))*time.Minute))))
	}
	d.answer(d.berta, "confirm-1", object{"outcome": "pass", "fields": at(begun.Add(55 * time.Minute))})
	d.answer(d.bert, "conduct-1", done(nil))
	d.back()
	d.answer(d.bert, "evaluate", done(object{"snapshot": begun.Add(-20 * time.Minute).UTC().Format(time.RFC3339), "capacity": "75", "integrity": "whole"}))
	d.answer(d.bert, "debrief", done(object{"well": "The phones", "badly": "The seats", "lessons": "Two more people"}))
	d.answer(d.owner, "review", done(object{"review": "In time."}))
	d.answer(d.deputy, "approval", object{"outcome": "request-changes", "comment": "The calls came through after two hours: see the monitoring."})
	d.answer(d.owner, "changes", object{"outcome": "ready"})

	correct := func(event string, fields object) object {
		fields["event"] = event
		return object{"outcome": "correct", "comment": "The monitoring says so.", "fields": fields}
	}
	back := begun.Add(135 * time.Minute)
	first := d.asked(d.auditor, d.run, "correct-1")
	require.Contains(t, fmt.Sprint(first["text"]), "see the monitoring")
	d.say(403, d.owner, first["id"].(string), correct("mbco_technical", at(back)))
	d.say(422, d.bert, first["id"].(string), correct("mbco_confirmed", at(back)))
	d.say(422, d.bert, first["id"].(string), correct("mbco_technical", at(begun.Add(-time.Minute))))
	d.answer(d.bert, "correct-1", correct("mbco_confirmed", object{}))
	d.kill()
	d.start()
	d.answer(d.berta, "correct-2", correct("mbco_confirmed", at(back)))
	d.answer(d.carl, "correct-1-2", correct("mbco_technical", at(begun.Add(130*time.Minute))))
	entry := func(fields object) object {
		return object{"outcome": "correct", "comment": "The log says so.", "fields": fields}
	}
	once := d.asked(d.auditor, d.run, "correct-1-3")["id"].(string)
	d.say(422, d.bert, once, entry(object{"contact": "1", "reached": "yes", "by": "phone"})) // as it is entered
	d.say(422, d.bert, once, entry(object{"step": "back", "contact": "1", "reached": "no"}))
	d.answer(d.bert, "correct-1-3", entry(object{"contact": "1", "reached": "yes", "at": begun.Add(15 * time.Minute).UTC().Format(time.RFC3339)}))
	d.answer(d.bert, "correct-1-4", entry(object{"step": "back", "at": begun.Add(175 * time.Minute).UTC().Format(time.RFC3339)}))
	d.answer(d.bert, "correct-1-5", done(nil))
	d.answer(d.owner, "review", done(object{"review": "A quarter of an hour late.", "retest": day(30)}))
	d.answer(d.deputy, "approval", object{"outcome": "approve"})
	d.await(d.auditor, d.run, "published")

	report := d.ask(200, d.auditor, "GET", "/v1/runs/"+d.run+"/report", nil)
	require.Equal(t, []any{"8100", "missed"}, d.figure(report, "rta"))
	require.Equal(t, []any{"1200", "met"}, d.figure(report, "rpa"))
	d.found("failed-objective")
	states := map[string]any{}
	for _, c := range d.all(d.auditor, "/v1/coverage?service=service-desk") {
		states[c["objective"].(string)] = c["state"]
	}
	require.Equal(t, map[string]any{"rto": "failed", "rpo": "proved", "mbco_pct": "proved"}, states)
	d.shows("corrected", map[string][]string{
		"en": {"Corrected after changes to this report were requested", "no, corrected", "The monitoring says so.", "A quarter of an hour late.",
			"minimum level confirmed by the business, end of step back 1, call of ", "Corrected calls", "Corrected ends of steps"},
		"de": {"Berichtigt, nachdem Änderungen an diesem Bericht verlangt wurden", "nein, berichtigt", "The monitoring says so.",
			"Ende von Schritt 1 der Rückkehr, Alarmierung von ", "Berichtigte Alarmierungen", "Berichtigte Enden von Schritten"},
	})
}
