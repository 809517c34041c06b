package access

import (
	"context"

	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// ShowTask is what the caller is shown of a task that they see: of an open one
// also why they may not answer it, if so; of a decided one the decision.
func (c *Caller) ShowTask(ctx context.Context, t task.Task) (_ task.Task, err error) {
	switch t.State {
	case task.Decided:
		t.Decision, err = c.store.Decision(ctx, t.ID)
		return t, err
	case task.Closed:
		return t, nil
	}
	people, err := c.store.PeopleOf(ctx, t)
	if err != nil {
		return t, err
	}
	if no := people.MayWith(c.Person, c.Issuer); no != nil {
		t.Barred = fault.As(no).Message
	}
	return t, nil
}
