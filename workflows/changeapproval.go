package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/run"
)

// What an approval of a change asks of the world.
var (
	changeDraft = Activity[run.Step, Drafted]("ChangeDraft")
	changeEnact = Activity[run.Step, struct{}]("ChangeEnact")
)

// ChangeApproval lets an approver decide on a proposed interval or waiver, and
// puts it in force if it is approved (ISO/IEC 20000-1, 6.3 and 8.1). One that
// can't be put in force any more ends as failed, with the reason.
func ChangeApproval(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		state, err := r.rounds(ctx, func(workflow.Context) error { return nil }, // what is proposed is on record
			func(ctx workflow.Context) (Drafted, error) { return changeDraft.Do(ctx, r.Step()) })
		if err != nil || state != run.Published {
			return state, err
		}
		_, err = changeEnact.Do(ctx, r.Step())
		return state, err
	})
}
