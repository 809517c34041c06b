package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/dataset"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// Who is involved in what a task t of a run r asks about, as a list of persons:
// what the run says, the versions of what it is about from the start until now,
// what was written when the round was frozen, and who answered the step that the
// task checks, or was named for it. Decisions read this, and lists the same of one person (mine).
const involved = `(
	SELECT r.started_by AS person, 'started' AS how, false AS issued, '' AS about
	UNION SELECT r.token_issuer, 'started', true, ''
	UNION SELECT r.owner, 'owned', false, ''
	UNION SELECT who.* FROM resource v, LATERAL (VALUES
			(v.document->'spec'->>'owner', 'owned', false, ''),
			(v.person, 'declared', false, v.kind || '/' || v.name),
			(v.token_issuer, 'declared', true, v.kind || '/' || v.name)) who (person, how, issued, about)
		WHERE v.kind = r.about_kind AND v.name = r.about AND v.version >= r.about_version
	UNION SELECT i.person, i.how, i.issued, i.about FROM involvement i WHERE i.run = r.id AND i.round = t.round
	UNION SELECT who.* FROM task a JOIN decision d ON d.task = a.id, LATERAL (VALUES
			(d.person, 'answered', false, 'task/' || a.id),
			(d.token_issuer, 'answered', true, 'task/' || a.id)) who (person, how, issued, about)
		WHERE t.apart <> '' AND a.run = r.id AND a.round = t.round AND ` + checked + `
	UNION SELECT unnest(a.for_persons), 'asked', false, 'task/' || a.id FROM task a
		WHERE t.apart <> '' AND a.run = r.id AND a.round = t.round AND ` + checked + `)`

// checked says whether a task a asks for a step that a task t of the same round
// checks: under its own name, as one of several, or once more after it was
// postponed. No step's name goes on from another's (itsm/process holds that). Most
// tasks check one step, which is told without taking apart.
const checked = `(a.step = t.apart OR starts_with(a.step, t.apart || '-') OR strpos(t.apart, ' ') > 0
	AND EXISTS (SELECT 1 FROM unnest(string_to_array(t.apart, ' ')) of (step) WHERE a.step = of.step OR starts_with(a.step, of.step || '-')))`

// PeopleOf are those around a task, as they are now.
func (s *Store) PeopleOf(ctx context.Context, t task.Task) (task.People, error) {
	p, err := peopleOf(ctx, s.db, t)
	return p, mapped(err)
}

// peopleOf are those around a task; of one that is only a run's, those around
// the run.
func peopleOf(ctx context.Context, q sqlx.QueryerContext, t task.Task) (task.People, error) {
	return peopleFor(ctx, q, &t)
}

// peopleFor is peopleOf, and notes in the task what it is about.
func peopleFor(ctx context.Context, q sqlx.QueryerContext, t *task.Task) (task.People, error) {
	var r around
	err := sqlx.GetContext(ctx, q, &r, "SELECT "+aroundColumns+` FROM run r,
		(SELECT $2::integer AS round, $3::text AS apart) t WHERE r.id = $1`, t.Run, t.Round, t.Apart)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoRun(t.Run)
	}
	if err != nil {
		return task.People{}, err
	}
	one := []task.Task{*t}
	all, err := peopleAround(ctx, q, one, []around{r})
	if err != nil {
		return task.People{}, err
	}
	*t = one[0]
	return all[0], nil
}

// around is what the rows of a task t and its run r say of those around it.
type around struct {
	Of       resource.Ref             `db:"of"`
	Owner    string                   `db:"owner"` // at the start
	Involved JSON[[]task.Involvement] `db:"involved"`
}

const aroundColumns = `r.about_kind AS "of.kind", r.about AS "of.name", r.owner,
	(SELECT json_agg(i ORDER BY i.person, i.how, i.issued, i.about) FROM ` + involved + ` i WHERE i.person <> '') AS involved`

