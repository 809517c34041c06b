package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	chaosRounds = 5                // unless TURNUS_CHAOS_ROUNDS says otherwise
	chaosRuns   = 8                // begun in each round
	takenUp     = 30 * time.Second // from readiness: 15 are promised, the rest is slack for a busy machine
	runsEnd     = 3 * time.Minute  // after the last round
)

// Under running reports and decisions the whole process, or PostgreSQL alone,
// is killed at random moments; sometimes once more while it recovers. In the
// end every acknowledged start and decision is on record once, and every run
// has ended as it was decided.
func TestKilledAtRandom(t *testing.T) {
	e := newEngine(t)
	e.start()
	c := newChaos(t, e.settle(), e)
	c.storm(func() {
		if c.dice.IntN(2) == 0 {
			e.endPostgres(syscall.SIGKILL)
			return
		}
		e.kill()
		e.launch()
	}, e.ready)
}

// The same with two APIs and two workers on one database and one Temporal:
// any of them is killed, a pair at once, or PostgreSQL. Each request goes to
// the one or the other API.
func TestKilledAtRandomSideBySide(t *testing.T) {
	s := newPairs(t)
	c := newChaos(t, s.here.settle(), &s.here.engine, &s.there.engine)
	c.storm(func() { s.hit(c) }, s.ready)
}

// pairs are two APIs and two workers on one database and one Temporal.
type pairs struct {
	*cluster
	here, there *part // the APIs
}

func newPairs(t *testing.T) *pairs {
	s := &pairs{cluster: newCluster(t)}
	s.migrate()
	s.here, s.there = s.api(), s.api()
	s.worker()
	s.worker()
	s.start(s.parts...)
	s.here.dir = s.dir // where the administrator's token and PostgreSQL are
	return s
}

// hit kills one or two of the parts, or PostgreSQL, and starts them again.
func (s *pairs) hit(c *chaos) {
	if c.dice.IntN(5) == 0 {
		s.here.endPostgres(syscall.SIGKILL)
		return
	}
	parts := slices.Clone(s.parts)
	c.dice.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	killed := parts[:1+c.dice.IntN(2)]
	s.kill(killed...)
	for _, p := range killed {
		p.launch(s.bin)
	}
}

func (s *pairs) ready() {
	for _, p := range s.parts {
		p.ready()
	}
}

// chaos is a house in which parts are killed while people go on asking.
type chaos struct {
	*engine // one of the doors
	people
	doors []*engine // requests take them in turn
	turn  atomic.Int64
	dice  *rand.Rand
	plans map[string]*plan
	each  int                // runs begun in each round
	pick  func(i int) course // of the i-th of them
}

// newChaos throws the dice: TURNUS_CHAOS_SEED repeats a run of the test.
func newChaos(t *testing.T, p people, doors ...*engine) *chaos {
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("TURNUS_CHAOS_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TURNUS_CHAOS_SEED=%d", seed)
	c := &chaos{engine: doors[0], people: p, doors: doors, dice: rand.New(rand.NewPCG(seed, 1)), plans: map[string]*plan{}, each: chaosRuns}
	c.pick = func(int) course { return courses[c.dice.IntN(len(courses))] }
	return c
}

// try makes a request at the next door.
func (c *chaos) try(token, method, path string, body any, key string) (int, object, error) {
	return c.doors[c.turn.Add(1)%int64(len(c.doors))].try(token, method, path, body, key)
}

// storm begins runs round by round and hits in the midst of them; ready waits
// until work is accepted again.
func (c *chaos) storm(hit, ready func()) {
	rounds := c.rounds()
	require.LessOrEqual(c, rounds*c.each, len(services)*len(months()), "there are no more months")
	upTo := c.upTo

	var took []time.Duration
	var busy sync.WaitGroup
	for round := range rounds {
		for i := range c.each {
			n := round*c.each + i
			p := &plan{run: "sla-report/" + services[n%len(services)] + "/" + months()[n/len(services)],
				course: c.pick(i), pause: upTo(2 * time.Second)}
			c.plans[p.run] = p
			busy.Go(func() { p.course.take(c, p) })
		}
		time.Sleep(upTo(3 * time.Second))
		hit()
		if c.dice.IntN(4) == 0 {
			time.Sleep(upTo(1500 * time.Millisecond))
			hit()
		}
		ready()
		took = append(took, c.recovered()...)
	}
	busy.Wait()
	slices.Sort(took)
	if len(took) > 0 {
		c.Logf("killed work was taken up again: %d runs, median %.1f s, 90%% %.1f s, latest %.1f s after readiness",
			len(took), took[len(took)/2].Seconds(), took[len(took)*9/10].Seconds(), took[len(took)-1].Seconds())
	}
	c.everythingIsOnRecord()
}

