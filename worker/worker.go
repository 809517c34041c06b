// Package worker wires workflows and activities to Temporal, and does the
// chores that keep records and workflows together.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"turnus/activities"
	"turnus/runs"
	"turnus/store"
	"turnus/workflows"
)

// Config is what a worker needs.
type Config struct {
	Temporal client.Client
	Store    *store.Store
	Runs     *runs.Runs
	Now      func() time.Time
	Log      *slog.Logger
	Failed   func(error) // told if the worker gives up by itself, as when its namespace is gone; may be nil
}

// Worker works on runs.
type Worker struct {
	temporal worker.Worker
	chores   *cron.Cron
	stop     context.CancelFunc
}

// Logger is the SDK's view of slog.
func Logger(l *slog.Logger) log.Logger { return log.NewStructuredLogger(l) }

// Start begins to work: every process of the catalogue, every activity, and
// the chores.
func Start(c Config) (*Worker, error) {
	w := worker.New(c.Temporal, runs.TaskQueue, worker.Options{
		Interceptors:                     []interceptor.WorkerInterceptor{&activities.Interceptor{Log: c.Log}},
		WorkerStopTimeout:                5 * time.Second,
		MaxHeartbeatThrottleInterval:     time.Second,
		DefaultHeartbeatThrottleInterval: time.Second,
		// What a killed worker kept in its cache is asked for elsewhere after this.
		StickyScheduleToStartTimeout: 2 * time.Second,
		OnFatalError:                 c.Failed,
	})
	for _, p := range workflows.Catalogue() {
		w.RegisterWorkflowWithOptions(p.Workflow, workflow.RegisterOptions{Name: p.Name})
	}
	w.RegisterWorkflowWithOptions(workflows.PlanKeeping, workflow.RegisterOptions{Name: workflows.PlanKeepingName})
	w.RegisterWorkflowWithOptions(workflows.Waking, workflow.RegisterOptions{Name: workflows.WakingName})
	set := activities.New(c.Store, c.Runs, c.Now)
	w.RegisterActivity(set)
	if err := w.Start(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	if err := keepPlan(ctx, c.Temporal); err != nil {
		stop()
		w.Stop()
		return nil, err
	}
	chores := cron.New(cron.WithChain(cron.Recover(cron.DiscardLogger), cron.SkipIfStillRunning(cron.DiscardLogger)))
	every := func(d time.Duration, name string, do func(context.Context) error) {
		chores.Schedule(cron.Every(d), cron.FuncJob(func() {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				c.Log.Warn("a chore has to wait", "chore", name, "error", err)
			}
		}))
	}
	every(5*time.Second, "sweep", c.Runs.Sweep)
	every(5*time.Second, "compare drafts", activities.CompareDrafts(set, c.Log))
	every(keepEvery, "keep the plan", func(ctx context.Context) error { return keepPlan(ctx, c.Temporal) })
	every(keepEvery, "drop the old schedule", func(ctx context.Context) error { return dropSchedule(ctx, c.Temporal) })
	every(time.Hour, "forget keys", func(ctx context.Context) error { return c.Store.ForgetKeys(ctx, c.Now()) })
	every(time.Hour, "forget passes", func(ctx context.Context) error { return c.Store.ForgetPasses(ctx, c.Now()) })
	chores.Start()
	return &Worker{temporal: w, chores: chores, stop: stop}, nil
}

// Stop lets what is under way come to a good place, for a few seconds; what
// doesn't is taken up by another worker, or after a restart.
func (w *Worker) Stop() {
	w.stop()
	<-w.chores.Stop().Done()
	w.temporal.Stop()
}
