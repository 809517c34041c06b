package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	benchStarts = 100 // in each measurement
	benchAtOnce = 16
	benchRounds = 5
)

// idle is a workflow that asks for as much of Temporal as an SLA report does
// until its task is in the inbox: one activity, that does nothing.
func idle(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: 5 * time.Second})
	return workflow.ExecuteActivity(ctx, "nothing").Get(ctx, nil)
}

// How many runs a second come from the start through the API to the task in
// the inbox, beside the bare SDK on the same engine. Both take turns; the
// medians are compared. The bare side's client discards its log: it would write
// a line for each activity.
//
// What was tried, on two cores, in runs a second: three activities a round (collect,
// draft, ask) 32; one activity that does all three 50, at 0.85 to 0.89 of the bare
// SDK with one; nothing written where a run is in its state already, slots
// looked at only where there are any, and one statement for the settings of a
// scan: 0.98 to 1.05 of it. Statements that stay prepared on both sides, a start
// that waits for no mark, and a third fewer statements of ours: 68 to 74, where the
// three activities gave 34 to 40 in turns with it, at 0.83 to 0.91 of the bare SDK,
// which gained more. Connections that stay, with what is prepared on them: 90 to
// 112, at 1.16 to 1.19. Drafting in a local activity gave some 8 % before that; not
// taken, since what takes long would hold up the workflow task.
//
//	go test ./cmd/turnus -run '^$' -bench StartToInbox -benchtime 1x
func BenchmarkStartToInbox(b *testing.B) {
	e := newEngine(b)
	e.start()
	p := e.settle()
	temporal := e.temporal()
	w := worker.New(temporal, "bare", worker.Options{})
	w.RegisterWorkflow(idle)
	w.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: "nothing"})
	require.NoError(b, w.Start())
	defer w.Stop()
	db := e.database(databaseName)

	var runs []string
	for _, s := range services {
		for _, m := range months() {
			runs = append(runs, s+"/"+m)
		}
	}
	var ours, theirs []float64
	for b.Loop() {
		for round := range benchRounds {
			var began int
			require.NoError(b, db.QueryRow("SELECT count(*) FROM task").Scan(&began))
			theirs = append(theirs, rate(func(i int) {
				run, err := temporal.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{ID: fmt.Sprintf("bare-%d-%d-%d", b.N, round, i), TaskQueue: "bare"}, idle)
				require.NoError(b, err)
				require.NoError(b, run.Get(b.Context(), nil))
			}, func() {}))
			batch := runs[:benchStarts]
			runs = runs[benchStarts:]
			ours = append(ours, rate(func(i int) {
				var service, month = batch[i][:len(batch[i])-8], batch[i][len(batch[i])-7:]
				e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": service, "period": month})
			}, func() {
				for n := 0; n < began+benchStarts; time.Sleep(5 * time.Millisecond) {
					require.NoError(b, db.QueryRow("SELECT count(*) FROM task").Scan(&n))
				}
			}))
		}
	}
	mine, bares := median(ours), median(theirs)
	b.ReportMetric(mine, "runs/s")
	b.ReportMetric(bares, "bare/s")
	b.ReportMetric(mine/bares, "ratio")
}

// rate does something so many times, a few at once, and says how many a second
// until it is all done.
func rate(do func(i int), done func()) float64 {
	began := time.Now()
	var busy sync.WaitGroup
	free := make(chan struct{}, benchAtOnce)
	for i := range benchStarts {
		free <- struct{}{}
		busy.Go(func() { defer func() { <-free }(); do(i) })
	}
	busy.Wait()
	done()
	return benchStarts / time.Since(began).Seconds()
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
