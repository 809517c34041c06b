package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
)

// How many people carry out how many steps at once, unless TURNUS_DRILL_PEOPLE and
// TURNUS_DRILL_STEPS say otherwise; in full they are 30 and 200.
const (
	drillPeople = 10
	drillSteps  = 40
)

// historyEvents is how many events Temporal lets a history have before it ends the
// workflow, by its defaults; a drill of 200 steps stays below a quarter.
const historyEvents = 51_200

// crowded is a drill of a plan with many steps, in rows of which each waits for
// one of the row before.
type crowded struct {
	*drilling
	people []string // tokens
	steps  int
}

func newCrowded(t testing.TB, people, steps int) *crowded {
	e := newEngine(t)
	e.start()
	d := &drilling{improving: improving{engine: e, admin: e.token("admin-token"), again: func() {}, killed: map[string]int{}}}
	d.declare()
	c := &crowded{drilling: d, steps: steps}
	var persons, all strings.Builder
	for n := range people {
		fmt.Fprintf(&persons, "---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: responder-%d}, spec: {roles: [viewer]}}\n", n+1)
	}
	for _, name := range []string{"berta", "carl"} {
		persons.WriteString("---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: " + name + "}, spec: {roles: [viewer]}}\n")
	}
	e.ask(200, d.admin, "POST", "/v1/apply", persons.String())
	token := func(name string) string {
		return e.ask(201, d.admin, "POST", "/v1/persons/"+name+"/tokens", object{})["token"].(string)
	}
	for n := range people {
		c.people = append(c.people, token(fmt.Sprint("responder-", n+1)))
	}
	d.berta = token("berta")
	for n := range steps {
		after := ""
		if n >= people {
			after = fmt.Sprintf(", after: [step-%d]", n-people+1)
		}
		if n == steps-1 {
			after += ", marks: mbco_technical"
		}
		fmt.Fprintf(&all, "    - {name: step-%d, title: Do part %d, owner: responder-%d, takes: PT1M%s}\n", n+1, n+1, n%people+1, after)
	}
	plan := "apiVersion: turnus/v1\nkind: ContinuityPlan\nmetadata: {name: desk-site}\nspec:\n  service: service-desk\n  scenario: The site is lost.\n  invocation: The duty manager says so.\n" +
		"  offsite: In the safe.\n  business: berta\n  objectives: {rto: PT4H, rto_from: disruption, mtpd: PT8H}\n  steps:\n" + all.String() +
		"  return:\n    - {name: back, title: Go back, owner: responder-1, takes: PT1M}\n"
	d.run = e.ask(200, d.owner, "POST", "/v1/apply", plan)["items"].([]any)[0].(object)["run"].(string)
	d.answer(d.manager, "approval", object{"outcome": "approve"})
	e.await(d.auditor, d.run, "published")
	d.begin(0, nil)
	d.answer(d.owner, "plan", d.planned("functional"))
	d.answer(d.manager, "approval", object{"outcome": "approve"})
	return c
}

// carriedOut has everybody answer what they are asked, all at once, until all
// steps are done.
func (c *crowded) carriedOut() {
	c.Helper()
	var all sync.WaitGroup
	end := time.Now().Add(10 * time.Minute)
	prefix := strings.ReplaceAll(c.run, "/", ".") + "~1.step-"
	for n, who := range c.people {
		all.Go(func() {
			mine := c.steps / len(c.people)
			if n < c.steps%len(c.people) {
				mine++
			}
			for done := 0; done < mine; time.Sleep(50 * time.Millisecond) {
				if time.Now().After(end) {
					c.Errorf("responder %d has done %d of %d steps", n+1, done, mine)
					return
				}
				status, list, err := c.try(who, "GET", "/v1/tasks?state=open&mine=true&limit=500", nil, "")
				if err != nil || status != http.StatusOK {
					continue
				}
				for _, t := range list["items"].([]any) {
					id := t.(object)["id"].(string)
					if !strings.HasPrefix(id, prefix) {
						continue
					}
					// On a busy machine an answer may stand without being confirmed in time:
					// it is asked for once more, as the API says.
					status := http.StatusServiceUnavailable
					for status == http.StatusServiceUnavailable && time.Now().Before(end) {
						var err error
						if status, _, err = c.try(who, "POST", "/v1/tasks/"+id+"/decision", object{"outcome": "done"}, "done-"+id); err != nil {
							status = 0
						}
					}
					if status == http.StatusOK {
						done++
					}
				}
			}
		})
	}
	all.Wait()
}

