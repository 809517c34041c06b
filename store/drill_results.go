package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// checkRetest refuses a re-test of what isn't a drill of the same plan that didn't
// pass, before its row is written.
func checkRetest(ctx context.Context, tx *sqlx.Tx, n NewRun) error {
	if n.Retests == "" {
		return nil
	}
	refuse := func(en, de string, args ...any) error { return fault.Invalidf("retests", en, de, args...) }
	key, _, err := run.ParseID(n.Retests)
	if err != nil {
		return fault.As(err).At("retests")
	}
	if key.Process != process.ContinuityDrill || key.Scope != n.Key.Scope {
		return refuse("%[1]s is no drill of the plan %[2]s: a re-test repeats one of the same plan.",
			"%[1]s ist keine Übung des Plans %[2]s: Wiederholt wird eine Übung desselben Plans.", n.Retests, n.Key.Scope)
	}
	var row struct {
		Overall continuity.Verdict `db:"overall"`
		Period  string             `db:"period"`
	}
	err = tx.GetContext(ctx, &row, "SELECT d.overall, r.period FROM drill d JOIN run r ON r.id = d.run WHERE d.run = $1", n.Retests)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refuse("%s has no published report: what isn't evaluated isn't repeated.", "%s hat keinen veröffentlichten Bericht: Was nicht ausgewertet ist, wird nicht wiederholt.", n.Retests)
	case err != nil:
		return err
	case row.Overall != continuity.Fail && row.Overall != continuity.Incomplete:
		return refuse("%[1]s is %[2]s: only a drill that failed or is incomplete is repeated.",
			"%[1]s: Ergebnis %[2]s. Wiederholt wird nur eine nicht bestandene oder unvollständige Übung.", n.Retests, row.Overall)
	case row.Period == n.Key.Period:
		return refuse("A re-test is of another date than %s.", "Eine Wiederholung hat ein anderes Datum als %s.", n.Retests)
	}
	return nil
}

// CheckRepeats refuses to take a run that exists for the re-test that is wanted,
// unless it repeats that drill: what it showed would close nothing of it.
func (s *Store) CheckRepeats(ctx context.Context, runID, wanted string) error {
	if wanted == "" {
		return nil
	}
	var repeats string
	err := s.db.GetContext(ctx, &repeats, "SELECT coalesce(input->>'retests', '') FROM run WHERE id = $1", runID)
	if err != nil || repeats == wanted {
		return mapped(err)
	}
	return fault.New(fault.Conflict, text.F("%[1]s exists already and doesn't repeat %[2]s: start the re-test for another date.",
		"%[1]s gibt es schon, und dieser Lauf wiederholt %[2]s nicht: Die Wiederholung für ein anderes Datum starten.", runID, wanted)).At("retests")
}

// retested is what a run repeats; nil: it is no re-test.
func retested(ctx context.Context, q sqlx.QueryerContext, runID string) (*drill.Retested, error) {
	var row struct {
		Run    string             `db:"run"`
		Frozen JSON[drill.Frozen] `db:"document"`
	}
	err := sqlx.GetContext(ctx, q, &row, `SELECT p.run, f.document FROM run r JOIN report p ON p.run = r.input->>'retests'
		JOIN frozen_set f ON f.run = p.run AND f.round = p.round WHERE r.id = $1`, runID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f := row.Frozen.V
	r := drill.Retested{Run: row.Run, Type: f.Setup.Type, Version: f.Plan.Version, LeftOut: f.Setup.LeftOut, Objectives: f.Plan.Spec.Objectives}
	if h := f.Happened; h != nil && h.Result != nil {
		r.Result = *h.Result
		r.Until = h.Begun.Disruption
		if back := h.At(continuity.Confirmed); r.Type.InEarnest() && back.After(r.Until) {
			r.Until = back
		}
	}
	return &r, nil
}

// endDrill puts on record what a drill showed whose report is published, or what
// it left behind whose run was ended otherwise.
func endDrill(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run, e run.End) error {
	if e.State == run.Published {
		return recordDrill(ctx, tx, now, r)
	}
	return findLeftBehind(ctx, tx, now, r, e)
}

// recordDrill puts on record what a published drill showed of each objective, and
// mends what it proves that an earlier one didn't.
func recordDrill(ctx context.Context, tx *sqlx.Tx, now time.Time, r run.Run) error {
	var frozen JSON[drill.Frozen]
	if err := tx.GetContext(ctx, &frozen, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", r.ID, r.Round); err != nil {
		return err
	}
	f := frozen.V
	if f.Happened == nil || f.Happened.Result == nil || f.Happened.Begun == nil {
		return unborne(run.End{Run: r.ID, State: run.Published}, "the drill wasn't carried out", "die Übung wurde nicht durchgeführt")
	}
	result := *f.Happened.Result
	var again *string
	if f.Retests != nil {
		again = &f.Retests.Run
	}
	var due *string
	if d := f.Happened.Reviewed; d != nil && d.Retest != nil {
		s := d.Retest.String()
		due = &s
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO drill (run, plan, version, service, type, held_at, begun_at, overall, retests, retest, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.ID, f.Plan.Name, f.Plan.Version, f.Plan.Spec.Service, f.Setup.Type,
		f.Happened.Begun.Disruption.UTC(), r.Created, result.Overall, again, due, now); err != nil {
		return err
	}
	for _, o := range objectivesShown(f.Plan.Spec.Objectives, *f.Happened) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO drill_objective (run, objective, value, base, achieved, verdict) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.ID, o.name, o.value, o.base, o.achieved, o.verdict); err != nil {
			return err
		}
	}
	if result.Overall == continuity.Fail && f.Setup.Type != continuity.Invocation { // which is an event of its own
		if _, err := happened(ctx, tx, person.Actor{Person: person.System}, now, occurred{Event: planning.FailedDrill, Service: r.About.Name, Run: &r,
			Detail: text.F("The continuity drill %s of the plan %s wasn't passed.", "Die Notfallübung %s des Plans %s wurde nicht bestanden.", r.ID, f.Plan.Name)}); err != nil {
			return err
		}
	}
	if err := mendAsked(ctx, tx, now, f); err != nil {
		return err
	}
	if err := mendRetested(ctx, tx, now, r, f); err != nil {
		return err
	}
	if err := mendDeadlines(ctx, tx, now, r, f); err != nil {
		return err
	}
	return mendDisproved(ctx, tx, now, r, f)
}

