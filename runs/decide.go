package runs

import (
	"context"
	"errors"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// Answer is what somebody says to a task.
type Answer struct {
	Task    string
	Outcome task.Outcome
	Comment string
	Fields  task.Values
	Hash    string // of the content that they saw; may be empty
	Stale   bool   // the draft is approved although what it stands on has changed
}

// Decide answers a task in the name of the actor. The same person with the same
// outcome again gets the decision on record. fault.Unavailable means: not
// confirmed, ask again. Refusals are on record, whoever refuses.
func (r *Runs) Decide(ctx context.Context, by person.Actor, a Answer) (task.Decision, error) {
	taskID, o := a.Task, a.Outcome
	none := task.Decision{}
	t, err := r.answerable(ctx, by, taskID, "decide.refused")
	if err != nil {
		return none, err
	}
	object := "task/" + taskID
	if t.State != task.Open {
		return r.onRecord(ctx, by, taskID, o)
	}
	m, err := r.held(ctx, t, a)
	if err != nil {
		if all := fault.All(err); all != nil { // one is on record, all are said
			err = errors.Join(r.store.Refused(ctx, by, r.now(), "decide.refused", object, all[0]), err)
		}
		return none, err
	}
	pass, err := r.store.IssuePass(ctx, by, r.now(), store.PassFor{Kind: store.PassDecide, Run: t.Run, Task: t.ID, Content: t.Hash, Answer: m.Answer()})
	if err != nil {
		return none, err
	}
	m.Pass = pass.Presented()
	refused, err := r.update(ctx, t.Run, workflows.UpdateDecide, pass.ID, m, nil)
	if err != nil {
		return none, err
	}
	// What the workflow says is what it was told: the record alone is believed.
	switch d, err := r.store.Decision(ctx, taskID); {
	case err != nil:
		return none, unconfirmed(err)
	case d != nil:
		return r.decided(ctx, by, *d, o)
	case refused == nil:
		return none, unconfirmed(errors.New("the run says that it is decided, and no decision is on record"))
	case refused.Code == fault.Unavailable:
		return none, refused
	case refused.Code == fault.Conflict:
		if t, err = r.store.Task(ctx, taskID); err == nil && t.State != task.Open {
			return r.onRecord(ctx, by, taskID, o)
		}
	}
	return none, r.refused(ctx, by, "decide.refused", object, refused)
}

// held holds an answer against an open task, as things are now, and gives it as
// it will be kept.
func (r *Runs) held(ctx context.Context, t task.Task, a Answer) (task.Message, error) {
	m := task.Message{Task: t.ID, Outcome: a.Outcome, Comment: a.Comment, Fields: a.Fields, Stale: a.Stale}
	if a.Hash != "" && a.Hash != t.Hash {
		return m, fault.New(fault.Conflict, text.New(
			"The content isn't the one you saw: read it again, then decide.",
			"Der Inhalt ist nicht mehr der, der gelesen wurde: Erneut lesen, dann entscheiden."))
	}
	var err error
	if m.Fields, err = r.store.CheckAnswer(ctx, r.now(), t, m); err != nil {
		return m, err
	}
	return m, task.CheckStale(t.Stale, m, t.Run, false)
}

// Try holds an answer against its task as Decide does, and gives the decision
// that it would be. Nothing is decided, and nothing goes on record.
func (r *Runs) Try(ctx context.Context, by person.Actor, a Answer) (task.Decision, error) {
	t, people, err := r.store.TaskAndPeople(ctx, a.Task)
	if err == nil {
		err = people.MayWith(by.Person, by.Issuer)
	}
	if err != nil {
		return task.Decision{}, err
	}
	if t.State != task.Open {
		d, err := r.store.Decision(ctx, t.ID)
		switch {
		case err != nil:
			return task.Decision{}, err
		case d == nil:
			return task.Decision{}, undecided()
		case d.Person == by.Person && d.Outcome == a.Outcome:
			return *d, nil
		}
		return task.Decision{}, decidedAlready(*d)
	}
	m, err := r.held(ctx, t, a)
	return task.Decision{Task: t.ID, Run: t.Run, Round: t.Round, Person: by.Person, Outcome: m.Outcome, Comment: m.Comment, Fields: m.Fields,
		At: r.now(), Hash: t.Hash, TokenIssuer: by.Issuer}, err
}

// undecided says that a task has ended without an answer.
func undecided() *fault.Error {
	return fault.New(fault.Conflict, text.New(
		"This task was closed without a decision: its run has ended, or began another round.",
		"Diese Aufgabe wurde ohne Entscheidung geschlossen: Der Lauf ist beendet oder hat eine neue Freigaberunde begonnen."))
}

func decidedAlready(d task.Decision) *fault.Error {
	return fault.New(fault.Conflict, text.F(
		"%s has decided this task already: %s.", "%s hat diese Aufgabe schon entschieden: %s.", d.Person, d.Outcome))
}

// answerable is a task, open or not, for whoever may answer it now; anybody else
// is refused, which goes on record as an action.
func (r *Runs) answerable(ctx context.Context, by person.Actor, taskID, action string) (task.Task, error) {
	t, people, err := r.store.TaskAndPeople(ctx, taskID)
	if err != nil {
		return t, err
	}
	if no := people.MayWith(by.Person, by.Issuer); no != nil {
		return t, r.refused(ctx, by, action, "task/"+taskID, fault.As(no))
	}
	return t, nil
}

// onRecord answers for a task that isn't open any more.
func (r *Runs) onRecord(ctx context.Context, by person.Actor, taskID string, o task.Outcome) (task.Decision, error) {
	d, err := r.store.Decision(ctx, taskID)
	if err != nil {
		return task.Decision{}, err
	}
	if d == nil {
		return task.Decision{}, r.refused(ctx, by, "decide.refused", "task/"+taskID, undecided())
	}
	return r.decided(ctx, by, *d, o)
}

// decided answers with a decision on record whoever made it so; others are
// refused.
func (r *Runs) decided(ctx context.Context, by person.Actor, d task.Decision, o task.Outcome) (task.Decision, error) {
	if d.Person == by.Person && d.Outcome == o {
		return d, nil
	}
	return task.Decision{}, r.refused(ctx, by, "decide.refused", "task/"+d.Task, decidedAlready(d))
}
