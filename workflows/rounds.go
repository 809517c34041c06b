package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Drafted says what is to be decided on.
type Drafted struct {
	Hash string `json:"hash"`
}

// rounds drafts and asks, round by round while changes are requested, and says
// how the run ends. A provisional run asks nobody.
func (r *Run) rounds(ctx workflow.Context, draft func(workflow.Context) (Drafted, error)) (run.State, error) {
	for ; ; r.round++ {
		d, err := draft(ctx)
		if err != nil {
			return "", err
		}
		if r.in.Provisional {
			return run.Provisional, nil
		}
		outcome, err := r.approve(ctx, d.Hash)
		if err != nil {
			return "", err
		}
		switch outcome {
		case task.Approve:
			return run.Published, nil
		case task.Reject:
			return run.Rejected, nil
		}
	}
}