// lockForProofs takes the locks of the event that a drill's report may be
// (happened), in the order in which whoever reports one takes them. Behind them the
// reports of a service that prove or disprove plans come one after the other: each
// sees what another has found or lifted, and none waits for a finding while another
// waits for one of its own.
func lockForProofs(ctx context.Context, tx *sqlx.Tx, runID string) error {
	if err := holdResources(ctx, tx); err != nil {
		return err
	}
	r, err := getRun(ctx, tx, runID, "")
	if err != nil {
		return err
	}
	return lockEvents(ctx, tx, r.About.Name)
}

// recordInvocation has it happen that a plan is invoked, as soon as that has begun,
// and not when it is reported on: what has to be looked at after an invocation
// doesn't wait for its report, nor for one that is never approved.
func recordInvocation(ctx context.Context, tx *sqlx.Tx, now time.Time, t task.Task) error {
	if t.Step != process.DrillBegin {
		return nil
	}
	on, err := recordOf(ctx, tx, run.Step{Run: t.Run, Round: t.Round})
	if err != nil || on.Setup.Type != continuity.Invocation {
		return err
	}
	r, err := getRun(ctx, tx, t.Run, "")
	if err != nil {
		return err
	}
	_, err = happened(ctx, tx, person.Actor{Person: person.System}, now, occurred{Event: planning.Invocation, Service: r.About.Name, Run: &r,
		Detail: text.F("The plan %[2]s was invoked, in earnest: %[1]s.", "Der Notfall nach dem Plan %[2]s wurde ausgerufen: %[1]s.", r.ID, on.Plan.Name)})
	return err
}

// shownObjective is what a drill showed of an objective.
type shownObjective struct {
	name, value string
	base        continuity.Base
	achieved    *string
	verdict     continuity.Verdict
}

func objectivesShown(a continuity.Agreed, h drill.Happened) (all []shownObjective) {
	r := *h.Result
	seconds := func(n *int64) *string {
		if n == nil {
			return nil
		}
		s := strconv.FormatInt(*n, 10)
		return &s
	}
	add := func(name, value string, achieved *string, v continuity.Verdict) {
		if v != "" {
			all = append(all, shownObjective{name: name, value: value, achieved: achieved, verdict: v})
		}
	}
	if a.RTO != nil {
		add(continuity.ObjectiveRTO, a.RTO.String(), seconds(r.RTA), r.Verdicts.RTO)
		if len(all) > 0 {
			all[0].base = a.From
		}
	}
	if a.RPO != nil {
		add(continuity.ObjectiveRPO, a.RPO.String(), seconds(r.RPA), r.Verdicts.RPO)
	}
	if a.MBCO != nil {
		add(continuity.ObjectiveMBCO, string(*a.MBCO), capacityOf(h), r.Verdicts.MBCO)
	}
	if a.Contacts != nil {
		add(continuity.ObjectiveContacts, string(*a.Contacts), r.Reached, r.Verdicts.Contacts)
	}
	if a.Decide != nil {
		add(continuity.ObjectiveDecide, a.Decide.String(), seconds(r.Decided), r.Verdicts.Decide)
	}
	return all
}

// capacityOf is the capacity that was measured, or estimated.
func capacityOf(h drill.Happened) *string {
	var c *agreement.Decimal
	switch {
	case h.Evaluation != nil:
		c = h.Evaluation.Capacity
	case h.Estimate != nil:
		c = h.Estimate.Capacity
	}
	return (*string)(c)
}
