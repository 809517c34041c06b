package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
)

// An improvement with three actions that go on side by side is killed at random
// moments until it is closed: each answer counts once, and none is lost.
func TestImprovementKilledAtRandom(t *testing.T) {
	e := newEngine(t)
	e.start()
	c := newChaos(t, e.settle(), e)
	id := c.improves(0)
	answered := &sync.Map{}
	say := func(token string, round int, step string, body object) {
		task := run.TaskID(id, round, step)
		c.comes(task)
		status, o := c.insist(token, "/v1/tasks/"+task+"/decision", body)
		if status != 200 {
			c.Errorf("%s: %d %v", task, status, o)
		}
		answered.Store(task, true)
	}
	work := func() {
		say(c.owner, 1, "correction", object{"outcome": "done", "fields": object{"correction": "They were called.", "elsewhere": "No."}})
		say(c.owner, 1, "plan", planned("first", "second", "owner"))
		say(c.first, 1, "approval", object{"outcome": "approve"})
		var actions sync.WaitGroup
		for n, who := range []struct{ owner, checker string }{{c.first, c.second}, {c.second, c.first}, {c.owner, c.first}} {
			action, check := fmt.Sprint("action-", n+1), fmt.Sprint("check-", n+1)
			actions.Go(func() {
				say(who.owner, 1, action, object{"outcome": "postpone", "comment": "The vendor is away.", "fields": object{"due": time.Now().UTC().AddDate(0, 0, 20).Format(time.DateOnly)}})
				say(who.owner, 1, action+"-2", object{"outcome": "done", "fields": object{"evidence": "It is done."}})
				task := run.TaskID(id, 1, check)
				c.comes(task)
				say(who.checker, 1, check, object{"outcome": "pass", "fields": object{"value": "4", "file": c.sends(who.checker, task)}})
			})
		}
		actions.Wait()
		say(c.first, 2, "approval", object{"outcome": "approve"})
	}
	done := make(chan struct{})
	go func() { defer close(done); work() }()
	kills := 0
	for range c.rounds() {
		select {
		case <-done:
		case <-time.After(c.upTo(time.Second)):
			kills++
			e.kill()
			e.launch()
			e.ready()
		}
	}
	<-done
	t.Logf("killed %d times", kills)
	require.NotZero(t, kills)
	e.await(c.auditor, id, "published")
	facts := map[string]int{}
	for _, entry := range c.all(c.auditor, auditTrail) {
		facts[entry["action"].(string)+" "+entry["object"].(string)]++
	}
	tasks := 0
	answered.Range(func(task, _ any) bool {
		tasks++
		require.Equal(t, 1, facts[fmt.Sprint("task.opened task/", task)], task)
		require.Equal(t, 1, facts[fmt.Sprint("decision.recorded task/", task)], task)
		return true
	})
	require.Equal(t, 13, tasks)
	for fact := range facts {
		if task, ok := strings.CutPrefix(fact, "task.opened task/"); ok {
			_, said := answered.Load(task)
			require.True(t, said, fact)
		}
	}
	for _, a := range c.all(c.auditor, "/v1/actions?limit=500") {
		require.Equal(t, []any{"effective", 1.0}, []any{a["state"], a["moves"]}, a)
	}
	for _, f := range c.all(c.auditor, "/v1/findings?state=all&limit=500") {
		require.Equal(t, "closed", f["state"])
	}
}

// comes waits until a task is there.
func (c *chaos) comes(task string) {
	for end := time.Now().Add(runsEnd); ; time.Sleep(100 * time.Millisecond) {
		if status, _, err := c.try(c.auditor, "GET", "/v1/tasks/"+task, nil, ""); err == nil && status == 200 {
			return
		}
		if time.Now().After(end) {
			c.Errorf("%s isn't asked within %s", task, runsEnd)
			return
		}
	}
}

// sends sends evidence to a task until it is acknowledged, and gives its SHA-256.
func (c *chaos) sends(token, task string) string {
	for end := time.Now().Add(runsEnd); ; time.Sleep(200 * time.Millisecond) {
		status, o, err := c.try(token, "POST", "/v1/tasks/"+task+"/files?name=calls.csv", strings.NewReader("day,calls\n1,4\n"), "")
		if err == nil && status < 300 {
			return o["sha256"].(string)
		}
		if time.Now().After(end) {
			c.Errorf("%s takes no file: %d %v %v", task, status, o, err)
			return ""
		}
	}
}
