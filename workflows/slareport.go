package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/run"
)

// What an SLA report asks of the world. Tickets never travel: the activities
// freeze them in the records and read them from there.
var (
	slaCollect = Activity[Freezing, Collected]("SLAReportCollect")
	slaDraft   = Activity[run.Step, Drafted]("SLAReportDraft")
)

// Freezing says for which run and round inputs are frozen.
type Freezing struct {
	run.Input
	Round int `json:"round"`
}

// Collected says what a round stands on.
type Collected struct {
	Import int64  `json:"import"`
	Count  int64  `json:"count"`
	Hash   string `json:"hash"`
}

// SLAReport compares a month of a service with its agreements (ISO/IEC
// 20000-1, 8.3.3) and publishes the report if it is approved.
func SLAReport(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		if err := r.hearRefresh(ctx); err != nil {
			return "", err
		}
		return r.rounds(ctx, func(ctx workflow.Context) error {
			if in.Together {
				return nil
			}
			_, err := slaCollect.Do(ctx, Freezing{Input: in, Round: r.round})
			return err
		}, func(ctx workflow.Context) (Drafted, error) { return slaDraft.Do(ctx, r.Step()) })
	})
}
