package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/availabilityreview"
	"turnus/itsm/continuity"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/report"
)

// PlansUntil are the versions of a service's continuity plans that came into force
// before an instant and agree a recovery time, by name and version.
func (s *Store) PlansUntil(ctx context.Context, service string, to time.Time) ([]availabilityreview.Plan, error) {
	var rows []struct {
		resourceRow
		Until *time.Time `db:"until"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT `+resourceColumns+`, until FROM (
			SELECT *, lead(at) OVER (PARTITION BY name ORDER BY version) AS until FROM resource WHERE kind = $1) r
		WHERE NOT retired AND document->'spec'->>'service' = $2 AND document->'spec'->'objectives' ? 'rto'
			AND at < $3 ORDER BY name, version`, string(resource.ContinuityPlan), service, to)
	if err != nil {
		return nil, mapped(err)
	}
	var all []availabilityreview.Plan
	for _, r := range rows {
		v := r.domain()
		d, err := decoded[continuity.Plan](v.Resource)
		if err != nil {
			return nil, err
		}
		p := availabilityreview.Plan{Name: d.Metadata.Name, Title: d.Title(), Version: v.Version, Hash: v.Hash, From: v.At,
			RTO: *d.Spec.Objectives.RTO, Base: d.Spec.Objectives.From}
		if r.Until != nil {
			p.To = r.Until.UTC()
		}
		all = append(all, p)
	}
	return all, nil
}

// recordOutageProofs puts on record what a published availability review decided
// about outages and continuity plans, and mends what is lifted by now: by an outage
// that proves a plan since, or by a drill that was published before its review.
func recordOutageProofs(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, e run.End) error {
	if e.State != run.Published {
		return nil
	}
	var document []byte
	if err := tx.GetContext(ctx, &document, "SELECT document FROM draft WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
		return err
	}
	var d struct {
		Evidence []report.Evidence `json:"evidence"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		return err
	}
	var plans []string
	verdicts := map[report.Says]continuity.Verdict{report.Proves: continuity.Pass, report.Disproves: continuity.Fail}
	for _, e := range d.Evidence {
		verdict := verdicts[e.Decided]
		if verdict == "" { // it says nothing
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO outage_proof (run, outage, plan, version, service, value, begun_at, seconds, verdict, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, r.ID, e.Outage, e.Plan, e.Version, r.Service, e.RTO, e.Begun, e.Seconds, verdict, now); err != nil {
			return err
		}
		if !slices.Contains(plans, e.Plan) {
			plans = append(plans, e.Plan)
		}
	}
	return mendEachLifted(ctx, tx, now, r.Service, plans)
}

// outagesOfPlans selects what reports in force say of plans ($1), as drillsOf does.
// Its length is counted from the disruption, whatever event the plan counts from:
// from that it took no longer. Nothing of an outage is left undone, as
// steps of a drill may be.
const outagesOfPlans = `SELECT x.run, x.plan, x.service, x.version, '` + string(continuity.Outage) + `', x.begun_at AS held_at, x.begun_at, '` + continuity.ObjectiveRTO + `' AS objective,
			x.value, '` + string(continuity.FromDisruption) + `', x.seconds::text, x.verdict, '` + string(continuity.Pass) + `'
		FROM outage_proof x JOIN report p ON p.run = x.run
		WHERE x.plan = ANY ($1) AND NOT EXISTS (SELECT FROM report n WHERE (n.process, n.scope, n.period) = (p.process, p.scope, p.period) AND n.version > p.version)`
