package store

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
)

func (x *saidIntake[R, T]) judge(ctx context.Context, tx *sqlx.Tx, j judging, p *dataset.Profile) error {
	before, err := seenBefore(ctx, tx, j.in.Service, x.name)
	if err != nil {
		return err
	}
	facts, err := j.facts(before, p)
	if err != nil {
		return err
	}
	facts.Keys, facts.Twice, facts.Differ, facts.Rare = x.merge.keys, x.merge.twice, x.merge.differing, x.name != dataset.Probes
	before.add(j.seen)
	components, whole := before.known(dataset.Component)
	slices.Sort(components)
	p.Warnings = slices.Concat(facts.Refusals(), facts.Warnings(before.days, p.AsOf), dataset.LostRows(p.Older, p.Outdated),
		dataset.Components(x.name, j.agreed, components, !whole, x.nameless), j.in.Content.Warnings, dataset.SinceRows(p.Import, j.in.Zone))
	x.looker.tell(p)
	return nil
}
