package runs

import (
	"context"
	"errors"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
	"turnus/workflows"
)

// Refresh begins another round of a run while one waits, for the owner of what it
// is about: it stands on what is known by then, and what was asked in the one
// before is closed. fault.Conflict where the run doesn't wait, or its process has
// no such rounds. Refusals are on record, whoever refuses.
func (r *Runs) Refresh(ctx context.Context, by person.Actor, runID string) (run.Run, error) {
	found, err := r.store.Run(ctx, runID)
	if err != nil {
		return found, err
	}
	scope, err := r.store.ScopeAbout(ctx, found.About)
	if err != nil && !fault.Is(err, fault.NotFound) { // it may have gone: then nobody owns it
		return found, err
	}
	refuse := func(f *fault.Error) (run.Run, error) {
		return found, r.refused(ctx, by, "refresh.refused", "run/"+runID, f)
	}
	if scope.Owner != by.Person {
		return refuse(fault.As(run.OthersRefresh(by.Person)))
	}
	p, _ := process.Find(found.Process)
	if !p.Compared {
		return refuse(fault.New(fault.Conflict, text.F("A round of %s can't be begun anew: what its draft stands on doesn't change while it waits.",
			"Eine Runde von %s lässt sich nicht neu beginnen: Die Grundlage seines Entwurfs ändert sich nicht, während er wartet.", found.Process)))
	}
	if found.State != run.Waiting {
		return refuse(fault.As(run.NotWaiting(found)))
	}
	if why, err := r.uncoveredNow(ctx, p, found); err != nil {
		return found, err
	} else if !why.IsZero() {
		return refuse(fault.New(fault.Conflict, text.F("%s Another round would stand on too little: import what is missing first, or cancel the run.",
			"%s Eine weitere Runde hätte keine ausreichende Grundlage: Zuerst die fehlenden Daten importieren oder den Lauf abbrechen.", why)))
	}
	m := run.RefreshMessage{Run: runID, Round: found.Round}
	pass, err := r.store.IssuePass(ctx, by, r.now(), store.PassFor{Kind: store.PassRefresh, Run: runID, Answer: m.Answer()})
	if err != nil {
		return found, err
	}
	m.Pass = pass.Presented()
	no, err := r.update(ctx, runID, workflows.UpdateRefresh, pass.ID, m, nil)
	if err != nil {
		return found, err
	}
	// What the workflow says is what it was told: the record alone is believed.
	switch who, err := r.store.RefreshedBy(ctx, run.Step{Run: runID, Round: m.Round}); {
	case err != nil:
		return found, unconfirmed(err)
	case who == by.Person:
		return r.inRound(ctx, runID, m.Round+1)
	case no == nil:
		return found, unconfirmed(errors.New("the run says that another round begins, and that isn't on record"))
	case no.Code == fault.Unavailable:
		return found, no
	}
	return refuse(no)
}

// uncoveredNow says why the period of a run that waits isn't covered any more, as
// it was when it began: an import was withdrawn since. Empty: it is covered.
func (r *Runs) uncoveredNow(ctx context.Context, p process.Process, of run.Run) (why text.Text, err error) {
	if !p.Covered() || of.Provisional {
		return why, nil
	}
	now, err := r.store.Situation(ctx, p, of.Scope)
	if err != nil {
		return why, err
	}
	period, err := calendar.ReachedPeriod(of.Period)
	if err != nil {
		return why, err
	}
	why, _, err = uncovered(now, p, r.now(), period)
	return why, err
}

// inRound waits a little for the row to say that a round has begun, which the
// workflow knows already.
func (r *Runs) inRound(ctx context.Context, runID string, round int) (run.Run, error) {
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		found, err := r.store.Run(ctx, runID)
		if err != nil || found.Round >= round || !found.State.Live() || wait > 2*time.Second {
			return found, err
		}
		select {
		case <-ctx.Done():
			return found, nil
		case <-time.After(wait):
		}
	}
}

// tellRefreshed has a run look for the wish on record to begin another round, as
// tell does for a decision.
func (r *Runs) tellRefreshed(ctx context.Context, st run.Step) error {
	no, err := r.update(ctx, st.Run, workflows.UpdateRefresh, unheardID(run.TaskID(st.Run, st.Round, "refresh"), r.now()),
		run.RefreshMessage{Run: st.Run, Round: st.Round}, nil)
	switch {
	case err != nil:
		return err
	case no == nil:
		r.log.Warn("a run hadn't heard that another round was asked for, and goes on with it", "run", st.Run)
	case no.Code != fault.Conflict:
		return no
	}
	return nil
}
