package access

import (
	"context"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// ShowRun is what the caller sees of a run. That it exists, and its state, is
// for everybody who is signed in, and so are the decisions once its report is
// published; before that they are for those who see its inside, and for who
// started it. What fields were answered with, and which files, is for these
// alone at all times.
func (c *Caller) ShowRun(ctx context.Context, r run.Run) (run.Run, error) {
	seen, err := c.SeesInside(ctx, r.About)
	if err != nil {
		return run.Run{}, err
	}
	if !seen && r.StartedBy != c.Person {
		if r.State != run.Published {
			r.Reason, r.Outcome = "", text.Text{}
			r.Tasks, r.Decisions = nil, nil
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

// CheckReport refuses a draft to those who don't see inside its run; published
// reports are for everybody.
func (c *Caller) CheckReport(ctx context.Context, r report.Report) error {
	if r.Version > 0 {
		return nil
	}
	return c.checkInside(ctx, r.About, text.New(
		"This report isn't published: only the owner of what it is about, its approvers and auditors see the draft.",
		"Dieser Bericht ist nicht veröffentlicht: Den Entwurf sehen nur die dafür Verantwortlichen, Freigabeberechtigte und Auditierende."))
}

// CheckReceipts refuses the receipts of a report to those who don't see inside
// its run.
func (c *Caller) CheckReceipts(ctx context.Context, r report.Report) error {
	return c.checkInside(ctx, r.About, text.New(
		"Receipts hold the tickets themselves: only the service's owner, its approvers and auditors see them.",
		"Belege enthalten die Tickets selbst: Sie sind nur für Serviceverantwortliche, Freigabeberechtigte und Auditierende."))
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
	scope, err := c.store.ScopeOfRun(ctx, t.Run)
	if err == nil {
		c.parts[scope.About] = c.partOf(scope)
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return c.checkInside(ctx, scope.About, text.New(
		"Only the owner of what it is about, those who may decide and auditors see this task.",
		"Diese Aufgabe sehen nur die dafür Verantwortlichen, Freigabeberechtigte und Auditierende."))
}

func (c *Caller) checkInside(ctx context.Context, about resource.Ref, otherwise text.Text) error {
	seen, err := c.SeesInside(ctx, about)
	if err == nil && !seen {
		err = refuse(otherwise)
	}
	return err
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