// peopleAround are those around each of some tasks, as they are now, in as many
// statements however many tasks there are. What each is about is noted in it.
func peopleAround(ctx context.Context, q sqlx.QueryerContext, tasks []task.Task, rows []around) ([]task.People, error) {
	of := make([]resource.Ref, len(rows))
	for i, r := range rows {
		of[i] = r.Of
	}
	scopes, err := scopesAbout(ctx, q, of)
	if err != nil {
		return nil, err
	}
	named, err := namedBy(ctx, q, tasks)
	if err != nil {
		return nil, err
	}
	all := make([]task.People, len(tasks))
	for i, t := range tasks {
		scope := scopes[rows[i].Of]
		tasks[i].Subject, tasks[i].Zone = scope.Title, scope.zone()
		p := scope.People() // nobody's, where it has gone
		p.For, p.Against, p.Involved = t.For, t.Against, rows[i].Involved.V
		switch p.For.Who {
		case task.Persons:
			p.Specs = among(t.For.Persons, named, p.Specs)
		case task.Holders:
			p.Specs = named
		}
		if p.Owner == "" {
			p.Owner = rows[i].Owner
		}
		all[i] = p
	}
	return all, nil
}

// among adds to those around a scope, of whom its owner may stand in, those of
// some names who are there.
func among(names []string, there, scope map[string]person.Spec) map[string]person.Spec {
	all := maps.Clone(scope)
	if all == nil {
		all = map[string]person.Spec{}
	}
	for _, name := range names {
		if spec, ok := there[name]; ok {
			all[name] = spec
		}
	}
	return all
}

