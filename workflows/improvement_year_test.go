package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Events that a run's history holds at most for a look at an action, and for
// what is asked: an activity or a timer has three events or two, and so has each
// workflow task that follows; an answer is an Update with an activity and a
// marker. Temporal ends a run with more than 51,200 events.
const (
	eventsALook   = 3 + 3 + 2 + 3
	eventsATask   = 3 + 3 + 2*eventsALook + 3 + 1 + 3 + 3 + 1 + 1 + 3 // opened, reminded, escalated, answered
	eventsAtMost  = 51_200
	looksAtLeast  = 30 + 336/7
	movesOfAction = 5
)

// Six actions whose figure no report says anything of are looked after for the
// longest time, each looked at in turn, and asked by a value in the end. A round
// like that leaves the history room for more of them.
func TestImprovementWaitsForAFigure(t *testing.T) {
	h := declared(t, desk)
	h.begin(false)
	h.decide(time.Hour, "max", 1, task.Approve)
	require.Equal(t, run.Published, h.run().State)
	h.finds(improvement.Nonconformity)
	h.improve()
	looks := 0
	h.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		if info.ActivityType.Name == "ImprovementNext" {
			looks++
		}
	})
	owners := []string{"anna", "bert", "bert", "anna", "bert", "anna"}
	plan := planned(owners...)
	for n := range owners {
		plan[fmt.Sprintf("action.%d.figure", n+1)] = "sla-report/desk-2016/resolution.attainment"
		plan[fmt.Sprintf("action.%d.wait", n+1)] = fmt.Sprintf("P%dD", improvement.LongestWait)
	}
	h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
	said := h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, plan)
	h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
	begun := 0
	h.at(4*time.Hour, func() { begun = looks })
	at := aDay + 700*time.Millisecond // no instant of a whole second
	for n, owner := range owners {
		h.says(at+time.Duration(n)*time.Minute, owner, 1, improvement.ActionStep(n+1, 0), task.Done, answers{"evidence": "It is done."})
	}
	waits := aDay * (1 + improvement.LongestWait)
	h.at(waits-time.Hour, func() {
		require.Equal(h, begun+len(owners), looks, "nothing is looked at before its waiting time is over")
	})
	ends := waits + aDay*improvement.LongestWait
	h.at(ends-time.Hour, func() {
		require.GreaterOrEqual(h, looks-begun, len(owners)*looksAtLeast)
		require.LessOrEqual(h, looks-begun, len(owners)*(looksAtLeast+4))
		round := looks*eventsALook + len(owners)*(2+movesOfAction)*eventsATask
		require.Less(h, 5*round, eventsAtMost, "rounds of this kind, of two years each")
	})
	h.at(ends+8*aDay, func() {
		for n := range owners {
			asked, err := h.store.Task(context.Background(), run.TaskID(h.in.Run, 1, improvement.CheckStep(n+1)))
			require.NoError(h, err)
			require.Equal(h, "value", asked.Fields[0].Name)
		}
	})
	h.at(ends+365*aDay, func() {
		for n := range owners {
			require.Equal(h, []string{"turnus task.opened", "turnus task.remind", "turnus task.escalate"}, h.actions("task/"+run.TaskID(h.in.Run, 1, improvement.CheckStep(n+1))))
		}
		done := improvement.ActionDone
		h.standsNow(improvement.Checking, done, done, done, done, done, done)
		require.Equal(h, run.Waiting, h.record().State)
	})
	h.cancel(ends+366*aDay, "nobody answers")
	require.Equal(t, run.Cancelled, h.run().State)
	require.NoError(t, said.failed)
}

// Cancelled while actions wait for their owners, for their time, for a figure or
// for a check, an improvement drops all that hasn't ended, and nothing is asked
// afterwards.
func TestImprovementThatIsCancelledWhereverItWaits(t *testing.T) {
	for name, days := range map[string]int{"for the owners": 2, "for the waiting time": 5, "for a check": 20} {
		t.Run(name, func(t *testing.T) {
			h := improving(t, improvement.Nonconformity)
			h.says(time.Hour, "olga", 1, process.ImprovementCorrection, task.Done, corrected)
			h.says(2*time.Hour, "olga", 1, process.ImprovementPlan, task.Done, planned("anna", "bert"))
			h.says(3*time.Hour, "max", 1, process.Approval, task.Approve, nil)
			h.says(3*aDay, "anna", 1, "action-1", task.Done, answers{"evidence": "It is done."})
			h.says(4*aDay, "bert", 1, "action-2", task.Done, answers{"evidence": "It is done."})
			cancelled := h.cancel(time.Duration(days)*aDay+time.Hour, "it is another team's")
			r := h.run()
			require.NoError(t, cancelled.failed)
			require.Equal(t, run.Cancelled, r.State)
			h.standsNow(improvement.Open, improvement.ActionDropped, improvement.ActionDropped)
			asked := 0
			for _, a := range r.Tasks {
				require.NotEqual(t, task.Open, a.State, a.ID)
				if a.State == task.Closed {
					asked++
				}
			}
			require.Equal(t, map[int]int{2: 2, 5: 0, 20: 2}[days], asked, "closed without an answer")
		})
	}
}
