package runs

import (
	"context"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// Decide answers a task in the name of the actor. hash, if given, is the
// content that the actor saw. The same person with the same outcome again gets
// the decision on record. fault.Unavailable means: not confirmed, ask again.
// Refusals are on record, whoever refuses.
func (r *Runs) Decide(ctx context.Context, by person.Actor, taskID string, o task.Outcome, comment, hash string) (task.Decision, error) {
	none := task.Decision{}
	t, err := r.store.Task(ctx, taskID)
	if err != nil {
		return none, err
	}
	object := "task/" + taskID
	people, err := r.store.PeopleOf(ctx, t)
	if err != nil {
		return none, err
	}
	if err := people.MayWith(by.Person, by.Issuer); err != nil {
		return none, r.refused(ctx, by, "decide.refused", object, fault.As(err))
	}
	if t.State != task.Open {
		return r.decided(ctx, by, t, o)
	}
	if hash != "" && hash != t.Hash {
		return none, r.refused(ctx, by, "decide.refused", object, fault.New(fault.Conflict, text.New(
			"The content isn't the one you saw: read it again, then decide.",
			"Der Inhalt ist nicht der, den Sie gesehen haben: bitte noch einmal lesen, dann entscheiden.")))
	}
	pass, err := r.store.IssuePass(ctx, r.now(), by, store.PassFor{Kind: store.PassDecide, Run: t.Run, Task: t.ID, Content: t.Hash})
	if err != nil {
		return none, err
	}
	var d task.Decision
	refused, err := r.update(ctx, t.Run, workflows.UpdateDecide, pass.ID,
		task.Message{Task: t.ID, Pass: pass.Secret, Outcome: o, Comment: comment}, &d)
	switch {
	case err != nil:
		return none, err
	case refused == nil:
		return d, nil
	case refused.Code == fault.Conflict:
		// Another message was first: if it was this person's own, it is answered.
		if t, err = r.store.Task(ctx, taskID); err == nil && t.State != task.Open {
			return r.decided(ctx, by, t, o)
		}
	}
	return none, r.refused(ctx, by, "decide.refused", object, refused)
}

// decided answers for a task that isn't open any more.
func (r *Runs) decided(ctx context.Context, by person.Actor, t task.Task, o task.Outcome) (task.Decision, error) {
	d, err := r.store.Decision(ctx, t.ID)
	if err != nil {
		return task.Decision{}, err
	}
	if d != nil && d.Person == by.Person && d.Outcome == o {
		return *d, nil
	}
	f := fault.New(fault.Conflict, text.New("This task was closed without a decision: its run has ended.",
		"Diese Aufgabe wurde ohne Entscheidung geschlossen: ihr Lauf ist beendet."))
	if d != nil {
		f = fault.New(fault.Conflict, text.F("%s has decided this task already: %s.", "%s hat diese Aufgabe schon entschieden: %s.", d.Person, d.Outcome))
	}
	return task.Decision{}, r.refused(ctx, by, "decide.refused", "task/"+t.ID, f)
}
