package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// planChange is a change to the plan: an interval or a waiver.
type planChange struct {
	process process.Process
	scope   string
	why     string
}

func planChangeOf(d resource.Raw) (planChange, error) {
	var spec struct{ Process, Scope, Reason string } // an interval and a waiver say them alike
	if err := json.Unmarshal(d.Spec, &spec); err != nil {
		return planChange{}, err
	}
	p, err := process.FindPlanned(spec.Process)
	return planChange{p, spec.Scope, spec.Reason}, declaration.Below("spec", err)
}

func (x planChange) scopes(ctx context.Context, tx *sqlx.Tx, _ time.Time) ([]Scope, error) {
	s, err := scopeOf(ctx, tx, x.process, x.scope)
	return []Scope{s}, err
}

func (x planChange) foreign(of []Scope, by string) error { return notOwner(of[0], by) }

func (x planChange) reason() string { return x.why }

func (x planChange) basis(about resource.Ref, now time.Time, p Proposal, _ *resource.Version) task.Basis {
	return planning.Change{About: about, Document: p.Document, At: now}.Basis()
}

func (x planChange) check(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) error {
	if p.Document.Kind == resource.Waiver {
		w, err := decoded[planning.WaiverSpec](p.Document)
		if err != nil {
			return err
		}
		if before != nil {
			return fault.New(fault.Conflict, text.New("A waiver isn't changed: propose another one under a name of its own.",
				"Eine Aussetzung wird nicht geändert: Eine weitere unter eigenem Namen vorschlagen."))
		}
		return declaration.Below("spec", checkWaiver(ctx, tx, w.Spec))
	}
	i, err := decoded[planning.Spec](p.Document)
	if err != nil {
		return err
	}
	return declaration.Below("spec", checkInterval(ctx, tx, now, p, before, i.Spec))
}

// enact writes the version, and the plan follows.
func (x planChange) enact(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) (int, error) {
	if err := x.check(ctx, tx, now, p, before); err != nil {
		return 0, err
	}
	r, err := getRun(ctx, tx, p.Run, "")
	if err != nil {
		return 0, err
	}
	if err := checkMade(ctx, tx, now, run.Step{Run: r.ID, Round: r.Round}); err != nil {
		return 0, err
	}
	c, err := enactVersion(ctx, tx, now, p, nil)
	switch {
	case err != nil:
		return 0, err
	case c.Kind == resource.Interval:
		err = replan(ctx, tx, now, c.Name)
	default:
		err = waive(ctx, tx, now, p, p.Run)
	}
	return c.After.Version, err
}

func checkInterval(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version, spec planning.Spec) error {
	planned, err := process.FindPlanned(spec.Process)
	if err != nil {
		return err
	}
	if before != nil {
		old, err := decoded[planning.Spec](before.Resource)
		if err != nil {
			return err
		}
		if old.Spec.Process != spec.Process || old.Spec.Scope != spec.Scope {
			return fault.Invalidf("scope", "An interval stays with its process and scope, here %s of %s: end this one with valid.to and declare another.",
				"Ein Intervall bleibt bei Prozess und Bereich, hier %s von %s: Dieses mit valid.to beenden und ein anderes anlegen.", old.Spec.Process, old.Spec.Scope)
		}
	}
	v, err := compiled(ctx, tx, p.Base+1, spec)
	if err != nil {
		return err
	}
	if err := v.Fits(planned.Planning(), now); err != nil {
		return err
	}
	if err := checkEvents(planned, spec.Events); err != nil {
		return err
	}
	var other string
	err = tx.GetContext(ctx, &other, `SELECT name FROM (
			SELECT name, document FROM resource_current WHERE kind = 'Interval'
			UNION ALL
			SELECT p.name, p.document FROM proposal p JOIN run r ON r.id = p.run WHERE p.kind = 'Interval' AND r.ended_at IS NULL) i
		WHERE name <> $1 AND document->'spec'->>'process' = $2 AND document->'spec'->>'scope' = $3 LIMIT 1`,
		p.Document.Metadata.Name, spec.Process, spec.Scope)
	if err == nil {
		return fault.Invalidf("scope", "%[1]s of %[2]s has an interval already, %[3]q: change that one, since two would plan the same runs.",
			"%[1]s von %[2]s hat schon ein Intervall, %[3]q: Dieses ändern, denn zwei planten dieselben Läufe.", spec.Process, spec.Scope, other)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return nil
}

// checkEvents refuses events that nobody could report: they are those of a
// service.
func checkEvents(p process.Process, events []planning.Event) error {
	if len(events) == 0 || p.Scope == process.OfService || p.Scope == process.OfContinuityPlan {
		return nil
	}
	return fault.Invalidf("events", "Events are reported of a service, and %s isn't about one: leave this out.",
		"Ereignisse werden zu einem Service gemeldet, und %s betrifft keinen: Diese Angabe weglassen.", p.Name)
}

// checkWaiver wants slots that are there and aren't done.
func checkWaiver(ctx context.Context, tx *sqlx.Tx, w planning.WaiverSpec) error {
	var faults fault.List
	for i, period := range w.Periods {
		var state planning.State
		err := tx.GetContext(ctx, &state, "SELECT state FROM slot WHERE process = $1 AND scope = $2 AND period = $3 FOR UPDATE", w.Process, w.Scope, period)
		at := resource.Item("periods", i)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			faults.Say(at, "There is no slot %s/%s/%s: `turnus plan` shows those that there are.", "Einen Termin %s/%s/%s gibt es nicht: `turnus plan` zeigt, welche es gibt.",
				w.Process, w.Scope, period)
		case err != nil:
			return err
		case !slices.Contains([]planning.State{planning.Planned, planning.Due, planning.Missed}, state):
			faults.Say(at, "The slot %s is %s: what is planned, due or missed can be waived.", "Der Termin %s ist %s: Ausgesetzt werden geplante, fällige oder versäumte.",
				period, state)
		}
	}
	return faults.Err()
}
