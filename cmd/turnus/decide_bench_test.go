package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	decideEach   = 30 // in each measurement
	decideRounds = 5
)

// heard is a workflow that waits for one Update, whose handler reads in a local
// activity and writes a row in an activity, as a decision does.
func heard(ctx workflow.Context) error {
	var done bool
	err := workflow.SetUpdateHandler(ctx, "say", func(ctx workflow.Context, word string) (string, error) {
		local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 10 * time.Second})
		if err := workflow.ExecuteLocalActivity(local, "read", word).Get(ctx, nil); err != nil {
			return "", err
		}
		far := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		err := workflow.ExecuteActivity(far, "write", word).Get(ctx, nil)
		done = err == nil
		return word, err
	})
	if err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return done })
}

// heardWords are the rows of the bare side.
type heardWords struct{ db *sql.DB }

func (h heardWords) read(ctx context.Context, word string) (n int, err error) {
	return n, h.db.QueryRowContext(ctx, "SELECT count(*) FROM heard_word WHERE word = $1", word).Scan(&n)
}

func (h heardWords) write(ctx context.Context, word string) error {
	_, err := h.db.ExecContext(ctx, "INSERT INTO heard_word VALUES ($1)", word)
	return err
}

// How long a decision through the API takes, from the request to the answer,
// beside a bare Update on the same engine and the same database. Both take turns;
// the 95th percentiles of each turn are made, and their medians compared. Each
// decision is another run's, of another service, which ends with it; on either
// side the next one is made when that run has come to its end, since it is a
// decision's time that is asked for, and not how long a report takes to publish.
//
//	go test ./cmd/turnus -run '^$' -bench Decide -benchtime 1x
func BenchmarkDecide(b *testing.B) {
	e := newEngine(b)
	e.start()
	var names []string
	for i := range decideEach * decideRounds {
		names = append(names, fmt.Sprintf("service-%d", i+1))
	}
	p := e.settleWith(names)
	temporal := e.temporal()
	db := e.database(databaseName)
	_, err := db.Exec("CREATE TABLE heard_word (word text PRIMARY KEY)")
	require.NoError(b, err)
	at := heardWords{db}
	w := worker.New(temporal, "bare", worker.Options{})
	w.RegisterWorkflow(heard)
	w.RegisterActivityWithOptions(at.read, activity.RegisterOptions{Name: "read"})
	w.RegisterActivityWithOptions(at.write, activity.RegisterOptions{Name: "write"})
	require.NoError(b, w.Start())
	defer w.Stop()

	for b.Loop() {
		var tasks []string
		for _, name := range names {
			e.ask(202, p.owner, "POST", "/v1/processes/sla-report/runs", object{"service": name, "period": "2026-10"})
		}
		for _, name := range names {
			tasks = append(tasks, e.asked(p.first, "sla-report/"+name+"/2026-10", "approval")["id"].(string))
		}
		var ours, theirs []float64
		for round := range decideRounds {
			var runs []client.WorkflowRun
			for i := range decideEach {
				run, err := temporal.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{ID: fmt.Sprintf("heard-%d-%d", round, i), TaskQueue: "bare"}, heard)
				require.NoError(b, err)
				runs = append(runs, run)
			}
			time.Sleep(time.Second) // all of them wait
			theirs = append(theirs, slowest(func(i int) {
				u, err := temporal.UpdateWorkflow(b.Context(), client.UpdateWorkflowOptions{UpdateID: uuid.NewString(), WorkflowID: runs[i].GetID(), UpdateName: "say",
					Args: []any{runs[i].GetID()}, WaitForStage: client.WorkflowUpdateStageCompleted})
				require.NoError(b, err)
				require.NoError(b, u.Get(b.Context(), nil))
			}, func(i int) { require.NoError(b, runs[i].Get(b.Context(), nil)) }))
			batch := tasks[round*decideEach:]
			ours = append(ours, slowest(func(i int) {
				e.ask(200, p.first, "POST", "/v1/tasks/"+batch[i]+"/decision", said("approve"))
			}, func(i int) {
				e.ended("sla-report/"+names[round*decideEach+i]+"/2026-10", temporal)
			}))
		}
		mine, bares := median(ours), median(theirs)
		b.ReportMetric(mine*1000, "ms-p95")
		b.ReportMetric(bares*1000, "bare-ms-p95")
		b.ReportMetric(mine/bares, "ratio")
	}
}

// ended waits for the end of a run's workflow.
func (e *engine) ended(run string, temporal client.Client) {
	ctx, cancel := context.WithTimeout(e.Context(), time.Minute)
	defer cancel()
	require.NoError(e, temporal.GetWorkflow(ctx, run, "").Get(ctx, nil))
}

// slowest does something so many times, one after the other, and gives the 95th
// percentile of how long it took, in seconds; after each it lets things end.
func slowest(do, end func(i int)) float64 {
	took := make([]float64, decideEach)
	for i := range took {
		began := time.Now()
		do(i)
		took[i] = time.Since(began).Seconds()
		end(i)
	}
	slices.Sort(took)
	return took[len(took)*95/100]
}