// namedBy are the persons whom some tasks name, and those who hold a role that
// one is for; without those who have left.
func namedBy(ctx context.Context, q sqlx.QueryerContext, tasks []task.Task) (map[string]person.Spec, error) {
	var names, roles []string
	for _, t := range tasks {
		names = append(names, t.For.Persons...)
		if t.For.Who == task.Holders {
			roles = append(roles, string(t.For.Role))
		}
	}
	if len(names)+len(roles) == 0 {
		return nil, nil
	}
	var rows []struct {
		Name string            `db:"name"`
		Spec JSON[person.Spec] `db:"spec"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `SELECT name, document->'spec' AS spec FROM resource_current
		WHERE kind = 'Person' AND (name = ANY ($1) OR document->'spec'->'roles' ?| $2)`, pq.Array(names), pq.Array(roles))
	specs := make(map[string]person.Spec, len(rows))
	for _, r := range rows {
		specs[r.Name] = r.Spec.V
	}
	return specs, err
}

// Who brought what a basis ($1 to $11) stands on, and who issued the tokens for
// it. $11 are the datasets of its imports, $12 is the run whose proposal is among
// it, or empty, $13 are those who conduct what it plans or reports.
const behind = `WITH exact (kind, name, version) AS (
		SELECT * FROM unnest($5::text[], $6::text[], $7::integer[])
	), scope AS (
		(SELECT document FROM resource WHERE kind = $1 AND name = $2 AND valid_from <= $3 ORDER BY version DESC LIMIT 1)
		UNION ALL (SELECT document FROM resource WHERE kind = $1 AND name = $2 ORDER BY version DESC LIMIT 1)
	), open (kind, name) AS ( -- in the version valid at the instant, and the newest
		SELECT kind, name FROM exact WHERE version = 0
		UNION SELECT $1, $2
		UNION SELECT 'Calendar', document->'spec'->>'calendar' FROM scope
	), declared AS (
		SELECT r.* FROM exact n JOIN resource r ON r.kind = n.kind AND r.name = n.name AND r.version = n.version
		UNION ALL SELECT r.* FROM open n, LATERAL (SELECT * FROM resource r
			WHERE r.kind = n.kind AND r.name = n.name AND r.valid_from <= $3 ORDER BY r.version DESC LIMIT 1) r
		UNION ALL SELECT r.* FROM open n, LATERAL (SELECT * FROM resource r
			WHERE r.kind = n.kind AND r.name = n.name ORDER BY r.version DESC LIMIT 1) r
	), deed (how, about, person, issuer) AS (
		SELECT 'declared', kind || '/' || name, person, token_issuer FROM declared
		UNION ALL SELECT 'imported', 'import/' || max(id), person, token_issuer FROM import
			WHERE $1 = 'Service' AND service = $2 AND id <= $4 AND dataset = ANY ($11) GROUP BY person, token_issuer
		UNION ALL SELECT 'conducts', '', name, '' FROM unnest($13::text[]) name
		UNION ALL SELECT 'proposed', * FROM unnest($8::text[], $9::text[], $10::text[])
		UNION ALL SELECT 'proposed', kind || '/' || name, person, token_issuer FROM proposal WHERE run = $12
	)
	SELECT person, how, false AS issued, about FROM deed WHERE person <> ''
	UNION SELECT issuer, how, true, about FROM deed WHERE issuer <> ''`

func basisArgs(b task.Basis, runID string) []any {
	datasets := b.Datasets
	if len(datasets) == 0 {
		datasets = []string{dataset.Tickets}
	}
	var kinds, names, about, by, issuers []string
	var versions []int64
	for _, r := range b.Resources {
		kinds, names, versions = append(kinds, string(r.Kind)), append(names, r.Name), append(versions, int64(r.Version))
	}
	for _, p := range b.Proposals {
		about, by, issuers = append(about, p.About), append(by, p.By), append(issuers, p.Issuer)
	}
	return []any{string(b.About.Kind), b.About.Name, b.At, b.Import, pq.Array(kinds), pq.Array(names), pq.Array(versions), pq.Array(about), pq.Array(by), pq.Array(issuers), pq.Array(datasets), runID, pq.Array(append([]string{}, b.Conducts...))}
}

// InvolvedIn are those who brought what a basis stands on, as things are now:
// what a start is judged by.
func (s *Store) InvolvedIn(ctx context.Context, b task.Basis) ([]task.Involvement, error) {
	list, err := involvedIn(ctx, s.db, b)
	return list, mapped(err)
}

func involvedIn(ctx context.Context, q sqlx.QueryerContext, b task.Basis) (list []task.Involvement, err error) {
	err = sqlx.SelectContext(ctx, q, &list, behind+" ORDER BY person, how, issued, about", basisArgs(b, "")...)
	return list, err
}

// everBehind are all who have ever brought data of a service, proposed an
// exclusion, or declared something that a round about a scope may stand on, and
// who issued the tokens for that: more than any basis of it names. Where somebody
// could decide in spite of all of these, no basis need be looked at.
func everBehind(ctx context.Context, q sqlx.QueryerContext, about resource.Ref) (list []task.Involvement, err error) {
	err = sqlx.SelectContext(ctx, q, &list, `WITH deed (how, person, issuer) AS (
			SELECT 'imported', person, token_issuer FROM import WHERE service = $3
			UNION SELECT 'proposed', person, token_issuer FROM exclusion WHERE service = $3
			UNION SELECT 'declared', person, token_issuer FROM resource
				WHERE kind = 'Calendar' OR kind = $1 AND name = $2 OR kind IN ('Agreement', 'ContinuityPlan') AND document->'spec'->>'service' = $3
		)
		SELECT person, how, false AS issued, '' AS about FROM deed WHERE person <> ''
		UNION SELECT issuer, how, true, '' FROM deed WHERE issuer <> ''`, string(about.Kind), about.Name, serviceAt(about))
	return list, err
}

// freezing writes what a round stands on, and who is involved in it, in one
// statement: $12 and $14 are run and round, then document, instant, and the number
// of the service's last change that was read before; null: the one of now. The run
// has to be live and in that round; what was frozen before stays as it is.
const freezing = `WITH frozen AS (
		INSERT INTO frozen_set (run, round, document, at, change_number) SELECT r.id, r.round, $15::jsonb, $16::timestamptz, coalesce($17::bigint,
				(SELECT c.number FROM service_change c WHERE c.service = r.service), 0)
			FROM run r WHERE r.id = $12 AND r.round = $14 AND r.ended_at IS NULL ON CONFLICT DO NOTHING RETURNING run, round
	), who AS (
		INSERT INTO involvement (run, round, person, how, issued, about) SELECT f.run, f.round, i.* FROM frozen f, (` + behind + `) i
	), entered AS (
		UPDATE run SET state = 'drafting', started_at = coalesce(started_at, $16), seen_at = coalesce(seen_at, $16)
			WHERE id = (SELECT run FROM frozen) AND state = 'collecting'
	)
	SELECT EXISTS (SELECT FROM frozen)`
