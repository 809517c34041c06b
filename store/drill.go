package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// aboutContinuityPlan is the service of a continuity plan: its owner starts the
// drills, and its approvers decide on them.
func aboutContinuityPlan(ctx context.Context, q sqlx.QueryerContext, p process.Process, name string) (resource.Ref, error) {
	plan, err := current[continuity.Plan](ctx, q, resource.ContinuityPlan, name)
	if fault.Is(err, fault.NotFound) {
		err = NoScope(p, name)
	}
	return resource.Service.Ref(plan.Spec.Service), err
}

// planAsOf is a continuity plan in the version that was in force at an instant.
func planAsOf(ctx context.Context, q sqlx.QueryerContext, name string, at time.Time) (drill.PlanVersion, error) {
	var row resourceRow
	err := sqlx.GetContext(ctx, q, &row, `SELECT `+resourceColumns+` FROM resource
		WHERE kind = $1 AND name = $2 AND valid_from <= $3 ORDER BY version DESC LIMIT 1`, string(resource.ContinuityPlan), name, at)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Retired {
		return drill.PlanVersion{}, NotFound(resource.ContinuityPlan, name)
	}
	if err != nil {
		return drill.PlanVersion{}, err
	}
	v := row.domain()
	d, err := decoded[continuity.Plan](v.Resource)
	return drill.PlanVersion{Name: name, Version: v.Version, Hash: v.Hash, Title: d.Title(), Spec: d.Spec}, err
}

// Drilling is what is on record of a drill, for one of its rounds.
type Drilling struct {
	drill.Frozen                          // without Stage and At; of a report with what happened
	Date         calendar.Date            // for which it was planned first
	Answers      map[string]task.Decision // of this round, by step
	Planned      task.Values              // as it was planned in the round before
	Last         *task.Decision           // on the draft of the round before
	Due          *task.Question           // what is asked first, if anything is
}

// Drilling reads what is on record of a drill, for a round. Where the setup
// wasn't approved yet, it is read from what the owner answered in this round, or
// Due asks for it; where changes to the report were requested, Due asks whether the
// record is right.
func (s *Store) Drilling(ctx context.Context, now time.Time, st run.Step) (d Drilling, err error) {
	err = s.snapshot(ctx, func(tx *sqlx.Tx) error {
		d, err = drilling(ctx, tx, now, st)
		return err
	})
	return d, err
}

func drilling(ctx context.Context, q sqlx.QueryerContext, now time.Time, st run.Step) (d Drilling, err error) {
	r, err := getRun(ctx, q, st.Run, "")
	if err != nil {
		return d, err
	}
	zone, err := zoneOfRun(ctx, q, st.Run)
	if err != nil {
		return d, err
	}
	d.Frozen = drill.Frozen{Run: st.Run, Round: st.Round, About: r.About, Zone: zone.String(), At: now.UTC(), Review: true}
	if d.Date, err = calendar.ParseDate(r.Period); err != nil {
		return d, err
	}
	all, err := decisionsOf(ctx, q, st.Run)
	if err != nil {
		return d, err
	}
	answers := byStep(all)
	d.Answers = answers[st.Round]
	if last, ok := answers[st.Round-1][process.Approval]; ok {
		d.Last = &last
	}
	d.Planned = answers[st.Round-1][process.DrillPlan].Fields
	approved, err := approvedSetup(ctx, q, st)
	if err != nil {
		return d, err
	}
	if approved != nil {
		return d, d.carriedOut(ctx, q, *approved, recordSince(*approved, zone, answers, st.Round))
	}
	return d, d.planned(ctx, q, now, r.Created, zone)
}

// approvedSetup is what the newest round before this one stood on whose approval
// lets the drill be carried out; nil: none does.
func approvedSetup(ctx context.Context, q sqlx.QueryerContext, st run.Step) (*drill.Frozen, error) {
	var frozen JSON[drill.Frozen]
	err := sqlx.GetContext(ctx, q, &frozen, `SELECT f.document FROM frozen_set f JOIN decision d ON d.run = f.run AND d.round = f.round AND d.outcome = $3
		WHERE f.run = $1 AND f.round < $2 AND f.document->'continues' = 'true' ORDER BY f.round DESC LIMIT 1`, st.Run, st.Round, task.Approve)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &frozen.V, err
}

// carriedOut adds what happened after the setup was approved.
func (d *Drilling) carriedOut(ctx context.Context, q sqlx.QueryerContext, setup drill.Frozen, r drill.Record) error {
	d.Stage, d.Plan, d.Setup, d.Retests = drill.ToReport, setup.Plan, setup.Setup, setup.Retests
	if a, ok := r.Answers[process.Approval]; ok {
		d.Approved = &drill.Approved{By: a.Person, Hash: a.Hash, Comment: a.Comment, At: a.At.UTC()}
	}
	script := drill.Follow(r)
	d.Happened = &script.Happened
	if len(script.Ask) > 0 { // by one after the other
		d.Due = &script.Ask[0]
	}
	now, err := newestIfAny(ctx, q, resource.ContinuityPlan.Ref(d.Plan.Name))
	if err == nil && now != nil && now.Version > d.Plan.Version {
		d.Newer = now.Version
	}
	return err
}

