package activities

import (
	"context"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	improvementreport "turnus/report/improvement"
	"turnus/store"
	"turnus/workflows"
)

// ImprovementDraft asks the owner of a finding for correction or merit and for
// the plan, freezes what was answered, and drafts the document that is to be
// decided on.
func (s *Set) ImprovementDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	return s.draft(ctx, st, func() (content, error) {
		f, ask, err := standOn(ctx, s, st, func() (improvement.Frozen, []task.Question, error) {
			said, err := s.store.Improving(ctx, st)
			if err != nil {
				return said.Frozen, nil, err
			}
			return s.improvementStage(ctx, said)
		})
		if err != nil || ask != nil {
			return content{ask: ask}, err
		}
		d, err := improvementreport.Draft(f)
		return content{Document: d, continues: f.Continues}, err
	})
}

// improvementStage says what a round comes to, or what has to be asked first.
func (s *Set) improvementStage(ctx context.Context, said store.Improving) (improvement.Frozen, []task.Question, error) {
	f := said.Frozen
	f.At = s.now()
	scope, err := s.store.ScopeAbout(ctx, f.About)
	if err != nil {
		return f, nil, err
	}
	zone := scope.Zone
	f.Zone = zone.String()
	if n := len(f.Cycles); n > 0 && f.Cycles[n-1].Round == f.Round-1 && f.Cycles[n-1].Effective() {
		f.Stage = improvement.ToClose
		return f, nil, nil
	}
	for _, step := range []string{process.ImprovementCorrection, process.ImprovementMerit, process.ImprovementPlan} {
		if d, ok := said.Answers[step]; ok && d.Outcome == task.Decline {
			f.Stage, f.Refusal = improvement.ToDecline, &improvement.Refusal{Reason: d.Comment, By: d.Person, At: d.At.UTC()}
			return f, nil, nil
		}
	}
	switch {
	case f.Finding.Type == improvement.Nonconformity && f.Correction == nil:
		return f, []task.Question{{Step: process.ImprovementCorrection, Text: aboutFinding(said)}}, nil
	case f.Finding.Type == improvement.Opportunity && f.Merit == nil:
		return f, []task.Question{{Step: process.ImprovementMerit, Text: aboutFinding(said)}}, nil
	}
	plan, planned := said.Answers[process.ImprovementPlan]
	first, err := s.store.NextAction(ctx, f.Finding.ID)
	if err != nil {
		return f, nil, err
	}
	if !planned {
		q, err := s.askPlan(ctx, said, first, calendar.DateOf(f.At.In(zone)))
		return f, []task.Question{q}, err
	}
	read, err := improvement.ReadPlan(plan.Fields, first)
	if err != nil {
		return f, nil, err
	}
	f.Stage, f.Continues = improvement.ToPlan, len(read.Actions) > 0
	if !f.Continues {
		f.Stage = improvement.ToCorrect
	}
	f.Cycles = append(f.Cycles, improvement.Cycle{Round: f.Round, Plan: read, By: plan.Person, At: plan.At.UTC()})
	return f, nil, nil
}

// askPlan asks for a plan, with what was planned before, or else what the owner
// wrote about the finding in the report that showed it.
func (s *Set) askPlan(ctx context.Context, said store.Improving, first int, today calendar.Date) (task.Question, error) {
	proposed := said.Planned
	if proposed == nil {
		wrote, ok, err := s.store.AnswerTo(ctx, said.Finding)
		if err != nil {
			return task.Question{}, err
		}
		if ok {
			proposed = improvement.Propose(wrote.Cause, wrote.Measure)
		}
	}
	return task.Question{Step: process.ImprovementPlan, Text: aboutFinding(said), Fields: improvement.PlanFields(today, first, proposed)}, nil
}

// aboutFinding says what the owner is asked about, what didn't work before, and
// what changes were requested, whichever step comes first in a round.
func aboutFinding(said store.Improving) text.Text {
	t := text.F("Finding %d: %s", "Befund %d: %s", said.Finding.ID, said.Finding.Title)
	if said.Finding.Detail != "" {
		t = text.F("%s\n%s", "%s\n%s", t, said.Finding.Detail)
	}
	if !said.Finding.Note.IsZero() {
		t = text.F("%s\n%s", "%s\n%s", t, said.Finding.Note)
	}
	if n := said.Finding.Seen; n > 1 {
		t = text.F("%s\nIt was seen %d times.", "%s\nEr wurde %d-mal festgestellt.", t, n)
	}
	for _, c := range said.Cycles {
		for _, a := range c.Actions {
			if a.State == improvement.ActionIneffective {
				t = text.F("%s\nAction %s didn't work: %s", "%s\nMaßnahme %s war nicht wirksam: %s", t, a.ID, a.Title)
			}
		}
	}
	if said.Last != nil && said.Last.Outcome == task.RequestChanges {
		t = text.F("%s\nChanges were requested by %s: %s", "%s\nÄnderungen verlangt von %s: %s", t, said.Last.Person, said.Last.Comment)
	}
	return t
}

// ImprovementBegin puts the actions of an approved plan on record, and gives
// their numbers.
func (s *Set) ImprovementBegin(ctx context.Context, st run.Step) ([]int, error) {
	return s.store.BeginActions(ctx, s.now(), st)
}

// ImprovementNext brings an action's row in line with what was answered, and
// says what is next for it.
func (s *Set) ImprovementNext(ctx context.Context, a workflows.ActionOf) (workflows.ActionNext, error) {
	next, err := s.store.AdvanceAction(ctx, s.now(), a.Step, a.Number)
	until := next.Until.UTC()
	if whole := until.Truncate(time.Second); until.After(whole) {
		until = whole.Add(time.Second) // never before its time: it would be asked again at once
	}
	return workflows.ActionNext{Ask: next.Ask, Until: until}, err
}
