package activities

import (
	"context"
	"errors"
	"log/slog"

	"turnus/itsm/fault"
	"turnus/itsm/task"
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

// compare says of a draft what has changed that it stands on, or of a published
// one what it doesn't say. Records that were altered go on record, once.
func (s *Set) compare(ctx context.Context, u store.Uncompared) (c store.Compared, err error) {
	if !u.Published {
		c.Changes, err = s.slaChanges(ctx, u.Step)
		return c, err
	}
	c, err = s.slaLate(ctx, u)
	var a altered
	if !errors.As(err, &a) {
		return c, err
	}
	return store.Compared{Tickets: u.Tickets}, s.store.Altered(ctx, s.now(), u.Step, a.what)
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
