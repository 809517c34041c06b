//go:build sample

package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"turnus/internal/pgtest"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

// neverReleased is the process that exists in tests only, so that no history of
// it has to be replayed.
const neverReleased = process.Sample

const day = 24 * time.Hour

// reviewed is a policy review that is about to begin, in an organisation of
// twenty persons, ten of them auditors.
func reviewed(t *testing.T) *house {
	people := ""
	for i := range 20 {
		people += fmt.Sprintf("\n---\n{apiVersion: turnus/v1, kind: Person, metadata: {name: person-%d}, spec: {roles: [%s]}}", i+1, []string{"viewer", "auditor"}[i/10])
	}
	h := declared(t, organisation+"---\n"+`{apiVersion: turnus/v1, kind: Organisation, metadata: {name: example}, spec: {owner: olga, approvers: [max, otto], calendar: office}}`+people)
	h.start(store.NewRun{Key: run.Key{Process: process.Sample, Scope: "example", Period: "2026-11-05"}, Owner: "olga", By: person.Actor{Person: "olga"}})
	return h
}

// several are the names of a step's tasks.
func several(step string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%s-%d", step, i+1))
	}
	return names
}

// The names of the tasks that are open at once, and of those that follow.
func atOnce() []string {
	return append(append(several(process.PolicyStatement, 20), several(process.PolicyRecord, 20)...), several(process.PolicyRead, 10)...)
}

func checks() []string { return several(process.PolicyCheck, 5) }

// answerTo is a good answer to a step, and somebody who may give it.
func answerTo(step string) (who string, m task.Message) {
	kind, number, _ := strings.Cut(step, "-")
	var n int
	fmt.Sscan(number, &n)
	value := func(v any) json.RawMessage { b, _ := json.Marshal(v); return b }
	switch kind {
	case process.PolicyStatement:
		return fmt.Sprintf("person-%d", n), task.Message{Outcome: task.Done, Fields: task.Values{"statement": value(fmt.Sprint("we do ", n)), "staff": value(n), "share": value("12.50")}}
	case process.PolicyRecord:
		return fmt.Sprintf("person-%d", 11+n%10), task.Message{Outcome: task.Done, Fields: task.Values{"at": value("2026-11-05T08:00:00Z"), "took": value("PT45M"), "result": value("kept")}}
	case process.PolicyRead:
		return fmt.Sprintf("person-%d", n), task.Message{Outcome: task.Acknowledged}
	case process.PolicyCheck:
		return fmt.Sprintf("person-%d", 11+(n+1)%10), task.Message{Outcome: task.Pass}
	}
	return "max", task.Message{Outcome: task.Approve}
}

// passFor issues a pass for a task of a round; for one that is carried, bound is
// empty.
func (h *house) passFor(who string, round int, step, bound string) store.Pass {
	id := run.TaskID(h.in.Run, round, step)
	t, err := h.store.Task(context.Background(), id)
	require.NoError(h, err)
	p, err := h.store.IssuePass(context.Background(), person.Actor{Person: who}, h.env.Now(), store.PassFor{Kind: store.PassDecide, Run: h.in.Run, Task: id, Content: t.Hash, Answer: bound})
	require.NoError(h, err)
	return p
}

// update answers a step by the Update.
func (h *house) update(round int, step string) *reply {
	who, m := answerTo(step)
	m.Task = run.TaskID(h.in.Run, round, step)
	p := h.passFor(who, round, step, m.Answer())
	m.Pass = p.Presented()
	return h.send(p.ID, m)
}

// signal answers a step by the Signal, with a pass that is carried.
func (h *house) signal(round int, step string) {
	who, m := answerTo(step)
	m.Task = run.TaskID(h.in.Run, round, step)
	m.Pass = h.passFor(who, round, step, "").Presented()
	h.env.SignalWorkflow(workflows.SignalDecide, m)
}

// each plays something for some steps, a second apart.
func (h *house) each(from time.Duration, steps []string, do func(step string)) {
	for i, step := range steps {
		h.at(from+time.Duration(i)*time.Second, func() { do(step) })
	}
}

// states counts the tasks of a round by state.
func (h *house) states(round int) map[task.State]int {
	n := map[task.State]int{}
	for _, t := range h.record().Tasks {
		if t.Round == round {
			n[t.State]++
		}
	}
	return n
}

// counted counts the activities that begin and end.
func (h *house) counted() (begun, ended *atomic.Int64) {
	begun, ended = &atomic.Int64{}, &atomic.Int64{}
	h.env.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) { begun.Add(1) })
	h.env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { ended.Add(1) })
	return begun, ended
}

