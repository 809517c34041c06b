package activities

import (
	"context"
	"time"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/availabilityreview"
	"turnus/store"
)

// availabilityChanges says what a draft that waits would stand on otherwise.
func (s *Set) availabilityChanges(ctx context.Context, st run.Step) ([]task.StalePart, error) {
	return changesSince(ctx, s, st, func(in run.Input) (avail.Frozen, error) { return s.availabilityStandsOn(ctx, in, st.Round) },
		func(old, now avail.Frozen) ([]task.StalePart, error) {
			moved := map[string]avail.Moved{}
			for _, d := range now.Data {
				was := old.Dataset(d.Dataset)
				if was.Count == d.Count && was.Hash == d.Hash {
					continue
				}
				m, _, err := s.store.KnownMoved(ctx, d.Dataset, knownIn(old, d.Dataset), knownIn(now, d.Dataset))
				if err != nil {
					return nil, err
				}
				moved[d.Dataset] = m
			}
			return avail.Changed(old, now, moved), nil
		})
}

// availabilityLate says what a published report doesn't say, with the data as it is
// known now, under its rules.
func (s *Set) availabilityLate(ctx context.Context, u store.Uncompared) (c store.Compared, err error) {
	f, err := store.Frozen[avail.Frozen](ctx, s.store, u.Step)
	if err != nil {
		return c, err
	}
	now := f
	if err := s.availabilityData(ctx, &now); err != nil {
		return c, err
	}
	x := sets{frozen: f.Import,
		gone:    func(since int64) ([]store.Withdrawn, error) { return s.availabilityGone(ctx, f, since) },
		figures: func() ([]text.Text, error) { return s.availabilityFiguresNow(ctx, u.Run, now) },
		by: func() (newest int64, err error) {
			for _, d := range now.Data {
				_, by, err := s.store.KnownMoved(ctx, d.Dataset, knownIn(f, d.Dataset), knownIn(now, d.Dataset))
				if err != nil {
					return 0, err
				}
				newest = max(newest, by)
			}
			return newest, nil
		},
	}
	if x.then, err = dataHash(f); err == nil {
		x.now, err = dataHash(now)
	}
	if err != nil {
		return c, err
	}
	return lateIn(u, x)
}

// dataHash tells whether the figures of a set come of the same data: what is known,
// and for which part of what is read.
func dataHash(f avail.Frozen) (string, error) {
	type known struct {
		Dataset, Hash string
		Since, AsOf   time.Time
	}
	var all []known
	for _, d := range f.Data {
		k := known{d.Dataset, d.Hash, d.Since.UTC(), d.AsOf.UTC()}
		if k.Since.Before(f.Reads.From) && !d.Since.IsZero() {
			k.Since = f.Reads.From.UTC()
		}
		if k.AsOf.After(f.Reads.To) {
			k.AsOf = f.Reads.To.UTC()
		}
		all = append(all, k)
	}
	return canonical.Hash(all)
}

// availabilityGone are the imports that a set stands on and that were withdrawn by
// imports after another one.
func (s *Set) availabilityGone(ctx context.Context, f avail.Frozen, since int64) (all []store.Withdrawn, err error) {
	for _, d := range f.Data {
		gone, err := s.store.KnownWithdrawnUnder(ctx, d.Dataset, knownIn(f, d.Dataset), since)
		if err != nil {
			return nil, err
		}
		all = append(all, gone...)
	}
	return all, nil
}

// availabilityFiguresNow are the figures that would be others with another set.
func (s *Set) availabilityFiguresNow(ctx context.Context, runID string, now avail.Frozen) ([]text.Text, error) {
	return s.figuresNow(ctx, runID, func() (report.Document, error) {
		r, err := avail.Derive(now, s.availabilitySource(ctx, now))
		if err != nil {
			return report.Document{}, err
		}
		return availabilityreview.Draft(now, r, nil, nil)
	})
}
