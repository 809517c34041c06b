package runs

import (
	"context"
	"strconv"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
)

// ProposeWithdrawal proposes, for the owner of its service, that what an import
// said doesn't count any more, and starts the run that decides; the run that
// decides on the same already is found. What can't be withdrawn, or waits for
// its decision with another reason, is fault.Conflict.
func (r *Runs) ProposeWithdrawal(ctx context.Context, by person.Actor, id int64, reason string) (run.Run, error) {
	runID, err := r.store.ProposeWithdrawal(ctx, by, r.now(), id, reason)
	if fault.Is(err, fault.Forbidden) {
		return run.Run{}, r.refused(ctx, by, "propose.refused", "import/"+strconv.FormatInt(id, 10), fault.As(err))
	}
	if err != nil {
		return run.Run{}, err
	}
	if err := r.launchProposed(ctx, runID); err != nil {
		return run.Run{}, err
	}
	return r.store.Run(ctx, runID)
}
