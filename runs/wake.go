package runs

import (
	"context"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/store"
)

// Bounds of a waking.
const (
	wakeBatch = 100
	// What is found so long after it fell due wasn't started in its turn:
	// Turnus was down, or the interval paused.
	foundLate = time.Hour
)

// Wake keeps the plan: it lets slots fall due, records as missed what the next
// one has overtaken, begins the first attempts of those that are due (the sweep
// starts their workflows), makes the plan longer, and reminds of findings that
// nobody begins. It ends when none is left, or when its time is over: the next
// waking goes on.
func (r *Runs) Wake(ctx context.Context, within time.Duration) error {
	taking, stop := context.WithTimeout(ctx, within)
	defer stop()
	now := r.now()
	if err := r.store.FallDue(ctx, now); err != nil {
		return err
	}
	if err := r.store.MissSuperseded(ctx, now); err != nil {
		return err
	}
	w := waking{Runs: r, read: map[scope]store.Situation{}}
	for n := wakeBatch; n == wakeBatch && taking.Err() == nil; {
		// What it was at when its time was over is undone, and the next waking's.
		var err error
		if n, err = r.store.TakeDue(taking, now, wakeBatch, w.decide); err != nil && taking.Err() == nil {
			return err
		}
	}
	failed, err := r.store.PlanAhead(taking, now)
	if err != nil && taking.Err() == nil {
		return err
	}
	for name, why := range failed {
		r.log.Error("an interval can't be planned any more", "interval", name, "error", why)
	}
	if err := r.store.PressFindings(taking, now); err != nil && taking.Err() == nil {
		return err
	}
	if err := r.store.MissRetests(taking, now); err != nil && taking.Err() == nil {
		return err
	}
	return r.store.Woken(ctx, r.now())
}

// waking decides what becomes of slots, and reads once what the starts of each
// scope depend on.
type waking struct {
	*Runs
	read map[scope]store.Situation
}

type scope struct{ process, name string }

// decide says what becomes of a slot that is due.
func (w waking) decide(ctx context.Context, f store.DueSlot) (store.SlotNext, error) {
	v, err := w.decideSlot(ctx, f)
	if err == nil {
		return v, nil
	}
	if fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
		return v, err
	}
	// One slot that can't be decided on holds up no other.
	if why := fault.As(err); why != nil {
		return store.SlotNext{Reason: why.Message, Waits: true}, nil //nolint:nilerr // it is what the slot waits for
	}
	w.log.Error("what becomes of a slot can't be decided", "slot", f.Key.ID(1), "error", err)
	return store.SlotNext{Reason: text.New("An internal error: the log says more.", "Ein interner Fehler: Näheres steht im Protokoll."), Again: true}, nil
}

// decideSlot is decide for a slot that nothing stands in the way of.
func (w waking) decideSlot(ctx context.Context, f store.DueSlot) (store.SlotNext, error) {
	// A backfill is somebody's decision, and what begins by it is their start.
	by, newest, again := f.Asked, f.Newest, false
	if newest != nil && newest.Provisional {
		if newest.State.Live() {
			return store.SlotNext{Reason: text.F("%s is provisional: the report itself begins when that has ended.",
				"%s ist vorläufig: Der eigentliche Bericht beginnt, wenn er beendet ist.", newest.ID), Waits: true}, nil
		}
		newest = nil // it says nothing about the slot, however it ended
	}
	if n := newest; n != nil {
		switch {
		case n.Ended != nil && f.Reopened != nil && n.Ended.Before(*f.Reopened): // a person has decided: by a backfill
			again = n.State != run.Failed
		case n.State == run.Failed: // it tries again in the name of whoever started it
			by = person.Actor{Person: n.StartedBy, Issuer: n.TokenIssuer}
		case n.State == run.Published:
			return store.SlotNext{Reason: text.F("%s was published before the tolerance began: start another attempt, or propose a waiver.",
				"%s wurde vor Beginn der Toleranz veröffentlicht: Einen weiteren Versuch starten oder eine Aussetzung vorschlagen.", n.ID)}, nil
		default:
			return store.SlotNext{Reason: text.F("%s is %s: whether another attempt begins, a person decides.",
				"%s ist %s: Über einen weiteren Versuch entscheidet eine Person.", n.ID, n.State)}, nil
		}
	} else if f.CatchUp == planning.NoneLate && f.At.Sub(f.Due) > foundLate {
		return store.SlotNext{Reason: text.New("It fell due while nothing could be started, and its interval catches up with nothing: start it, or let it be missed.",
			"Er wurde fällig, als nichts gestartet werden konnte, und sein Intervall holt nichts nach: Ihn starten oder als versäumt gelten lassen.")}, nil
	}
	p, ok := process.Find(f.Process)
	if !ok {
		return store.SlotNext{Again: true, Reason: text.F("This Turnus has no process %s.", "Diese Turnus-Installation kennt den Prozess %s nicht.", f.Process)}, nil
	}
	period, err := calendar.ParsePeriod(f.Period)
	if err != nil {
		return store.SlotNext{}, err
	}
	of := scope{f.Process, f.Scope}
	now, ok := w.read[of]
	if !ok {
		if now, err = w.store.Situation(ctx, p, f.Scope); err != nil {
			return store.SlotNext{}, err
		}
		w.read[of] = now
	}
	n := store.NewRun{Key: f.Key, About: now.About, Version: now.Version, Owner: now.Owner, Again: again, By: by}
	if err := w.ready(ctx, now, p, period, &n, false); err != nil {
		return store.SlotNext{}, err
	}
	return store.SlotNext{Begin: &n}, nil
}
