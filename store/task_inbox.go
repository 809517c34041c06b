package store

import (
	"context"
	"time"

	"turnus/itsm/declaration"
	"turnus/itsm/task"
)

// Tasks selects tasks; empty fields select all.
type Tasks struct {
	State   string // open, decided, closed
	Run     string
	Kind    task.Kind
	Process string
	Mine    string // a person: those that they may decide now
	Sees    string // a person: those that they may decide, or of services that they own
}

// standing begins a statement about what is asked of a person, $1, and reads
// once what decides that. holder: the roles that they have; no row where they
// have left. part: what they have to do with each thing that runs can be about,
// owns and approves as it is now, owned and declared as the newest version that
// says so.
var standing = `WITH holder AS MATERIALIZED (
	SELECT ARRAY(SELECT jsonb_array_elements_text(p.document->'spec'->'roles')) AS roles
	FROM resource_current p WHERE p.kind = 'Person' AND p.name = $1::text
), part AS MATERIALIZED (
	SELECT v.kind, v.name, bool_or(v.newest AND v.approver) AS approves, bool_or(v.newest AND v.owner) AS owns,
		max(v.version) FILTER (WHERE v.owner) AS owned, max(v.version) FILTER (WHERE v.declarer) AS declared
	FROM (SELECT r.kind, r.name, r.version, r.document->'spec'->>'owner' = $1 AS owner, r.document->'spec'->'approvers' ? $1 AS approver,
			$1 IN (r.person, r.token_issuer) AS declarer,
			NOT r.retired AND NOT EXISTS (SELECT 1 FROM resource n WHERE n.kind = r.kind AND n.name = r.name AND n.version > r.version OFFSET 0) AS newest
		FROM resource r WHERE r.kind IN (` + kindsThat(declaration.Kind.IsScope) + `)
			AND (r.document->'spec'->>'owner' = $1 OR r.document->'spec'->'approvers' ? $1 OR $1 IN (r.person, r.token_issuer))) v
	GROUP BY v.kind, v.name
) `

// roles are the person's, as an array; null where they have left.
const roles = `(SELECT roles FROM holder)::text[]`

// mine says whether the person of a standing may answer a task t, with their
// part p in what it is about, if they have one: the same rule as task.People.May,
// for lists. What is rarely true comes before what takes long. OFFSET 0 keeps the
// planner from reading all that somebody was ever
// involved in where it expects many tasks.
const mine = `(` + roles + ` IS NOT NULL AND CASE t.for_who
		WHEN 'approvers' THEN p.approves AND 'approver' = ANY (` + roles + `)
		WHEN 'owner' THEN p.owns AND 'process-owner' = ANY (` + roles + `)
		WHEN 'persons' THEN $1 = ANY (t.for_persons) OR p.owns AND 'process-owner' = ANY (` + roles + `) AND ` + allLeft + `
		WHEN 'role' THEN t.for_role = ANY (` + roles + `)
		END IS TRUE
	AND ($1 IN (t.started_by, t.token_issuer) AND t.against && '{any,started}'
		OR (t.owner = $1 OR p.owned >= t.about_version) AND t.against && '{any,owned}'
		OR p.declared >= t.about_version AND t.against && '{any,declared}'
		OR EXISTS (SELECT 1 FROM involvement i WHERE i.person = $1 AND i.run = t.run AND i.round = t.round
			AND t.against && ARRAY['any', i.how] OFFSET 0)
		OR t.apart <> '' AND EXISTS (SELECT 1 FROM task a LEFT JOIN decision d ON d.task = a.id
			WHERE a.run = t.run AND a.round = t.round AND ` + checked + ` AND ($1 = ANY (a.for_persons) OR $1 IN (d.person, d.token_issuer)) OFFSET 0)) IS NOT TRUE)`

// allLeft says of a task t that is for persons whether all of them have left: then
// it is the owner's.
const allLeft = `NOT EXISTS (SELECT 1 FROM unnest(t.for_persons) n (name), LATERAL (SELECT r.retired FROM resource r
	WHERE r.kind = 'Person' AND r.name = n.name ORDER BY r.version DESC LIMIT 1) newest WHERE NOT newest.retired OFFSET 0)`

const withPart = ` LEFT JOIN part p ON p.kind = t.about_kind AND p.name = t.about `

// addressed selects some columns of the tasks t that are for a person in one of
// the ways that there are, whatever four eyes say, and for which a condition
// holds: each once, by an index each.
func addressed(columns, condition string) string {
	return `SELECT ` + columns + ` FROM part JOIN task t ON t.about_kind = part.kind AND t.about = part.name
			WHERE ` + condition + ` AND (part.approves AND t.for_who = 'approvers' OR part.owns AND t.for_who = 'owner')
		UNION ALL SELECT ` + columns + ` FROM part JOIN task t ON t.about_kind = part.kind AND t.about = part.name
			WHERE ` + condition + ` AND part.owns AND t.for_who = 'persons' AND ` + allLeft + `
		UNION ALL SELECT ` + columns + ` FROM task t
			WHERE ` + condition + ` AND t.for_who = 'persons' AND t.for_persons @> ARRAY[$1]
		UNION ALL SELECT ` + columns + ` FROM task t
			WHERE ` + condition + ` AND t.for_who = 'role' AND t.for_role = ANY (` + roles + `)`
}

