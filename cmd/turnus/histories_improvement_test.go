package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every way in which an improvement can go.
func TestHistoriesOfAnImprovement(t *testing.T) {
	e := newEngine(t)
	e.start()
	i := &improving{engine: e, admin: e.token("admin-token"), again: func() {}, killed: map[string]int{}}
	i.declare()
	begin := func() string {
		found := e.ask(201, i.manager, "POST", "/v1/findings", object{"type": "nonconformity", "service": "service-desk", "title": "recorded", "detail": "recorded"})
		i.finding = fmt.Sprint(int64(found["id"].(float64)))
		return e.ask(202, i.owner, "POST", "/v1/processes/improvement/runs", object{"scope": i.finding})["id"].(string)
	}
	corrected := object{"outcome": "done", "fields": object{"correction": "recorded", "elsewhere": "recorded"}}
	reason := func(outcome string) object { return object{"outcome": outcome, "comment": "recorded"} }
	ended := map[string]string{}

	i.run = begin()
	i.answer(i.owner, "correction", corrected)
	i.answer(i.owner, "plan", planned("deputy", "bert"))
	i.answer(i.manager, "approval", reason("approve"))
	i.answer(i.deputy, "action-1", object{"outcome": "postpone", "comment": "recorded", "fields": object{"due": i.later(30)}})
	i.answer(i.deputy, "action-1-2", object{"outcome": "done", "fields": object{"evidence": "recorded"}})
	i.answer(i.bert, "action-2", object{"outcome": "done", "fields": object{"evidence": "recorded"}})
	i.check(i.manager, "check-1", "fail", "20")
	i.check(i.manager, "check-2", "pass", "12")
	i.answer(i.owner, "plan", planned("bert"))
	i.answer(i.manager, "approval", reason("approve"))
	i.answer(i.bert, "action-3", object{"outcome": "done", "fields": object{"evidence": "recorded"}})
	i.check(i.manager, "check-3", "pass", "1")
	i.answer(i.manager, "approval", reason("approve"))
	i.await(i.auditor, i.run, "published")
	ended["worked"] = i.run

	i.run = begin()
	i.answer(i.owner, "correction", corrected)
	i.answer(i.owner, "plan", object{"outcome": "done", "fields": object{"no-cause": "recorded"}})
	i.answer(i.manager, "approval", reason("approve"))
	i.await(i.auditor, i.run, "published")
	ended["corrected"] = i.run

	i.run = begin()
	i.answer(i.owner, "correction", reason("decline"))
	i.answer(i.manager, "approval", reason("request-changes"))
	i.answer(i.owner, "correction", corrected)
	i.answer(i.owner, "plan", reason("decline"))
	i.answer(i.manager, "approval", reason("approve"))
	i.await(i.auditor, i.run, "published")
	ended["declined"] = i.run

	i.run = begin()
	i.answer(i.owner, "correction", corrected)
	i.answer(i.owner, "plan", planned("deputy"))
	i.answer(i.manager, "approval", reason("reject"))
	i.await(i.auditor, i.run, "rejected")
	ended["rejected"] = i.run

	i.run = begin()
	i.answer(i.owner, "correction", corrected)
	i.answer(i.owner, "plan", planned("deputy", "bert"))
	i.answer(i.manager, "approval", reason("approve"))
	i.answer(i.bert, "action-2", object{"outcome": "done", "fields": object{"evidence": "recorded"}})
	i.asked(i.auditor, i.run, "check-2")
	e.ask(200, i.owner, "POST", "/v1/runs/"+i.run+"/cancel", object{"reason": "recorded"})
	i.await(i.auditor, i.run, "cancelled")
	ended["cancelled"] = i.run
	require.Len(t, ended, 5)
	keepHistories(t, e.temporal(), "improvement", ended, 400) // fourteen tasks in one of them
}