// rounds is how often something is hit.
func (c *chaos) rounds() int { return asMany(c, "TURNUS_CHAOS_ROUNDS", chaosRounds) }

// asMany is the number that a variable of the environment gives, for tests that
// are longer by hand than in the project's check; else the usual one.
func asMany(t testing.TB, variable string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		usual = n
	}
	t.Logf("%s=%d", variable, usual)
	return usual
}

func (c *chaos) upTo(most time.Duration) time.Duration {
	return time.Duration(c.dice.Int64N(int64(most)))
}

// plan is what a run is put through, and what was acknowledged of it.
type plan struct {
	run       string
	course    course
	pause     time.Duration // before its last word
	started   bool
	decisions []object // as acknowledged
	ended     bool
}

// course is one way in which a run can go, once it asks.
type course struct {
	name   string
	ends   []string // the states in which it may end
	answer func(*chaos, *plan)
}

// take puts a run through its course from the start.
func (k course) take(c *chaos, p *plan) {
	c.begin(p)
	k.answer(c, p)
	c.ends(p)
}

var courses = []course{
	{"approve", []string{"published"}, func(c *chaos, p *plan) { c.decide(p, 1, "approve") }},
	{"reject", []string{"rejected"}, func(c *chaos, p *plan) { c.decide(p, 1, "reject") }},
	{"change", []string{"published"}, func(c *chaos, p *plan) {
		c.decide(p, 1, "request-changes")
		c.decide(p, 2, "approve")
	}},
	{"contend", []string{"published", "rejected"}, func(c *chaos, p *plan) { c.contend(p) }},
	{"cancel", []string{"cancelled"}, func(c *chaos, p *plan) {
		time.Sleep(p.pause)
		if status, o := c.insist(c.owner, "/v1/runs/"+p.run+"/cancel", object{"reason": "chaos"}); status != 200 {
			c.Errorf("cancelling %s: %d %v", p.run, status, o)
		}
	}},
}

var keys = func() func() string {
	var mu sync.Mutex
	n := 0
	return func() string { mu.Lock(); defer mu.Unlock(); n++; return fmt.Sprintf("chaos-%d", n) }
}()

// insist asks with one key until there is an answer that counts.
func (c *chaos) insist(token, path string, body any) (int, object) {
	key := keys()
	for end := time.Now().Add(runsEnd); ; time.Sleep(200 * time.Millisecond) {
		status, o, err := c.try(token, "POST", path, body, key)
		inFlight := status == 409 && strings.Contains(fmt.Sprint(o["errors"]), "Idempotency-Key")
		if err == nil && status < 500 && !inFlight {
			return status, o
		}
		if err == nil && status != http.StatusServiceUnavailable && !inFlight {
			c.Errorf("POST %s: %d %v", path, status, o)
		}
		if time.Now().After(end) {
			c.Errorf("POST %s: no answer within %s: %d %v %v", path, runsEnd, status, o, err)
			return status, o
		}
	}
}

func (c *chaos) begin(p *plan) {
	part := strings.Split(p.run, "/")
	status, o := c.insist(c.owner, "/v1/processes/"+part[0]+"/runs", object{"service": part[1], "period": part[2]})
	if (status != 202 && status != 200) || o["id"] != p.run {
		c.Errorf("starting %s: %d %v", p.run, status, o)
	}
	p.started = true
}

// task waits for the task of a round; empty if it doesn't come.
func (c *chaos) task(p *plan, round int) string {
	var o object
	for end := time.Now().Add(runsEnd); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		_, o, _ = c.try(c.first, "GET", "/v1/runs/"+p.run, nil, "")
		if tasks, ok := o["tasks"].([]any); ok && len(tasks) >= round {
			time.Sleep(p.pause)
			return tasks[round-1].(object)["id"].(string)
		}
	}
	c.Errorf("%s asks nobody in round %d: %v", p.run, round, o)
	return ""
}

// said is an answer: an earlier month may have been published meanwhile, which
// makes the drafts that wait stale.
func said(outcome string) object {
	return object{"outcome": outcome, "comment": "chaos", "stale": true}
}

func (c *chaos) decide(p *plan, round int, outcome string) {
	task := c.task(p, round)
	status, o := c.insist(c.first, "/v1/tasks/"+task+"/decision", said(outcome))
	if status != 200 {
		c.Errorf("deciding %s: %d %v", task, status, o)
		return
	}
	p.decisions = append(p.decisions, o)
}

// contend lets two persons give opposite answers at once: one is acknowledged.
func (c *chaos) contend(p *plan) {
	task := c.task(p, 1)
	var both sync.WaitGroup
	var mu sync.Mutex
	answer := func(token, outcome string) {
		status, o := c.insist(token, "/v1/tasks/"+task+"/decision", said(outcome))
		mu.Lock()
		defer mu.Unlock()
		switch status {
		case 200:
			p.decisions = append(p.decisions, o)
		case 409:
		default:
			c.Errorf("deciding %s: %d %v", task, status, o)
		}
	}
	both.Go(func() { answer(c.first, "approve") })
	both.Go(func() { answer(c.second, "reject") })
	both.Wait()
	if len(p.decisions) != 1 {
		c.Errorf("%s: %d decisions are acknowledged: %v", task, len(p.decisions), p.decisions)
	}
}

