package store

import (
	"context"
	"time"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/drill"
	"turnus/itsm/interval"
)

// DrillsTouching are the drills and invocations of a service's continuity plans that
// touched production in a period, by their reports in force, in the order of their
// beginnings.
func (s *Store) DrillsTouching(ctx context.Context, service string, from, to time.Time) (all []availabilityreview.Drill, err error) {
	var rows []struct {
		Run     string             `db:"run"`
		Version int                `db:"version"`
		Hash    string             `db:"hash"`
		Frozen  JSON[drill.Frozen] `db:"document"`
	}
	// How long one lasted its document says: it may have begun long before.
	err = s.db.SelectContext(ctx, &rows, `SELECT p.run, p.version, p.hash, f.document FROM drill d JOIN report p ON p.run = d.run JOIN frozen_set f ON f.run = p.run AND f.round = p.round
		WHERE d.service = $1 AND d.held_at < $2 AND coalesce(f.document->'setup'->>'production', '') <> ''
			AND NOT EXISTS (SELECT FROM report n WHERE (n.process, n.scope, n.period) = (p.process, p.scope, p.period) AND n.version > p.version)
		ORDER BY d.held_at, p.run`, service, to)
	if err != nil {
		return nil, mapped(err)
	}
	period := interval.Between(from, to)
	for _, r := range rows {
		f := r.Frozen.V
		begun, ended, _ := f.Touched()
		if span, began := f.Touching(); !began || f.Setup.Type.Discussed() || span.Clip(period).Empty() {
			continue
		}
		x := availabilityreview.Drill{Run: r.Run, Version: r.Version, Hash: r.Hash, Type: f.Setup.Type, Plan: f.Plan.Name, Title: f.Plan.Title,
			From: begun.UTC(), Touched: f.Setup.Production, Maintenance: f.Reference()}
		if !ended.IsZero() {
			x.To = ended.UTC()
		}
		all = append(all, x)
	}
	return all, nil
}
