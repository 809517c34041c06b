package workflows

import (
	"strings"

	"go.temporal.io/sdk/workflow"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Drafted says what is to be decided on.
type Drafted struct {
	Hash  string          `json:"hash"`
	Ask   []task.Question `json:"ask,omitempty"`   // what has to be answered before there is a draft
	Owner bool            `json:"owner,omitempty"` // the owner sees to changes that are requested, before the next round
	Asked *Waiting        `json:"asked,omitempty"` // the approval was asked for, too

	Continues bool `json:"continues,omitempty"` // what is approved is carried out, and another round follows
}

// rounds collects, drafts and asks, round by round while changes are requested,
// and says how the run ends. A draft may need answers first: then it is made
// again. A provisional run asks nobody.
func (r *Run) rounds(ctx workflow.Context, collect func(workflow.Context) error, draft func(workflow.Context) (Drafted, error)) (run.State, error) {
	return r.roundsThat(ctx, collect, draft, nil)
}

// roundsThat are rounds some of which are carried out once they are approved,
// and followed by another.
func (r *Run) roundsThat(ctx workflow.Context, collect func(workflow.Context) error, draft func(workflow.Context) (Drafted, error),
	carryOut func(workflow.Context) error) (run.State, error) {
	for ; ; r.round++ {
		within, stop := workflow.WithCancel(ctx)
		r.anew = stop
		end, err := r.runRound(within, collect, draft, carryOut)
		if r.anew == nil && ctx.Err() == nil {
			continue // the owner began another one: whatever became of this one
		}
		r.anew = nil
		if err != nil || end != "" {
			return end, err
		}
	}
}

// runRound collects, drafts and asks in one round, and says how the run ends;
// empty where another round follows.
func (r *Run) runRound(ctx workflow.Context, collect func(workflow.Context) error, draft func(workflow.Context) (Drafted, error),
	carryOut func(workflow.Context) error) (run.State, error) {
	// Noted before the row of its task may be written: whoever reads that may
	// decide at once.
	a, t := r.note(Approving(r.Step(), ""))
	t.final = []task.Outcome{task.Approve, task.Reject} // what isn't a request for changes is the run's last word
	if err := collect(ctx); err != nil {
		return "", err
	}
	d, err := draft(ctx)
	for err == nil && len(d.Ask) > 0 {
		if err = r.askAll(ctx, d.Ask); err == nil {
			d, err = draft(ctx)
		}
	}
	if err != nil {
		return "", err
	}
	if r.in.Provisional {
		return run.Provisional, nil
	}
	w := d.Asked
	if w == nil {
		a.Hash = d.Hash
		opened, err := openTask.Do(ctx, a)
		if err != nil {
			return "", err
		}
		w = &opened
	}
	decision, err := r.waitFor(ctx, a.ID, *w)
	if err != nil {
		return "", err
	}
	switch {
	case decision.Outcome == task.Approve && d.Continues:
		r.ending = false // it wasn't the last word
		return "", carryOut(ctx)
	case decision.Outcome == task.Approve:
		return run.Published, nil
	case decision.Outcome == task.Reject:
		return run.Rejected, nil
	}
	if d.Owner {
		_, err = r.ask(ctx, task.Question{Step: process.Changes, Text: requested(decision)})
	}
	return "", err
}

// decidedOn says that the round's draft was decided on, in whatever way.
func (r *Run) decidedOn() bool {
	t := r.tasks[run.TaskID(r.in.Run, r.round, process.Approval)]
	return t != nil && t.answer != nil
}

// requested is what somebody wants to be changed. Systems that can only signal
// were never asked for a comment.
func requested(d task.Decision) text.Text {
	if strings.TrimSpace(d.Comment) == "" {
		return text.F("%s requested changes without saying which: ask for them.", "%s hat Änderungen verlangt, ohne sie zu nennen: dort nachfragen.", d.Person)
	}
	return text.Same(d.Comment)
}