// reminded holds that a task was reminded of and escalated once each, so long
// after it was opened, to these persons, and that nothing else was done.
func (h *house) reminded(round int, step string, remind, escalate time.Duration, to, up []string) {
	h.Helper()
	t, err := h.store.Task(context.Background(), run.TaskID(h.in.Run, round, step))
	require.NoError(h, err)
	entries, _, err := h.store.Audit(context.Background(), store.Trail{Object: "task/" + t.ID}, store.Page{})
	require.NoError(h, err)
	require.Len(h, entries, 3, step)
	require.Equal(h, "task.opened", entries[0].Action)
	for i, want := range []struct {
		action string
		after  time.Duration
		to     []string
	}{{"task.remind", remind, to}, {"task.escalate", escalate, up}} {
		e := entries[i+1]
		require.Equal(h, want.action, e.Action, step)
		require.WithinDuration(h, t.Opened.Add(want.after), e.At, time.Second, "%s %s", step, e.Action)
		var after struct{ To []string }
		require.NoError(h, json.Unmarshal(e.After, &after))
		require.ElementsMatch(h, want.to, after.To, "%s %s", step, e.Action)
	}
	require.Equal(h, task.Open, t.State, step)
	require.NotNil(h, t.Reminded)
	require.NotNil(h, t.Escalated)
}

func auditors() (all []string) {
	for i := range 10 {
		all = append(all, fmt.Sprintf("person-%d", i+11))
	}
	return all
}

// Nobody ever answers: each kind of step is reminded of and escalated as it
// says, once, the fifty stay open for a year, and nothing is decided. Cancelled,
// all of them are closed, and nothing is left to be done.
func TestNobodyEverAnswers(t *testing.T) {
	h := reviewed(t)
	begun, ended := h.counted()
	h.at(365*day, func() {
		r := h.record()
		require.Equal(h, run.Waiting, r.State)
		require.Empty(h, r.Decisions)
		require.Equal(h, map[task.State]int{task.Open: 50}, h.states(1))
		require.Equal(h, int64(1+1+50+2*50), begun.Load(), "collected, drafted, opened; each reminded of and escalated, and nothing more")
		// From a Friday noon.
		for i, step := range several(process.PolicyStatement, 20) {
			to := []string{fmt.Sprintf("person-%d", i+1)}
			if i >= 10 {
				to = append(to, fmt.Sprintf("person-%d", i-9))
			}
			h.reminded(1, step, 5*day, 10*day, to, []string{"olga"}) // two working days before the fifth, and one after it
		}
		for _, step := range several(process.PolicyRecord, 20) {
			h.reminded(1, step, 4*day, 5*day, auditors(), []string{"olga"})
		}
		for i, step := range several(process.PolicyRead, 10) {
			h.reminded(1, step, 3*day, 4*day, []string{fmt.Sprintf("person-%d", i+1)}, []string{"max", "otto"})
		}
	})
	cancelled := h.cancel(366*day, "nobody answers")
	r := h.run()
	require.NoError(t, cancelled.failed)
	require.NoError(t, h.env.GetWorkflowError())
	require.Equal(t, run.Cancelled, r.State)
	require.Equal(t, map[task.State]int{task.Closed: 50}, h.states(1))
	require.Equal(t, begun.Load(), ended.Load(), "no activity is left")
}

// The same of the steps that follow: a check and an approval.
func TestNobodyChecksOrApproves(t *testing.T) {
	h := reviewed(t)
	h.each(63*day, atOnce(), func(step string) { h.update(1, step) })
	h.at(110*day, func() {
		require.Equal(h, map[task.State]int{task.Decided: 50, task.Open: 5}, h.states(1))
		for i, step := range checks() {
			who, _ := answerTo(several(process.PolicyRecord, 5)[i])
			var others []string
			for _, a := range auditors() {
				if a != who {
					others = append(others, a)
				}
			}
			h.reminded(1, step, 4*day, 5*day, others, []string{"olga"})
		}
	})
	h.each(126*day, checks(), func(step string) { h.update(1, step) })
	h.at((126+365)*day, func() {
		require.Equal(h, map[task.State]int{task.Decided: 55, task.Open: 1}, h.states(1))
		h.reminded(1, process.Approval, 4*day, 5*day, []string{"max", "otto"}, []string{"olga"})
	})
	h.cancel((126+366)*day, "nobody approves")
	require.Equal(t, run.Cancelled, h.run().State)
	require.Equal(t, map[task.State]int{task.Decided: 55, task.Closed: 1}, h.states(1))
	require.Len(t, h.record().Decisions, 55)
}

