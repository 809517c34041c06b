package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

const taskColumns = `t.id, t.run, t.round, t.step, t.kind, t.state, t.outcomes, t.hash, t.opened_at, t.due_at, t.remind_at,
	t.escalate_at, t.reminded_at, t.escalated_at, t.ended_at, t.title, t.body, t.fields, t.for_who, t.for_role, t.for_persons, t.against,
	t.apart, t.escalate_to, CASE t.state WHEN 'open' THEN (SELECT s.changes FROM staleness s WHERE s.run = t.run AND s.round = t.round) END AS stale,
	CASE t.kind WHEN 'approval' THEN (SELECT json_build_object('judged', d.judged, 'missed', d.missed) FROM draft d
		WHERE d.run = t.run AND d.round = t.round AND d.judged IS NOT NULL) END AS verdict`

type taskRow struct {
	task.Task
	Outcomes JSON[[]task.Outcome]   `db:"outcomes"`
	Title    JSON[text.Text]        `db:"title"`
	Text     JSON[text.Text]        `db:"body"`
	Fields   JSON[[]task.Field]     `db:"fields"`
	Who      task.Who               `db:"for_who"`
	Role     person.Role            `db:"for_role"`
	Persons  pq.StringArray         `db:"for_persons"`
	Against  pq.StringArray         `db:"against"`
	Stale    JSON[[]task.StalePart] `db:"stale"`
	Verdict  JSON[*task.Verdict]    `db:"verdict"`
}

func (t taskRow) plain() task.Task {
	t.Task.Outcomes, t.Task.Title, t.Task.Text, t.Task.Fields = t.Outcomes.V, t.Title.V, t.Text.V, t.Fields.V
	if t.Task.Fields == nil {
		t.Task.Fields = []task.Field{}
	}
	if len(t.Stale.V) > 0 {
		t.Task.Stale = t.Stale.V
	}
	t.Task.Verdict = t.Verdict.V
	t.Task.For = task.For{Who: t.Who, Role: t.Role, Persons: t.Persons}
	for _, how := range t.Against {
		t.Task.Against = append(t.Task.Against, task.How(how))
	}
	return t.Task
}

// Task is one task.
func (s *Store) Task(ctx context.Context, id string) (task.Task, error) {
	t, _, err := s.TaskAndPeople(ctx, id)
	return t, err
}

// TaskAndPeople is one task with those around it, as they are now.
func (s *Store) TaskAndPeople(ctx context.Context, id string) (task.Task, task.People, error) {
	t, err := getTask(ctx, s.db, id, "")
	if err != nil {
		return t, task.People{}, mapped(err)
	}
	p, err := peopleFor(ctx, s.db, &t)
	if err != nil {
		return t, p, mapped(err)
	}
	t.Approvers = p.Eligible()
	one := []task.Task{t}
	err = withFiles(ctx, s.db, one)
	return one[0], p, mapped(err)
}

func getTask(ctx context.Context, q sqlx.QueryerContext, id, lock string) (task.Task, error) {
	var t taskRow
	err := sqlx.GetContext(ctx, q, &t, "SELECT "+taskColumns+" FROM task t WHERE t.id = $1 "+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		return task.Task{}, NoTask(id)
	}
	return t.plain(), err
}

// NoTask says that there is no such task.
func NoTask(id string) error {
	return fault.New(fault.NotFound, text.F("There is no task %.200s.", "Die Aufgabe %.200s gibt es nicht.", id))
}

// allOf are all tasks and decisions of a run; a run of many rounds has more than
// a page.
func (s *Store) allOf(ctx context.Context, runID string) (all []task.Task, decisions []task.Decision, err error) {
	for next := ""; ; {
		var list []task.Task
		if list, next, err = s.Tasks(ctx, Tasks{Run: runID}, Page{Limit: 500, Cursor: next}); err != nil {
			return nil, nil, err
		}
		if all = append(all, list...); next == "" {
			break
		}
	}
	decisions, err = decisionsOf(ctx, s.db, runID)
	return all, decisions, err
}

