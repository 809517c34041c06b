package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

// recorded puts an answer on record of which the workflow hears later.
func (h *house) recorded(who, step string, o task.Outcome, a answers) (tell func()) {
	m := task.Message{Task: run.TaskID(h.in.Run, 1, step), Outcome: o, Comment: "Seen by " + who + ".", Fields: a.values()}
	t, err := h.store.Task(context.Background(), m.Task)
	require.NoError(h, err)
	p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(), store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: m.Task, Content: t.Hash, Answer: m.Answer()})
	require.NoError(h, err)
	m.Pass = p.Presented()
	_, refusal, err := h.store.Decide(context.Background(), h.env.Now(), p.ID, m)
	require.NoError(h, err)
	require.Nil(h, refusal)
	return func() { h.env.UpdateWorkflow(workflows.UpdateDecide, p.ID, &reply{}, m) }
}

// What the conductor orders, or somebody answers, while a task is about to be
// opened: a step that isn't asked for any more by then is left alone, and the
// drill goes on.
func TestADrillGoesOnWhereAStepIsntAskedForAnyMore(t *testing.T) {
	for name, during := range map[string]func(h *house) (who, step string, o task.Outcome, a answers){
		"given to another person": func(*house) (string, string, task.Outcome, answers) {
			return "anna", "conduct-1", task.Direct, answers{"order": "reassign", "step": "db", "person": "emil"}
		},
		"aborted": func(*house) (string, string, task.Outcome, answers) { return "anna", "conduct-1", task.Abort, nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := drilling(t, "")
			set := activities.New(h.store, nil, h.env.Now)
			var tell func()
			h.env.OnActivity("DrillOpen", mock.Anything, mock.Anything).Return(func(ctx context.Context, n workflows.NamedStep) (workflows.Waiting, error) {
				if n.Name == "step-2" && tell == nil {
					tell = h.recorded(during(h))
				}
				return set.DrillOpen(ctx, n)
			})
			h.script(continuity.Component)
			h.says(4*time.Hour+5*time.Minute, "bert", 1, "step-1", task.Done, nil)
			h.at(4*time.Hour+10*time.Minute, func() { tell() })
			if name == "aborted" {
				h.says(4*time.Hour+20*time.Minute, "dora", 1, "back-1", task.Done, nil)
			} else {
				h.says(4*time.Hour+15*time.Minute, "emil", 1, "step-2-2", task.Done, nil)
				h.says(4*time.Hour+16*time.Minute, "anna", 1, "conduct-1-2", task.Abort, nil)
				h.says(4*time.Hour+20*time.Minute, "dora", 1, "back-1", task.Done, nil)
			}
			h.finishes(4*time.Hour + 20*time.Minute)
			require.Equal(t, run.Published, h.run().State)
		})
	}
}

// An activity whose answer got lost is tried again after the task was answered:
// it finds that, and nobody is asked twice.
func TestADrillsTaskThatWasAnsweredIsntOpenedAgain(t *testing.T) {
	h := drilling(t, "")
	set := activities.New(h.store, nil, h.env.Now)
	var tell func()
	h.env.OnActivity("DrillOpen", mock.Anything, mock.Anything).Return(func(ctx context.Context, n workflows.NamedStep) (workflows.Waiting, error) {
		w, err := set.DrillOpen(ctx, n)
		if n.Name == "step-2" && tell == nil {
			require.NoError(h, err)
			tell = h.recorded("dora", "step-2", task.Done, nil)
			return set.DrillOpen(ctx, n)
		}
		return w, err
	})
	h.script(continuity.Component)
	h.says(4*time.Hour+5*time.Minute, "bert", 1, "step-1", task.Done, nil)
	h.at(4*time.Hour+6*time.Minute, func() { tell() })
	h.says(4*time.Hour+10*time.Minute, "emil", 1, "step-3", task.Done, nil)
	h.says(4*time.Hour+15*time.Minute, "anna", 1, "conduct-1", task.Abort, nil)
	h.says(4*time.Hour+20*time.Minute, "dora", 1, "back-1", task.Done, nil)
	h.finishes(4*time.Hour + 20*time.Minute)
	require.Equal(t, run.Published, h.run().State)
	require.Equal(t, []string{"1"}, h.lines("SELECT count(*) FROM audit WHERE action = 'task.opened' AND object LIKE '%step-2'"))
}

// finishes has a drill go on from its steps back, to its published report.
func (h *house) finishes(at time.Duration) {
	h.says(at+time.Minute, "berta", 1, "normal-1", task.Pass, nil)
	h.says(at+10*time.Minute, "anna", 1, process.DrillEvaluate, task.Done, answers{"integrity": "no-data"})
	h.says(at+11*time.Minute, "anna", 1, process.DrillDebrief, task.Done, answers{"well": "a", "badly": "b", "lessons": "c"})
	h.says(at+12*time.Minute, "olga", 1, process.DrillReview, task.Done, answers{"review": "seen", "retest": "2026-12-31"})
	h.says(at+30*time.Minute, "otto", 2, process.Approval, task.Approve, nil)
}

// A version of the plan that comes into force while the owner is about to be asked
// is the one that they are asked about, however late it comes.
func TestADrillAsksAboutThePlanThatIsInForceByThen(t *testing.T) {
	for name, c := range map[string]struct {
		look    int // at the clock: the first one is at the plan, the second one at when it is asked
		refused []string
	}{
		"before the task is made":    {1, nil},
		"before the task is written": {2, []string{"task.refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := drilling(t, "")
			looks := 0
			set := activities.New(h.store, nil, func() time.Time {
				if looks++; looks == c.look {
					h.puts(2, deskPlan(), h.env.Now())
				}
				return h.env.Now()
			})
			h.env.OnActivity("TaskOpen", mock.Anything, mock.Anything).Return(func(ctx context.Context, a workflows.Asking) (workflows.Waiting, error) {
				return set.TaskOpen(ctx, a)
			})
			h.at(30*time.Minute, func() {
				asked, err := h.store.Task(context.Background(), run.TaskID(h.in.Run, 1, process.DrillPlan))
				require.NoError(h, err)
				require.Contains(h, asked.Text.En, "version 2")
			})
			h.says(time.Hour, "olga", 1, process.DrillPlan, task.Done, setup(continuity.Component))
			h.says(2*time.Hour, "max", 1, process.Approval, task.Reject, nil)
			require.Equal(t, run.Rejected, h.run().State)
			require.Equal(t, c.refused, h.lines("SELECT action FROM audit WHERE action = 'task.refused'"))
			f, err := store.Frozen[drill.Frozen](context.Background(), h.store, run.Step{Run: h.in.Run, Round: 1})
			require.NoError(t, err)
			require.Equal(t, 2, f.Plan.Version)
		})
	}
}
