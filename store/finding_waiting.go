package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// findingBatch is how many findings are reminded of, or escalated, at a time.
const findingBatch = 200

// PressFindings reminds of findings that nobody begins, and escalates those that
// still nobody has begun when their severity's time is over: each once. It ends
// when none is left, or when its time is over.
func (s *Store) PressFindings(ctx context.Context, now time.Time) error {
	for _, what := range []task.FollowUp{task.Escalate, task.Remind} {
		for n := findingBatch; n == findingBatch; {
			var err error
			if n, err = s.pressSome(ctx, now, what); err != nil {
				return err
			}
		}
	}
	return nil
}

// pressing takes findings whose time has come. What has escalated isn't reminded
// of any more.
func pressing(what task.FollowUp) (action, statement string) {
	action, column, due := "finding.reminded", "reminded_at", "remind_at <= $1 AND reminded_at IS NULL AND escalated_at IS NULL"
	if what == task.Escalate {
		action, column, due = "finding.escalated", "escalated_at", "escalate_at <= $1 AND escalated_at IS NULL"
	}
	return action, `UPDATE finding f SET ` + column + ` = $1 FROM (SELECT id FROM finding WHERE state = 'open' AND ` + due + `
			ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) chosen WHERE f.id = chosen.id
		RETURNING f.id, f.about_kind AS "about.kind", f.about AS "about.name", f.severity`
}

func (s *Store) pressSome(ctx context.Context, now time.Time, what task.FollowUp) (n int, err error) {
	action, statement := pressing(what)
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		var rows []struct {
			ID       int64        `db:"id"`
			About    resource.Ref `db:"about"`
			Severity string       `db:"severity"`
		}
		if err := tx.SelectContext(ctx, &rows, statement, now, findingBatch); err != nil {
			return err
		}
		n = len(rows)
		if n == 0 {
			return nil
		}
		organisation, err := answersFor(ctx, tx, resource.Ref{})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		about := make([]resource.Ref, n)
		for i, r := range rows {
			if about[i] = r.About; r.About.Name == "" {
				about[i] = organisation
			}
		}
		scopes, err := scopesAbout(ctx, tx, about)
		if err != nil {
			return err
		}
		for i, r := range rows {
			to := []string{} // nobody, where what it is about has gone
			if scope, there := scopes[about[i]]; there && what == task.Remind {
				to = []string{scope.Owner}
			} else if there {
				to = scope.Approvers
			}
			if err := record(ctx, tx, person.Actor{Person: person.System}, now, action, findingObject(r.ID), nil,
				map[string]any{"to": to, "severity": r.Severity}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// FindingCounts are findings by state, and how many of those that are open
// escalated since nobody began them.
func (s *Store) FindingCounts(ctx context.Context) (states map[string]int64, escalated int64, err error) {
	var rows []struct {
		State     string `db:"state"`
		N         int64  `db:"n"`
		Escalated int64  `db:"escalated"`
	}
	err = s.db.SelectContext(ctx, &rows, `SELECT state, count(*) AS n, count(*) FILTER (WHERE state = 'open' AND escalated_at IS NOT NULL) AS escalated
		FROM finding WHERE joined IS NULL GROUP BY state`)
	states = map[string]int64{}
	for _, r := range rows {
		states[r.State] = r.N
		escalated += r.Escalated
	}
	return states, escalated, mapped(err)
}
