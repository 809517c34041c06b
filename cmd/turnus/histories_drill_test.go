package main

import (
	"testing"
	"time"
)

// maxDrillEvents bounds the history of a drill of five steps with all that goes
// with it: some twenty-five tasks.
const maxDrillEvents = 800

// Every way in which a drill can go.
func TestHistoriesOfADrill(t *testing.T) {
	d := newDrilling(t)
	begun := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	reason := func(outcome string) object { return object{"outcome": outcome, "comment": "recorded"} }
	whole := object{"integrity": "whole", "snapshot": begun.Add(-time.Minute).UTC().Format(time.RFC3339)}
	ended := map[string]string{}

	d.begin(0, nil)
	d.answer(d.owner, "plan", d.planned("component"))
	d.answer(d.manager, "approval", reason("request-changes"))
	d.script("component", begun)
	d.answer(d.carl, "step-1", done(nil))
	d.answer(d.dora, "step-2", reason("pause"))
	d.answer(d.emil, "step-3", reason("failed"))
	d.answer(d.dora, "paused-2", object{"outcome": "resume"})
	d.answer(d.bert, "conduct-1", object{"outcome": "direct", "comment": "recorded", "fields": object{"order": "reassign", "step": "seats", "person": "gustav"}})
	d.answer(d.gustav, "step-4-2", done(nil))
	d.answer(d.dora, "step-2-2", done(nil))
	d.answer(d.bert, "conduct-1-2", object{"outcome": "direct", "comment": "recorded", "fields": object{"order": "go-on", "step": "open"}})
	d.answer(d.gustav, "step-5", done(nil))
	d.answer(d.berta, "confirm-1", object{"outcome": "fail", "comment": "recorded"})
	d.answer(d.berta, "confirm-1-2", object{"outcome": "pass"})
	d.answer(d.bert, "conduct-1-3", done(nil))
	d.answer(d.dora, "back-1", done(nil))
	d.answer(d.berta, "normal-1", object{"outcome": "fail", "comment": "recorded"})
	d.answer(d.berta, "normal-1-2", object{"outcome": "pass"})
	d.answer(d.bert, "evaluate", done(whole))
	d.answer(d.bert, "debrief", done(object{"well": "recorded", "badly": "recorded", "lessons": "recorded"}))
	d.answer(d.owner, "review", done(object{"review": "recorded", "retest": day(30)}))
	d.answer(d.deputy, "approval", reason("request-changes"))
	d.answer(d.owner, "changes", object{"outcome": "ready"})
	d.answer(d.bert, "correct-1", done(nil))
	d.answer(d.deputy, "approval", reason("approve"))
	d.await(d.auditor, d.run, "published")
	ended["carried-out"] = d.run

	d.begin(1, nil)
	d.script("full-interruption", begun)
	d.answer(d.bert, "conduct-1", reason("abort"))
	d.back()
	d.close(object{"integrity": "no-data"}, object{"review": "recorded", "retest": day(30)})
	ended["aborted"] = d.run

	d.begin(2, nil)
	d.answer(d.owner, "plan", d.planned("tabletop"))
	d.answer(d.manager, "approval", reason("approve"))
	d.answer(d.bert, "discuss", done(object{"notes": "recorded", "offsite": "no"}))
	d.answer(d.bert, "debrief", done(object{"well": "recorded", "badly": "recorded", "lessons": "recorded"}))
	d.answer(d.owner, "review", done(object{"review": "recorded"}))
	d.answer(d.deputy, "approval", reason("reject"))
	d.await(d.auditor, d.run, "rejected")
	ended["discussed"] = d.run

	d.begin(3, nil)
	d.script("component", begun)
	d.answer(d.carl, "step-1", done(nil))
	d.asked(d.auditor, d.run, "step-3")
	d.ask(200, d.owner, "POST", "/v1/runs/"+d.run+"/cancel", object{"reason": "recorded"})
	d.await(d.auditor, d.run, "cancelled")
	ended["cancelled"] = d.run

	d.begin(4, nil)
	d.script("component", begun)
	d.answer(d.bert, "conduct-1", reason("abort"))
	d.back()
	d.answer(d.bert, "evaluate", done(object{"integrity": "no-data"}))
	d.answer(d.bert, "debrief", done(object{"well": "recorded", "badly": "recorded", "lessons": "recorded"}))
	d.answer(d.owner, "review", done(object{"review": "recorded", "retest": day(30)}))
	d.answer(d.deputy, "approval", reason("request-changes"))
	d.answer(d.owner, "changes", object{"outcome": "ready"})
	wrong := func(fields object) object {
		return object{"outcome": "correct", "comment": "recorded", "fields": fields}
	}
	d.answer(d.bert, "correct-1", wrong(object{"event": "ended", "at": time.Now().UTC().Format(time.RFC3339)}))
	d.answer(d.bert, "correct-1-2", wrong(object{"event": "normal"}))
	d.answer(d.berta, "correct-2", wrong(object{"event": "normal", "at": time.Now().UTC().Format(time.RFC3339)}))
	d.answer(d.bert, "correct-1-3", done(nil))
	d.answer(d.owner, "review", done(object{"review": "recorded", "retest": day(30)}))
	d.answer(d.deputy, "approval", reason("approve"))
	d.await(d.auditor, d.run, "published")
	ended["corrected"] = d.run

	keepHistories(t, d.temporal(), "continuity-drill", ended, maxDrillEvents)
}
