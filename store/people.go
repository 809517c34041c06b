package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// Who is involved in a round t of a run r, as a list of persons: what the run
// says, the versions of its service from the start until now, and what was
// written when the round was frozen. Lists and decisions both read this.
const involved = `(
	SELECT r.started_by AS person, 'started' AS how, false AS issued, '' AS about
	UNION SELECT r.token_issuer, 'started', true, ''
	UNION SELECT r.owner, 'owned', false, ''
	UNION SELECT who.* FROM resource v, LATERAL (VALUES
			(v.document->'spec'->>'owner', 'owned', false, ''),
			(v.person, 'declared', false, 'Service/' || v.name),
			(v.token_issuer, 'declared', true, 'Service/' || v.name)) who (person, how, issued, about)
		WHERE v.kind = 'Service' AND v.name = r.service AND v.version >= r.service_version
	UNION SELECT i.person, i.how, i.issued, i.about FROM involvement i WHERE i.run = r.id AND i.round = t.round)`

// Who may decide, as one condition of SQL: the same rule as task.People.May,
// for lists. $1 is the person; whoever is involved at all doesn't decide as
// themselves.
const mine = `EXISTS (SELECT 1 FROM resource_current s, resource_current p
	WHERE s.kind = 'Service' AND s.name = r.service AND p.kind = 'Person' AND p.name = $1
	  AND s.document->'spec'->'approvers' @> to_jsonb($1::text) AND p.document->'spec'->'roles' @> '"approver"')
	AND NOT EXISTS (SELECT 1 FROM ` + involved + ` i WHERE i.person = $1)`

const owned = `EXISTS (SELECT 1 FROM resource_current s WHERE s.kind = 'Service' AND s.name = r.service
	AND s.document->'spec'->>'owner' = $1)`

// PeopleOf are those around a task, as they are now.
func (s *Store) PeopleOf(ctx context.Context, t task.Task) (task.People, error) {
	p, err := peopleOf(ctx, s.db, run.Step{Run: t.Run, Round: t.Round})
	return p, mapped(err)
}

// peopleOf are those around a round of a run.
func peopleOf(ctx context.Context, q sqlx.QueryerContext, st run.Step) (task.People, error) {
	r, err := getRun(ctx, q, st.Run, "")
	if err != nil {
		return task.People{}, err
	}
	p, err := peopleAround(ctx, q, r.Service)
	if err != nil {
		return p, err
	}
	if p.Owner == "" {
		p.Owner = r.Owner
	}
	err = sqlx.SelectContext(ctx, q, &p.Involved, `SELECT i.person, i.how, i.issued, i.about
		FROM run r, (SELECT $2::integer AS round) t, LATERAL `+involved+` i
		WHERE r.id = $1 AND i.person <> '' ORDER BY i.person, i.how, i.issued, i.about`, st.Run, st.Round)
	return p, err
}

// PeopleAround are those around a service; nobody has started anything, so
// nobody is involved yet.
func (s *Store) PeopleAround(ctx context.Context, service string) (task.People, error) {
	p, err := peopleAround(ctx, s.db, service)
	return p, mapped(err)
}

func peopleAround(ctx context.Context, q sqlx.QueryerContext, service string) (task.People, error) {
	p := task.People{Specs: map[string]person.Spec{}}
	svc, err := current[agreement.ServiceSpec](ctx, q, resource.Service, service)
	if fault.Is(err, fault.NotFound) {
		return p, nil // a service that has gone: nobody may decide
	}
	if err != nil {
		return p, err
	}
	p.Approvers, p.Owner = svc.Spec.Approvers, svc.Spec.Owner
	for _, a := range p.Approvers {
		who, err := current[person.Spec](ctx, q, resource.Person, a)
		switch {
		case fault.Is(err, fault.NotFound): // has left
		case err != nil:
			return p, err
		default:
			p.Specs[a] = who.Spec
		}
	}
	return p, nil
}

