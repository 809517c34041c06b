package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"turnus/itsm/run"
)

// Counts is what /metrics shows of the work itself.
type Counts struct {
	OpenTasks int64
	Runs      map[run.State]int64
}

// metrics has a registry of its own, so that several APIs fit into one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(counts func(context.Context) (Counts, error)) *metrics {
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
		m.registry.MustRegister(work(counts))
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
type work func(context.Context) (Counts, error)

var (
	openTasks = prometheus.NewDesc("turnus_tasks_open", "Tasks that wait for a person.", nil, nil)
	runStates = prometheus.NewDesc("turnus_runs", "Runs by state.", []string{"state"}, nil)
)

// Describe implements prometheus.Collector.
func (work) Describe(c chan<- *prometheus.Desc) { c <- openTasks; c <- runStates }

// Collect implements prometheus.Collector.
func (w work) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	n, err := w(ctx)
	if err != nil {
		return
	}
	c <- prometheus.MustNewConstMetric(openTasks, prometheus.GaugeValue, float64(n.OpenTasks))
	for state, count := range n.Runs {
		c <- prometheus.MustNewConstMetric(runStates, prometheus.GaugeValue, float64(count), string(state))
	}
}
