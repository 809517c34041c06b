package store

import (
	"context"
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
// weaker, held later and carried through.
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
	if !f.Happened.Whole() || !f.Happened.Begun.Disruption.After(held) {
		return nil
	}
	current, err := newestIfAny(ctx, tx, resource.ContinuityPlan.Ref(f.Plan.Name))
	if err != nil || current == nil || current.Version != f.Plan.Version || !f.Setup.Type.NoWeakerThan(f.Retests.Type) {
		return err
	}
	var keys []string
	shortcoming := func(what string) {
		keys = append(keys, improvement.EventKey(improvement.DrillShortcoming, r.About.Name, f.Plan.Name+"/"+what))
	}
	for _, o := range objectivesShown(f.Plan.Spec.Objectives, *f.Happened) {
		if o.verdict == continuity.Pass {
			keys = append(keys, improvement.FigureKey(improvement.FailedObjective, r.About.Name, report.Figure{Group: report.Group{Name: f.Plan.Name}, Name: figureOf[o.name]}.Key()))
			shortcoming("incomplete-" + o.name)
		}
	}
	if f.Happened.Result.Overall == continuity.Pass {
		for _, what := range []string{"aborted", "steps", "data-damaged", "data-not-checked", "not-readable", "return-not-verified"} {
			shortcoming(what)
		}
	}
	return mend(ctx, tx, system, now, "key = ANY ($3)", pq.Array(keys))
}

// MissRetests finds drills that had to be repeated by a date that has passed, and
// weren't: once each.
func (s *Store) MissRetests(ctx context.Context, now time.Time) error {
	var due []struct {
		Run     string `db:"run"`
		Plan    string `db:"plan"`
		Service string `db:"service"`
		Retest  string `db:"retest"`
	}
	// Behind the last zone in which that date may still be today; looked at exactly below.
	if err := s.db.SelectContext(ctx, &due, `SELECT d.run, d.plan, d.service, d.retest::text AS retest FROM drill d
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
					Title:  text.F("The drill %s of the plan %s wasn't repeated by %s.", "Die Übung %s des Plans %s wurde nicht bis zum %s wiederholt.", d.Run, d.Plan, by.InWords()),
					Source: improvement.Source{Kind: improvement.FromRun, Name: d.Run}}})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
