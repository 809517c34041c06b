package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// checkDrillAnswer refuses what fields alone can't tell of an answer to a step of
// a drill. Faults name fields.NAME, or outcome.
func checkDrillAnswer(ctx context.Context, q sqlx.QueryerContext, now time.Time, t task.Task, o task.Outcome, fields task.Values) error {
	st := run.Step{Run: t.Run, Round: t.Round}
	switch t.Step {
	case process.Approval:
		return checkStillThere(ctx, q, st, o)
	case process.Changes:
		return nil
	case process.DrillPlan:
		return checkDrillPlan(ctx, q, now, t, fields)
	}
	record, err := recordOf(ctx, q, st)
	if err != nil {
		return err
	}
	confirms := record.Confirms(t.Step, o, fields)
	if err := record.CheckAnswer(now, t, o, fields); err != nil || confirms == "" {
		return err
	}
	// Whether they are asked for it, or the owner was left with what they were asked:
	// the owner confirmed nothing.
	if err = checkPerson(ctx, q, confirms); fault.As(err) != nil {
		err = fault.Invalidf("fields.event", "%s, who confirmed this for the business, has left: it stays as it is, correct something else, or nothing.",
			"%s hat das für den Fachbereich bestätigt und ist nicht mehr angelegt: Es bleibt, wie es ist; etwas anderes oder nichts berichtigen.", confirms)
	}
	return err
}

// checkDrillPlan refuses a setup that can't be carried out, or that nobody could
// approve.
func checkDrillPlan(ctx context.Context, q sqlx.QueryerContext, now time.Time, t task.Task, fields task.Values) error {
	d, err := drilling(ctx, q, now, run.Step{Run: t.Run, Round: t.Round})
	if err != nil {
		return err
	}
	setup, err := drill.ReadSetup(d.Plan.Spec, d.Retests, task.Decision{Fields: fields, At: now})
	if err != nil {
		return err
	}
	var faults fault.List
	zone, err := calendar.Zone(d.Zone)
	if err != nil {
		return err
	}
	if today := calendar.DateOf(now.In(zone)); setup.Date.Before(today) {
		faults.Say("fields.date", "%s has passed: give a date from today, %s, on.", "Der %s ist vorbei: Ein Datum ab heute, dem %s, angeben.", setup.Date.InWords(), today.InWords())
	}
	gone, err := absent(ctx, q, d.Plan.Spec, setup)
	if err != nil {
		return err
	}
	for _, x := range gone {
		if x.participant {
			faults.Add(fault.As(x.why).At("fields.participants"))
			continue
		}
		faults.Say("fields.instead.1.of", "%[1]s, whom the plan names (%[2]s), has left: name a substitute, or have the plan changed.",
			"%[1]s steht im Plan (%[2]s) und ist nicht mehr angelegt: Eine Vertretung nennen oder den Plan ändern lassen.", x.person, x.what)
	}
	scope, err := scopeAbout(ctx, q, d.About)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(scope.Approvers), func(a string) bool { return a == setup.Conductor || a == setup.Deputy || a == scope.Owner })
	if len(left) == 0 {
		faults.Say("fields.conductor", "Nobody could approve this %s: whoever conducts it doesn't, and %s has no other approver. Name somebody else, or another approver.",
			"Niemand könnte diese %s freigeben: Wer sie leitet, darf es nicht, und für %s gibt es keine weiteren Freigabeberechtigten. Jemand anderen angeben oder weitere nennen.", setup.Type.Noun(), scope.Title)
	}
	return faults.Err()
}

// namedInPlan says what somebody is to do in a drill.
type namedInPlan struct {
	person      string
	what        text.Text
	participant bool  // as nothing else
	why         error // they aren't there
}

// absent are those who take part in a drill and have left, each with the first
// thing that they were to do.
func absent(ctx context.Context, q sqlx.QueryerContext, plan continuity.Plan, setup drill.Setup) (gone []namedInPlan, err error) {
	all := []namedInPlan{{person: setup.Conductor, what: text.New("conductor", "Übungsleitung")}}
	if setup.Deputy != "" {
		all = append(all, namedInPlan{person: setup.Deputy, what: text.New("deputy", "Stellvertretung")})
	}
	if setup.Type.Measures() {
		all = append(all, namedInPlan{person: plan.Business, what: text.New("business", "Fachbereich")})
		for _, s := range slices.Concat(plan.Steps, plan.Return) {
			if !slices.Contains(setup.LeftOut, s.Name) {
				all = append(all, namedInPlan{person: setup.CarriedOutBy(s.Owner), what: text.Same(s.Name)})
			}
		}
	}
	for _, name := range setup.Others {
		all = append(all, namedInPlan{person: name, what: text.New("participant", "Teilnahme"), participant: true})
	}
	seen := map[string]bool{}
	for _, x := range all {
		if seen[x.person] {
			continue
		}
		seen[x.person] = true
		if err := checkPerson(ctx, q, x.person); fault.As(err) != nil {
			x.why = err
			gone = append(gone, x)
		} else if err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// checkStillThere refuses to approve a drill that somebody was to carry out who
// has left since it was planned.
func checkStillThere(ctx context.Context, q sqlx.QueryerContext, st run.Step, o task.Outcome) error {
	var frozen JSON[drill.Frozen]
	err := sqlx.GetContext(ctx, q, &frozen, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", st.Run, st.Round)
	if err != nil || o != task.Approve || frozen.V.Stage != drill.ToPlan {
		return err
	}
	gone, err := absent(ctx, q, frozen.V.Plan.Spec, frozen.V.Setup)
	if err != nil || len(gone) == 0 {
		return err
	}
	return fault.Invalidf("outcome", "%[1]s, who is to take part (%[2]s), has left: request changes, so that somebody else is named.",
		"%[1]s soll teilnehmen (%[2]s) und ist nicht mehr angelegt: Änderungen verlangen, damit jemand anderes genannt wird.", gone[0].person, gone[0].what)
}
