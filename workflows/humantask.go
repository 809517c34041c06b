package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// What asking a person needs of the world.
var (
	openTask    = Activity[Asking, Waiting]("TaskOpen")
	advanceTask = Activity[string, Waiting]("TaskAdvance")
	judge       = Activity[Deciding, Verdict[task.Decision]]("TaskDecide")
)

// Asking is a task to be written.
type Asking struct {
	run.Step
	ID       string         `json:"id"`
	Name     string         `json:"name"` // of the step within the round
	Kind     task.Kind      `json:"kind"`
	Outcomes []task.Outcome `json:"outcomes"`
	Hash     string         `json:"hash"` // of what is to be decided on
}

// Waiting says when to look at an unanswered task again; zero: only an answer
// changes anything.
type Waiting struct {
	Until time.Time `json:"until,omitzero"`
}

// Deciding is a message, with the Update that brought it.
type Deciding struct {
	task.Message
	By string `json:"by"`
}

type asked struct {
	outcomes []task.Outcome
	answer   task.Outcome // empty while it is open
}

// approve asks for an approval of a content and waits for the answer, for as
// long as it takes: a reminder, an escalation, never an answer by itself.
func (r *Run) approve(ctx workflow.Context, hash string) (task.Outcome, error) {
	a := Asking{
		Step: r.Step(), Name: string(task.Approval), Kind: task.Approval,
		Outcomes: []task.Outcome{task.Approve, task.RequestChanges, task.Reject}, Hash: hash,
	}
	a.ID = run.TaskID(r.in.Run, r.round, a.Name)
	// Noted before its row is written: whoever reads the row may decide at once.
	t := &asked{outcomes: a.Outcomes}
	r.tasks[a.ID] = t
	w, err := openTask.Do(ctx, a)
	for err == nil && t.answer == "" {
		if w.Until.IsZero() {
			err = workflow.Await(ctx, func() bool { return t.answer != "" })
			continue
		}
		answered, waited := workflow.AwaitWithTimeout(ctx, w.Until.Sub(workflow.Now(ctx)), func() bool { return t.answer != "" })
		if err = waited; err == nil && !answered {
			w, err = advanceTask.Do(ctx, a.ID)
		}
	}
	return t.answer, err
}

// validate refuses what can't be meant, by the workflow's own state alone: it
// leaves no trace in history, and runs.Decide records it.
func (r *Run) validate(_ workflow.Context, m task.Message) error { return r.acceptable(m) }

func (r *Run) acceptable(m task.Message) error {
	t := r.tasks[m.Task]
	switch {
	case t == nil:
		return Refuse(fault.New(fault.NotFound, text.New("This run has no such task.", "Dieser Lauf hat keine solche Aufgabe.")))
	case t.answer != "":
		return Refuse(fault.New(fault.Conflict, text.New("This task has been decided already.", "Diese Aufgabe ist schon entschieden.")))
	case r.ending:
		return Refuse(hasEnded())
	}
	for _, o := range t.outcomes {
		if o == m.Outcome {
			return nil
		}
	}
	return Refuse(fault.Invalidf("outcome", "%.40q isn't offered by this task", "%.40q bietet diese Aufgabe nicht an", m.Outcome))
}

// decide answers the Update `decide`: one activity judges and records, before
// the answer goes out.
func (r *Run) decide(ctx workflow.Context, m task.Message) (task.Decision, error) {
	var none task.Decision
	if err := r.mutex.Lock(ctx); err != nil {
		return none, err
	}
	defer r.mutex.Unlock()
	// Another message may have been first while this one waited.
	if err := r.acceptable(m); err != nil {
		return none, err
	}
	v, err := judge.Do(ctx, Deciding{Message: m, By: workflow.GetCurrentUpdateInfo(ctx).ID})
	switch {
	case err != nil:
		return none, err
	case v.Refusal != nil:
		return none, Refuse(v.Refusal)
	}
	r.tasks[m.Task].answer = v.Value.Outcome
	r.ending = v.Value.Outcome != task.RequestChanges
	return v.Value, nil
}
