package store

import (
	"context"
	"strconv"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/process"
)

// Actions selects actions that somebody sees; empty fields select all.
type Actions struct {
	Owner   string
	Mine    string // a person: only their own
	State   string
	Finding int64
	Overdue bool   // only those that are open past their due date
	Sees    string // a person who sees their own, besides what the sight holds
	Sight
}

// Actions lists actions of approved plans, those that are due first.
func (s *Store) Actions(ctx context.Context, now time.Time, f Actions, p Page) ([]improvement.ActionLine, string, error) {
	due, finding, number, err := actionPlace(p)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		Finding  int64                    `db:"finding"`
		Number   int                      `db:"number"`
		Plan     JSON[improvement.Action] `db:"plan"`
		Owner    string                   `db:"owner"`
		Service  string                   `db:"service"`
		Run      string                   `db:"run"`
		State    improvement.ActionState  `db:"state"`
		Due      time.Time                `db:"due"`
		Original time.Time                `db:"original_due"`
		Moves    int                      `db:"moves"`
		Task     string                   `db:"task"`
	}
	// A day is over when it is over in UTC: zones of what actions are about differ.
	if err := s.db.SelectContext(ctx, &rows, withTheirs+`SELECT a.finding, a.number, a.plan, a.owner, f.service, a.run, a.state, a.due, a.original_due, a.moves,
			coalesce((SELECT t.id FROM task t WHERE t.run = a.run AND t.round = a.round AND t.state = 'open'
				AND split_part(t.step, '-', 1) IN ($15, $16) AND split_part(t.step, '-', 2) = a.number::text LIMIT 1), '') AS task
		FROM action a JOIN finding f ON f.id = a.finding
		WHERE (a.due, a.finding, a.number) > ($4::date, $5, $6)
		  AND ($7 = '' OR a.owner = $7) AND ($14 = '' OR a.owner = $14) AND ($8 = '' OR a.state = $8) AND ($9 = 0 OR a.finding = $9)
		  AND (NOT $10 OR a.state = 'open' AND a.due < $11::date)
		  AND ($3 OR a.owner = $12 OR (f.about_kind, f.about) IN (SELECT kind, name FROM theirs)
			OR f.about = '' AND EXISTS (SELECT FROM theirs WHERE kind = 'Organisation'))
		ORDER BY a.due, a.finding, a.number LIMIT $13`,
		f.Sight.Owner, f.Approver, f.All, due, finding, number, f.Owner, f.State, f.Finding, f.Overdue, calendar.DateOf(now.UTC()).String(), f.Sees, p.limit()+1, f.Mine,
		process.ImprovementAction, process.ImprovementCheck); err != nil {
		return nil, "", mapped(err)
	}
	list := make([]improvement.ActionLine, len(rows))
	for i, r := range rows {
		list[i] = improvement.ActionLine{ID: actionID(r.Finding, r.Number), Finding: r.Finding, Title: r.Plan.V.Title, Owner: r.Owner, Service: r.Service, Run: r.Run,
			State: r.State, Due: calendar.DateOf(r.Due), OriginalDue: calendar.DateOf(r.Original), Moves: r.Moves, Task: r.Task}
	}
	next := ""
	if len(rows) > p.limit() {
		last := rows[p.limit()-1]
		list, next = list[:p.limit()], cursor(list[p.limit()-1].Due.String(), strconv.FormatInt(last.Finding, 10), strconv.Itoa(last.Number))
	}
	return list, next, nil
}

// actionID names an action: FINDING.NUMBER.
func actionID(finding int64, number int) string {
	return strconv.FormatInt(finding, 10) + "." + strconv.Itoa(number)
}

// actionPlace decodes the cursor of a list of actions.
func actionPlace(p Page) (due string, finding int64, number int, err error) {
	key, err := p.after(3)
	if err != nil || key == nil {
		return "0001-01-01", 0, 0, err
	}
	if _, err = calendar.ParseDate(key[0]); err == nil {
		if finding, err = strconv.ParseInt(key[1], 10, 64); err == nil {
			number, err = strconv.Atoi(key[2])
		}
	}
	if err != nil {
		return "", 0, 0, notACursor()
	}
	return key[0], finding, number, nil
}
