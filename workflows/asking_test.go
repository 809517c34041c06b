package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

// Where one of several questions can't be asked, nobody has to answer the
// others before the run says so.
func TestWhatCannotBeAskedEndsTheRunAtOnce(t *testing.T) {
	for name, bad := range map[string]task.Question{
		"a step that the process doesn't have": {Step: "unheard-of"},
		"the same step twice":                  {Step: process.Findings},
		"a field that can't be asked for":      {Step: process.Changes, Fields: []task.Field{{Name: "x", Type: "perhaps"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, false, organisation)
			h.env.OnActivity("SLAReportDraft", mock.Anything, mock.Anything).Return(func(context.Context, run.Step) (workflows.Drafted, error) {
				return workflows.Drafted{Ask: []task.Question{{Step: process.Findings}, bad}}, nil
			})
			r := h.run()
			require.Error(t, h.env.GetWorkflowError())
			require.Equal(t, run.Failed, r.State)
			require.NotEmpty(t, r.Outcome.De)
			for _, a := range r.Tasks {
				require.Equal(t, task.Closed, a.State)
			}
		})
	}
}

// The owner of a service with reviews begins the next round, and is told what
// for; whoever asked for changes by a signal may have said nothing.
func TestTheOwnerSeesToChangesFirst(t *testing.T) {
	h := newHouse(t, false, strings.Replace(organisation, "calendar: office}}", "calendar: office, review: findings}}", 1))
	changes := run.TaskID(h.in.Run, 1, process.Changes)
	h.at(time.Hour, func() {
		h.env.SignalWorkflow(workflows.SignalDecide, task.Message{Task: h.task(1), Pass: h.pass(person.Actor{Person: "max"}, 1).Secret, Outcome: task.RequestChanges})
	})
	var stranger, owner *reply
	h.at(48*time.Hour, func() {
		r := h.record()
		require.Equal(h, 1, r.Round, "nothing goes on without the owner")
		asked, err := h.store.Task(context.Background(), changes)
		require.NoError(h, err)
		require.Contains(h, asked.Text.En, "max requested changes without saying which")
		require.Contains(h, asked.Text.De, "max hat Änderungen verlangt")
		say := func(who string) *reply {
			m := task.Message{Task: changes, Outcome: task.Ready}
			p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(),
				store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: changes, Content: asked.Hash, Answer: m.Answer()})

			require.NoError(h, err)
			m.Pass = p.Presented()
			return h.send(p.ID, m)
		}
		stranger = say("max")
		h.at(time.Hour, func() { owner = say("olga") })
	})
	h.decide(72*time.Hour, "max", 2, task.Approve)
	require.Equal(t, run.Published, h.run().State)
	require.ErrorContains(t, stranger.failed, "for the owner, olga")
	require.NoError(t, owner.failed)
	require.Equal(t, 2, h.record().Round)
}
