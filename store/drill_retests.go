package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

// figureOf is the figure of a drill's report that shows an objective.
var figureOf = map[string]string{continuity.ObjectiveRTO: "rta", continuity.ObjectiveRPO: "rpa", continuity.ObjectiveMBCO: "capacity",
	continuity.ObjectiveContacts: "contacts", continuity.ObjectiveDecide: "decide"}

// mendRetested mends what was found by the drill that a published one repeats: that
// the re-test was overdue, and of the objectives those that it proves by the rules
// (domain guide, 5.3): the plan's current version, its value of today, a type no
// weaker, held later and carried through. What others failed, or outages disproved, has
// to be lifted by it, too, as coverage has it.
func mendRetested(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, f drill.Frozen) error {
	if f.Retests == nil {
		return nil
	}
	system := person.Actor{Person: person.System}
	if err := noteMended(ctx, tx, system, now, improvement.OverdueRetest, "run/"+f.Retests.Run); err != nil {
		return err
	}
	var held time.Time
	if err := tx.GetContext(ctx, &held, "SELECT held_at FROM drill WHERE run = $1", f.Retests.Run); err != nil {
		return err
	}
	if !f.Happened.Begun.Disruption.After(held) || !f.Setup.Type.NoWeakerThan(f.Retests.Type) {
		return nil
	}
	if mends, err := mayMend(ctx, tx, f); err != nil || !mends {
		return err
	}
	known, err := measuredOf(ctx, tx, r.About.Name, f.Plan.Name)
	if err != nil {
		return err
	}
	var keys []string
	shortcoming := func(what string) {
		keys = append(keys, improvement.EventKey(improvement.DrillShortcoming, r.About.Name, f.Plan.Name+"/"+what))
	}
	for _, o := range objectivesShown(f.Plan.Spec.Objectives, *f.Happened) {
		if o.verdict == continuity.Pass {
			if len(known.Unlifted(o.name)) == 0 {
				keys = append(keys, failedKey(r.About.Name, f.Plan.Name, o.name))
			}
			shortcoming("incomplete-" + o.name)
		}
	}
	if f.Happened.Result.Overall == continuity.Pass {
		for _, what := range []string{"aborted", "steps", "data-damaged", "data-not-checked", "not-readable", "return-not-verified", "not-published"} {
			shortcoming(what)
		}
	}
	// What a run that was cancelled left behind since this one began, it doesn't show.
	return mend(ctx, tx, system, now, "key = ANY ($3) AND NOT EXISTS (SELECT FROM finding_seen n WHERE n.finding = finding.id AND n.key LIKE 'run/%' AND n.at > $4)", pq.Array(keys), r.Created)
}

// mendDisproved mends what real outages alone disproved, of which there is no drill
// to repeat: by any drill that is no weaker and lifts all of it.
func mendDisproved(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, f drill.Frozen) error {
	if f.Happened.Result.Verdicts.RTO != continuity.Pass || !f.Setup.Type.NoWeakerThan(continuity.Outage) {
		return nil
	}
	if mends, err := mayMend(ctx, tx, f); err != nil || !mends {
		return err
	}
	return mendLifted(ctx, tx, now, r.About.Name, f.Plan.Name)
}

// mendDeadlines mends what drills left of the deadlines of contacts, and of MTW: by any
// that keeps them, since they touch no verdict, and a drill that passed isn't repeated.
// It began after each that found them, and is no weaker than any of those; what another
// report has taken the place of says nothing any more.
func mendDeadlines(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, f drill.Frozen) error {
	var keys, types []string
	for what, kept := range map[string]bool{f.Setup.Type.LateCalls(): f.CalledInTime(), "mtw": f.NormalInTime()} {
		if kept {
			keys = append(keys, improvement.EventKey(improvement.DrillShortcoming, r.About.Name, f.Plan.Name+"/"+what))
		}
	}
	if mends, err := mayMend(ctx, tx, f); len(keys) == 0 || err != nil || !mends {
		return err
	}
	for _, t := range append(continuity.Types(), continuity.Invocation) {
		if f.Setup.Type.NoWeakerThan(t) {
			types = append(types, string(t))
		}
	}
	return mend(ctx, tx, person.Actor{Person: person.System}, now, `key = ANY ($3) AND NOT EXISTS (SELECT FROM finding_seen n LEFT JOIN drill d ON d.run = n.source->>'name'
		LEFT JOIN report p ON p.run = d.run
		WHERE n.finding = finding.id AND (d.run IS NULL OR d.held_at >= $4 OR NOT d.type = ANY ($5))
			AND NOT EXISTS (SELECT FROM report x WHERE (x.process, x.scope, x.period) = (p.process, p.scope, p.period) AND x.version > p.version))`, pq.Array(keys), f.Happened.Begun.Disruption.UTC(), pq.Array(types))
}

// mayMend says that a drill was carried through, under the plan's current version.
func mayMend(ctx context.Context, q sqlx.QueryerContext, f drill.Frozen) (bool, error) {
	current, err := newestIfAny(ctx, q, resource.ContinuityPlan.Ref(f.Plan.Name))
	return err == nil && current != nil && current.Version == f.Plan.Version && f.Happened.Whole(), err
}