// Many people work on many steps at once: each step is done once, and the history
// stays far within what Temporal takes.
func TestManyCarryOutManySteps(t *testing.T) {
	c := newCrowded(t, asMany(t, "TURNUS_DRILL_PEOPLE", drillPeople), asMany(t, "TURNUS_DRILL_STEPS", drillSteps))
	c.answer(c.bert, "begin", done(object{"disruption": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), "offsite": "yes"}))
	began := time.Now()
	c.carriedOut()
	t.Logf("%d steps by %d people took %s", c.steps, len(c.people), time.Since(began).Round(time.Second))
	c.answer(c.berta, "confirm-1", object{"outcome": "pass"})
	c.answer(c.bert, "conduct-1", done(nil))
	c.answer(c.people[0], "back-1", done(nil))
	c.answer(c.berta, "normal-1", object{"outcome": "pass"})
	c.close(object{"integrity": "no-data"}, object{"review": "In time."})
	steps := map[string]int{}
	for _, d := range c.ask(200, c.auditor, "GET", "/v1/runs/"+c.run, nil)["decisions"].([]any) {
		if _, step, ok := strings.Cut(d.(object)["task"].(string), "~1.step-"); ok {
			steps[step]++
		}
	}
	require.Len(t, steps, c.steps)
	for step, n := range steps {
		require.Equal(t, 1, n, step)
	}
	events, bytes := 0, 0
	for all := c.temporal().GetWorkflowHistory(t.Context(), c.run, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); all.HasNext(); events++ {
		e, err := all.Next()
		require.NoError(t, err)
		bytes += e.Size()
	}
	t.Logf("its history has %d events, %d KiB", events, bytes>>10)
	require.Less(t, events, historyEvents/4)
	require.Less(t, bytes, 50<<20/4)
	b, err := json.Marshal(c.ask(200, c.auditor, "GET", "/v1/runs/"+c.run+"/report", nil))
	require.NoError(t, err)
	require.Contains(t, string(b), fmt.Sprint("Do part ", c.steps))
}

// How long the page of a drill's run takes that has all steps behind it, beside
// the same page before the first: p95 of each, in turns.
//
//	TURNUS_DRILL_PEOPLE=30 TURNUS_DRILL_STEPS=200 go test ./cmd/turnus -run '^$' -bench DrillPage -benchtime 1x
func BenchmarkDrillPage(b *testing.B) {
	c := newCrowded(b, asMany(b, "TURNUS_DRILL_PEOPLE", drillPeople), asMany(b, "TURNUS_DRILL_STEPS", drillSteps))
	full := c.run
	c.answer(c.bert, "begin", done(object{"disruption": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), "offsite": "yes"}))
	c.carriedOut()
	c.begin(1, nil)
	empty := c.run
	c.asked(c.auditor, empty, "plan")
	who := c.browses(c.auditor)
	for b.Loop() {
		times := map[string][]float64{}
		for range pagesRounds * pagesEach {
			for _, run := range []string{empty, full} {
				times[run] = append(times[run], c.firstByte("/runs/"+run, func(r *http.Request) { r.AddCookie(who.cookie); r.Header.Set("Accept", "text/html") }))
			}
		}
		p95 := func(all []float64) float64 {
			slices.Sort(all)
			return all[len(all)*95/100]
		}
		b.ReportMetric(p95(times[full])*1000, "full-p95-ms")
		b.ReportMetric(p95(times[empty])*1000, "empty-p95-ms")
		b.ReportMetric(p95(times[full])/p95(times[empty]), "ratio")
	}
}
