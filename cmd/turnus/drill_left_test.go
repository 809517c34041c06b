package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever confirms for the business and both who conduct leave in the middle: the
// owner stands in, doesn't confirm what they led, and has somebody else do that.
func TestADrillWhosePeopleLeave(t *testing.T) {
	d := newDrilling(t)
	d.ask(200, d.admin, "POST", "/v1/apply", "{apiVersion: turnus/v1, kind: Person, metadata: {name: bruno}, spec: {roles: [viewer]}}")
	bruno := d.ask(201, d.admin, "POST", "/v1/persons/bruno/tokens", object{})["token"].(string)
	begun := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	d.begin(0, nil)
	d.script("functional", begun)
	for n, who := range []string{d.carl, d.dora, d.emil, d.frida} {
		d.answer(who, fmt.Sprint("step-", n+1), done(at(begun.Add(time.Duration(n+1)*time.Minute))))
	}
	for _, who := range []string{"berta", "bert"} {
		d.ask(204, d.admin, "DELETE", "/v1/persons/"+who, nil)
	}
	may := func(step string) any {
		return d.ask(200, d.auditor, "GET", "/v1/tasks/"+d.asked(d.auditor, d.run, step)["id"].(string), nil)["approvers"]
	}
	require.Equal(t, []any{"carl"}, may("conduct-1"), "one of those whom it names is there")
	d.ask(204, d.admin, "DELETE", "/v1/persons/carl", nil)
	require.Equal(t, []any{"desk-owner"}, may("conduct-1"))
	d.answer(d.gustav, "step-5", done(at(begun.Add(20*time.Minute))))
	confirm := d.asked(d.auditor, d.run, "confirm-1")["id"].(string)
	require.Equal(t, []any{"desk-owner"}, may("confirm-1"))
	d.say(404, d.gustav, confirm, object{"outcome": "pass"})

	name := func(who string) object {
		return object{"outcome": "direct", "comment": "She has left.", "fields": object{"order": "confirm-by", "person": who}}
	}
	conduct := d.asked(d.auditor, d.run, "conduct-1")["id"].(string)
	require.Contains(t, fmt.Sprint(d.say(422, d.owner, conduct, name("gustav"))), "gustav leads the recovery, or carries out or was named for a step of it")
	require.Contains(t, fmt.Sprint(d.say(422, d.owner, conduct, name("carl"))), "carl has left")
	d.answer(d.owner, "conduct-1", name("desk-owner"))
	require.Equal(t, []any{}, may("confirm-1-2"), "whoever conducts doesn't confirm")
	refused := d.say(403, d.owner, d.asked(d.auditor, d.run, "confirm-1-2")["id"].(string), object{"outcome": "pass"})
	require.Contains(t, fmt.Sprint(refused), "four eyes")
	d.answer(d.owner, "conduct-1-2", name("bruno"))
	d.answer(bruno, "confirm-1-3", object{"outcome": "pass", "fields": at(begun.Add(30 * time.Minute))})
	d.answer(d.owner, "conduct-1-3", done(nil))
	d.answer(d.dora, "back-1", done(nil))
	require.Equal(t, []any{"bruno"}, may("normal-1"))
	d.answer(bruno, "normal-1", object{"outcome": "pass"})
	d.answer(d.owner, "evaluate", done(object{"snapshot": begun.Add(-20 * time.Minute).UTC().Format(time.RFC3339), "capacity": "75", "integrity": "whole"}))
	d.answer(d.owner, "debrief", done(object{"well": "The phones", "badly": "Three have left", "lessons": "More deputies"}))
	d.answer(d.owner, "review", done(object{"review": "In time."}))
	d.answer(d.deputy, "approval", object{"outcome": "approve"})
	d.await(d.auditor, d.run, "published")
	require.Equal(t, []any{"1800", "met"}, d.figure(d.ask(200, d.auditor, "GET", "/v1/runs/"+d.run+"/report", nil), "rta"))
	require.Empty(t, d.findings("&kind=drill-shortcoming"))
}

// A drill that is cancelled in the middle leaves a finding that says what was done
// and not taken back; one that hasn't begun leaves none. A re-test that begins
// later, goes back and passes mends it.
func TestADrillIsCancelledInTheMiddle(t *testing.T) {
	d := newDrilling(t)
	begun := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	cancel := func() {
		d.ask(200, d.owner, "POST", "/v1/runs/"+d.run+"/cancel", object{"reason": "Nobody has time."})
		d.await(d.auditor, d.run, "cancelled")
	}
	d.begin(0, nil)
	d.answer(d.owner, "plan", d.planned("functional"))
	d.answer(d.manager, "approval", object{"outcome": "approve"})
	d.asked(d.auditor, d.run, "begin")
	cancel()
	require.Empty(t, d.findings("&kind=drill-shortcoming"), "nothing was begun")

	d.begin(1, nil)
	first := d.run
	d.script("functional", begun)
	d.answer(d.bert, "conduct-1", object{"outcome": "abort", "comment": "A major incident elsewhere."})
	d.back()
	d.close(object{"integrity": "no-data"}, object{"review": "To be repeated.", "retest": day(30)})
	require.Len(t, d.findings("&kind=drill-shortcoming"), 1, "aborted, and back to normal")

	d.begin(2, nil)
	d.script("functional", begun)
	d.answer(d.carl, "step-1", done(at(begun.Add(time.Minute))))
	d.asked(d.auditor, d.run, "step-2")
	d.answer(d.emil, "step-3", object{"outcome": "failed", "comment": "The tape is torn."})
	cancel()
	var left object
	for _, f := range d.findings("&kind=drill-shortcoming") {
		if f["object"] == "run/"+d.run {
			left = f
		}
	}
	title, note := left["title"].(object), left["note"].(object)
	require.Equal(t, "Run cancelled before the return to normal operation was verified (Loss of the site)", title["en"])
	require.Contains(t, title["de"], "Lauf abgebrochen, bevor die Rückkehr zum Normalbetrieb geprüft war")
	require.Equal(t, "Cancelled by desk-owner: Nobody has time.\nSteps that were begun: Invoke the plan (done); Switch the phones (open); Restore the tickets (failed); Open the seats (open)."+
		"\nSteps back that weren’t done: Switch the phones back.\nberta is to verify that operation is normal.", note["en"])
	require.Contains(t, note["de"], "Begonnene Schritte: Invoke the plan (erledigt);")
	d.finding = fmt.Sprint(int64(left["id"].(float64)))

	d.begin(3, object{"retests": first})
	d.script("functional", begun.Add(time.Second))
	for n, who := range []string{d.carl, d.dora, d.emil, d.frida, d.gustav} {
		d.answer(who, fmt.Sprint("step-", n+1), done(at(begun.Add(time.Duration(n+1)*time.Minute))))
	}
	d.answer(d.berta, "confirm-1", object{"outcome": "pass", "fields": at(begun.Add(30 * time.Minute))})
	d.answer(d.bert, "conduct-1", done(nil))
	d.back()
	d.close(object{"snapshot": begun.Add(-20 * time.Minute).UTC().Format(time.RFC3339), "capacity": "75", "integrity": "whole"}, object{"review": "In time."})
	d.becomes("closed")
}