// planned adds how the drill is planned, as it was answered in this round, or asks
// for it.
func (d *Drilling) planned(ctx context.Context, q sqlx.QueryerContext, now, begun time.Time, zone *time.Location) (err error) {
	key, _, err := run.ParseID(d.Run)
	if err != nil {
		return err
	}
	d.Stage, d.Continues, d.Review = drill.ToPlan, true, false
	if d.Retests, err = retested(ctx, q, d.Run); err != nil {
		return err
	}
	answer, ok := d.Answers[process.DrillPlan]
	if ok {
		now = answer.At
	}
	if d.Plan, err = planAsOf(ctx, q, key.Scope, now); err != nil {
		return err
	}
	if ok {
		d.Setup, err = drill.ReadSetup(d.Plan.Spec, d.Retests, answer)
		return err
	}
	var requested text.Text
	if d.Last != nil && d.Last.Outcome == task.RequestChanges {
		requested = text.Same(d.Last.Comment)
	}
	ask := drill.AskPlan(d.Plan, d.Date, calendar.DateOf(begun.In(zone)), d.Retests, d.Planned, requested)
	d.Due = &ask
	return nil
}

// recordSince is what is on record of a drill whose setup was approved, up to a
// round.
func recordSince(setup drill.Frozen, zone *time.Location, answers map[int]map[string]task.Decision, round int) drill.Record {
	r := drill.Record{Plan: setup.Plan, Setup: setup.Setup, Retests: setup.Retests, Zone: zone, Answers: answers[setup.Round]}
	for n := setup.Round + 1; n <= round; n++ {
		r.Reports = append(r.Reports, answers[n])
	}
	return r
}

// recordOf is what is on record of a drill, in the round in which it is carried
// out or in one of its report.
func recordOf(ctx context.Context, q sqlx.QueryerContext, st run.Step) (drill.Record, error) {
	var r drill.Record
	// Of this round, too: its approval is what lets it be carried out.
	setup, err := approvedSetup(ctx, q, run.Step{Run: st.Run, Round: st.Round + 1})
	if err != nil {
		return r, err
	}
	if setup == nil {
		return r, fault.New(fault.Conflict, text.F("Round %d of %s isn't carried out: nobody has approved how the drill is planned.",
			"Runde %d von %s wird nicht durchgeführt: Die Planung der Übung ist nicht freigegeben.", st.Round, st.Run))
	}
	zone, err := calendar.Zone(setup.Zone)
	if err != nil {
		return r, err
	}
	all, err := decisionsOf(ctx, q, st.Run)
	return recordSince(*setup, zone, byStep(all), st.Round), err
}

// AdvanceDrill says which steps of a drill's script are to be asked now, and
// closes the tasks of those that aren't any more. While it looks, nobody answers.
func (s *Store) AdvanceDrill(ctx context.Context, now time.Time, st run.Step) (script drill.Script, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// Its tasks are locked and it isn't: whoever decides locks the task first.
		r, err := getRun(ctx, tx, st.Run, "")
		if err != nil {
			return err
		}
		if r.Process != process.ContinuityDrill || r.Round != st.Round || r.Ended != nil {
			return notInRound(st)
		}
		var open []struct {
			ID   string `db:"id"`
			Step string `db:"step"`
		}
		if err := tx.SelectContext(ctx, &open, "SELECT id, step FROM task WHERE run = $1 AND round = $2 AND state = 'open' ORDER BY id FOR UPDATE", st.Run, st.Round); err != nil {
			return err
		}
		record, err := recordOf(ctx, tx, st)
		if err != nil {
			return err
		}
		if len(record.Reports) > 0 { // the script is over: its report asks by itself
			return notInRound(st)
		}
		script = drill.Follow(record)
		wanted := script.Open()
		for _, t := range open {
			if slices.Contains(wanted, t.Step) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "UPDATE task SET state = 'closed', ended_at = $2 WHERE id = $1 AND state = 'open'", t.ID, now); err != nil {
				return err
			}
		}
		return nil
	})
	return script, err
}

// QuestionOfDrill is what a drill asks under a name, as the record has it now, and
// whether it asks that.
func (s *Store) QuestionOfDrill(ctx context.Context, st run.Step, name string) (task.Question, bool, error) {
	q, asked, err := questionOfDrill(ctx, s.db, st, name)
	return q, asked, mapped(err)
}

func questionOfDrill(ctx context.Context, q sqlx.QueryerContext, st run.Step, name string) (task.Question, bool, error) {
	record, err := recordOf(ctx, q, st)
	if err != nil {
		return task.Question{}, false, err
	}
	ask, asked := drill.Follow(record).Question(name)
	return ask, asked, nil
}

// checkNextOfDrill refuses a task of a drill that isn't what is to be asked as the
// record has it.
func checkNextOfDrill(ctx context.Context, tx *sqlx.Tx, now time.Time, t task.Task) error {
	st := run.Step{Run: t.Run, Round: t.Round}
	var ask task.Question
	switch t.Step {
	case process.Approval:
		return nil
	case process.Changes:
		var drafted bool
		err := tx.GetContext(ctx, &drafted, "SELECT EXISTS (SELECT FROM decision WHERE run = $1 AND round = $2 AND outcome = $3)", t.Run, t.Round, task.RequestChanges)
		if err == nil && !drafted {
			err = notNow(t)
		}
		return err
	case process.DrillPlan:
		d, err := drilling(ctx, tx, now, st)
		if err != nil {
			return err
		}
		if d.Due == nil || d.Due.Step != t.Step {
			return notNow(t)
		}
		ask = *d.Due
	default:
		var asked bool
		var err error
		if ask, asked, err = questionOfDrill(ctx, tx, st, t.Step); err != nil {
			return err
		}
		if !asked {
			return notNow(t)
		}
	}
	want, _, err := process.Ask(st, t.Step, "", ask)
	if err != nil {
		return err
	}
	inTime := ask.Due == nil || ask.Due.Equal(t.Due) // which the hash isn't over
	if !inTime || want.Hash != t.Hash || !slices.Equal(want.For.Persons, t.For.Persons) {
		return notNow(t)
	}
	return nil
}
