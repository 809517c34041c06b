package activities

import (
	"context"

	"turnus/itsm/run"
	"turnus/report"
	"turnus/store"
	"turnus/workflows"
)

// ChangeDraft freezes a proposal with what it would do to the plan, and drafts
// what is to be decided on.
func (s *Set) ChangeDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	if _, err := s.store.Enter(ctx, st, run.Drafting); err != nil {
		return workflows.Drafted{}, err
	}
	c, err := s.store.ChangeOf(ctx, s.now(), st)
	if err != nil {
		return workflows.Drafted{}, err
	}
	if c, err = store.Freeze(ctx, s.store, s.now(), st, c); err != nil {
		return workflows.Drafted{}, err
	}
	d, err := changeDocument(c)
	if err != nil {
		return workflows.Drafted{}, err
	}
	hash, doc, err := report.Hash(d)
	if err != nil {
		return workflows.Drafted{}, err
	}
	hash, err = s.store.SaveDraft(ctx, s.now(), st, hash, doc)
	return workflows.Drafted{Hash: hash}, err
}

// ChangeEnact puts a proposal in force that was approved.
func (s *Set) ChangeEnact(ctx context.Context, st run.Step) (struct{}, error) {
	return struct{}{}, s.store.Enact(ctx, s.now(), st.Run)
}