// Tasks end by themselves, in any order, while others wait. Whoever recorded
// doesn't check. After changes were requested all is asked again, an answer to a
// task of the round before is refused by both ways, and signals with passes
// answer the fifty as well.
func TestAnotherRoundIsAnsweredBySignals(t *testing.T) {
	h := reviewed(t)
	replies := map[string]*reply{}
	answer := func(step string) { replies[step] = h.update(1, step) }
	all := atOnce()
	for i := range all { // another order than they were asked in
		j := (i * 17) % len(all)
		all[i], all[j] = all[j], all[i]
	}
	h.each(day, all[:20], answer)
	h.at(2*day, func() {
		require.Equal(h, map[task.State]int{task.Decided: 20, task.Open: 30}, h.states(1))
		require.Equal(h, run.Waiting, h.record().State)
	})
	h.each(3*day, all[20:], answer)
	own := &reply{}
	h.at(4*day, func() {
		recorded, _ := answerTo(process.PolicyRecord + "-1")
		m := task.Message{Task: run.TaskID(h.in.Run, 1, process.PolicyCheck+"-1"), Outcome: task.Pass}
		p := h.passFor(recorded, 1, process.PolicyCheck+"-1", m.Answer())
		m.Pass = p.Presented()
		own = h.send(p.ID, m)
	})
	h.each(5*day, checks(), answer)
	h.at(6*day, func() {
		m := task.Message{Task: run.TaskID(h.in.Run, 1, process.Approval), Outcome: task.RequestChanges, Comment: "by department, please"}
		p := h.passFor("otto", 1, process.Approval, m.Answer())
		m.Pass = p.Presented()
		h.send(p.ID, m)
	})

	late := &reply{}
	h.at(7*day, func() {
		require.Equal(h, 2, h.record().Round)
		require.Equal(h, map[task.State]int{task.Open: 50}, h.states(2))
		late = h.update(1, process.PolicyStatement+"-4")
		h.signal(1, process.PolicyStatement+"-5")
	})
	h.at(8*day, func() {
		require.Equal(h, map[task.State]int{task.Decided: 56}, h.states(1))
		require.Equal(h, map[task.State]int{task.Open: 50}, h.states(2), "nothing of another round counts")
		require.Contains(h, h.actions("run/"+h.in.Run), "turnus signal.refused")
	})
	h.each(9*day, atOnce(), func(step string) { h.signal(2, step) })
	h.each(10*day, append(checks(), process.Approval), func(step string) { h.signal(2, step) })

	r := h.run()
	require.NoError(t, h.env.GetWorkflowError())
	require.Equal(t, run.Published, r.State)
	require.Len(t, r.Decisions, 2*56)
	for step, a := range replies {
		require.NoError(t, a.rejected, step)
		require.NoError(t, a.failed, step)
	}
	require.Equal(t, fault.Forbidden, workflows.FaultOf(own.failed).Code)
	require.Contains(t, own.failed.Error(), "answered the step that is checked here")
	require.Equal(t, fault.Conflict, workflows.FaultOf(late.rejected).Code)
	for _, d := range r.Decisions {
		step := d.Task[strings.LastIndex(d.Task, ".")+1:]
		if d.Outcome == task.RequestChanges {
			continue
		}
		who, m := answerTo(step)
		require.Equal(t, who, d.Person, d.Task)
		require.Equal(t, m.Outcome, d.Outcome, d.Task)
		require.Equal(t, m.Fields, d.Fields, d.Task)
	}
}

// A question that can't be asked ends the run, and nobody is asked in vain for
// as long as the others take.
func TestAQuestionThatCannotBeAskedEndsTheRun(t *testing.T) {
	h := reviewed(t)
	h.env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, in converter.EncodedValues) {
		var a workflows.Asking
		if info.ActivityType.Name != "TaskOpen" || in.Get(&a) != nil || a.Name != process.PolicyRead+"-10" {
			return
		}
		pgtest.Tamper(h.T, h.store.DB(), "UPDATE run SET provisional = true") // and such a one asks nobody
	})
	r := h.run()
	require.Equal(t, run.Failed, r.State)
	require.Contains(t, r.Outcome.En, "doesn't ask for this")
	require.Zero(t, h.states(1)[task.Open])
	require.WithinDuration(t, friday, *r.Ended, time.Hour)
}
