package activities

import (
	"context"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

// freeze gives what a round stands on, and leaves its run drafting: what was
// frozen first, or else what is collected now, in the state of collecting.
// Whatever the caller says, what the run is about says its row. What was found
// altered on the way is put on record.
func freeze[T store.Grounded](ctx context.Context, s *Set, st run.Step, collect func(run.Input) (T, error)) (T, error) {
	var none T
	at, err := store.StandingOf[T](ctx, s.store, st)
	if err != nil {
		return none, err
	}
	enter := run.Collecting
	if at.Frozen != nil {
		enter = run.Drafting
	}
	if at.State != enter {
		if err := s.store.Enter(ctx, st, enter); err != nil {
			return none, err
		}
	}
	if at.Frozen != nil {
		return *at.Frozen, nil
	}
	set, err := collect(at.Input)
	if err != nil {
		return none, s.onRecord(ctx, st, err)
	}
	return store.FreezeBehind(ctx, s.store, s.now(), st, set, at.Change)
}

// standOn is freeze for a round whose owner is asked first: what it stands on, or
// the questions without whose answers that isn't known.
func standOn[T store.Grounded](ctx context.Context, s *Set, st run.Step, collect func() (T, []task.Question, error)) (set T, ask []task.Question, err error) {
	at, err := store.StandingOf[T](ctx, s.store, st)
	switch {
	case err != nil:
		return set, nil, err
	case at.Frozen != nil:
		return *at.Frozen, nil, s.store.Enter(ctx, st, run.Drafting)
	case at.State != run.Collecting:
		if err := s.store.Enter(ctx, st, run.Collecting); err != nil { // a round begins
			return set, nil, err
		}
	}
	if set, ask, err = collect(); err != nil || ask != nil {
		return set, ask, err
	}
	if set, err = store.Freeze(ctx, s.store, s.now(), st, set); err != nil {
		return set, nil, err
	}
	return set, nil, s.store.Enter(ctx, st, run.Drafting)
}

// content is what a round's document is to say.
type content struct {
	report.Document
	ask    []task.Question // what has to be answered first: then there is no document yet
	review bool            // the owner sees to changes that are requested

	continues bool // what is approved is carried out, and another round follows
}

// draft words a round's document, whose run is drafting, and keeps its canonical
// bytes under their hash, which is what approvers decide on. What was found
// altered on the way is put on record.
func (s *Set) draft(ctx context.Context, st run.Step, word func() (content, error)) (workflows.Drafted, error) {
	c, err := word()
	if err != nil {
		return workflows.Drafted{}, s.onRecord(ctx, st, err)
	}
	if len(c.ask) > 0 {
		return workflows.Drafted{Ask: c.ask}, nil
	}
	hash, doc, err := report.Hash(c.Document)
	if err != nil {
		return workflows.Drafted{}, err
	}
	if hash, err = s.store.SaveDraft(ctx, s.now(), st, hash, doc); err != nil {
		return workflows.Drafted{}, err
	}
	d := workflows.Drafted{Hash: hash, Owner: c.review, Continues: c.continues}
	if c.Provisional { // asks nobody
		return d, nil
	}
	// Asked for at once: an activity less.
	w, err := s.TaskOpen(ctx, workflows.Approving(st, hash))
	d.Asked = &w
	return d, err
}

// inForce is the report that its process has published on a scope and period,
// for the round that is frozen now; it is held against the hash under which it
// was approved.
func (s *Set) inForce(ctx context.Context, k run.Key) (*run.InForce, error) {
	old, published, err := s.store.Published(ctx, k)
	if err != nil || !published {
		return &run.InForce{}, err
	}
	if err := s.asPublished(ctx, old.Run); err != nil {
		return nil, err
	}
	frozen, err := old.InForce()
	return &frozen, err
}

// restate makes a document the restatement of the report that was in force
// when its round was frozen, if there was one: because of late data, or a
// corrected rule. Sets that 0.1.0 froze don't say, and while a run is live no
// other one on its scope and period is published: there it is read now.
func (s *Set) restate(ctx context.Context, d *report.Document, old *run.InForce) (err error) {
	if old == nil {
		if old, err = s.inForce(ctx, run.Key{Process: d.Process, Scope: d.Scope, Period: d.Period}); err != nil {
			return err
		}
	}
	return d.Restate(*old)
}