// newestOf notes in a run so many of its open tasks, those that are due first, and
// so many that have ended, the newest, in the order of all lists, and what was
// decided on them; with how many others there are.
func (s *Store) newestOf(ctx context.Context, r *run.Run, newest int) (err error) {
	r.Tasks, err = s.listTasks(ctx, shown(`SELECT t.* FROM task t WHERE t.id = ANY (ARRAY(
			(SELECT id FROM task WHERE run = $1 AND state = 'open' ORDER BY due_at, id LIMIT $2)
			UNION ALL (SELECT id FROM task WHERE run = $1 AND state <> 'open' ORDER BY ended_at DESC, id LIMIT $2)))`), r.ID, newest)
	if err != nil {
		return err
	}
	ids := make([]string, len(r.Tasks))
	for i, t := range r.Tasks {
		ids[i] = t.ID
	}
	var n run.Unlisted
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state <> 'open') AS ended
		FROM task WHERE run = $1 AND NOT id = ANY ($2)`, r.ID, pq.Array(ids))
	if err != nil {
		return err
	}
	if n != (run.Unlisted{}) {
		r.LeftOut = &n
	}
	r.Decisions, err = selectDecisions(ctx, s.db, "task = ANY ($1)", pq.Array(ids))
	return err
}

// OpenTask writes a task that a workflow has noted, and lets its run wait;
// once, whoever asks again.
func (s *Store) OpenTask(ctx context.Context, t task.Task) (opened bool, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		// A cancelled run doesn't wait for the activity that opens its task:
		// what has ended by now asks nobody.
		var r struct {
			runRow
			Draft string `db:"draft"` // its hash
			Asked bool   `db:"asked"` // the task is on record
		}
		err := tx.GetContext(ctx, &r, "SELECT "+runColumns+`, coalesce((SELECT hash FROM draft d WHERE d.run = r.id AND d.round = r.round), '') AS draft,
				EXISTS (SELECT FROM task WHERE id = $2) AS asked
			FROM run r WHERE id = $1 FOR UPDATE`, t.Run, t.ID)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return NoRun(t.Run)
		case err != nil || r.Ended != nil || r.Round > t.Round:
			return err
		}
		if err := mayAsk(r.Run, r.Draft, t); err != nil {
			return err
		}
		if r.Asked { // it stays as it is; it may be answered by now, and wouldn't be asked any more
			return nil
		}
		if asks := rulesOf(r.Process).asks; asks != nil {
			if err := asks(ctx, tx, t.Opened, t); err != nil {
				return err
			}
		}
		if err := checkPostponed(ctx, tx, r.Run, t); err != nil {
			return err
		}
		if err := checkApart(ctx, tx, t); err != nil {
			return err
		}
		if opened, err = insertTask(ctx, tx, t); err != nil || !opened {
			return err
		}
		return record(ctx, tx, person.Actor{Person: person.System}, t.Opened, "task.opened", "task/"+t.ID, nil, t)
	})
	return opened, s.TaskRefused(ctx, t.Opened, t.Run, err)
}

// insertTask writes a task, with what lists have to know of its run, which waits
// from then on; once.
func insertTask(ctx context.Context, tx *sqlx.Tx, t task.Task) (inserted bool, err error) {
	done, err := tx.ExecContext(ctx, `WITH opened AS (INSERT INTO task (id, run, round, step, kind, state, outcomes, hash, opened_at, due_at, remind_at, escalate_at,
			title, body, fields, for_who, for_role, for_persons, against, apart, escalate_to,
			about_kind, about, about_version, owner, started_by, token_issuer)
		SELECT $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,
			about_kind, about, about_version, owner, started_by, token_issuer FROM run WHERE id = $2 ON CONFLICT DO NOTHING RETURNING run, round)
		UPDATE run SET state = $22, round = opened.round FROM opened WHERE id = opened.run`,
		t.ID, t.Run, t.Round, t.Step, t.Kind, task.Open, JSON[[]task.Outcome]{t.Outcomes}, t.Hash, t.Opened, t.Due, t.Remind, t.Escalate,
		JSON[text.Text]{t.Title}, JSON[text.Text]{t.Text}, JSON[[]task.Field]{append([]task.Field{}, t.Fields...)}, t.For.Who, t.For.Role,
		pq.Array(append([]string{}, t.For.Persons...)), pq.Array(append([]task.How{}, t.Against...)), t.Apart, t.EscalateTo, run.Waiting)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// TaskRefused puts on record that a run asked for what doesn't follow from it,
// and gives the error back.
func (s *Store) TaskRefused(ctx context.Context, now time.Time, runID string, err error) error {
	return s.denied(ctx, now, "task.refused", "run/"+runID, err)
}

// checkApart refuses a task that checks a step which nobody has answered, other
// than by postponing it: whoever answers the task first could answer that step
// afterwards.
func checkApart(ctx context.Context, tx *sqlx.Tx, t task.Task) error {
	if t.Apart == "" {
		return nil
	}
	var answered bool
	err := tx.GetContext(ctx, &answered, `SELECT EXISTS (SELECT FROM (SELECT $3::text AS apart) t, task a JOIN decision d ON d.task = a.id
		WHERE a.run = $1 AND a.round = $2 AND d.outcome <> $4 AND `+checked+`)`, t.Run, t.Round, t.Apart, task.Postpone)
	if err == nil && !answered {
		err = fault.New(fault.Conflict, text.F("%s can't ask for %s yet: nobody has answered %s, which it checks.",
			"%s kann %s noch nicht abfragen: Den geprüften Schritt %s hat noch niemand beantwortet.", t.Run, t.Step, strings.ReplaceAll(t.Apart, " ", ", ")))
	}
	return err
}

// checkPostponed refuses a task that asks once more for what wasn't postponed:
// it would be answered twice, and the second time after it was checked.
func checkPostponed(ctx context.Context, tx *sqlx.Tx, r run.Run, t task.Task) error {
	p, _ := process.Find(r.Process)
	step, _ := p.Step(t.Step)
	before := step.Postponed(t.Step)
	if before == "" {
		return nil
	}
	var postponed bool
	err := tx.GetContext(ctx, &postponed, "SELECT EXISTS (SELECT FROM decision WHERE task = $1 AND outcome = $2)", run.TaskID(t.Run, t.Round, before), task.Postpone)
	if err == nil && !postponed {
		err = fault.New(fault.Conflict, text.F("%s can't ask for %s: %s wasn't postponed.", "%s kann %s nicht abfragen: %s wurde nicht verschoben.", t.Run, t.Step, before))
	}
	return err
}

// mayAsk refuses a task that doesn't follow from what is on record of its run:
// a round asks by the steps that its process declares, and for an approval of
// its own draft, once there is one.
func mayAsk(r run.Run, draft string, t task.Task) error {
	p, _ := process.Find(r.Process)
	switch step, ok := p.Step(t.Step); {
	case !ok || !step.Declares(t) || r.Provisional || t.Round != r.Round || t.ID != run.TaskID(r.ID, r.Round, t.Step):
	case t.Kind != task.Approval:
		return nil
	case draft != "" && t.Hash == draft && r.State != run.Collecting:
		return nil
	}
	return fault.New(fault.Conflict, text.F("%s doesn't ask for this: a round asks by the steps of its process, and for an approval of its own draft.",
		"%s fragt das nicht ab: Eine Freigaberunde fragt nach den Schritten ihres Prozesses und nach der Freigabe ihres eigenen Entwurfs.", r.ID))
}

// AdvanceTask does what is due with a task that nobody has answered, and says
// when to ask again.
func (s *Store) AdvanceTask(ctx context.Context, now time.Time, id string) (next time.Time, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		t, err := getTask(ctx, tx, id, "FOR UPDATE")
		if err != nil {
			return err
		}
		step, at := task.Next(t, now)
		next = at
		column := map[task.FollowUp]string{task.Remind: "reminded_at", task.Escalate: "escalated_at"}[step]
		if column == "" {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "UPDATE task SET "+column+" = $2 WHERE id = $1", id, now); err != nil {
			return err
		}
		p, err := peopleOf(ctx, tx, t)
		if err != nil {
			return err
		}
		to := p.Eligible()
		if step == task.Escalate {
			to = p.Escalates(t.EscalateTo)
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now, "task."+string(step), "task/"+id, nil,
			map[string]any{"to": to, "due": t.Due})

	})
	return next, err
}
