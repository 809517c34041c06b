package activities

import (
	"context"
	"slices"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/workflows"
)

// TaskOpen writes a task's row, with the instants at which it is due, reminded
// of and escalated in the working time of what the run is about.
func (s *Set) TaskOpen(ctx context.Context, a workflows.Asking) (workflows.Waiting, error) {
	if k, _, err := run.ParseID(a.Run); err == nil && k.Process == process.ContinuityDrill && a.Name == process.DrillPlan {
		return s.openDrillPlan(ctx, a)
	}
	return s.open(ctx, a)
}

func (s *Set) open(ctx context.Context, a workflows.Asking) (workflows.Waiting, error) {
	t, timing, err := taskOf(a)
	if err != nil {
		return workflows.Waiting{}, s.store.TaskRefused(ctx, s.now(), a.Run, err)
	}
	scope, err := s.store.ScopeOfRun(ctx, a.Run)
	if err != nil {
		return workflows.Waiting{}, err
	}
	hours, err := s.store.Hours(ctx, scope)
	if err != nil {
		return workflows.Waiting{}, err
	}
	var due *time.Time
	if a.Question != nil {
		due = a.Question.Due
	}
	t.Opened = s.now()
	t.Remind, t.Due, t.Escalate = task.Schedule(hours, t.Opened, due, timing, t.For)
	opened, err := s.store.OpenTask(ctx, t)
	if err != nil {
		return workflows.Waiting{}, err
	}
	if !opened { // a retry: the row that is there has its own instants
		return s.TaskAdvance(ctx, workflows.TaskID(t.ID))
	}
	return workflows.Waiting{Until: t.Remind}, nil
}

// taskOf is the task that a run asks for, as its process declares it.
func taskOf(a workflows.Asking) (task.Task, task.Timing, error) {
	var q task.Question
	if a.Question != nil {
		q = *a.Question
	}
	t, step, err := process.Ask(a.Step, a.Name, a.Hash, q)
	if err == nil && (a.ID != t.ID || a.Kind != t.Kind || !slices.Equal(a.Outcomes, t.Outcomes)) {
		err = fault.New(fault.Conflict, text.F("%s doesn't ask for this.", "%s fragt das nicht ab.", a.Run))
	}
	return t, step.Timing, err
}

// TaskAdvance does what is due with a task that nobody has answered.
func (s *Set) TaskAdvance(ctx context.Context, id workflows.TaskID) (workflows.Waiting, error) {
	until, err := s.store.AdvanceTask(ctx, s.now(), string(id))
	return workflows.Waiting{Until: until}, err
}

// TaskDecide judges a decision; what it says is on record.
func (s *Set) TaskDecide(ctx context.Context, d workflows.Deciding) (v workflows.Reply[task.Decision], err error) {
	v.Value, v.Refusal, err = s.decideCompared(ctx, d.By, d.Message)
	return v, err
}

// TaskDecision reads the decision on a task; nil while none is on record.
func (s *Set) TaskDecision(ctx context.Context, id workflows.TaskID) (*task.Decision, error) {
	return s.store.Decision(ctx, string(id))
}

// SignalRefused puts a signal that its run refused on record.
func (s *Set) SignalRefused(ctx context.Context, no workflows.Refused) (struct{}, error) {
	return struct{}{}, s.store.SignalRefused(ctx, s.now(), no.Run, no.Bounded())
}
