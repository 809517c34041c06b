package main

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	crowdOf   = 30 // approvers
	crowdRuns = 6  // begun in each round: all decide on one of them, and some on each of the others
)

// Thirty approvers decide at once, half of them on pages and half through the
// API, on one run and on many, while the process or PostgreSQL is killed; and so
// do people whose decision it isn't. In the end every decision that somebody was
// told of is on record once, in their name, and there is no other.
// TURNUS_CHAOS_ROUNDS=50 says how often something is killed.
func TestKilledWhileThirtyDecide(t *testing.T) {
	e := newEngine(t)
	e.start()
	var names []string
	for i := range crowdOf {
		names = append(names, fmt.Sprintf("approver-%d", i+1))
	}
	p := e.settleWith(services, names...)
	c := newChaos(t, p, e)
	e.ask(200, p.admin, "POST", "/v1/apply", "{apiVersion: turnus/v1, kind: Person, metadata: {name: stranger}, spec: {roles: [approver]}}")
	m := &crowd{chaos: c}
	for i, name := range names {
		m.voices = append(m.voices, m.voice(name, i%2 == 0))
	}
	for i, name := range []string{"owner", "stranger", "owner", "stranger"} {
		m.others = append(m.others, m.voice(name, i < 2))
	}
	c.each = crowdRuns
	c.pick = func(i int) course {
		some := m.voices
		if i > 0 {
			n := crowdOf / (crowdRuns - 1)
			some = m.voices[(i-1)*n : i*n]
		}
		return course{"crowd", []string{"published", "rejected"}, func(_ *chaos, p *plan) { m.decideOn(p, some) }}
	}
	c.storm(func() {
		if c.dice.IntN(3) == 0 {
			e.endPostgres(syscall.SIGKILL)
			return
		}
		e.kill()
		e.launch()
	}, e.ready)
}

// crowd are people who decide at once.
type crowd struct {
	*chaos
	voices, others []voice
}

// voice is one of them: with a browser, or with a token alone.
type voice struct {
	name, token string
	pages       *browser
}

func (m *crowd) voice(name string, onPages bool) voice {
	v := voice{name: name, token: m.ask(201, m.admin, "POST", "/v1/persons/"+name+"/tokens", object{})["token"].(string)}
	if onPages {
		v.pages = m.browses(v.token)
	}
	return v
}

// decideOn lets some decide on a run at once, one half for it and one against,
// and those whose decision it isn't, too.
func (m *crowd) decideOn(p *plan, some []voice) {
	task := m.task(p, 1)
	var all sync.WaitGroup
	var mu sync.Mutex
	told := map[string]string{} // outcomes, by whom they were told that they count
	decide := func(v voice, outcome string) {
		if m.counts(v, task, outcome) {
			mu.Lock()
			defer mu.Unlock()
			told[v.name] = outcome
		}
	}
	for i, v := range some {
		all.Go(func() { decide(v, []string{"approve", "reject"}[i/2%2]) })
	}
	for _, v := range m.others {
		all.Go(func() { decide(v, "approve") })
	}
	all.Wait()
	for end := time.Now().Add(runsEnd); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		status, o, err := m.try(m.auditor, "GET", "/v1/tasks/"+task, nil, "")
		d, decided := o["decision"].(object)
		if err != nil || status != 200 || !decided {
			continue
		}
		if len(told) != 1 || told[d["person"].(string)] != d["outcome"] {
			m.Errorf("%s: %v were told that they decided, and on record is %v", task, told, d)
		}
		p.decisions = append(p.decisions, d)
		return
	}
	m.Errorf("%s isn't decided", task)
}

// counts gives an answer until somebody says what became of it, and whether it
// counts. Only those may be told so whose decision it is.
func (m *crowd) counts(v voice, task, outcome string) bool {
	status := 0
	if v.pages == nil {
		status, _ = m.insist(v.token, "/v1/tasks/"+task+"/decision", said(outcome))
	} else {
		status = m.insistOnPage(v, task, outcome)
	}
	switch {
	case status == 403 && v.name == "owner":
	case status == 404 && v.name == "stranger": // who sees nothing of it
	case status == 409:
	case status == 200 && v.name != "owner" && v.name != "stranger":
		return true
	default:
		m.Errorf("%s deciding %s: %d", v.name, task, status)
	}
	return false
}

// insistOnPage sends the form of the page that repeats an answer until there is
// one that counts: 200 stands for the redirect to what was recorded.
func (m *crowd) insistOnPage(v voice, task, outcome string) int {
	form := url.Values{"outcome": {outcome}, "comment": {"chaos"}, "stale": {"yes"}, "once": {keys()}}
	for end := time.Now().Add(runsEnd); ; time.Sleep(200 * time.Millisecond) {
		res, body, err := v.pages.send("POST", "/tasks/"+url.PathEscape(task)+"/done", form)
		switch {
		case err == nil && res.StatusCode == http.StatusSeeOther && res.Header.Get("Location") == "/tasks/"+url.PathEscape(task)+"/done":
			return 200
		case err == nil && res.StatusCode < 500 && res.StatusCode != http.StatusSeeOther:
			return res.StatusCode
		case err == nil && res.StatusCode != http.StatusServiceUnavailable:
			m.Errorf("%s sending an answer to %s: %d %.300s", v.name, task, res.StatusCode, body)
		}
		if time.Now().After(end) {
			m.Errorf("%s sending an answer to %s: nothing within %s: %v", v.name, task, runsEnd, err)
			return 0
		}
	}
}
