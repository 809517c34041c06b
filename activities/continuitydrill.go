package activities

import (
	"context"
	"time"

	"turnus/itsm/continuity"
	"turnus/itsm/dataset"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	drillreport "turnus/report/drill"
	"turnus/store"
	"turnus/workflows"
)

// DrillDraft asks the owner how a drill is planned, or takes up what happened
// after that was approved; freezes it, and drafts the document that is to be
// decided on.
func (s *Set) DrillDraft(ctx context.Context, st run.Step) (workflows.Drafted, error) {
	return s.draft(ctx, st, func() (content, error) {
		f, ask, err := standOn(ctx, s, st, func() (drill.Frozen, []task.Question, error) {
			said, err := s.store.Drilling(ctx, s.now(), st)
			if err == nil && said.Due != nil {
				return said.Frozen, []task.Question{*said.Due}, nil
			}
			if err == nil {
				said.Coverage, err = s.coverageOf(ctx, said.Plan)
			}
			if err == nil {
				said.Maintenance, err = s.maintenanceAround(ctx, said.Frozen)
			}
			return said.Frozen, nil, err
		})
		if err != nil || ask != nil {
			return content{ask: ask}, err
		}
		d, err := drillreport.Draft(f)
		return content{Document: d, continues: f.Continues, review: f.Review}, err
	})
}

// coverageOf is what earlier drills have proved of a plan.
func (s *Set) coverageOf(ctx context.Context, plan drill.PlanVersion) (all []continuity.Coverage, err error) {
	service := store.ContinuityCovered{Service: plan.Spec.Service, Sight: store.Sight{All: true}}
	for page := (store.Page{}); ; {
		list, next, err := s.store.ContinuityCoverage(ctx, s.now(), service, page)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if c.Plan == plan.Name {
				all = append(all, c)
			}
		}
		if page.Cursor = next; next == "" {
			return all, nil
		}
	}
}

// maintenanceAround is what is on record of announced maintenance for a drill that
// touches production; nil: nothing is looked up.
func (s *Set) maintenanceAround(ctx context.Context, f drill.Frozen) (*drill.Maintenance, error) {
	if !f.LooksUp() {
		return nil, nil
	}
	service := f.Plan.Spec.Service
	c, err := s.store.Coverage(ctx, service, dataset.Maintenance)
	if err != nil {
		return nil, err
	}
	uid := f.Reference()
	known, err := s.store.WindowsCalled(ctx, service, c.Import, uid)
	if err != nil {
		return nil, err
	}
	if span, began := f.Touching(); began {
		of := store.KnownSpan{Service: service, Import: c.Import, From: time.Unix(span.From, 0).UTC(), To: time.Unix(span.To, 0).UTC()}
		for k, err := range s.store.Windows(ctx, of) {
			if err != nil {
				return nil, err
			}
			if k.Key != uid {
				known = append(known, k.Is...)
			}
		}
	}
	return f.Announced(c.Import, known)
}

// openDrillPlan asks the owner how a drill is planned, about the version of the plan
// that is in force by then: one may come into force after DrillDraft has looked, and
// the record takes no question about another.
func (s *Set) openDrillPlan(ctx context.Context, a workflows.Asking) (workflows.Waiting, error) {
	for {
		said, err := s.store.Drilling(ctx, s.now(), a.Step)
		if err != nil {
			return workflows.Waiting{}, err
		}
		if said.Due != nil { // else it was answered, and the task stays as it is
			a.Question = said.Due
		}
		w, err := s.open(ctx, a)
		if !fault.Is(err, fault.Conflict) {
			return w, err
		}
		now, again := s.store.Drilling(ctx, s.now(), a.Step)
		if again != nil { // to be tried again, as the conflict isn't
			return w, again
		}
		if now.Plan.Version == said.Plan.Version {
			return w, err
		}
	}
}

// DrillNext says which steps of a drill's script are to be asked now.
func (s *Set) DrillNext(ctx context.Context, st run.Step) (workflows.DrillNext, error) {
	script, err := s.store.AdvanceDrill(ctx, s.now(), st)
	return workflows.DrillNext{Open: script.Open(), Over: script.Over}, err
}

// DrillOpen writes the task of a step of a drill's script. What isn't asked for any
// more by now, since it was answered or the conductor ordered otherwise, is left
// alone: the run hears of that by itself, and waits no longer for it.
func (s *Set) DrillOpen(ctx context.Context, n workflows.NamedStep) (workflows.Waiting, error) {
	q, asked, err := s.store.QuestionOfDrill(ctx, n.Step, n.Name)
	if err != nil || !asked {
		return workflows.Waiting{}, err
	}
	p, _ := process.Find(process.ContinuityDrill)
	step, _ := p.Step(n.Name)
	w, err := s.TaskOpen(ctx, workflows.Asking{Step: n.Step, ID: run.TaskID(n.Run, n.Round, n.Name), Name: n.Name, Kind: step.Kind, Outcomes: step.Offers(), Question: &q})
	if fault.Is(err, fault.Conflict) {
		if _, asked, again := s.store.QuestionOfDrill(ctx, n.Step, n.Name); again == nil && !asked {
			return workflows.Waiting{}, nil
		}
	}
	return w, err
}
