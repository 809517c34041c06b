package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/run"
)

// What an availability review asks of the world. Its data never travels: the
// activity freezes it in the records and reads it from there.
var availabilityDraft = Activity[run.Step, Drafted]("AvailabilityReviewDraft")

// AvailabilityReview holds a service's availability in a period against its
// agreements (ISO/IEC 20000-1, 8.7.1) and publishes the report if it is approved.
func AvailabilityReview(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		if err := r.hearRefresh(ctx); err != nil {
			return "", err
		}
		return r.rounds(ctx, func(workflow.Context) error { return nil }, // frozen by the activity that drafts
			func(ctx workflow.Context) (Drafted, error) { return availabilityDraft.Do(ctx, r.Step()) })
	})
}
