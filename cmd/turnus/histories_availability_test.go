package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const shopAndSite = `
{apiVersion: turnus/v1, kind: Person, metadata: {name: shop-owner}, spec: {roles: [process-owner]}}
---
{apiVersion: turnus/v1, kind: Person, metadata: {name: shop-approver}, spec: {roles: [approver]}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: shop}, spec: {owner: shop-owner, approvers: [shop-approver], calendar: 24x7, zone: Europe/Berlin}}
---
{apiVersion: turnus/v1, kind: Service, metadata: {name: site}, spec: {owner: shop-owner, approvers: [shop-approver], calendar: 24x7, zone: Europe/Berlin, review: findings}}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: shop}
spec: {service: shop, valid: {from: "2026-01-01"}, targets: [{name: all, measure: availability, calendar: 24x7, attain: 99.9, availability: {}}]}
---
apiVersion: turnus/v1
kind: Agreement
metadata: {name: site}
spec: {service: site, valid: {from: "2026-01-01"}, targets: [{name: all, measure: availability, calendar: 24x7, attain: 99.9, availability: {}}]}
`

// Every way in which an availability review can go, on the real engine: its history
// stays small, and is what the replay test was recorded from.
func TestHistoriesOfAnAvailabilityReview(t *testing.T) {
	e := newEngine(t)
	e.start()
	admin := e.token("admin-token")
	e.ask(200, admin, "POST", "/v1/apply", shopAndSite)
	mapping := url.QueryEscape(`{"dataset":"outages","columns":{"reference":"reference","start":"start","end":"end"}}`)
	outages := func(service string, rows ...string) {
		e.ask(200, admin, "POST", "/v1/services/"+service+"/outages?format=csv&since=2026-01-01T00:00:00Z&as_of=2026-11-01T00:00:00Z&mapping=plain&inline_mapping="+mapping,
			strings.NewReader("reference,start,end\n"+strings.Join(rows, "\n")+"\n"))
	}
	recorded := []string{"A,2026-01-10T10:00:00Z,2026-01-10T12:00:00Z", "B,2026-03-10T10:00:00Z,2026-03-10T10:30:00Z"}
	outages("shop", recorded...)
	outages("site", recorded...)
	token := func(person string) string {
		return e.ask(201, admin, "POST", "/v1/persons/"+person+"/tokens", object{})["token"].(string)
	}
	owner, approver := token("shop-owner"), token("shop-approver")
	start := func(service, period string, provisional bool) string {
		return e.ask(202, owner, "POST", "/v1/processes/availability-review/runs", object{"service": service, "period": period, "provisional": provisional})["id"].(string)
	}
	decide := func(run string, round int, outcome string) { e.decideIn(approver, run, round, outcome) }
	ended := map[string]string{}

	run := start("shop", "2026-01", false)
	decide(run, 1, "approve")
	e.await(approver, run, "published")
	ended["approved"] = run

	run = start("shop", "2026-02", false)
	decide(run, 1, "reject")
	e.await(approver, run, "rejected")
	ended["rejected"] = run

	run = start("shop", "2026-Q1", false)
	decide(run, 1, "request-changes")
	decide(run, 2, "approve")
	e.await(approver, run, "published")
	ended["changes-requested"] = run

	run = start("shop", "2026-04", false)
	e.await(approver, run, "waiting")
	e.ask(200, owner, "POST", "/v1/runs/"+run+"/cancel", object{"reason": "recorded"})
	e.await(approver, run, "cancelled")
	ended["cancelled"] = run

	run = start("shop", "2026", true)
	e.await(approver, run, "provisional")
	ended["provisional"] = run

	// What comes while two wait: one begins anew, the other is approved as it is.
	refreshed, stale := start("shop", "2026-05", false), start("shop", "2026-06", false)
	e.await(approver, refreshed, "waiting")
	e.await(approver, stale, "waiting")
	outages("shop", append(recorded, "C,2026-05-10T10:00:00Z,2026-05-10T12:00:00Z", "D,2026-06-10T10:00:00Z,2026-06-10T12:00:00Z")...)
	e.ask(200, owner, "POST", "/v1/runs/"+refreshed+"/refresh", nil)
	decide(refreshed, 2, "approve")
	e.await(approver, refreshed, "published")
	ended["refreshed"] = refreshed
	id := e.asked(approver, stale, "approval")["id"].(string)
	require.Contains(t, e.ask(409, approver, "POST", "/v1/tasks/"+id+"/decision", object{"outcome": "approve"})["detail"], "outages: 1 added")
	e.ask(200, approver, "POST", "/v1/tasks/"+id+"/decision", object{"outcome": "approve", "comment": "recorded", "stale": true})
	e.await(approver, stale, "published")
	ended["approved-stale"] = stale

	answer := func(who, run, step, outcome string) {
		id := strings.ReplaceAll(run, "/", ".") + "~" + step
		e.eventually(time.Minute, id, func() bool {
			status, _, err := e.try(who, "GET", "/v1/tasks/"+id, nil, "")
			return err == nil && status == 200
		})
		fields := object{}
		for _, f := range e.ask(200, who, "GET", "/v1/tasks/"+id, nil)["fields"].([]any) {
			if name := f.(object)["name"].(string); strings.HasSuffix(name, ".none") {
				fields[name] = "recorded"
			}
		}
		e.ask(200, who, "POST", "/v1/tasks/"+id+"/decision", object{"outcome": outcome, "comment": "recorded", "fields": fields})
	}
	run = start("site", "2026-01", false)
	answer(owner, run, "1.findings", "done")
	answer(approver, run, "1.approval", "request-changes")
	answer(owner, run, "1.changes", "ready")
	answer(owner, run, "2.findings", "done")
	answer(approver, run, "2.approval", "approve")
	e.await(approver, run, "published")
	ended["reviewed"] = run

	run = start("site", "2026-03", false)
	e.await(approver, run, "waiting")
	e.ask(200, owner, "POST", "/v1/runs/"+run+"/cancel", object{"reason": "recorded"})
	e.await(approver, run, "cancelled")
	ended["review-cancelled"] = run

	keepHistories(t, e.temporal(), "availability-review", ended, maxEvents)
}
