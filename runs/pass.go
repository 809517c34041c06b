package runs

import (
	"context"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// Pass issues a pass for a task to somebody who may decide it now, for systems
// that can only signal. It may name the only outcome that it is good for. What
// it is worth is judged when it is presented.
func (r *Runs) Pass(ctx context.Context, by person.Actor, taskID string, o task.Outcome) (store.Pass, error) {
	t, err := r.answerable(ctx, by, taskID, "pass.refused")
	if err != nil {
		return store.Pass{}, err
	}
	if t.State != task.Open {
		return store.Pass{}, r.refused(ctx, by, "pass.refused", "task/"+taskID, fault.New(fault.Conflict,
			text.New("This task isn't open any more.", "Diese Aufgabe ist nicht mehr offen.")))
	}
	if o != "" {
		if no := t.CheckOffers(o); no != nil {
			return store.Pass{}, no
		}
	}
	return r.store.IssuePass(ctx, by, r.now(), store.PassFor{Kind: store.PassDecide, Run: t.Run, Task: t.ID, Content: t.Hash, Outcome: o})
}
