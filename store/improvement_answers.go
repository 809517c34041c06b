package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// checkImprovementAnswer refuses what fields alone can't tell of an answer to a
// step of an improvement. Faults name fields.NAME, or outcome.
func checkImprovementAnswer(ctx context.Context, q sqlx.QueryerContext, now time.Time, t task.Task, o task.Outcome, fields task.Values) error {
	r, err := getRun(ctx, q, t.Run, "")
	if err != nil {
		return err
	}
	scope, err := scopeAbout(ctx, q, r.About)
	if err != nil {
		return err
	}
	today := calendar.DateOf(now.In(scope.Zone))
	switch {
	case t.Step == process.Approval && o == task.Approve:
		return checkActionOwners(ctx, q, t)
	case t.Step == process.ImprovementPlan && o == task.Done:
		return checkPlan(ctx, q, today, scope, fields)
	case improvement.ActionIn(t.Step) > 0 && o == task.Postpone:
		if improvement.MovesIn(t.Step) >= improvement.MaxMoves {
			return fault.Invalidf("outcome", "The due date was moved %d times already: carry the action out, or have the improvement cancelled and begun anew.",
				"Der Fälligkeitstermin wurde schon %d-mal verschoben: Die Maßnahme umsetzen oder die Verbesserung abbrechen und neu beginnen lassen.", improvement.MaxMoves)
		}
		return checkNotPast(today, "due", fields)
	case improvement.ActionIn(t.Step) > 0 && o == task.Done && t.Kind == task.Record:
		return improvement.CheckLink(fields.Text("link"))
	}
	return nil
}

// checkActionOwners refuses to approve a plan whose actions nobody would carry
// out, since their owner has left after it was made. The fault names outcome.
func checkActionOwners(ctx context.Context, q sqlx.QueryerContext, t task.Task) error {
	var frozen JSON[improvement.Frozen]
	err := sqlx.GetContext(ctx, q, &frozen, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", t.Run, t.Round)
	if err != nil || !frozen.V.Continues {
		return err
	}
	cycles := frozen.V.Cycles
	for _, a := range cycles[len(cycles)-1].Plan.Actions {
		if err := checkPerson(ctx, q, a.Owner); fault.As(err) != nil {
			return fault.Invalidf("outcome", "%s, who is to carry out %q, has left: request changes, so that the plan names somebody else.",
				"%s ist für %q vorgesehen und nicht mehr angelegt: Änderungen verlangen, damit der Plan jemand anderen nennt.", a.Owner, a.Title)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// checkNotPast refuses a date that is past where the run's people are.
func checkNotPast(today calendar.Date, name string, fields task.Values) error {
	if d, err := calendar.ParseDate(fields.Text(name)); err != nil || !d.Before(today) {
		return nil //nolint:nilerr // it was read before
	}
	return fault.Invalidf("fields."+name, "%s is past: today is %s.", "Der %s liegt in der Vergangenheit: Heute ist der %s.", fields.Text(name), today.String())
}

// checkPlan refuses a plan that can't be carried out: a figure that no report
// has, or an action that nobody but its owner could check.
func checkPlan(ctx context.Context, q sqlx.QueryerContext, today calendar.Date, scope Scope, fields task.Values) error {
	if _, err := improvement.ReadPlan(fields, 1); err != nil {
		return err
	}
	var faults fault.List
	for i := range improvement.MaxActions {
		of := func(name string) string { return fmt.Sprintf("action.%d.%s", i+1, name) }
		if fields.Text(of("title")) == "" {
			continue
		}
		faults.Add(checkNotPast(today, of("due"), fields))
		owner := fields.Text(of("owner"))
		if err := checkPerson(ctx, q, owner); fault.As(err) != nil {
			faults.Add(fault.As(err).At("fields." + of("owner")))
		} else if err != nil {
			return err
		}
		if others := slices.DeleteFunc(slices.Clone(scope.Approvers), func(a string) bool { return a == owner }); len(others) == 0 {
			faults.Say("fields."+of("owner"), "%[1]s is the only approver: nobody else could check whether it worked. Name another owner, or another approver of %[2]s.",
				"Neben %[1]s gibt es keine weiteren Freigabeberechtigten, die die Wirksamkeit prüfen könnten: Jemand anderen angeben oder für %[2]s weitere Freigabeberechtigte nennen.", owner, text.Same(scope.About.Name))
		}
		if f := fields.Text(of("figure")); f != "" {
			if err := checkFigure(ctx, q, scope, f); fault.As(err) != nil {
				faults.Add(fault.As(err).At("fields." + of("figure")))
			} else if err != nil {
				return err
			}
		}
	}
	return faults.Err()
}

// checkFigure refuses a figure that no report about a scope has.
func checkFigure(ctx context.Context, q sqlx.QueryerContext, scope Scope, name string) error {
	figure, err := improvement.ParseFigureRef(name)
	if err != nil {
		return err
	}
	known, some, err := figureKnown(ctx, q, scope.About, figure)
	if err != nil || known {
		return err
	}
	if len(some) == 0 {
		return fault.Invalidf("", "No published report about %s has a figure %s: there are none yet. Leave it out, and give the value at the check.",
			"Kein veröffentlichter Bericht zu %s enthält eine Kennzahl %s; es gibt noch keine. Weglassen und den Wert bei der Wirksamkeitsprüfung angeben.", scope.About.Name, name)
	}
	return fault.Invalidf("", "No published report about %s has a figure %s; there are, among others, %s.",
		"Kein veröffentlichter Bericht zu %s enthält eine Kennzahl %s. Vorhanden sind zum Beispiel %s.", scope.About.Name, name, text.List(some))
}
