package activities

import (
	"context"

	"turnus/itsm/run"
	"turnus/workflows"
)

// RunCancel judges a wish to cancel; what it says is on record.
func (s *Set) RunCancel(ctx context.Context, c workflows.Cancelling) (v workflows.Reply[struct{}], err error) {
	v.Refusal, err = s.store.Cancel(ctx, s.now(), c.By, c.CancelMessage)
	return v, err
}

// RunCancelledBy reads whose wish to cancel a run was accepted; empty while
// none is on record.
func (s *Set) RunCancelledBy(ctx context.Context, st run.Step) (string, error) {
	return s.store.CancelledBy(ctx, st.Run)
}

// RunRefresh judges a wish to begin another round; what it says is on record.
func (s *Set) RunRefresh(ctx context.Context, c workflows.Refreshing) (v workflows.Reply[struct{}], err error) {
	v.Refusal, err = s.store.Refresh(ctx, s.now(), c.By, c.RefreshMessage)
	return v, err
}

// RunRefreshedBy reads whose wish to begin another round instead of this one was
// accepted; empty while none is on record.
func (s *Set) RunRefreshedBy(ctx context.Context, st run.Step) (string, error) {
	return s.store.RefreshedBy(ctx, st)
}

// RunEnd records how a run ended, and publishes its report if it was approved.
func (s *Set) RunEnd(ctx context.Context, e run.End) (struct{}, error) {
	return struct{}{}, s.store.Finish(ctx, s.now(), e)
}
