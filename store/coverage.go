package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
)

// ContinuityCovered selects coverage that somebody sees: of the services whose published
// reports they see, since it follows from these. Empty fields select all.
type ContinuityCovered struct {
	Service string
	State   continuity.State
	Sight
}

// coveredPlan is a plan whose coverage somebody sees.
type coveredPlan struct {
	Service string                  `db:"service"`
	Name    string                  `db:"name"`
	Version int                     `db:"version"`
	Hash    string                  `db:"hash"`
	At      time.Time               `db:"at"`
	Spec    JSON[continuity.Plan]   `db:"spec"`
	Level   Level                   `db:"level"`
	Meta    JSON[resource.Metadata] `db:"metadata"`
}

// ContinuityCoverage says what is proved of each objective of the plans that are in force,
// by service, plan and objective.
func (s *Store) ContinuityCoverage(ctx context.Context, now time.Time, of ContinuityCovered, p Page) ([]continuity.Coverage, string, error) {
	after, err := p.after(3)
	if err != nil {
		return nil, "", err
	}
	if after == nil {
		after = []string{"", "", ""}
	}
	var all []continuity.Coverage
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		known, err := knownOfPlans(ctx, tx, now, of)
		for _, k := range known {
			all = append(all, continuity.Cover(k, now)...)
		}
		return err
	})
	if err != nil {
		return nil, "", mapped(err)
	}
	place := func(c continuity.Coverage) []string {
		return []string{c.Service, c.Plan, strconv.Itoa(slices.Index(continuity.ObjectiveNames(), c.Objective) + 1)}
	}
	all = slices.DeleteFunc(all, func(c continuity.Coverage) bool {
		return of.State != "" && c.State != of.State || slices.Compare(place(c), after) <= 0
	})
	slices.SortFunc(all, func(a, b continuity.Coverage) int { return slices.Compare(place(a), place(b)) })
	if len(all) <= p.limit() {
		return all, "", nil
	}
	all = all[:p.limit()]
	return all, cursor(place(all[len(all)-1])...), nil
}

// knownOfPlans is all that the coverage of plans follows from, in as many statements
// however many plans there are.
func knownOfPlans(ctx context.Context, q sqlx.QueryerContext, now time.Time, of ContinuityCovered) ([]continuity.Known, error) {
	plans, err := plansSeen(ctx, q, of, Published)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	names := make([]string, len(plans))
	for i, p := range plans {
		names[i] = p.Name
	}
	drills, err := drillsOf(ctx, q, names)
	if err != nil {
		return nil, err
	}
	versions, err := planVersions(ctx, q, names)
	if err != nil {
		return nil, err
	}
	every, err := drilledEvery(ctx, q, now, names)
	if err != nil {
		return nil, err
	}
	around, err := changesAround(ctx, q, plans, drills)
	if err != nil {
		return nil, err
	}
	known := make([]continuity.Known, len(plans))
	for i, p := range plans {
		k := continuity.Known{Service: p.Service, Plan: p.Name, Every: every[p.Name], Around: around.of(p)}
		for _, d := range drills {
			if d.plan == p.Name && d.service == p.Service { // the name may have been another service's plan before
				k.Drills = append(k.Drills, d.Shown)
			}
		}
		k.Versions = versions[p.Name]
		if n := len(k.Versions); n == 0 || k.Versions[n-1].Version < p.Version {
			k.Versions = append(k.Versions, continuity.PlanVersion{Version: p.Version, At: p.At.UTC(), Spec: p.Spec.V})
		}
		known[i] = k
	}
	return known, nil
}

// plansSeen are the plans in force of services of which somebody sees so much.
func plansSeen(ctx context.Context, q sqlx.QueryerContext, of ContinuityCovered, least Level) ([]coveredPlan, error) {
	var plans []coveredPlan
	err := sqlx.SelectContext(ctx, q, &plans, withSight(6)+`SELECT * FROM (
			SELECT r.name, r.version, r.hash, r.at, r.document->'metadata' AS metadata, r.document->'spec' AS spec, r.document->'spec'->>'service' AS service,
				CASE WHEN $2 THEN `+level(Inside)+` WHEN $3 THEN greatest(coalesce(v.level, 0), `+level(Published)+`) ELSE coalesce(v.level, 0) END AS level
			FROM (SELECT DISTINCT ON (name) * FROM resource WHERE kind = $1 ORDER BY name, version DESC) r
			LEFT JOIN sight v ON v.kind = 'Service' AND v.name = r.document->'spec'->>'service'
			WHERE NOT r.retired) p
		WHERE level >= $4 AND ($5 = '' OR service = $5) ORDER BY service COLLATE "C", name COLLATE "C"`,
		append([]any{string(resource.ContinuityPlan), of.All, of.Every, int(least), of.Service}, of.args()...)...)
	return plans, err
}

// shownDrill is a published drill of a plan.
type shownDrill struct {
	continuity.Shown
	plan, service string
}

