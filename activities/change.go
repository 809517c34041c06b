package activities

import (
	"context"

	"turnus/itsm/continuity"
	"turnus/itsm/dataset"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/rulechange"
	"turnus/itsm/run"
	"turnus/report"
	"turnus/report/changeapproval"
	"turnus/store"
	"turnus/workflows"
)

// ChangeDraft freezes a proposal with what it would change, and drafts what is
// to be decided on.
func (s *Set) ChangeDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	return s.draft(ctx, st, func() (content, error) {
		d, err := s.changeDocument(ctx, st)
		return content{Document: d}, err
	})
}

// changeDocument is the document about what a run's proposal would change: the
// plan, what is known from an import, a continuity plan, or what published reports
// stand on.
func (s *Set) changeDocument(ctx context.Context, st run.Step) (report.Document, error) {
	p, err := s.store.Proposal(ctx, st.Run)
	if err != nil {
		return report.Document{}, err
	}
	switch p.Document.Kind {
	case resource.Interval, resource.Waiver:
		return changed(ctx, s, st, changeapproval.Draft, func(run.Input) (planning.Change, error) {
			return s.store.ChangeOf(ctx, s.now(), st)
		})
	case dataset.Withdrawn:
		return changed(ctx, s, st, changeapproval.DraftWithdrawal, func(run.Input) (dataset.Withdrawal, error) {
			return s.store.Withdraws(ctx, s.now(), st)
		})
	case resource.ContinuityPlan:
		return changed(ctx, s, st, changeapproval.DraftContinuity, func(run.Input) (continuity.Change, error) {
			return s.store.ContinuityChange(ctx, s.now(), st)
		})
	}
	return changed(ctx, s, st, changeapproval.DraftRules, func(run.Input) (rulechange.Change, error) {
		return s.rulesChange(ctx, st)
	})
}

// changed freezes a change, as it is looked at now or was before, and words it.
func changed[T store.Grounded](ctx context.Context, s *Set, st run.Step, word func(T) (report.Document, error), look func(run.Input) (T, error)) (report.Document, error) {
	c, err := freeze(ctx, s, st, look)
	if err != nil {
		return report.Document{}, err
	}
	return word(c)
}

// ChangeEnact puts a proposal in force that was approved.
func (s *Set) ChangeEnact(ctx context.Context, st run.Step) (struct{}, error) {
	return struct{}{}, s.store.Enact(ctx, s.now(), st.Run)
}
