package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/process"
	"turnus/itsm/run"
)

const (
	burstFindings = 50 // unless TURNUS_BURST_FINDINGS says otherwise
	burstClients  = 50 // that open and begin at once
)

// Many findings are opened and their improvements begun at once, while other
// people decide on reports, and the process is killed in the midst of it: each
// finding is opened once, each improvement begun once and asks its owner once,
// and each decision is acknowledged and counts once.
func TestBurstOfFindings(t *testing.T) {
	e := newEngine(t)
	e.start()
	c := newChaos(t, e.settle(), e)
	n := asMany(t, "TURNUS_BURST_FINDINGS", burstFindings)
	reports := c.waitForApproval(n / 10)

	begun, done := time.Now(), make(chan struct{})
	var burst, deciding sync.WaitGroup
	var started atomic.Int64
	runs := make([]string, n)
	for client := range burstClients {
		burst.Go(func() {
			for i := client; i < n; i += burstClients {
				runs[i] = c.improves(i)
				started.Add(1)
			}
		})
	}
	took := make([]span, len(reports))
	deciding.Go(func() {
		for i, p := range reports {
			took[i].from = time.Now()
			c.decide(p, 1, "approve")
			took[i].to = time.Now()
		}
	})
	go func() { burst.Wait(); close(done) }()
	c.eventually(burstEnds, "a third has begun", func() bool { return started.Load() >= int64(n/3) })
	away, before := span{from: time.Now()}, started.Load()
	require.Less(t, before, int64(n), "killed in the midst of it")
	e.kill()
	e.launch()
	e.ready()
	away.to = time.Now()
	<-done
	accepted := time.Since(begun)
	deciding.Wait()
	db, asking := e.database(databaseName), 0
	c.eventually(burstEnds, "each owner is asked", func() bool {
		require.NoError(t, db.QueryRow("SELECT count(*) FROM task WHERE step = 'correction' AND state = 'open'").Scan(&asking))
		return asking == n
	})
	t.Logf("%d improvements: %d begun within %s (%.1f a second), then killed and away for %s; all acknowledged after %s, all owners asked after %s",
		n, before, away.from.Sub(begun).Round(time.Second/10), float64(before)/away.from.Sub(begun).Seconds(), away.took(), accepted.Round(time.Second/10), time.Since(begun).Round(time.Second/10))
	// A request that was killed keeps its Idempotency-Key for half a minute.
	var usual, across time.Duration
	for _, d := range took {
		if d.from.Before(away.to) && d.to.After(away.from) {
			across = max(across, d.took())
		} else {
			usual = max(usual, d.took())
		}
	}
	t.Logf("%d reports were decided on meanwhile: slowest decision %s, across the kill %s", len(took), usual, across)
	for _, p := range reports {
		c.ends(p)
	}
	c.eachFindingImproves(runs)
	c.eachDecidedOnce(reports)
}

type span struct{ from, to time.Time }

func (s span) took() time.Duration { return s.to.Sub(s.from).Round(time.Millisecond) }

// waitForApproval begins so many reports, and waits until each asks.
func (c *chaos) waitForApproval(n int) []*plan {
	c.Helper()
	list := make([]*plan, n)
	var busy sync.WaitGroup
	for i := range list {
		p := &plan{run: "sla-report/" + services[i%len(services)] + "/" + months()[i/len(services)], course: courses[0]}
		list[i] = p
		busy.Go(func() { c.begin(p); c.task(p, 1) })
	}
	busy.Wait()
	return list
}

// improves opens a finding and begins its improvement, and gives the run.
func (c *chaos) improves(i int) string {
	status, f := c.insist(c.owner, "/v1/findings", object{"type": "nonconformity", "service": services[i%len(services)], "title": fmt.Sprint("Burst ", i), "detail": "Seen in the morning."})
	if status != 201 {
		c.Errorf("opening finding %d: %d %v", i, status, f)
		return ""
	}
	id := fmt.Sprint(int64(f["id"].(float64)))
	status, r := c.insist(c.owner, "/v1/processes/improvement/runs", object{"scope": id})
	if status != 202 && status != 200 {
		c.Errorf("beginning finding %s: %d %v", id, status, r)
		return ""
	}
	return r["id"].(string)
}

// eachFindingImproves compares what was acknowledged with findings, runs and
// tasks, in the database itself, and with the audit trail.
func (c *chaos) eachFindingImproves(runs []string) {
	c.Helper()
	rows, err := c.database(databaseName).Query(`
		SELECT f.id, f.title ->> 'en', f.state, f.run, (SELECT count(*) FROM finding_seen s WHERE s.finding = f.id),
			count(DISTINCT r.id), min(r.state), count(t.id), min(t.step), min(t.state)
		FROM finding f LEFT JOIN run r ON r.process = 'improvement' AND r.scope = f.id::text LEFT JOIN task t ON t.run = r.id
		WHERE f.kind = 'reported' GROUP BY f.id`)
	require.NoError(c, err)
	defer rows.Close()
	is := map[string]string{} // runs by title
	facts := map[string]int{}
	for _, entry := range c.all(c.auditor, auditTrail) {
		facts[entry["action"].(string)+" "+entry["object"].(string)]++
	}
	for rows.Next() {
		var id, seen, runs, tasks int
		var title, state, began, runState, step, taskState string
		require.NoError(c, rows.Scan(&id, &title, &state, &began, &seen, &runs, &runState, &tasks, &step, &taskState))
		require.Equal(c, []any{"planned", 1, 1, "waiting", 1, "correction", "open"}, []any{state, seen, runs, runState, tasks, step, taskState}, title)
		require.NotContains(c, is, title, "opened once")
		is[title] = began
		for _, fact := range []string{fmt.Sprint("finding.opened finding/", id), "run.started run/" + began, "task.opened task/" + run.TaskID(began, 1, process.ImprovementCorrection)} {
			require.Equal(c, 1, facts[fact], fact)
		}
	}
	require.NoError(c, rows.Err())
	want := map[string]string{}
	for i, began := range runs {
		want[fmt.Sprint("Burst ", i)] = began
	}
	require.Equal(c, want, is)
}

// eachDecidedOnce compares acknowledged decisions on reports with the record.
func (c *chaos) eachDecidedOnce(reports []*plan) {
	c.Helper()
	recorded := c.count(c.auditor, "decision.recorded")
	require.Equal(c, len(reports), recorded)
	for _, p := range reports {
		o := c.ask(200, c.auditor, "GET", "/v1/runs/"+p.run, nil)
		require.Equal(c, "published", o["state"], p.run)
		require.Len(c, p.decisions, 1)
		require.ElementsMatch(c, p.decisions, o["decisions"], p.run)
	}
}
