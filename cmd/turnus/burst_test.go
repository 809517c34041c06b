package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/calendar"
)

const (
	burstServices = 10
	burstSlots    = 60 // unless TURNUS_BURST_SLOTS says otherwise: 1000 at most
	burstEnds     = 10 * time.Minute
)

// Many slots fall due at once, and two workers and two APIs, killed at
// random, start and decide them: each slot gets one run, each decision counts
// once.
func TestBurstOfSlots(t *testing.T) {
	s := newPairs(t)
	slots := asMany(t, "TURNUS_BURST_SLOTS", burstSlots)
	all := months()
	reported := all[len(all)-slots/burstServices:] // each slot comes a month later
	var names []string
	for i := range burstServices {
		names = append(names, fmt.Sprintf("service-%d", i))
	}
	c := newChaos(t, s.here.settleWith(names), &s.here.engine, &s.there.engine)
	for _, p := range c.propose(names, reported[0]) {
		c.decide(p, 1, "approve")
		c.ends(p)
	}
	approved := time.Now()
	expected := c.expect(names, reported)
	done := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() { defer close(done); c.decideAll(expected) })
	hits := 0
	for range c.rounds() {
		select {
		case <-done:
		case <-time.After(c.upTo(6 * time.Second)):
			hits++
			s.hit(c)
			s.ready()
		}
	}
	busy.Wait()
	t.Logf("%d slots were started and decided within %s of their approval, under %d hits", slots, time.Since(approved).Round(time.Second), hits)
	c.everythingIsOnRecord()
	s.everySlotHasItsRun(slots)
}

// propose lets the owner propose an interval for each service.
func (c *chaos) propose(names []string, since string) []*plan {
	first, err := calendar.ParsePeriod(since)
	require.NoError(c, err)
	var all []*plan
	for _, name := range names {
		status, o, err := c.try(c.owner, "PUT", "/v1/intervals/"+name, object{"apiVersion": "turnus/v1", "kind": "Interval",
			"metadata": object{"name": name}, "spec": object{"process": "sla-report", "scope": name, "reason": "chaos",
				"rule": object{"day": 3, "of": "month", "at": "06:00"}, "valid": object{"from": first.Next.String(), "to": "2026-11-30"}}}, "")
		require.NoError(c, err)
		require.Equal(c, 202, status, "%v", o)
		p := &plan{run: o["run"].(string), course: courses[0], started: true}
		c.plans[p.run] = p
		all = append(all, p)
	}
	return all
}

// expect says what the run of each slot is put through: most are approved,
// some rejected, over some two persons contend.
func (c *chaos) expect(names, months []string) map[string]*plan {
	expected := map[string]*plan{}
	for _, name := range names {
		for _, month := range months {
			p := &plan{run: "sla-report/" + name + "/" + month, course: courses[[]int{0, 0, 0, 1, 3}[c.dice.IntN(5)]], started: true}
			expected[p.run], c.plans[p.run] = p, p
		}
	}
	return expected
}

// decideAll answers each task as it comes.
func (c *chaos) decideAll(expected map[string]*plan) {
	work := make(chan *plan)
	var busy sync.WaitGroup
	for range 12 {
		busy.Go(func() {
			for p := range work {
				p.course.answer(c, p)
				c.ends(p)
			}
		})
	}
	for end := time.Now().Add(burstEnds); len(expected) > 0; time.Sleep(time.Second) {
		if time.Now().After(end) {
			c.Errorf("%d slots have no task within %s", len(expected), burstEnds)
			break
		}
		_, o, err := c.try(c.first, "GET", "/v1/tasks?state=open&mine=true&limit=500", nil, "")
		if err != nil {
			continue
		}
		items, _ := o["items"].([]any)
		for _, t := range items {
			run := t.(object)["run"].(string)
			if p := expected[run]; p != nil {
				delete(expected, run)
				work <- p
			}
		}
	}
	close(work)
	busy.Wait()
}

// everySlotHasItsRun compares the slots with their runs, in the database
// itself: one attempt each, begun by the waker, and the state that follows.
func (s *pairs) everySlotHasItsRun(slots int) {
	rows, err := s.here.database(databaseName).Query(`
		SELECT s.process || '/' || s.scope || '/' || s.period, s.state, count(r.id), min(r.state), max(r.started_by)
		FROM slot s LEFT JOIN run r USING (process, scope, period) GROUP BY s.process, s.scope, s.period`)
	require.NoError(s, err)
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var slot, state, run, by string
		var attempts int
		require.NoError(s, rows.Scan(&slot, &state, &attempts, &run, &by))
		require.Equal(s, 1, attempts, slot)
		require.Empty(s, by, "%s was started by a person", slot)
		require.Equal(s, map[string]string{"published": "done-late", "rejected": "due"}[run], state, slot)
	}
	require.NoError(s, rows.Err())
	require.Equal(s, slots, n)
}