func (c *chaos) ends(p *plan) {
	var o object
	for end := time.Now().Add(runsEnd); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		if _, o, _ = c.try(c.auditor, "GET", "/v1/runs/"+p.run, nil, ""); o["ended"] != nil {
			p.ended = true
			return
		}
	}
	c.Errorf("%s doesn't end: %v", p.run, o)
}

// recovered waits until each run that is the machine's to work on, and not a
// person's, has moved on, and says how long that took.
func (c *chaos) recovered() []time.Duration {
	ready := time.Now()
	at := func(run string) string { // empty: it is a person's turn, or over
		status, o, err := c.try(c.auditor, "GET", "/v1/runs/"+run, nil, "")
		if err != nil || status != 200 {
			return fmt.Sprint(status, err)
		}
		if o["ended"] != nil {
			return ""
		}
		for _, t := range o["tasks"].([]any) {
			if t.(object)["state"] == "open" {
				return ""
			}
		}
		return fmt.Sprint(o["state"], o["round"])
	}
	status, list, err := c.try(c.auditor, "GET", "/v1/runs?state=live&limit=500", nil, "")
	for ; (err != nil || status != 200) && time.Since(ready) < takenUp; time.Sleep(50 * time.Millisecond) {
		status, list, err = c.try(c.auditor, "GET", "/v1/runs?state=live&limit=500", nil, "")
	}
	require.Equal(c, 200, status, "%v %v", list, err)
	was := map[string]string{}
	for _, r := range list["items"].([]any) {
		run := r.(object)["id"].(string)
		if s := at(run); s != "" {
			was[run] = s
		}
	}
	var took []time.Duration
	for ; len(was) > 0; time.Sleep(250 * time.Millisecond) {
		for run, s := range was {
			if at(run) != s {
				took = append(took, time.Since(ready))
				delete(was, run)
			}
		}
		if time.Since(ready) > takenUp { // the rounds go on: nothing may be lost all the same
			c.Errorf("not taken up again within %s: %v", takenUp, was)
			break
		}
	}
	return took
}

// everythingIsOnRecord compares what was acknowledged with runs, tasks,
// decisions, reports and the audit trail.
func (c *chaos) everythingIsOnRecord() {
	facts := map[string]int{}
	for _, entry := range c.all(c.auditor, auditTrail) {
		facts[entry["action"].(string)+" "+entry["object"].(string)]++
	}
	once := func(action, object string) {
		c.Helper()
		require.Equal(c, 1, facts[action+" "+object], "%s %s", action, object)
		delete(facts, action+" "+object)
	}
	runs := c.all(c.auditor, "/v1/runs?limit=500")
	require.Len(c, runs, len(c.plans), "a run for each start, and no other")
	for _, r := range runs {
		p := c.plans[r["id"].(string)]
		require.NotNil(c, p, "nobody started %v", r["id"])
		require.True(c, p.started && p.ended, p.run)
		o := c.ask(200, c.auditor, "GET", "/v1/runs/"+p.run, nil)
		require.Contains(c, p.course.ends, o["state"], "%s: %s", p.run, p.course.name)
		once("run.started", "run/"+p.run)
		once("run."+o["state"].(string), "run/"+p.run)
		require.ElementsMatch(c, p.decisions, o["decisions"], p.run)
		for _, t := range o["tasks"].([]any) {
			t := t.(object)
			once("task.opened", "task/"+t["id"].(string))
			if t["state"] == "decided" {
				once("decision.recorded", "task/"+t["id"].(string))
			} else {
				require.Equal(c, "cancelled", o["state"], "%v", t)
			}
		}
		if o["state"] != "published" {
			continue
		}
		last := p.decisions[len(p.decisions)-1]
		require.Equal(c, "approve", last["outcome"])
		rep := c.ask(200, c.auditor, "GET", "/v1/runs/"+p.run+"/report", nil)
		require.EqualValues(c, 1, rep["version"], p.run)
		require.Equal(c, last["hash"], rep["hash"], p.run)
	}
	for fact := range facts { // nothing further was started, decided or ended
		action, _, _ := strings.Cut(fact, " ")
		require.NotContains(c, []string{"run.started", "decision.recorded", "task.opened", "run.published", "run.rejected", "run.cancelled", "run.failed"}, action, fact)
	}
	require.Empty(c, c.all(c.auditor, "/v1/tasks?state=open&limit=500"))
}
