package activities

import (
	"context"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/store"
	"turnus/workflows"
)

// TaskOpen writes a task's row, with the instants at which it is due, reminded
// of and escalated in the working time of the service's calendar.
func (s *Set) TaskOpen(ctx context.Context, a workflows.Asking) (workflows.Waiting, error) {
	t := task.Task{
		ID: a.ID, Run: a.Run, Round: a.Round, Step: a.Name, Kind: a.Kind, Outcomes: a.Outcomes, Hash: a.Hash, Opened: s.now(),
	}
	service, err := s.store.ServiceOf(ctx, a.Run)
	if err != nil {
		return workflows.Waiting{}, err
	}
	cal, err := s.calendarOf(ctx, service)
	if err != nil {
		return workflows.Waiting{}, err
	}
	t.Remind, t.Due, t.Escalate = task.Schedule(cal, t.Opened)
	opened, err := s.store.OpenTask(ctx, t)
	if err != nil {
		return workflows.Waiting{}, err
	}
	if !opened { // a retry: the row that is there has its own instants
		return s.TaskAdvance(ctx, workflows.TaskID(a.ID))
	}
	return workflows.Waiting{Until: t.Remind}, nil
}

// calendarOf is the calendar of a service as it is now.
func (s *Set) calendarOf(ctx context.Context, service string) (*calendar.Calendar, error) {
	svc, err := store.Current[agreement.ServiceSpec](ctx, s.store, resource.Service, service)
	if err != nil {
		return nil, err
	}
	if svc.Spec.Calendar == calendar.AlwaysOpen {
		return svc.Spec.AlwaysOpen()
	}
	spec, err := store.Current[calendar.Spec](ctx, s.store, resource.Calendar, svc.Spec.Calendar)
	if err != nil {
		return nil, err
	}
	return calendar.Compile(spec.Spec)
}

// TaskAdvance does what is due with a task that nobody has answered.
func (s *Set) TaskAdvance(ctx context.Context, id workflows.TaskID) (workflows.Waiting, error) {
	until, err := s.store.AdvanceTask(ctx, s.now(), string(id))
	return workflows.Waiting{Until: until}, err
}

// TaskDecide judges a decision; what it says is on record.
func (s *Set) TaskDecide(ctx context.Context, d workflows.Deciding) (v workflows.Verdict[task.Decision], err error) {
	v.Value, v.Refusal, err = s.store.Decide(ctx, s.now(), d.By, d.Message)
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
