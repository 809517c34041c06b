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
	advanceTask = Activity[TaskID, Waiting]("TaskAdvance")
	judge       = Activity[Deciding, Verdict[task.Decision]]("TaskDecide")
	decisionOn  = Activity[TaskID, *task.Decision]("TaskDecision")
)

// TaskID is the ID of a task, as an activity is given it.
type TaskID string

// Concerns implements OfRun.
func (t TaskID) Concerns(runID string) bool { return run.HasTask(runID, string(t)) }

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

// Concerns implements OfRun.
func (d Deciding) Concerns(runID string) bool { return run.HasTask(runID, d.Task) }

type asked struct {
	outcomes []task.Outcome
	answer   task.Outcome // empty while it is open
}

// approve asks for an approval of a content and waits for the answer, for as
// long as it takes: a reminder, an escalation, never an answer by itself.
func (r *Run) approve(ctx workflow.Context, hash string) (task.Outcome, error) {
	a := Asking{
		Step: r.Step(), Name: string(task.Approval), Kind: task.Approval,
		Outcomes: task.Approval.Outcomes(), Hash: hash,
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
			w, err = advanceTask.Do(ctx, TaskID(a.ID))
		}
	}
	return t.answer, err
}

// validate refuses what can't be meant, by the workflow's own state alone: it
// leaves no trace in history, and runs.Decide records it.
func (r *Run) validate(_ workflow.Context, m task.Message) error {
	if f := r.unacceptable(m); f != nil {
		return Refuse(f)
	}
	return nil
}

// unacceptable says what is wrong with a message, as far as the run knows.
func (r *Run) unacceptable(m task.Message) *fault.Error {
	t := r.tasks[m.Task]
	switch {
	case t == nil:
		return fault.New(fault.NotFound, text.New("This run has no such task.", "Dieser Lauf hat keine solche Aufgabe."))
	case t.answer != "":
		return fault.New(fault.Conflict, text.New("This task has been decided already.", "Diese Aufgabe ist schon entschieden."))
	case r.ending:
		return hasEnded()
	}
	for _, o := range t.outcomes {
		if o == m.Outcome {
			return nil
		}
	}
	return fault.Invalidf("outcome", "%.40q isn't offered by this task", "%.40q bietet diese Aufgabe nicht an.", task.HidePasses(string(m.Outcome)))
}

// decide answers the Update `decide`.
func (r *Run) decide(ctx workflow.Context, m task.Message) (task.Decision, error) {
	v, _, err := r.decided(ctx, m, updated(ctx))
	if err == nil && v.Refusal != nil {
		err = Refuse(v.Refusal)
	}
	return v.Value, err
}

// decided is where both ways of deciding meet: one activity judges, and
// records what it says before anybody is answered. A refusal by the run itself
// isn't on record yet.
func (r *Run) decided(ctx workflow.Context, m task.Message, by string) (v Verdict[task.Decision], recorded bool, err error) {
	if err := r.mutex.Lock(ctx); err != nil {
		return v, false, err
	}
	defer r.mutex.Unlock()
	// Another message may have been first while this one waited.
	if v.Refusal = r.unacceptable(m); v.Refusal != nil {
		return v, false, nil
	}
	v, err = judge.Do(ctx, Deciding{Message: m, By: by})
	if believesRecords(ctx) {
		v, err = r.recorded(ctx, m, v, err)
	}
	if err != nil || v.Refusal != nil {
		return v, err == nil && v.Refusal.Code != fault.Unavailable, err
	}
	r.tasks[m.Task].answer = v.Value.Outcome
	r.ending = v.Value.Outcome != task.RequestChanges
	return v, true, nil
}

// recorded holds what judging has answered against the record. Whoever reaches
// the task queue could have answered, or taken the answer away: a task is
// decided if its decision is on record, and only then.
func (r *Run) recorded(ctx workflow.Context, m task.Message, v Verdict[task.Decision], failure error) (Verdict[task.Decision], error) {
	d, err := decisionOn.DoLocal(ctx, TaskID(m.Task))
	switch {
	case err != nil:
		return v, err
	case d != nil:
		return Verdict[task.Decision]{Value: *d}, nil
	case failure == nil && v.Refusal == nil:
		v.Refusal = notOnRecord()
	}
	return v, failure
}

func notOnRecord() *fault.Error {
	return fault.New(fault.Unavailable, text.New("This isn't on record: ask again.", "Das ist nicht aufgezeichnet: Erneut anfragen."))
}
