package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// What a drill asks of the world. What is to be asked next follows from what is
// on record, and is read there: the workflow knows names of steps only, so that
// its history stays small however much is said.
var (
	drillDraft = Activity[run.Step, Drafted]("DrillDraft")
	drillNext  = Activity[run.Step, DrillNext]("DrillNext")
	drillOpen  = Activity[NamedStep, Waiting]("DrillOpen")
)

// DrillNext says which steps of a drill's script are to be asked now.
type DrillNext struct {
	Open []string `json:"open,omitempty"`
	Over bool     `json:"over,omitempty"` // it was carried out, and reviewed
}

// NamedStep is a step of a round, by its name.
type NamedStep struct {
	run.Step
	Name string `json:"name"`
}

// ContinuityDrill exercises the recovery of a service (ISO/IEC 20000-1, 8.7.2):
// its plan by the owner, an approval; the script by those who carry it out, the
// return to normal, the evaluation; then the report, whose approval says what is
// proved.
func ContinuityDrill(ctx workflow.Context, in run.Input) (run.End, error) {
	return live(ctx, in, func(ctx workflow.Context, r *Run) (run.State, error) {
		return r.roundsThat(ctx, func(workflow.Context) error { return nil }, // what was said is on record
			func(ctx workflow.Context) (Drafted, error) { return drillDraft.Do(ctx, r.Step()) }, r.carryOutScript)
	})
}

// carryOutScript asks whatever is to be asked, of several people at once, and
// looks again after each answer, until the record says that the drill is over.
// What isn't to be answered any more, as after an abort, isn't waited for.
func (r *Run) carryOutScript(ctx workflow.Context) error {
	ctx, stop := workflow.WithCancel(ctx)
	defer stop()
	type waiting struct {
		name string
		stop func()
	}
	var asked []waiting
	var failure error
	answers := 0
	for {
		heard := answers
		next, err := drillNext.Do(ctx, r.Step())
		if err != nil || next.Over {
			return err
		}
		for _, w := range asked {
			if !slices.Contains(next.Open, w.name) {
				w.stop()
			}
		}
		for _, name := range next.Open {
			if slices.ContainsFunc(asked, func(w waiting) bool { return w.name == name }) {
				continue
			}
			within, give := workflow.WithCancel(ctx)
			asked = append(asked, waiting{name, give})
			workflow.Go(within, func(ctx workflow.Context) {
				err := r.askNamed(ctx, name)
				switch {
				case err == nil:
					answers++
				case ctx.Err() == nil && failure == nil:
					failure = err
				}
			})
		}
		if err := workflow.Await(ctx, func() bool { return answers > heard || failure != nil }); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
	}
}

// askNamed asks for a step by its name alone: the question is made where the
// record is.
func (r *Run) askNamed(ctx workflow.Context, name string) error {
	p, _ := process.Find(r.in.Process)
	s, ok := p.Step(name)
	if !ok {
		return Refuse(fault.New(fault.Internal, text.F("%s has no step %s.", "%s hat keinen Schritt %s.", r.in.Process, name)))
	}
	// Noted before its row is written: whoever reads the row may decide at once.
	a, _ := r.note(Asking{Step: r.Step(), ID: run.TaskID(r.in.Run, r.round, name), Name: name, Kind: s.Kind, Outcomes: s.Offers()})
	w, err := drillOpen.Do(ctx, NamedStep{Step: r.Step(), Name: name})
	if err != nil {
		return err
	}
	_, err = r.waitFor(ctx, a.ID, w)
	return err
}
