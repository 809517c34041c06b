package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
)

// found says of a row f of finding whether a sight holds it, behind withTheirs.
// One of the installation is the organisation's; what 0.1.0 found again is a
// sighting of another finding now.
const found = `f.joined IS NULL AND ($3 OR (f.about_kind, f.about) IN (SELECT kind, name FROM theirs)
	OR f.about = '' AND EXISTS (SELECT FROM theirs WHERE kind = 'Organisation'))`

// RegisterRows reads what the figures of the register need: the findings that
// somebody sees, by number, with their actions, as they are at one moment.
func (s *Store) RegisterRows(ctx context.Context, who Sight) ([]improvement.Row, error) {
	var findings []struct {
		ID      int64      `db:"id"`
		Type    string     `db:"type"`
		State   string     `db:"state"`
		At      time.Time  `db:"at"`
		Ended   *time.Time `db:"ended_at"`
		Relapse int64      `db:"relapse_of"`
	}
	var actions []struct {
		Finding     int64                    `db:"finding"`
		Number      int                      `db:"number"`
		Run         string                   `db:"run"`
		Round       int                      `db:"round"`
		Plan        JSON[improvement.Action] `db:"plan"`
		OriginalDue time.Time                `db:"original_due"`
		Due         time.Time                `db:"due"`
		Moves       int                      `db:"moves"`
		State       string                   `db:"state"`
		Check       JSON[*improvement.Check] `db:"checked"`
	}
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		if err := tx.SelectContext(ctx, &findings, withTheirs+`SELECT f.id, f.type, f.state, f.at, f.ended_at, coalesce(f.relapse_of, 0) AS relapse_of
			FROM finding f WHERE `+found+` ORDER BY f.id`, who.Owner, who.Approver, who.All); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &actions, withTheirs+`SELECT a.finding, a.number, a.run, a.round, a.plan, a.original_due, a.due, a.moves, a.state, a.checked
			FROM action a JOIN finding f ON f.id = a.finding WHERE `+found+` ORDER BY a.finding, a.number`, who.Owner, who.Approver, who.All)
	})
	if err != nil {
		return nil, err
	}
	rows, at := make([]improvement.Row, len(findings)), map[int64]*improvement.Row{}
	for i, f := range findings {
		rows[i] = improvement.Row{ID: f.ID, Type: improvement.Type(f.Type), State: improvement.State(f.State), At: f.At, Ended: f.Ended, Relapse: f.Relapse}
		at[f.ID] = &rows[i]
	}
	for _, a := range actions {
		f := at[a.Finding]
		f.Actions = append(f.Actions, improvement.ActionRow{Number: a.Number, Run: a.Run, Round: a.Round, Title: a.Plan.V.Title, Measure: a.Plan.V.Measure,
			Sense: a.Plan.V.Sense, Target: a.Plan.V.Target, OriginalDue: calendar.DateOf(a.OriginalDue), Due: calendar.DateOf(a.Due), Moves: a.Moves,
			State: improvement.ActionState(a.State), Check: a.Check.V})
	}
	return rows, nil
}

// ImprovementWatch is what an operator watches of findings and actions.
type ImprovementWatch struct {
	Actions map[improvement.ActionState]int64
	Overdue int64      `db:"overdue"` // open actions whose due date has passed, in UTC
	Oldest  *time.Time `db:"oldest"`  // when the oldest finding was opened that hasn't ended
}

// WatchImprovement reads what an operator watches, as of now.
func (s *Store) WatchImprovement(ctx context.Context, now time.Time) (ImprovementWatch, error) {
	w := ImprovementWatch{Actions: map[improvement.ActionState]int64{}}
	var rows []struct {
		State improvement.ActionState `db:"state"`
		N     int64                   `db:"n"`
	}
	if err := s.db.SelectContext(ctx, &rows, "SELECT state, count(*) AS n FROM action GROUP BY state"); err != nil {
		return w, mapped(err)
	}
	for _, r := range rows {
		w.Actions[r.State] = r.N
	}
	return w, mapped(s.db.GetContext(ctx, &w, `SELECT (SELECT count(*) FROM action WHERE state = 'open' AND due < $1::date) AS overdue,
		(SELECT min(at) FROM finding WHERE ended_at IS NULL) AS oldest`, calendar.DateOf(now.UTC()).String()))
}
