package activities

import (
	"context"

	"turnus/itsm/run"
	"turnus/report/changeapproval"
	"turnus/store"
	"turnus/workflows"
)

// ChangeDraft freezes a proposal with what it would do to the plan, and drafts
// what is to be decided on.
func (s *Set) ChangeDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	if err := s.store.Enter(ctx, st, run.Drafting); err != nil {
		return workflows.Drafted{}, err
	}
	return s.draft(ctx, st, func() (content, error) {
		c, err := s.store.ChangeOf(ctx, s.now(), st)
		if err != nil {
			return content{}, err
		}
		if c, err = store.Freeze(ctx, s.store, s.now(), st, c); err != nil {
			return content{}, err
		}
		d, err := changeapproval.Draft(c)
		return content{Document: d}, err
	})
}

// ChangeEnact puts a proposal in force that was approved.
func (s *Set) ChangeEnact(ctx context.Context, st run.Step) (struct{}, error) {
	return struct{}{}, s.store.Enact(ctx, s.now(), st.Run)
}