// measuredOf is what the drills of a service's plan, and outages, have shown.
func measuredOf(ctx context.Context, q sqlx.QueryerContext, service, plan string) (k continuity.Known, err error) {
	drills, err := drillsOf(ctx, q, []string{plan})
	for _, d := range drills {
		if d.service == service {
			k.Drills = append(k.Drills, d.Shown)
		}
	}
	return k, err
}

// failedKey joins what was found of an objective of a service's plan.
func failedKey(service, plan, objective string) string {
	return improvement.FigureKey(improvement.FailedObjective, service, report.Figure{Group: report.Group{Name: plan}, Name: figureOf[objective]}.Key())
}

// MissRetests finds drills that had to be repeated by a date that has passed, and
// weren't: once each.
func (s *Store) MissRetests(ctx context.Context, now time.Time) error {
	var due []struct {
		Run     string          `db:"run"`
		Plan    string          `db:"plan"`
		Service string          `db:"service"`
		Type    continuity.Type `db:"type"`
		Retest  string          `db:"retest"`
	}
	// Behind the last zone in which that date may still be today; looked at exactly below.
	if err := s.db.SelectContext(ctx, &due, `SELECT d.run, d.plan, d.service, d.type, d.retest::text AS retest FROM drill d
		WHERE d.retest < ($1::timestamptz AT TIME ZONE 'UTC' + interval '14 hours')::date
			AND NOT EXISTS (SELECT FROM drill n WHERE n.retests = d.run)
			AND NOT EXISTS (SELECT FROM finding f WHERE f.kind = $2 AND f.object = 'run/' || d.run)
		ORDER BY d.run LIMIT 100`, now, improvement.OverdueRetest); err != nil {
		return mapped(err)
	}
	for _, d := range due {
		by, err := calendar.ParseDate(d.Retest)
		if err != nil {
			return err
		}
		err = s.tx(ctx, func(tx *sqlx.Tx) error {
			scope, err := scopeAbout(ctx, tx, resource.Service.Ref(d.Service))
			if fault.Is(err, fault.NotFound) { // it is delivered no more
				return nil
			}
			if err != nil || !by.Before(calendar.DateOf(now.In(scope.Zone))) {
				return err
			}
			object := "run/" + d.Run
			_, err = openFinding(ctx, tx, sighting{Key: improvement.OverdueRetest + "/" + d.Run, Place: object, By: person.Actor{Person: person.System},
				Finding: improvement.Finding{Kind: improvement.OverdueRetest, About: scope.About, Object: object, At: now,
					Title:  text.F("No re-test followed the %s %s of the plan %s by %s.", "Auf die %s %s des Plans %s folgte bis zum %s keine Wiederholung.", d.Type.Noun(), d.Run, d.Plan, by.InWords()),
					Source: improvement.Source{Kind: improvement.FromRun, Name: d.Run}}})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// askRetests finds continuity plans of a service that was changed in a major way,
// but for those that slots ask to drill after it: 8.7.2 wants a test after it.
// Declining one is decided as of any finding.
func askRetests(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, service, detail string, planned []string) error {
	about := resource.Service.Ref(service)
	plans, err := listCurrent[continuity.Plan](ctx, tx, resource.ContinuityPlan)
	if err != nil {
		return err
	}
	for _, p := range plans { // by name, and so by key
		if p.Spec.Service != service || slices.Contains(planned, p.Metadata.Name) {
			continue
		}
		_, err := openFinding(ctx, tx, sighting{Key: retestKey(p.Metadata.Name), Place: "event/" + now.UTC().Format(time.RFC3339Nano), By: by,
			Finding: improvement.Finding{Kind: improvement.RetestAsked, About: about, Object: resource.ContinuityPlan.Ref(p.Metadata.Name).String(), At: now,
				Title:  text.F("After a major change the plan %s is to be drilled again: %s", "Nach einer größeren Änderung ist der Plan %s erneut zu üben: %s", p.Metadata.Name, detail),
				Source: improvement.Source{Kind: improvement.FromPerson, Name: by.Person}}})
		if err != nil {
			return err
		}
	}
	return nil
}

func retestKey(plan string) string { return improvement.RetestAsked + "/" + plan }

// mendAsked mends that a plan was to be drilled again: by a drill that was carried
// through, that began after each change that asked for it, and in which something was
// recovered, unless the plan agrees on nothing that this would show.
func mendAsked(ctx context.Context, tx *sqlx.Tx, now time.Time, f drill.Frozen) error {
	proves := f.Setup.Type.Measures()
	if o := f.Plan.Spec.Objectives; o.RTO == nil && o.RPO == nil && o.MBCO == nil {
		proves = proves || f.Setup.Type.Proves(continuity.ObjectiveContacts)
	}
	if !proves || !f.Happened.Whole() {
		return nil
	}
	return mend(ctx, tx, person.Actor{Person: person.System}, now, `key = $3 AND NOT EXISTS (SELECT FROM finding_seen n WHERE n.finding = finding.id AND n.at > $4)`,
		retestKey(f.Plan.Name), f.Happened.At(continuity.Disruption))
}
