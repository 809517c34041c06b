package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"
)

// The demo organisation's plan: proposed by its owner on the first start, it
// starts nothing until it is approved; then the waker catches up on the months
// of the log, each from its slot, and February 2017 says which data it waits
// for; and on those of the monitor, all of which are covered. The command line
// shows it, and a calendar reads it.
func TestDemoPlan(t *testing.T) {
	t.Parallel() // it waits for wakings most of the time
	e := newEngine(t, "--demo")
	e.start()
	e.eventually(3*time.Minute, "the demo is in place", func() bool {
		b, err := os.ReadFile(e.dir + "/" + demoMark)
		return err == nil && strings.TrimSpace(string(b)) == "done"
	})
	owner, approver := e.token("demo-tokens/desk-owner"), e.token("demo-tokens/service-manager")
	require.Empty(t, e.all(approver, "/v1/plan?limit=500"), "nothing is planned before it is approved")
	runs := e.all(approver, "/v1/runs?process=change-approval&limit=500")
	require.Len(t, runs, 3, "one an interval, and the continuity plan")
	for _, r := range runs {
		approval := r["id"].(string)
		tasks := e.await(approver, approval, "waiting")["tasks"].([]any)
		task := tasks[0].(object)["id"].(string)
		e.ask(403, owner, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve"})
		e.ask(200, approver, "POST", "/v1/tasks/"+task+"/decision", object{"outcome": "approve", "comment": "as agreed with the customer"})
		e.await(approver, approval, "published")
	}
	planned := func(service string) []object { return e.all(approver, "/v1/plan?limit=500&service="+service) }
	require.Len(t, planned("service-desk"), 12)
	require.Len(t, planned("digital-editions"), 8)

	var slots, reviews []object
	e.eventually(3*time.Minute, "the months are caught up on", func() bool {
		working := 0
		slots, reviews = planned("service-desk"), planned("digital-editions")
		for _, s := range append(slots, reviews...) {
			if s["state"] == "in-work" {
				working++
			}
		}
		return working == 11+8
	})
	for i, s := range reviews {
		period := time.Date(2026, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		require.Equal(t, period, s["period"])
		e.await(approver, "availability-review/digital-editions/"+period, "waiting")
	}
	for i, s := range slots[:11] {
		period := time.Date(2016, time.Month(3+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		require.Equal(t, period, s["period"])
		run := e.await(approver, "sla-report/service-desk/"+period, "waiting")
		require.Equal(t, run["id"], s["run"])
		by := ""
		if i == 0 {
			by = "desk-owner" // started by its owner before there was a plan
		}
		require.Equal(t, by, run["started_by"])
	}
	february := slots[11]
	require.Equal(t, "2017-02", february["period"])
	require.Equal(t, "due", february["state"])
	reason := february["reason"].(object)
	require.Contains(t, reason["en"], "doesn't cover February 2017")
	require.Contains(t, reason["de"], "decken Februar 2017 nicht ab")

	out, err := e.command(approver, "plan")
	require.NoError(t, err, out)
	for _, s := range slots {
		require.Contains(t, out, "sla-report/service-desk/"+s["period"].(string))
	}
	require.Contains(t, out, "doesn't cover February 2017")
	ledgers := e.ask(200, approver, "GET", "/v1/plan/ledger", nil)["items"].([]any)
	require.Len(t, ledgers, 2)
	for _, l := range ledgers {
		n := map[string]int{"service-desk": 12, "digital-editions": 8}[l.(object)["scope"].(string)]
		require.EqualValues(t, n, l.(object)["planned"])
		require.EqualValues(t, n, l.(object)["open"])
	}

	out, err = e.command(owner, "plan", "feed", "--lang", "de")
	require.NoError(t, err, out)
	address, _, _ := strings.Cut(out, "\n")
	answer, err := http.Get(address)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, 200, answer.StatusCode)
	require.Equal(t, "text/calendar; charset=utf-8", answer.Header.Get("Content-Type"))
	feed, err := ical.NewDecoder(answer.Body).Decode()
	require.NoError(t, err)
	require.Len(t, feed.Events(), 12+8, "open ones of any age")
	first := feed.Events()[0]
	at, err := first.DateTimeStart(time.UTC)
	require.NoError(t, err)
	require.Equal(t, time.Date(2016, 4, 5, 4, 0, 0, 0, time.UTC), at, "the third working day of April, at six in Berlin")
	require.Equal(t, "SLA-Bericht service-desk 2016-03 (in Arbeit)", first.Props.Get(ical.PropSummary).Value)
}
