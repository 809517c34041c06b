package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// actionRow is a row of action; due dates and moves are a projection of what
// was answered.
type actionRow struct {
	Finding int64                    `db:"finding"`
	Number  int                      `db:"number"`
	Round   int                      `db:"round"`
	Plan    JSON[improvement.Action] `db:"plan"`
	State   improvement.ActionState  `db:"state"`
	Checked JSON[*improvement.Check] `db:"checked"`
}

const actionColumns = "finding, number, round, plan, state, checked"

// with is the action with what its owner answered.
func (a actionRow) with(answers map[string]task.Decision) improvement.Tracked {
	t := improvement.Tracked{Action: a.Plan.V, Finding: a.Finding, Round: a.Round, State: a.State, DueNow: a.Plan.V.Due, Check: a.Checked.V}
	t.ID = improvement.ActionID(a.Finding, a.Number)
	for {
		d, ok := answers[improvement.ActionStep(a.Number, len(t.Moves))]
		switch {
		case !ok:
			return t
		case d.Outcome == task.Done:
			t.Done = &improvement.Done{Evidence: d.Fields.Text("evidence"), Link: d.Fields.Text("link"), File: d.Fields.Text("file"), By: d.Person, At: d.At.UTC()}
			return t
		}
		to, err := calendar.ParseDate(d.Fields.Text("due"))
		if err != nil { // it was checked when it was answered
			return t
		}
		t.DueNow = to
		t.Moves = append(t.Moves, improvement.Move{To: to, Reason: d.Comment, By: d.Person, At: d.At.UTC()})
	}
}

// tracked are the actions of a round's plan, by number.
func tracked(ctx context.Context, q sqlx.QueryerContext, runID string, round int, answers map[string]task.Decision) ([]improvement.Tracked, error) {
	var rows []actionRow
	err := sqlx.SelectContext(ctx, q, &rows, "SELECT "+actionColumns+" FROM action WHERE run = $1 AND round = $2 ORDER BY number", runID, round)
	list := make([]improvement.Tracked, len(rows))
	for i, r := range rows {
		list[i] = r.with(answers)
	}
	return list, err
}

// BeginActions puts the actions of an approved plan on record, and gives their
// numbers; the finding is in work from then on. A retry finds them.
func (s *Store) BeginActions(ctx context.Context, now time.Time, st run.Step) (numbers []int, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		r, err := getRun(ctx, tx, st.Run, "FOR UPDATE")
		if err != nil {
			return err
		}
		end := run.End{Run: st.Run, Round: st.Round, State: run.Published}
		if r.Process != process.Improvement || r.Round != st.Round || r.Ended != nil {
			return unborne(end, "it isn't in this round", "er ist nicht in dieser Runde")
		}
		if err := decidedAs(ctx, tx, r, end, task.Approve); err != nil {
			return err
		}
		var frozen JSON[improvement.Frozen]
		if err := tx.GetContext(ctx, &frozen, "SELECT document FROM frozen_set WHERE run = $1 AND round = $2", st.Run, st.Round); err != nil {
			return err
		}
		f := frozen.V
		if !f.Continues || len(f.Cycles) == 0 {
			return unborne(end, "its plan has no actions", "sein Plan hat keine Maßnahmen")
		}
		begun := false
		for _, a := range f.Cycles[len(f.Cycles)-1].Plan.Actions {
			numbers = append(numbers, a.Number)
			done, err := tx.ExecContext(ctx, `INSERT INTO action (finding, number, run, round, plan, owner, original_due, due)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING`,
				f.Finding.ID, a.Number, st.Run, st.Round, JSON[improvement.Action]{a}, a.Owner, a.Due.String())
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				begun = true
			}
		}
		if !begun {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE finding SET state = $2 WHERE id = $1 AND ended_at IS NULL", f.Finding.ID, improvement.InWork); err != nil {
			return err
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now, "actions.begun", "finding/"+r.Scope, nil, f.Cycles[len(f.Cycles)-1].Plan.Actions)
	})
	return numbers, s.denied(ctx, now, "actions.refused", "run/"+st.Run, err)
}

// NextOfAction is what is next for an action: a question, or nothing before an
// instant, or nothing any more.
type NextOfAction struct {
	Ask   *task.Question
	Until time.Time
}

