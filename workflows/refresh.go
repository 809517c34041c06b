package workflows

import (
	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// UpdateRefresh begins another round of a run while one waits.
const UpdateRefresh = "refresh"

var (
	judgeRefresh = Activity[Refreshing, Reply[struct{}]]("RunRefresh")
	refreshedBy  = Activity[run.Step, string]("RunRefreshedBy")
)

// Refreshing is a wish to begin another round, with the message that brought it.
type Refreshing struct {
	run.RefreshMessage
	By string `json:"by"`
}

// hearRefresh sets the handler of a process whose rounds can be begun anew.
func (r *Run) hearRefresh(ctx workflow.Context) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, UpdateRefresh, r.refresh, workflow.UpdateHandlerOptions{
		Validator: func(_ workflow.Context, m run.RefreshMessage) error {
			if f := r.staysInRound(m); f != nil {
				return Refuse(f)
			}
			return nil
		},
	})
}

// staysInRound says why the round goes on, as far as the run knows: it is another
// one, or decided.
func (r *Run) staysInRound(m run.RefreshMessage) *fault.Error {
	switch {
	case r.ending:
		return hasEnded()
	case m.Round != r.round || r.anew == nil || r.decidedOn():
		return fault.New(fault.Conflict, text.F("Round %d of this run doesn't wait for an answer, or not any more.",
			"Freigaberunde %d dieses Laufs wartet nicht oder nicht mehr auf eine Antwort.", m.Round))
	}
	return nil
}

// refresh answers the Update `refresh`: one activity judges, and the record says
// what came of it, as for a decision. Then what the round is at is stopped, and
// the next one begins.
func (r *Run) refresh(ctx workflow.Context, m run.RefreshMessage) error {
	// A worker from before there were refreshes stops at this instead of going
	// another way.
	workflow.GetVersion(ctx, "a round is begun anew", workflow.DefaultVersion, 1)
	if err := r.mutex.Lock(ctx); err != nil {
		return err
	}
	defer r.mutex.Unlock()
	if f := r.staysInRound(m); f != nil {
		return Refuse(f)
	}
	m.Run = r.in.Run
	v, err := judgeRefresh.Do(ctx, Refreshing{RefreshMessage: m, By: updated(ctx)})
	who, unread := refreshedBy.DoLocal(ctx, r.Step())
	switch {
	case unread != nil:
		return unread
	case who != "":
		r.anew()
		r.anew = nil
		return nil
	case err != nil:
		return err
	case v.Refusal == nil:
		v.Refusal = notOnRecord()
	}
	return Refuse(v.Refusal)
}
