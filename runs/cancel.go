package runs

import (
	"context"
	"errors"
	"strings"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// Cancel ends a live run with a reason; the same person again gets the run.
func (r *Runs) Cancel(ctx context.Context, by person.Actor, runID, reason string) (run.Run, error) {
	reason = strings.TrimSpace(reason)
	found, err := r.store.Run(ctx, runID)
	if err != nil {
		return found, err
	}
	scope, err := r.store.ScopeAbout(ctx, found.About)
	if err != nil && !fault.Is(err, fault.NotFound) { // it may have gone: then nobody owns it
		return found, err
	}
	object := "run/" + runID
	if !by.Has(person.Administrator) && scope.Owner != by.Person {
		return found, r.refused(ctx, by, "cancel.refused", object, fault.New(fault.Forbidden, text.F(
			"%s may not cancel this run: the owner of what it is about or an administrator may.",
			"%s darf diesen Lauf nicht abbrechen: Das dürfen die dafür Verantwortlichen und die Administration.", by.Person)))
	}
	if reason == "" {
		return found, fault.Invalidf("reason", "cancelling needs a reason", "Abbrechen braucht eine Begründung.")
	}
	if !found.State.Live() {
		return r.cancelled(ctx, by, found)
	}
	m := run.CancelMessage{Run: runID, Reason: reason}
	pass, err := r.store.IssuePass(ctx, by, r.now(), store.PassFor{Kind: store.PassCancel, Run: runID, Answer: m.Answer()})
	if err != nil {
		return found, err
	}
	m.Pass = pass.Presented()
	refused, err := r.update(ctx, runID, workflows.UpdateCancel, pass.ID, m, nil)
	if err != nil {
		return found, err
	}
	if found, err = r.ended(ctx, runID); err != nil {
		return found, err
	}
	switch who, err := r.store.CancelledBy(ctx, runID); {
	case err != nil:
		return found, unconfirmed(err)
	case refused == nil && who == "": // what the workflow says is what it was told
		return found, unconfirmed(errors.New("the run says that it is cancelled, and no cancelling is on record"))
	case refused == nil:
		return found, nil
	case refused.Code == fault.Unavailable:
		return found, refused
	}
	if refused.Code == fault.Conflict {
		return r.cancelled(ctx, by, found)
	}
	return found, r.refused(ctx, by, "cancel.refused", object, refused)
}

// cancelled answers for a run that has ended, or is about to: what it accepted
// is carried out, even if its row doesn't say so yet.
func (r *Runs) cancelled(ctx context.Context, by person.Actor, found run.Run) (run.Run, error) {
	who, err := r.store.CancelledBy(ctx, found.ID)
	if err != nil || who == by.Person && (found.State == run.Cancelled || found.State.Live()) {
		return found, err
	}
	f := fault.New(fault.Conflict, text.F("This run has ended already: %s.", "Dieser Lauf ist schon beendet: %s.", found.State))
	if found.State.Live() {
		f = fault.New(fault.Conflict, text.New("This run is about to end.", "Dieser Lauf endet gerade."))
	}
	return found, r.refused(ctx, by, "cancel.refused", "run/"+found.ID, f)
}

// ended waits a little for the row to say what the workflow knows already.
func (r *Runs) ended(ctx context.Context, runID string) (run.Run, error) {
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		found, err := r.store.Run(ctx, runID)
		if err != nil || !found.State.Live() || wait > 2*time.Second {
			return found, err
		}
		select {
		case <-ctx.Done():
			return found, nil
		case <-time.After(wait):
		}
	}
}
