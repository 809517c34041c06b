package workflows_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
)

// plans puts an interval in force whose slots are due on a day of each month: on
// the 6th, the one of Friday has been since the morning.
func (h *house) plans(name, process, scope string, day int, events ...planning.Event) {
	var named []string
	for _, e := range events {
		named = append(named, `"`+string(e)+`"`)
	}
	_, err := h.store.DB().Exec(`INSERT INTO resource (kind, name, version, document, hash, valid_from, at, person) VALUES ('Interval', $1, 1, $2, '', $3, $3, 'olga')`, name,
		fmt.Sprintf(`{"apiVersion":"turnus/v1","kind":"Interval","metadata":{"name":"%s"},"spec":{"process":"%s","scope":"%s","rule":{"day":%d,"of":"month","at":"06:00"},
			"tolerance":2,"reason":"x","valid":{"from":"2026-11-01"},"events":[%s]}}`, name, process, scope, day, strings.Join(named, ",")), friday)
	require.NoError(h, err)
	_, err = h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ($1, $2, $3, 'Service', 'desk')`, name, process, scope)
	require.NoError(h, err)
	failed, err := h.store.PlanAhead(context.Background(), friday)
	require.NoError(h, err)
	require.Empty(h, failed)
	require.NoError(h, h.store.FallDue(context.Background(), friday))
}

// slots are those of an interval up to a date, in short.
func (h *house) slots(interval, until string) []string {
	return h.lines(fmt.Sprintf(`SELECT period || ' ' || state || ' ' || to_char(due_at AT TIME ZONE 'UTC', 'DD. HH24:MI') FROM slot
		WHERE interval = '%s' AND due_at < '%s' ORDER BY period`, interval, until))
}

func (h *house) events() []string {
	return h.lines("SELECT event || ' ' || service || ' ' || person || ': ' || detail FROM event ORDER BY id")
}

// A drill that wasn't passed is an event of its service: what asks for it falls due
// with its report. Its own slot stays done, and its own interval gets another one.
func TestAFailedDrillIsAnEvent(t *testing.T) {
	h := declared(t, responders)
	h.puts(1, deskPlan(), friday.Add(-aDay))
	h.plans("desk-report", "sla-report", "desk", 20, planning.FailedDrill)
	h.plans("desk-review", "availability-review", "desk", 6, planning.Invocation)
	h.plans("loss-drill", process.ContinuityDrill, drillKey, 6, planning.FailedDrill)
	h.start(store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	h.env.SetTestTimeout(time.Minute)
	require.Equal(t, []string{"2026-11-06 in-work 06. 05:00"}, h.slots("loss-drill", "2026-12-01"))
	h.exercised("2026-11-06", friday, 3*time.Hour, true, "conduct-1", h.allSteps)
	h.at(5*time.Hour, func() { require.Empty(h, h.events(), "it isn't reported on yet") })
	failed := h.run()
	require.Equal(t, run.Published, failed.State)
	require.Equal(t, []string{"failed-drill desk turnus: The continuity drill " + failed.ID + " of the plan desk-loss wasn't passed."}, h.events())
	require.Equal(t, []string{"2026-11-06 done 06. 05:00", "2026-11-07 due 06. 18:30"}, h.slots("loss-drill", "2026-12-01"))
	require.Equal(t, []string{"2026-10 due 06. 18:30"}, h.slots("desk-report", "2026-12-01"))
	require.Equal(t, []string{"2026-10 due 06. 05:00"}, h.slots("desk-review", "2026-12-01"), "it names another event")
	require.Equal(t, []string{"turnus event.reported"}, h.actions("service/desk"))
	trail, _, err := h.store.Audit(context.Background(), store.Trail{Object: "slot/sla-report/desk/2026-10"}, store.Page{})
	require.NoError(t, err)
	require.JSONEq(t, `{"event": "failed-drill", "run": "`+failed.ID+`"}`, string(trail[0].After))

	require.NoError(t, h.store.End(context.Background(), friday.Add(aDay), run.End{Run: failed.ID, Round: 2, State: run.Published}))
	require.Len(t, h.events(), 1, "once, whoever asks again")
	covered, _, err := h.store.ContinuityCoverage(context.Background(), friday.Add(4*aDay), store.ContinuityCovered{Sight: store.Sight{All: true}}, store.Page{})
	require.NoError(t, err)
	require.Equal(t, continuity.Proved, covered[1].State, "that it failed puts nothing in doubt which it proved")
}

// What was passed is no failed drill.
func TestADrillThatPassedIsNoEvent(t *testing.T) {
	h := drilling(t, "")
	h.exercised("2026-11-06", friday, time.Hour, false, "conduct-1", h.allSteps)
	require.Equal(t, run.Published, h.run().State)
	require.Empty(t, h.events())
}

// A plan that is invoked is an event from when that has begun, whatever becomes of
// its run, and no failed drill.
func TestAnInvocationIsAnEventOnceItHasBegun(t *testing.T) {
	h := declared(t, responders)
	h.puts(1, deskPlan(), friday.Add(-aDay))
	h.plans("loss-drill", process.ContinuityDrill, drillKey, 6, planning.Invocation, planning.FailedDrill)
	h.start(store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: drillKey, Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	h.env.SetTestTimeout(time.Minute)
	said := setup(continuity.Invocation)
	said["production"] = "The desk is away"
	h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, said)
	h.says(2*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	h.at(150*time.Minute, func() { require.Empty(h, h.events(), "it hasn't begun") })
	h.says(3*time.Hour, "anna", 1, process.DrillBegin, task.Done, answers{"disruption": friday.Format(time.RFC3339), "offsite": "yes"})
	h.at(4*time.Hour, func() {
		require.Equal(h, []string{"invocation desk turnus: The plan desk-loss was invoked, in earnest: " + h.in.Run + "."}, h.events())
		require.Equal(h, []string{"2026-11-06 in-work 06. 05:00", "2026-11-07 due 06. 14:00"}, h.slots("loss-drill", "2026-12-01"))
	})
	h.allSteps(4 * time.Hour)
	at := 6 * time.Hour
	h.says(at, "berta", 1, "confirm-1", task.Pass, nil)
	h.says(at+time.Minute, "anna", 1, "conduct-1", task.Done, nil)
	h.says(at+2*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.says(at+3*time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+5*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "whole", "capacity": "80", "cause": "a", "impact": "b", "recovery": "c", "snapshot": friday.Format(time.RFC3339)})
	h.says(at+10*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+15*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"fail"}, h.lines("SELECT overall FROM drill"))
	require.Len(t, h.events(), 1, "that is no failed drill")
	require.Equal(t, []string{"2026-11-06 done 06. 05:00", "2026-11-07 due 06. 14:00"}, h.slots("loss-drill", "2026-12-01"))
}

// Reports of two failed drills that call each other's slots forward, while somebody
// reports an event, wait for each other and for nothing else.
func TestTwoFailedDrillsAtOnce(t *testing.T) {
	h := declared(t, responders)
	plans := []string{drillKey, "desk-flood"}
	h.plans("a-report", "sla-report", "desk", 20, planning.FailedDrill)
	for _, plan := range plans {
		h.putsAs(plan, 1, deskPlan(), friday.Add(-aDay))
		h.plans("drill-"+plan, process.ContinuityDrill, plan, 6, planning.FailedDrill)
	}
	var ends []run.End
	for _, plan := range plans {
		h.start(store.NewRun{Key: run.Key{Process: process.ContinuityDrill, Scope: plan, Period: "2026-11-06"}, Owner: "olga", By: person.Actor{Person: "olga"}})
		h.env.SetTestTimeout(time.Minute)
		h.env.OnActivity("RunEnd", mock.Anything, mock.Anything).Return(func(_ context.Context, e run.End) (struct{}, error) { // as if the worker died
			ends = append(ends, e)
			return struct{}{}, nil
		})
		h.exercised("2026-11-06", friday, 3*time.Hour, true, "conduct-1", h.allSteps)
		require.Equal(t, run.Waiting, h.run().State)
	}
	require.Len(t, ends, 2)

	// Whoever comes first has locked what they lock before this slot, and waits.
	tx, err := h.store.DB().Begin()
	require.NoError(t, err)
	_, err = tx.Exec("SELECT 1 FROM slot WHERE interval = 'a-report' AND period = '2026-10' FOR UPDATE")
	require.NoError(t, err)
	now, done := friday.Add(9*time.Hour), make(chan error)
	for _, e := range ends {
		go func() { done <- h.store.End(context.Background(), now, e) }()
	}
	go func() {
		_, err := h.store.Happened(context.Background(), person.Actor{Person: "olga"}, now, planning.FailedDrill, "desk", "a third", "")
		done <- err
	}()
	require.Eventually(t, func() bool {
		var waiting int
		require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting))
		return waiting >= 3
	}, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, tx.Commit())
	for range 3 {
		require.NoError(t, <-done)
	}
	require.Len(t, h.events(), 3)
	for _, plan := range plans {
		require.Equal(t, []string{"2026-11-06 done", "2026-11-07 due"},
			h.lines(`SELECT period || ' ' || state FROM slot WHERE scope = '`+plan+`' AND due_at < '2026-12-01' ORDER BY period`), plan)
	}
}
