package access

import (
	"context"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// SelectRuns limits runs to those of which the caller sees something.
func (c *Caller) SelectRuns(want store.Runs) store.Runs {
	want.Sight = c.sight()
	return want
}

// SelectPlan limits slots to those of which the caller sees something.
func (c *Caller) SelectPlan(want store.Slots) store.Slots {
	want.Sight = c.sight()
	return want
}

// Ledgers are those of intervals whose slots the caller sees.
func (c *Caller) Ledgers(ctx context.Context, of store.Of, p store.Page) ([]store.Ledger, string, error) {
	return c.store.Ledgers(ctx, c.sight(), of, p)
}

// ShowSlot is what the caller sees of a slot: of one whose reports they see
// extracts of, its state and dates.
func (c *Caller) ShowSlot(ctx context.Context, s planning.Slot) (planning.Slot, error) {
	l, err := c.levelOf(ctx, s.About)
	if l == store.Extract {
		s.Reason, s.By = text.Text{}, ""
	}
	return s, err
}

// CheckSlot refuses a slot of which the caller sees nothing, as one that isn't
// there.
func (c *Caller) CheckSlot(ctx context.Context, s planning.Slot) error {
	l, err := c.levelOfRun(ctx, s.Process, s.About)
	if err == nil && l == store.Nothing {
		err = refusal{fault.As(store.NoSlot(s.Key))}
	}
	return err
}

// ShowStory is what the caller sees around a slot: what its interval says, and
// what was done to it, is for those who see the inside of its runs.
func (c *Caller) ShowStory(ctx context.Context, s planning.Story) (planning.Story, error) {
	l, err := c.levelOf(ctx, s.About)
	if err != nil {
		return s, err
	}
	if l < store.Inside {
		s.Plan, s.Paused, s.History = nil, nil, nil
	}
	if l < store.Published {
		s.Owner = ""
	}
	for i := range s.Runs {
		if s.Runs[i], err = c.ShowRun(ctx, s.Runs[i]); err != nil {
			return s, err
		}
	}
	s.Slot, err = c.ShowSlot(ctx, s.Slot)
	return s, err
}

// ShowRun is what the caller sees of a run. Its state is for whoever sees what is
// published of what it is about, and so are the decisions once its report is
// published; before that they are for those who see its inside, and for who
// started it. What fields were answered with, and which files, is for these
// alone at all times. Whose reports are extracts sees who decided on a published
// one, when and how.
func (c *Caller) ShowRun(ctx context.Context, r run.Run) (run.Run, error) {
	l, err := c.levelOfRun(ctx, r.Process, r.About)
	if err != nil {
		return run.Run{}, err
	}
	published := r.State == run.Published
	switch {
	case l == store.Nothing:
		return run.Run{}, refusal{fault.As(store.NoRun(r.ID))}
	case l == store.Inside:
	case l == store.Extract:
		r.StartedBy, r.TokenIssuer, r.Stale, r.Rounds = "", "", nil, nil
		hideWords(&r)
		if !published {
			r.Decisions = nil
		}
		for i, d := range r.Decisions {
			r.Decisions[i] = task.Decision{Run: d.Run, Round: d.Round, Person: d.Person, Outcome: d.Outcome, At: d.At}
		}
	case r.StartedBy != c.Person:
		if !published {
			hideWords(&r)
			r.Decisions = nil
		}
		r.Stale, r.Rounds = nil, nil
		for i := range r.Tasks {
			r.Tasks[i].Fields, r.Tasks[i].Files = []task.Field{}, nil
		}
		for i := range r.Decisions {
			r.Decisions[i].Fields = nil
		}
	}
	if r.Tasks == nil {
		r.Tasks = []task.Task{}
	}
	if r.Decisions == nil {
		r.Decisions = []task.Decision{}
	}
	return r, nil
}

// hideWords leaves out what was asked in a run, and why it began and ended.
func hideWords(r *run.Run) {
	r.Reason, r.Outcome, r.Tasks, r.LeftOut = "", text.Text{}, nil, nil
}

// CheckTask refuses a task, its answer and its files to those who may not answer
// it, never did, and don't see inside its run.
func (c *Caller) CheckTask(ctx context.Context, t task.Task) error {
	if slices.Contains(t.Approvers, c.Person) || slices.Contains(t.For.Persons, c.Person) ||
		slices.ContainsFunc(t.Files, func(f task.File) bool { return f.Person == c.Person }) {
		return nil
	}
	if d, err := c.store.Decision(ctx, t.ID); err != nil || d != nil && d.Person == c.Person {
		return err
	}
	about, err := c.store.AboutOfRun(ctx, t.Run)
	if err != nil {
		return err
	}
	return c.checkInside(ctx, about, store.NoTask(t.ID), text.New(
		"Only the owner of what it is about, those who may decide and auditors see this task.",
		"Diese Aufgabe sehen nur die dafür Verantwortlichen, Freigabeberechtigte und Auditierende."))
}

// checkInside refuses what is inside of a run; whoever doesn't even see what is
// published is told that it isn't there.
func (c *Caller) checkInside(ctx context.Context, about resource.Ref, notThere error, otherwise text.Text) error {
	l, err := c.levelOf(ctx, about)
	switch {
	case err != nil:
		return err
	case l < store.Published:
		return refusal{fault.As(notThere)}
	case l < store.Inside:
		return refuse(otherwise)
	}
	return nil
}

// SelectTasks limits a list of tasks to those that the caller sees, or to those
// that they may decide now.
func (c *Caller) SelectTasks(want store.Tasks, mine bool) store.Tasks {
	switch {
	case mine:
		want.Mine = c.Person
	case !c.Has(person.Auditor):
		want.Sees = c.Person
	}
	return want
}