// The reports are looked at for the figure that an action is checked by each day
// at first, then each week: a look is in the run's history, which is bounded.
const (
	aDay      = 24 * time.Hour
	lookDaily = 30 * aDay // for so long
)

// reportsWithin is for how long after the waiting time another report is waited
// for. Where none has said anything of the figure by then, whoever checks gives
// the value; where those that have may do so by chance, they decide.
const reportsWithin = improvement.LongestWait * aDay

// nextLook is when to look again at reports that have been looked at since an
// instant.
func nextLook(since, now time.Time) time.Time {
	if now.Before(since.Add(lookDaily)) {
		return now.Add(aDay)
	}
	return now.Add(7 * aDay)
}

// AdvanceAction brings an action's row in line with what was answered, and says
// what is next. The actions of one finding take turns: the finding's state
// follows from all of them.
func (s *Store) AdvanceAction(ctx context.Context, now time.Time, st run.Step, number int) (next NextOfAction, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		r, err := getRun(ctx, tx, st.Run, "")
		if err != nil {
			return err
		}
		f, err := getFinding(ctx, tx, findingNumber(r.Scope), "FOR UPDATE OF f")
		if err != nil {
			return err
		}
		a, answers, err := actionOf(ctx, tx, st, number)
		if err != nil {
			return err
		}
		if a.State == improvement.ActionEffective || a.State == improvement.ActionIneffective || a.State == improvement.ActionDropped {
			return nil
		}
		next, err = advance(ctx, tx, now, st, &a, f, answers)
		if err != nil {
			return err
		}
		return keepAction(ctx, tx, now, st, a)
	})
	return next, err
}

func actionOf(ctx context.Context, q sqlx.QueryerContext, st run.Step, number int) (improvement.Tracked, map[string]task.Decision, error) {
	var row actionRow
	if err := sqlx.GetContext(ctx, q, &row, "SELECT "+actionColumns+" FROM action WHERE run = $1 AND round = $2 AND number = $3", st.Run, st.Round, number); errors.Is(err, sql.ErrNoRows) {
		return improvement.Tracked{}, nil, fault.New(fault.Conflict, text.F("Round %d of %s has no action %d.", "Freigaberunde %d von %s hat keine Maßnahme %d.", st.Round, st.Run, number))
	} else if err != nil {
		return improvement.Tracked{}, nil, err
	}
	all, err := decisionsOf(ctx, q, st.Run)
	answers := byStep(all)[st.Round]
	return row.with(answers), answers, err
}

// advance says what is next for an action, and what became of it.
func advance(ctx context.Context, q sqlx.QueryerContext, now time.Time, st run.Step, a *improvement.Tracked, f improvement.Finding,
	answers map[string]task.Decision) (next NextOfAction, err error) {
	zone, err := zoneOfRun(ctx, q, st.Run)
	if err != nil {
		return next, err
	}
	if a.Done == nil {
		ask := improvement.AskAction(*a, f, zone)
		return NextOfAction{Ask: &ask}, nil
	}
	a.State = improvement.ActionDone
	if d, ok := answers[improvement.CheckStep(a.Number)]; ok {
		a.Check = improvement.ReadCheck(*a, d)
		a.State = improvement.ActionIneffective
		if a.Check.Effective {
			a.State = improvement.ActionEffective
		}
		return next, nil
	}
	from := a.CheckFrom()
	if now.Before(from) {
		return NextOfAction{Until: from}, nil
	}
	if a.Figure == "" {
		ask := improvement.AskCheck(*a, f, nil, zone)
		return NextOfAction{Ask: &ask}, nil
	}
	if a.Check == nil { // not asked with a value yet
		v, err := judged(ctx, q, *a, f)
		if err != nil {
			return next, err
		}
		v.Final = now.After(from.Add(reportsWithin))
		switch {
		case v.Waits():
			return NextOfAction{Until: nextLook(from, now)}, nil
		case v.Ruling == improvement.NoReading:
			ask := improvement.AskCheck(*a, f, nil, zone)
			return NextOfAction{Ask: &ask}, nil
		}
		v.Measured.Words = v.Text(a.Action)
		a.Check = &improvement.Check{Measured: v.Measured, At: now.UTC()}
		if !v.Measured.Reached {
			a.State = improvement.ActionIneffective
			return next, nil
		}
	}
	ask := improvement.AskCheck(*a, f, &a.Check.Measured, zone)
	return NextOfAction{Ask: &ask}, nil
}