// Who brought what a basis ($1 to $9) stands on, and who issued the tokens for
// it. $10 is the run whose proposal is among it, or empty.
const behind = `WITH exact (kind, name, version) AS (
		SELECT * FROM unnest($4::text[], $5::text[], $6::integer[])
	), service AS (
		(SELECT document FROM resource WHERE kind = 'Service' AND name = $1 AND valid_from <= $2 ORDER BY version DESC LIMIT 1)
		UNION ALL (SELECT document FROM resource WHERE kind = 'Service' AND name = $1 ORDER BY version DESC LIMIT 1)
	), open (kind, name) AS ( -- in the version valid at the instant, and the newest
		SELECT kind, name FROM exact WHERE version = 0
		UNION SELECT 'Service', $1
		UNION SELECT 'Calendar', document->'spec'->>'calendar' FROM service
	), declared AS (
		SELECT r.* FROM exact n JOIN resource r ON r.kind = n.kind AND r.name = n.name AND r.version = n.version
		UNION ALL SELECT r.* FROM open n, LATERAL (SELECT * FROM resource r
			WHERE r.kind = n.kind AND r.name = n.name AND r.valid_from <= $2 ORDER BY r.version DESC LIMIT 1) r
		UNION ALL SELECT r.* FROM open n, LATERAL (SELECT * FROM resource r
			WHERE r.kind = n.kind AND r.name = n.name ORDER BY r.version DESC LIMIT 1) r
	), deed (how, about, person, issuer) AS (
		SELECT 'declared', kind || '/' || name, person, token_issuer FROM declared
		UNION ALL SELECT 'imported', 'import/' || max(id), person, token_issuer FROM import
			WHERE service = $1 AND id <= $3 GROUP BY person, token_issuer
		UNION ALL SELECT 'proposed', * FROM unnest($7::text[], $8::text[], $9::text[])
		UNION ALL SELECT 'proposed', kind || '/' || name, person, token_issuer FROM proposal WHERE run = $10
	)
	SELECT person, how, false AS issued, about FROM deed WHERE person <> ''
	UNION SELECT issuer, how, true, about FROM deed WHERE issuer <> ''`

func basisArgs(b task.Basis, runID string) []any {
	var kinds, names, about, by, issuers []string
	var versions []int64
	for _, r := range b.Resources {
		kinds, names, versions = append(kinds, string(r.Kind)), append(names, r.Name), append(versions, int64(r.Version))
	}
	for _, p := range b.Proposals {
		about, by, issuers = append(about, p.About), append(by, p.By), append(issuers, p.Issuer)
	}
	return []any{b.Service, b.At, b.Import, pq.Array(kinds), pq.Array(names), pq.Array(versions), pq.Array(about), pq.Array(by), pq.Array(issuers), runID}
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

// EverBehind are all who have ever brought data of a service, proposed an
// exclusion, or declared something that a round about it may stand on, and who
// issued the tokens for that: more than any basis of it names. Where somebody could decide in spite of
// all of these, no basis need be looked at.
func (s *Store) EverBehind(ctx context.Context, service string) (list []task.Involvement, err error) {
	err = s.db.SelectContext(ctx, &list, `WITH deed (how, person, issuer) AS (
			SELECT 'imported', person, token_issuer FROM import WHERE service = $1
			UNION SELECT 'proposed', person, token_issuer FROM exclusion WHERE service = $1
			UNION SELECT 'declared', person, token_issuer FROM resource
				WHERE kind = 'Calendar' OR kind = 'Service' AND name = $1 OR kind = 'Agreement' AND document->'spec'->>'service' = $1
		)
		SELECT person, how, false AS issued, '' AS about FROM deed WHERE person <> ''
		UNION SELECT issuer, how, true, '' FROM deed WHERE issuer <> ''`, service)
	return list, mapped(err)
}

// freezing writes what a round stands on, and who is involved in it, in one
// statement: $10 and $11 are run and round, then document and instant. The run
// has to be live and in that round; what was frozen before stays as it is.
const freezing = `WITH frozen AS (
		INSERT INTO frozen_set (run, round, document, at) SELECT r.id, r.round, $12::jsonb, $13::timestamptz
			FROM run r WHERE r.id = $10 AND r.round = $11 AND r.ended_at IS NULL ON CONFLICT DO NOTHING RETURNING run, round
	)
	INSERT INTO involvement (run, round, person, how, issued, about) SELECT f.run, f.round, i.* FROM frozen f, (` + behind + `) i`
