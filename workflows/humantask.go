package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// What asking a person needs of the world.
var (
	openTask    = Activity[Asking, Waiting]("TaskOpen")
	advanceTask = Activity[TaskID, Waiting]("TaskAdvance")
	judge       = Activity[Deciding, Reply[task.Decision]]("TaskDecide")
	decisionOn  = Activity[TaskID, *task.Decision]("TaskDecision")
)

// TaskID is the ID of a task, as an activity is given it.
type TaskID string

// Concerns implements OfRun.
func (t TaskID) Concerns(runID string) bool { return run.HasTask(runID, string(t)) }

// Asking is a task to be written. Kind, outcomes and whom it is for follow from
// the step that the process declares, whatever the caller says.
type Asking struct {
	run.Step
	ID       string         `json:"id"`
	Name     string         `json:"name"` // of the step within the round
	Kind     task.Kind      `json:"kind"`
	Outcomes []task.Outcome `json:"outcomes"`
	Hash     string         `json:"hash,omitempty"` // of the draft that is to be decided on
	Question *task.Question `json:"question,omitempty"`
}

// Approving asks for an approval of a round's draft.
func Approving(st run.Step, hash string) Asking {
	return Asking{Step: st, ID: run.TaskID(st.Run, st.Round, process.Approval), Name: process.Approval,
		Kind: task.Approval, Outcomes: task.Approval.Outcomes(), Hash: hash}
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

// asked is a task of the run, as the workflow knows it.
type asked struct {
	outcomes []task.Outcome
	final    []task.Outcome // those with which the run ends
	answer   *task.Decision // nil while it is open
}

// ask asks one question of the process's steps, and waits for the answer.
func (r *Run) ask(ctx workflow.Context, q task.Question) (task.Decision, error) {
	p, _ := process.Find(r.in.Process)
	s, ok := p.Step(q.Step)
	if !ok {
		return task.Decision{}, Refuse(fault.New(fault.Internal, text.F("%s has no step %s.", "%s hat keinen Schritt %s.", r.in.Process, q.Step)))
	}
	id := run.TaskID(r.in.Run, r.round, q.Step)
	if r.tasks[id] != nil {
		return task.Decision{}, Refuse(fault.New(fault.Internal, text.F("Round %d has asked for %s already.", "Freigaberunde %d hat %s schon abgefragt.", r.round, q.Step)))
	}
	// Noted before its row is written: whoever reads the row may decide at once.
	a, _ := r.note(Asking{Step: r.Step(), ID: id, Name: q.Step, Kind: s.Kind, Outcomes: s.Offers(), Question: &q})
	w, err := openTask.Do(ctx, a)
	if err != nil {
		return task.Decision{}, err
	}
	return r.waitFor(ctx, a.ID, w)
}

// note lets the run take an answer to what it is about to ask in this round.
func (r *Run) note(a Asking) (Asking, *asked) {
	t := &asked{outcomes: a.Outcomes}
	r.tasks[a.ID] = t
	return a, t
}

// askAll asks several at once, and waits until all are answered; each ends by
// itself. What was answered is on record, and read there.
func (r *Run) askAll(ctx workflow.Context, questions []task.Question) error {
	return each(ctx, questions, func(ctx workflow.Context, q task.Question) error {
		_, err := r.ask(ctx, q)
		return err
	})
}

// each does something with all at once, and waits until all are done. One that
// fails, as a task that can't be asked, ends the waiting for the others: nobody
// would ever answer it.
func each[T any](ctx workflow.Context, list []T, do func(workflow.Context, T) error) (failure error) {
	ctx, stop := workflow.WithCancel(ctx)
	all := workflow.NewWaitGroup(ctx)
	for _, one := range list {
		all.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			if err := do(ctx, one); err != nil && failure == nil {
				failure = err // those that follow were stopped
				stop()
			}
			all.Done()
		})
	}
	all.Wait(ctx)
	return failure
}

// waitFor waits for the answer to a task, for as long as it takes: a reminder, an
// escalation, never an answer by itself.
func (r *Run) waitFor(ctx workflow.Context, id string, w Waiting) (task.Decision, error) {
	t := r.tasks[id]
	var err error
	for err == nil && t.answer == nil {
		if w.Until.IsZero() {
			err = workflow.Await(ctx, func() bool { return t.answer != nil })
			continue
		}
		answered, waited := workflow.AwaitWithTimeout(ctx, w.Until.Sub(workflow.Now(ctx)), func() bool { return t.answer != nil })
		if err = waited; err == nil && !answered {
			w, err = advanceTask.Do(ctx, TaskID(id))
		}
	}
	if err != nil {
		return task.Decision{}, err
	}
	return *t.answer, nil
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
	case t.answer != nil:
		return fault.New(fault.Conflict, text.New("This task has been decided already.", "Diese Aufgabe ist schon entschieden."))
	case r.ending:
		return hasEnded()
	}
	if slices.Contains(t.outcomes, m.Outcome) {
		return nil
	}
	return task.Task{Outcomes: t.outcomes}.CheckOffers(task.Outcome(task.HidePasses(string(m.Outcome))))
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
func (r *Run) decided(ctx workflow.Context, m task.Message, by string) (v Reply[task.Decision], recorded bool, err error) {
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
	t := r.tasks[m.Task]
	t.answer, r.ending = &v.Value, slices.Contains(t.final, v.Value.Outcome)
	return v, true, nil
}

// recorded holds what judging has answered against the record. Whoever reaches
// the task queue could have answered, or taken the answer away: a task is
// decided if its decision is on record, and only then.
func (r *Run) recorded(ctx workflow.Context, m task.Message, v Reply[task.Decision], failure error) (Reply[task.Decision], error) {
	d, err := decisionOn.DoLocal(ctx, TaskID(m.Task))
	switch {
	case err != nil:
		return v, err
	case d != nil:
		return Reply[task.Decision]{Value: *d}, nil
	case failure == nil && v.Refusal == nil:
		v.Refusal = notOnRecord()
	}
	return v, failure
}

func notOnRecord() *fault.Error {
	return fault.New(fault.Unavailable, text.New("This isn't on record: ask again.", "Das ist nicht aufgezeichnet: Erneut anfragen."))
}
