package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"turnus/activities"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// stolen lets another worker answer an activity: the first time, it lies.
func stolen[In, Out any](h *house, name string, honest func(context.Context, In) (Out, error), lie func(context.Context, In) (Out, error)) {
	first := true
	h.env.OnActivity(name, mock.Anything, mock.Anything).Return(func(ctx context.Context, in In) (Out, error) {
		if first {
			first = false
			return lie(ctx, in)
		}
		return honest(ctx, in)
	})
}

type verdict = workflows.Reply[task.Decision]

func TestAnInventedDecisionIsNone(t *testing.T) {
	for name, by := range map[string]string{"by an update": "update", "by a signal": "signal"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, false, organisation)
			set := activities.New(h.store, nil, h.env.Now)
			stolen(h, "TaskDecide", set.TaskDecide, func(_ context.Context, in workflows.Deciding) (verdict, error) {
				return verdict{Value: task.Decision{Task: in.Task, Outcome: task.Reject, Person: "max"}}, nil
			})
			pass := ""
			var first, second *reply
			say := func(answer **reply) func() {
				return func() {
					if pass == "" {
						pass = h.pass(person.Actor{Person: "max"}, 1).Secret
					}
					m := task.Message{Task: h.task(1), Pass: pass, Outcome: task.Approve}
					if by == "signal" {
						h.env.SignalWorkflow(workflows.SignalDecide, m)
						return
					}
					*answer = h.send(time.Now().String(), m)
				}
			}
			h.at(time.Hour, say(&first))
			h.at(2*time.Hour, func() {
				require.Equal(h, run.Waiting, h.record().State)
				require.Equal(h, task.Open, h.record().Tasks[0].State)
				require.Empty(h, h.record().Decisions)
			})
			h.at(14*time.Minute+time.Hour, say(&second)) // the pass is unspent
			r := h.run()
			require.Equal(t, run.Published, r.State)
			require.Equal(t, task.Approve, r.Decisions[0].Outcome)
			if by == "update" {
				require.Equal(t, fault.Unavailable, workflows.FaultOf(first.failed).Code)
				require.NoError(t, second.failed)
			} else {
				require.Contains(t, h.actions("run/"+h.in.Run), "turnus signal.refused")
			}
		})
	}
}

// What is on record counts, whatever its answer became on the way.
func TestARecordedDecisionCountsThoughItsAnswerIsLost(t *testing.T) {
	for name, lie := range map[string]verdict{
		"refused":         {Refusal: fault.New(fault.Forbidden, text.Same("forged"))},
		"another outcome": {Value: task.Decision{Outcome: task.Reject}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, false, organisation)
			set := activities.New(h.store, nil, h.env.Now)
			stolen(h, "TaskDecide", set.TaskDecide, func(ctx context.Context, in workflows.Deciding) (verdict, error) {
				if _, err := set.TaskDecide(ctx, in); err != nil {
					return verdict{}, err
				}
				return lie, nil
			})
			answer := h.decide(time.Hour, "max", 1, task.Approve)
			require.Equal(t, run.Published, h.run().State)
			require.NoError(t, answer.failed)
			d, ok := answer.value.(task.Decision)
			require.True(t, ok)
			require.Equal(t, task.Approve, d.Outcome)
		})
	}
}

func TestAnInventedCancellingIsNone(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	stolen(h, "RunCancel", set.RunCancel, func(context.Context, workflows.Cancelling) (v workflows.Reply[struct{}], err error) {
		return v, nil
	})
	var answers []*reply
	for i := range 2 {
		h.at(time.Duration(i+1)*time.Hour, func() {
			m := run.CancelMessage{Run: h.in.Run, Reason: "wrong month"}
			p, err := h.store.IssuePass(context.Background(), person.Actor{Person: "olga"}, h.env.Now(), store.PassFor{Kind: store.PassCancel, Run: h.in.Run, Answer: m.Answer()})
			require.NoError(h, err)
			m.Pass = p.Presented()
			r := &reply{}
			answers = append(answers, r)
			h.env.UpdateWorkflow(workflows.UpdateCancel, p.ID, r, m)
		})
	}
	h.at(90*time.Minute, func() { require.Equal(h, run.Waiting, h.record().State) })
	require.Equal(t, run.Cancelled, h.run().State)
	require.Equal(t, fault.Unavailable, workflows.FaultOf(answers[0].failed).Code)
	require.NoError(t, answers[1].failed)
}

// A run is cancelled while the worker that was to begin its next round has
// died: its row still says the round before.
func TestCancelledBeforeTheNextRoundBegins(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	h.env.OnActivity("SLAReportCollect", mock.Anything, mock.Anything).Return(func(ctx context.Context, in workflows.Freezing) (workflows.Collected, error) {
		if in.Round > 1 {
			return workflows.Collected{}, errors.New("the worker has died")
		}
		return set.SLAReportCollect(ctx, in)
	})
	h.decide(time.Hour, "max", 1, task.RequestChanges)
	answer := h.cancel(time.Hour+time.Second, "wrong month")
	r := h.run()
	require.NoError(t, h.env.GetWorkflowError())
	require.NoError(t, answer.failed)
	require.Equal(t, run.Cancelled, r.State)
	require.Equal(t, text.Same("wrong month"), r.Outcome)
	require.NotContains(t, h.actions("run/"+r.ID), "turnus end.refused")
}

// The first wish to cancel went on record after its run was told that it
// hadn't: a second one, for another reason, ends it.
func TestCancelledByTheSecondWish(t *testing.T) {
	h := newHouse(t, false, organisation)
	set := activities.New(h.store, nil, h.env.Now)
	var late workflows.Cancelling
	stolen(h, "RunCancel", set.RunCancel, func(_ context.Context, in workflows.Cancelling) (v workflows.Reply[struct{}], err error) {
		late = in
		return v, nil
	})
	first := h.cancel(time.Hour, "wrong month")
	h.at(time.Hour+time.Minute, func() {
		v, err := set.RunCancel(context.Background(), late)
		require.NoError(h, err)
		require.Nil(h, v.Refusal)
	})
	second := h.cancel(time.Hour+2*time.Minute, "wrong month, as I said")
	r := h.run()
	require.Equal(t, fault.Unavailable, workflows.FaultOf(first.failed).Code)
	require.NoError(t, second.failed)
	require.Equal(t, run.Cancelled, r.State)
	require.Equal(t, text.Same("wrong month, as I said"), r.Outcome)
}

// cancel lets the owner cancel the run at a time.
func (h *house) cancel(d time.Duration, reason string) *reply {
	r := &reply{}
	h.at(d, func() {
		m := run.CancelMessage{Run: h.in.Run, Reason: reason}
		p, err := h.store.IssuePass(context.Background(), person.Actor{Person: "olga"}, h.env.Now(), store.PassFor{Kind: store.PassCancel, Run: h.in.Run, Answer: m.Answer()})
		require.NoError(h, err)
		m.Pass = p.Presented()
		h.env.UpdateWorkflow(workflows.UpdateCancel, p.ID, r, m)
	})
	return r
}
