//go:build sample

package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/process"
	"turnus/itsm/run"
)

var (
	policyCollect = Activity[run.Step, struct{}]("PolicyReviewCollect")
	policyDraft   = Activity[run.Step, Drafted]("PolicyReviewDraft")
)

func samples() []Process {
	return []Process{{process.Sample, PolicyReview, handles(policyCollect, policyDraft)}}
}

// PolicyReview collects statements and inspections, has these checked, and asks
// for an approval of what they come to.
func PolicyReview(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		return r.rounds(ctx, func(ctx workflow.Context) error {
			_, err := policyCollect.Do(ctx, r.Step())
			return err
		}, func(ctx workflow.Context) (Drafted, error) { return policyDraft.Do(ctx, r.Step()) })
	})
}
