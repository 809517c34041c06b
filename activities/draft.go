package activities

import (
	"context"

	"turnus/itsm/run"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

// freeze keeps what a round stands on, in the state of collecting: whatever
// the caller says, what the run is about says its row. What was found altered
// on the way is put on record.
func freeze[T store.Grounded](ctx context.Context, s *Set, st run.Step, collect func(run.Input) (T, error)) (T, error) {
	var none T
	in, err := s.store.Enter(ctx, st, run.Collecting)
	if err != nil {
		return none, err
	}
	set, err := collect(in)
	if err != nil {
		return none, s.onRecord(ctx, st, err)
	}
	return store.Freeze(ctx, s.store, s.now(), st, set)
}

// draft words a round's document in the state of drafting, and keeps its
// canonical bytes under their hash, which is what approvers decide on. What was
// found altered on the way is put on record.
func (s *Set) draft(ctx context.Context, st run.Step, word func() (report.Document, error)) (workflows.Drafted, error) {
	if _, err := s.store.Enter(ctx, st, run.Drafting); err != nil {
		return workflows.Drafted{}, err
	}
	d, err := word()
	if err != nil {
		return workflows.Drafted{}, s.onRecord(ctx, st, err)
	}
	hash, doc, err := report.Hash(d)
	if err != nil {
		return workflows.Drafted{}, err
	}
	hash, err = s.store.SaveDraft(ctx, s.now(), st, hash, doc)
	return workflows.Drafted{Hash: hash}, err
}

// restated makes a document the restatement of the report that its process has
// published on the same scope and period, if there is one: because of late
// data, or a corrected rule.
func (s *Set) restated(ctx context.Context, d report.Document) (report.Document, error) {
	old, published, err := s.store.Published(ctx, run.Key{Process: d.Process, Scope: d.Scope, Period: d.Period})
	if err != nil || !published {
		return d, err
	}
	if err := s.asPublished(ctx, old.Run); err != nil {
		return d, err
	}
	d.Restate(old)
	return d, nil
}