// drillsOf are the published drills of plans, and the outages of which it was
// decided what they say, in their order.
func drillsOf(ctx context.Context, q sqlx.QueryerContext, plans []string) ([]shownDrill, error) {
	var rows []struct {
		Run       string             `db:"run"`
		Plan      string             `db:"plan"`
		Service   string             `db:"service"`
		Version   int                `db:"version"`
		Type      continuity.Type    `db:"type"`
		Held      time.Time          `db:"held_at"`
		Begun     time.Time          `db:"begun_at"`
		Objective string             `db:"objective"`
		Value     string             `db:"value"`
		Base      continuity.Base    `db:"base"`
		Achieved  string             `db:"achieved"`
		Verdict   continuity.Verdict `db:"verdict"`
		Overall   continuity.Verdict `db:"overall"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `
		SELECT d.run, d.plan, d.service, d.version, d.type, d.held_at, d.begun_at, o.objective, o.value, o.base, coalesce(o.achieved, '') AS achieved, o.verdict, d.overall
		FROM drill d JOIN drill_objective o ON o.run = d.run WHERE d.plan = ANY ($1)
		UNION ALL `+outagesOfPlans+`
		ORDER BY held_at, run, plan, objective`, pq.Array(plans)); err != nil {
		return nil, err
	}
	var all []shownDrill
	var unsure []string
	for _, r := range rows {
		// A review tells of several outages, and one outage of several plans.
		if n := len(all); n == 0 || all[n-1].Run != r.Run || all[n-1].plan != r.Plan || !all[n-1].Held.Equal(r.Held) {
			all = append(all, shownDrill{continuity.Shown{Run: r.Run, Version: r.Version, Type: r.Type, Held: r.Held.UTC(), Begun: r.Begun.UTC()}, r.Plan, r.Service})
		}
		d := &all[len(all)-1]
		d.Objectives = append(d.Objectives, continuity.ShownOf{Objective: r.Objective, Value: r.Value, Base: r.Base, Achieved: r.Achieved, Verdict: r.Verdict})
		if r.Overall == continuity.Fail || r.Overall == continuity.Incomplete { // one that passed was carried through
			unsure = append(unsure, r.Run)
		}
	}
	return all, missingOf(ctx, q, all, unsure)
}

// missingOf adds to drills what they weren't carried through without, as they were
// frozen for their reports.
func missingOf(ctx context.Context, q sqlx.QueryerContext, drills []shownDrill, unsure []string) error {
	if len(unsure) == 0 {
		return nil
	}
	var rows []struct {
		Run      string               `db:"run"`
		Happened JSON[drill.Happened] `db:"happened"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT p.run, jsonb_build_object('abort', f.document#>'{happened,abort}', 'steps', f.document#>'{happened,steps}') AS happened
		FROM report p JOIN frozen_set f ON f.run = p.run AND f.round = p.round WHERE p.run = ANY ($1)`, pq.Array(unsure)); err != nil {
		return err
	}
	for _, r := range rows {
		i := slices.IndexFunc(drills, func(d shownDrill) bool { return d.Run == r.Run })
		drills[i].Aborted, drills[i].Undone = r.Happened.V.Abort != nil, r.Happened.V.Undone()
	}
	return nil
}

// planVersions are the versions of plans from the first on that was drilled, or of
// which it was decided that an outage says something.
func planVersions(ctx context.Context, q sqlx.QueryerContext, plans []string) (map[string][]continuity.PlanVersion, error) {
	var rows []struct {
		Name    string                `db:"name"`
		Version int                   `db:"version"`
		At      time.Time             `db:"at"`
		Spec    JSON[continuity.Plan] `db:"spec"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		SELECT r.name, r.version, r.at, r.document->'spec' AS spec
		FROM (SELECT plan, min(version) AS first FROM (SELECT plan, version FROM drill UNION ALL SELECT plan, version FROM outage_proof) shown
			WHERE plan = ANY ($2) GROUP BY plan) d
		JOIN resource r ON r.kind = $1 AND r.name = d.plan AND r.version >= d.first
		WHERE NOT r.retired ORDER BY r.name, r.version`, string(resource.ContinuityPlan), pq.Array(plans))
	all := map[string][]continuity.PlanVersion{}
	for _, r := range rows {
		all[r.Name] = append(all[r.Name], continuity.PlanVersion{Version: r.Version, At: r.At.UTC(), Spec: r.Spec.V})
	}
	return all, err
}

// drilledEvery says how often the intervals have plans drilled; of those without
// one that hasn't ended it says nothing.
func drilledEvery(ctx context.Context, q sqlx.QueryerContext, now time.Time, plans []string) (map[string]time.Duration, error) {
	var specs []JSON[planning.Spec]
	if err := sqlx.SelectContext(ctx, q, &specs, `SELECT document->'spec' FROM resource_current
		WHERE kind = 'Interval' AND document->'spec'->>'process' = $1 AND document->'spec'->>'scope' = ANY ($2)`, process.ContinuityDrill, pq.Array(plans)); err != nil {
		return nil, err
	}
	every := map[string]time.Duration{}
	today := calendar.DateOf(now.UTC())
	for _, s := range specs {
		if end := s.V.Valid.To; end != nil && end.Before(today) {
			continue
		}
		d, err := s.V.Every()
		if err != nil {
			return nil, err
		}
		if had := every[s.V.Scope]; d > 0 && (had == 0 || d < had) {
			every[s.V.Scope] = d
		}
	}
	return every, nil
}
