package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/sla"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// comparedAtOnce is how many drafts a worker compares at a time: each holds its
// row with one connection and reads with another, of which there are few.
const comparedAtOnce = 4

// atOnce does something as one of the few that compare.
func (s *Set) atOnce(ctx context.Context, do func() error) error {
	select {
	case s.comparing <- struct{}{}:
		defer func() { <-s.comparing }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CompareDrafts compares the drafts that wait with what has changed since they
// were made, and looks through published reports for late data: a chore of every
// worker, which shares the work with the others. What can't be compared now is
// left for the next time, and doesn't hold up the rest.
func CompareDrafts(set *Set, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		late, err := set.store.LateServices(ctx)
		if err != nil {
			return err
		}
		var failed []string
		for {
			var id string
			err := set.atOnce(ctx, func() (err error) {
				id, err = set.store.CompareNext(ctx, set.now, failed, set.compare)
				return err
			})
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case id == "" && err != nil:
				return err
			case id == "":
				return set.store.LateSettled(ctx, late)
			case store.Away(err):
				return err
			case err != nil:
				log.Warn("a draft can't be compared yet", "run", id, "error", err)
				failed = append(failed, id)
			}
		}
	}
}

// comparison is how a process's drafts, and its published reports, are compared
// with what is known now.
type comparison struct {
	changes func(context.Context, run.Step) ([]task.StalePart, error)       // in what a draft that waits stands on
	late    func(context.Context, store.Uncompared) (store.Compared, error) // what a published report doesn't say
}

// comparisonOf is that of a run's process.
func (s *Set) comparisonOf(runID string) (comparison, error) {
	k, _, err := run.ParseID(runID)
	if err != nil {
		return comparison{}, err
	}
	c, ok := map[string]comparison{
		process.SLAReport:          {s.slaChanges, s.slaLate},
		process.AvailabilityReview: {s.availabilityChanges, s.availabilityLate},
	}[k.Process]
	if !ok {
		return c, fmt.Errorf("nothing compares the drafts of %s", k.Process)
	}
	return c, nil
}

// compare says of a draft what has changed that it stands on, or of a published
// one what it doesn't say. Records that were altered go on record, once.
func (s *Set) compare(ctx context.Context, u store.Uncompared) (c store.Compared, err error) {
	how, err := s.comparisonOf(u.Run)
	if err != nil {
		return c, err
	}
	if !u.Published {
		c.Changes, err = how.changes(ctx, u.Step)
		return c, err
	}
	c, err = how.late(ctx, u)
	var a altered
	if !errors.As(err, &a) {
		return c, err
	}
	return store.Compared{Tickets: u.Tickets}, s.store.Altered(ctx, s.now(), u.Step, a.what)
}

// changesSince says what a draft that waits would stand on otherwise, were its
// round frozen now. That it couldn't be is said, too.
func changesSince[T store.Grounded](ctx context.Context, s *Set, st run.Step, collect func(run.Input) (T, error), differ func(old, now T) ([]task.StalePart, error)) ([]task.StalePart, error) {
	at, err := store.StandingOf[T](ctx, s.store, st)
	if err != nil || at.Frozen == nil {
		return nil, err
	}
	now, err := collect(at.Input)
	if f := fault.As(err); f != nil && f.Code != fault.Unavailable {
		return []task.StalePart{{Code: sla.ChangedImpossible, Detail: text.F("it couldn't be drafted now: %s", "jetzt ließe er sich nicht erstellen: %s", f.Message)}}, nil
	}
	if err != nil {
		return nil, err
	}
	return differ(*at.Frozen, now)
}

// sets are the data of a published report as it was frozen and as it is known now.
type sets struct {
	then, now string // what tells whether they are the same
	frozen    int64  // newest import of the first

	gone    func(since int64) ([]store.Withdrawn, error) // imports that the first stands on and that were withdrawn by later ones than that
	figures func() ([]text.Text, error)                  // that would be others with the second
	by      func() (int64, error)                        // the import that brought the newest of what differs; 0: that can't be seen
}

// lateIn says which figures of a published report would be others with its data as
// it is known now, under the rules that it stands on. Where the data is the same,
// or that which was looked at before, nothing is derived. That an import was
// withdrawn which it stands on is said whether or not a figure follows.
func lateIn(u store.Uncompared, x sets) (c store.Compared, err error) {
	c.Tickets = x.now
	gone, err := x.gone(max(x.frozen, u.Import))
	if err != nil {
		return c, err
	}
	moved := x.now != x.then && x.now != u.Tickets
	if !moved && len(gone) == 0 {
		return c, nil
	}
	var figures []text.Text
	if x.now != x.then {
		if figures, err = x.figures(); err != nil {
			return c, err
		}
	}
	for _, w := range gone {
		c.Late = append(c.Late, store.Late{Import: w.Withdrawal, Withdrawn: w.Import, Figures: figures})
	}
	if len(gone) == 0 && len(figures) > 0 {
		by, err := x.by()
		if err != nil {
			return c, err
		}
		if by == 0 {
			by = u.Newest
		}
		c.Late = append(c.Late, store.Late{Import: by, Figures: figures})
	}
	return c, nil
}

// figuresNow are the figures of the report that a run published which would be
// others in a document that is drafted now.
func (s *Set) figuresNow(ctx context.Context, runID string, draft func() (report.Document, error)) ([]text.Text, error) {
	published, err := s.store.Report(ctx, runID)
	if err != nil {
		return nil, err
	}
	d, err := draft()
	if err != nil {
		return nil, err
	}
	var all []text.Text
	for _, f := range report.Differences(published.Figures, d.Figures) {
		// Another Turnus may have published other figures of the same data.
		if published.Wording == d.Wording || f.Was != nil && f.Now != nil {
			all = append(all, f.InWords())
		}
	}
	return all, nil
}

// decideCompared judges a decision; a draft that is to be approved is compared
// first with what has changed since. Where that comes again and again, the whole
// is tried again.
func (s *Set) decideCompared(ctx context.Context, by string, m task.Message) (d task.Decision, refusal *fault.Error, err error) {
	for range 10 {
		d, refusal, err = s.store.Decide(ctx, s.now(), by, m)
		var first store.UncomparedError
		if !errors.As(err, &first) {
			return d, refusal, err
		}
		if err := s.atOnce(ctx, func() error { return s.store.CompareRun(ctx, s.now, first.Run, s.compare) }); err != nil {
			return d, nil, err
		}
	}
	return d, nil, err
}
