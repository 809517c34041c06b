package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/continuity"
	"turnus/itsm/person"
	"turnus/itsm/process"
)

// mendEachLifted is mendLifted of several plans, in the order of their findings'
// keys, in which all transactions lock them.
func mendEachLifted(ctx context.Context, tx *sqlx.Tx, now time.Time, service string, plans []string) error {
	key := func(plan string) string { return failedKey(service, plan, continuity.ObjectiveRTO) }
	slices.SortFunc(plans, func(a, b string) int { return cmp.Compare(key(a), key(b)) })
	for _, plan := range plans {
		if err := mendLifted(ctx, tx, now, service, plan); err != nil {
			return err
		}
	}
	return nil
}

// mendLifted mends what real outages alone disproved of a plan's recovery time, once
// all of it is lifted, as coverage has it.
func mendLifted(ctx context.Context, tx *sqlx.Tx, now time.Time, service, plan string) error {
	known, err := measuredOf(ctx, tx, service, plan)
	if err != nil {
		return err
	}
	once, err := onceDisproved(ctx, tx, service, plan)
	if err != nil {
		return err
	}
	known.Drills = append(known.Drills, once...)
	if len(known.Unlifted(continuity.ObjectiveRTO)) > 0 {
		return nil
	}
	return mend(ctx, tx, person.Actor{Person: person.System}, now, "key = $3 AND NOT EXISTS (SELECT FROM finding_seen n WHERE n.finding = finding.id AND n.key NOT LIKE $4 || '/%')",
		failedKey(service, plan, continuity.ObjectiveRTO), process.AvailabilityReview)
}

// onceDisproved are the outages that disproved a plan in whichever report, also in
// one that another has taken the place of: what is retracted isn't lifted by that,
// and stays in the register for a person to deal with.
func onceDisproved(ctx context.Context, q sqlx.QueryerContext, service, plan string) ([]continuity.Shown, error) {
	var rows []struct {
		Run      string    `db:"run"`
		Begun    time.Time `db:"begun_at"`
		Achieved string    `db:"achieved"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT run, begun_at, seconds::text AS achieved FROM outage_proof
		WHERE plan = $1 AND service = $2 AND verdict = $3`, plan, service, continuity.Fail); err != nil {
		return nil, err
	}
	var all []continuity.Shown
	for _, r := range rows {
		all = append(all, continuity.Shown{Run: r.Run, Type: continuity.Outage, Held: r.Begun.UTC(),
			Objectives: []continuity.ShownOf{{Objective: continuity.ObjectiveRTO, Achieved: r.Achieved, Verdict: continuity.Fail}}})
	}
	return all, nil
}
