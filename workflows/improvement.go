package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"turnus/itsm/run"
	"turnus/itsm/task"
)

// What an improvement asks of the world. What was answered is on record, and is
// read there: the workflow knows numbers of actions only.
var (
	improvementDraft = Activity[run.Step, Drafted]("ImprovementDraft")
	improvementBegin = Activity[run.Step, []int]("ImprovementBegin")
	improvementNext  = Activity[ActionOf, ActionNext]("ImprovementNext")
)

// ActionOf names an action of the plan that a round approved.
type ActionOf struct {
	run.Step
	Number int `json:"number"`
}

// ActionNext says what is next for an action: a question, or nothing before an
// instant, or, where both are empty, nothing any more.
type ActionNext struct {
	Ask   *task.Question `json:"ask,omitempty"`
	Until time.Time      `json:"until,omitzero"`
}

// Improvement deals with a finding (ISO/IEC 20000-1, 10.1 and 10.2): correction
// and plan by its owner, an approval; the actions by theirs, and the check
// whether they worked, each as long as it takes; then another plan, or the
// record, whose approval closes the finding.
func Improvement(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		return r.roundsThat(ctx, func(workflow.Context) error { return nil }, // what was found is on record
			func(ctx workflow.Context) (Drafted, error) { return improvementDraft.Do(ctx, r.Step()) }, r.carryOut)
	})
}

// carryOut sees the actions of an approved plan through, all at once.
func (r *Run) carryOut(ctx workflow.Context) error {
	numbers, err := improvementBegin.Do(ctx, r.Step())
	if err != nil {
		return err
	}
	return each(ctx, numbers, func(ctx workflow.Context, number int) error {
		for {
			next, err := improvementNext.Do(ctx, ActionOf{Step: r.Step(), Number: number})
			switch {
			case err != nil:
				return err
			case next.Ask != nil:
				_, err = r.ask(ctx, *next.Ask)
			case !next.Until.IsZero():
				err = workflow.Sleep(ctx, next.Until.Sub(workflow.Now(ctx)))
			default:
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}