// owned selects the tasks t of what a person owns.
func owned(columns, condition string) string {
	return `SELECT ` + columns + ` FROM part JOIN task t ON t.about_kind = part.kind AND t.about = part.name
		WHERE ` + condition + ` AND part.owns`
}

// Tasks lists tasks, oldest first.
func (s *Store) Tasks(ctx context.Context, f Tasks, p Page) ([]task.Task, string, error) {
	at, id, err := p.place(time.Time{})
	if err != nil {
		return nil, "", err
	}
	const place = "t.opened_at, t.id"
	who, statement, args := f.Mine, "", []any{f.State, f.Run, at, id, p.limit() + 1}
	chosen := chosen
	if f.Kind != "" || f.Process != "" { // else the indexes alone say which
		chosen += " AND ($7 = '' OR t.kind = $7) AND ($8 = '' OR starts_with(t.run, $8 || '/'))"
		args = append(args, string(f.Kind), f.Process)
	}
	switch {
	case f.Mine != "":
		statement = standing + shown(inOrder(addressed(place, chosen), mine))
	case f.Sees != "":
		who, statement = f.Sees, standing+shown(inOrder(addressed(place, chosen)+" UNION "+owned(place, chosen), "(p.owns OR "+mine+")"))
	default:
		statement = shown("SELECT t.* FROM task t WHERE $1::text IS NOT NULL AND " + chosen + " ORDER BY t.opened_at, t.id LIMIT $6")
	}
	list, err := s.listTasks(ctx, statement, append([]any{who}, args...)...)
	if err != nil {
		return nil, "", err
	}
	list, next := page(p, list, func(t task.Task) (time.Time, string) { return t.Opened, t.ID })
	return list, next, nil
}

// listTasks are the tasks that a statement selects (shown), with their files and
// with those who may answer them.
func (s *Store) listTasks(ctx context.Context, statement string, args ...any) ([]task.Task, error) {
	var rows []struct {
		taskRow
		around
	}
	if err := s.db.SelectContext(ctx, &rows, statement, args...); err != nil {
		return nil, mapped(err)
	}
	list, people := make([]task.Task, len(rows)), make([]around, len(rows))
	for i, r := range rows {
		list[i], people[i] = r.plain(), r.around
	}
	all, err := peopleAround(ctx, s.db, list, people)
	if err != nil {
		return nil, mapped(err)
	}
	for i := range list {
		list[i].Approvers = all[i].Eligible()
	}
	return list, mapped(withFiles(ctx, s.db, list))
}

// chosen says whether a task t is of a state ($2) and a run ($3), where they are
// given, and behind a cursor ($4 and $5).
const chosen = `($2 = '' OR t.state = $2) AND ($3 = '' OR t.run = $3) AND (t.opened_at, t.id) > ($4, $5)`

// inOrder selects a page ($6) of a person's tasks: where they stand first, from
// the indexes alone, then in that order one by one, until the page is full, those
// that a condition holds for.
func inOrder(places, condition string) string {
	return `SELECT t.* FROM (` + places + ` ORDER BY opened_at, id) place
		CROSS JOIN LATERAL (SELECT t.* FROM task t` + withPart + `WHERE t.id = place.id AND ` + condition + ` OFFSET 0) t
		ORDER BY place.opened_at, place.id LIMIT $6`
}

// shown selects of some tasks, which are in order, what a list shows of them,
// from what they repeat of their runs.
func shown(tasks string) string {
	return `SELECT ` + taskColumns + `, ` + aroundColumns + ` FROM (` + tasks + `) t
		CROSS JOIN LATERAL (SELECT t.run AS id, t.about_kind, t.about, t.about_version, t.owner, t.started_by, t.token_issuer) r
		ORDER BY t.opened_at, t.id`
}

// CountTasks counts the open tasks of a person: those that they may answer now,
// and those that others have to, of what they own or have started.
func (s *Store) CountTasks(ctx context.Context, who string, now time.Time) (n task.Counts, err error) {
	const open = "t.state = 'open'"
	err = s.db.GetContext(ctx, &n, standing+`SELECT asked.open, asked.overdue, others.waiting
		FROM (SELECT count(*) AS open, count(*) FILTER (WHERE t.due_at < $2) AS overdue
			FROM (`+addressed("t.*", open)+`) t`+withPart+`WHERE `+mine+`) asked,
		(SELECT count(*) AS waiting FROM (`+owned("t.*", open)+`
			UNION ALL SELECT t.* FROM task t WHERE `+open+` AND t.started_by = $1
				AND NOT EXISTS (SELECT 1 FROM part WHERE part.kind = t.about_kind AND part.name = t.about AND part.owns)) t`+withPart+`
			WHERE NOT `+mine+`) others`, who, now)
	return n, mapped(err)
}
