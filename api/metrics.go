package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"turnus/itsm/improvement"
	"turnus/itsm/planning"
	"turnus/itsm/run"
	"turnus/store"
)

// Counts is what /metrics shows of the work itself.
type Counts struct {
	OpenTasks int64
	Stale     int64 // those of rounds that stand on something that has changed since
	Runs      map[run.State]int64
	Plan      store.Watch
	Ledgers   []store.Ledger
	Findings  map[string]int64 // by state
	Escalated int64            // open findings that nobody had begun in time

	Improvement store.ImprovementWatch
}

// metrics has a registry of its own, so that several APIs fit into one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(counts func(context.Context) (Counts, error), now func() time.Time) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "turnus_http_requests_total", Help: "Requests by operation and status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "turnus_http_request_seconds", Help: "Time to answer, by operation.",
			Buckets: []float64{.005, .025, .1, .25, 1, 5, 25, 120},
		}, []string{"operation"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if counts != nil {
		m.registry.MustRegister(work{counts, now})
	}
	return m
}

func (m *metrics) observe(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// work reads the gauges at each scrape. A scrape that can't be answered leaves
// them out: no data isn't zero.
type work struct {
	counts func(context.Context) (Counts, error)
	now    func() time.Time
}

var (
	openTasks    = prometheus.NewDesc("turnus_tasks_open", "Tasks that wait for a person.", nil, nil)
	staleTasks   = prometheus.NewDesc("turnus_tasks_stale", "Open tasks of rounds that stand on something that has changed since.", nil, nil)
	overdueTasks = prometheus.NewDesc("turnus_tasks_overdue", "Open tasks past their due date.", nil, nil)
	runStates    = prometheus.NewDesc("turnus_runs", "Runs by state.", []string{"state"}, nil)
	slotStates   = prometheus.NewDesc("turnus_slots", "Slots of the plan by state.", []string{"state"}, nil)
	idleSlots    = prometheus.NewDesc("turnus_slots_idle", "Slots that are due while nothing is in work: not paused, and waiting for nothing.", nil, nil)
	oldestIdle   = prometheus.NewDesc("turnus_slots_idle_oldest_seconds", "For how long the oldest of them has been due; 0 if there is none.", nil, nil)
	wakingAge    = prometheus.NewDesc("turnus_waking_age_seconds", "Time since a waking last came to its end; absent before the first one.", nil, nil)
	plansBehind  = prometheus.NewDesc("turnus_plans_behind", "Intervals whose plan reaches less than thirteen months ahead: more than a moment each day if they can't be planned any more.", nil, nil)
	findings     = prometheus.NewDesc("turnus_findings", "Findings by state.", []string{"state"}, nil)
	escalated    = prometheus.NewDesc("turnus_findings_escalated", "Open findings that nobody had begun in their severity's time.", nil, nil)
	actionStates = prometheus.NewDesc("turnus_actions", "Actions of approved plans by state.", []string{"state"}, nil)
	overdueActs  = prometheus.NewDesc("turnus_actions_overdue", "Open actions whose due date, as moved last, has passed in UTC.", nil, nil)
	oldestOpen   = prometheus.NewDesc("turnus_findings_open_age_seconds", "Age of the oldest finding that is neither closed nor declined; 0 if there is none.", nil, nil)
	ledger       = prometheus.NewDesc("turnus_ledger", "Slots of an interval: planned = done + late + missed + waived + open.", []string{"interval", "state"}, nil)
)

// Describe implements prometheus.Collector.
func (work) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{openTasks, staleTasks, overdueTasks, runStates, slotStates, idleSlots, oldestIdle, wakingAge, plansBehind, ledger,
		findings, escalated, actionStates, overdueActs, oldestOpen} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (w work) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	n, err := w.counts(ctx)
	if err != nil {
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	// The clocks of two machines differ: nothing is younger than now.
	age := func(since time.Time) float64 { return max(w.now().Sub(since).Seconds(), 0) }

	gauge(openTasks, float64(n.OpenTasks))
	gauge(staleTasks, float64(n.Stale))
	gauge(overdueTasks, float64(n.Plan.Overdue))
	for state, count := range n.Runs {
		gauge(runStates, float64(count), string(state))
	}
	for _, state := range planning.States() {
		gauge(slotStates, float64(n.Plan.Slots[state]), string(state))
	}
	gauge(idleSlots, float64(n.Plan.Idle))
	ageOfOldest := func(d *prometheus.Desc, since *time.Time) {
		if since == nil {
			gauge(d, 0)
			return
		}
		gauge(d, age(*since))
	}
	ageOfOldest(oldestIdle, n.Plan.Oldest)
	if n.Plan.Woken != nil {
		gauge(wakingAge, age(*n.Plan.Woken))
	}
	gauge(plansBehind, float64(n.Plan.Behind))
	for _, state := range improvement.States() {
		gauge(findings, float64(n.Findings[string(state)]), string(state))
	}
	gauge(escalated, float64(n.Escalated))
	for _, state := range improvement.ActionStates() {
		gauge(actionStates, float64(n.Improvement.Actions[state]), string(state))
	}
	gauge(overdueActs, float64(n.Improvement.Overdue))
	ageOfOldest(oldestOpen, n.Improvement.Oldest)
	for _, l := range n.Ledgers {
		for state, count := range map[string]int64{"planned": l.Planned, "done": l.Done, "late": l.Late, "missed": l.Missed, "waived": l.Waived, "open": l.Open} {
			gauge(ledger, float64(count), l.Interval, state)
		}
	}
}