// keepAction writes what became of an action. When the last one is done the
// finding is being checked.
func keepAction(ctx context.Context, tx *sqlx.Tx, now time.Time, st run.Step, a improvement.Tracked) error {
	var done, ended *time.Time
	if a.Done != nil {
		done = &a.Done.At
	}
	if a.State == improvement.ActionEffective || a.State == improvement.ActionIneffective {
		ended = &now
	}
	if _, err := tx.ExecContext(ctx, `UPDATE action SET due = $3, moves = $4, state = $5, done_at = $6, checked = $7, ended_at = $8
		WHERE finding = $1 AND number = $2`, a.Finding, a.Number, a.DueNow.String(), len(a.Moves), a.State, done, JSON[*improvement.Check]{a.Check}, ended); err != nil {
		return err
	}
	// All done, the finding is being checked; all through and one of them without
	// effect, it is planned again.
	if _, err := tx.ExecContext(ctx, `UPDATE finding f SET state = n.state FROM (
			SELECT CASE WHEN bool_or(state = 'open') THEN 'in-work'
				WHEN bool_and(ended_at IS NOT NULL) AND bool_or(state = 'ineffective') THEN 'planned' ELSE 'checking' END AS state
			FROM action WHERE run = $2 AND round = $3) n
		WHERE f.id = $1 AND f.ended_at IS NULL AND f.state <> n.state`, a.Finding, st.Run, st.Round); err != nil {
		return err
	}
	if ended == nil {
		return nil
	}
	return record(ctx, tx, person.Actor{Person: person.System}, now, "action."+string(a.State), "action/"+a.ID, nil, a.Check)
}

// checkNextOfImprovement refuses a task of an improvement, as of an action, that
// isn't what is next for it: whoever reaches Temporal could ask otherwise, before
// its time, or for later.
func checkNextOfImprovement(ctx context.Context, tx *sqlx.Tx, now time.Time, t task.Task) error {
	number := improvement.ActionIn(t.Step)
	if number == 0 {
		return checkNextOfOwner(ctx, tx, t)
	}
	st := run.Step{Run: t.Run, Round: t.Round}
	a, answers, err := actionOf(ctx, tx, st, number)
	if err != nil {
		return err
	}
	f, err := getFinding(ctx, tx, a.Finding, "")
	if err != nil {
		return err
	}
	next, err := advance(ctx, tx, now, st, &a, f, answers)
	if err != nil {
		return err
	}
	if next.Ask != nil && next.Ask.Step == t.Step {
		want, _, err := process.Ask(st, t.Step, "", *next.Ask)
		if err != nil {
			return err
		}
		inTime := next.Ask.Due == nil || next.Ask.Due.Equal(t.Due) // which the hash isn't over
		if inTime && want.Hash == t.Hash && slices.Equal(want.For.Persons, t.For.Persons) {
			return nil
		}
	}
	return notNow(t)
}

// checkNextOfOwner refuses a task of the owner once its round has a draft, or that
// isn't for a finding of this type: nothing would come of the answer.
func checkNextOfOwner(ctx context.Context, tx *sqlx.Tx, t task.Task) error {
	if t.Step == process.Approval {
		return nil
	}
	var is struct {
		Type    improvement.Type `db:"type"`
		Drafted bool             `db:"drafted"`
	}
	if err := tx.GetContext(ctx, &is, `SELECT f.type, EXISTS (SELECT FROM draft WHERE run = $1 AND round = $2) AS drafted
		FROM run r JOIN finding f ON f.id::text = r.scope WHERE r.id = $1`, t.Run, t.Round); err != nil {
		return err
	}
	if is.Drafted || t.Step == process.ImprovementCorrection && is.Type != improvement.Nonconformity || t.Step == process.ImprovementMerit && is.Type != improvement.Opportunity {
		return notNow(t)
	}
	return nil
}

func notNow(t task.Task) error {
	return fault.New(fault.Conflict, text.F("%s doesn't ask for %s now.", "%s fragt %s jetzt nicht ab.", t.Run, t.Step))
}

// zoneOfRun is the zone of what a run is about, now.
func zoneOfRun(ctx context.Context, q sqlx.QueryerContext, runID string) (*time.Location, error) {
	r, err := getRun(ctx, q, runID, "")
	if err != nil {
		return nil, err
	}
	s, err := scopeAbout(ctx, q, r.About)
	return s.Zone, err
}
