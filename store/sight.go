package store

import (
	"context"

	"turnus/itsm/resource"
)

// Sight limits what is read to what concerns one person: the services that
// Owner owns or Approver approves for, as things are now. Both name the same
// person; a person without the role has no Approver. The zero Sight sees of
// that nothing.
type Sight struct {
	All      bool // whatever concerns whom
	Owner    string
	Approver string
}

// theirs are the names of those services, as SQL; owner and approver are
// expressions.
func theirs(owner, approver string) string {
	return `SELECT c.name FROM resource_current c WHERE c.kind = 'Service'
		AND (` + owner + ` <> '' AND c.document->'spec'->>'owner' = ` + owner + `
			OR ` + approver + ` <> '' AND c.document->'spec'->'approvers' @> to_jsonb(` + approver + `::text))`
}

// withTheirs begins a statement in which seen stands; $1, $2 and $3 are a
// sight's Owner, Approver and All.
var withTheirs = `WITH theirs AS MATERIALIZED (` + theirs("$1::text", "$2::text") + `) `

// seen says of a row r of resource whether a sight holds it. Calendars,
// mappings and the organisation are shared. A person is seen by themself and by those whom they share
// tasks with: the other people of the services, and who started or decided
// there. An indicator is seen with the objectives that use it. Whatever else
// there is, or will be, is its service's.
const seen = `($3 OR CASE r.kind
	WHEN 'Calendar' THEN true
	WHEN 'Mapping' THEN true
	WHEN 'Organisation' THEN true
	WHEN 'Service' THEN r.name IN (SELECT name FROM theirs)
	WHEN 'Person' THEN r.name IN ($1, $2)
		OR r.name IN (SELECT s.document->'spec'->>'owner' FROM resource_current s JOIN theirs USING (name) WHERE s.kind = 'Service')
		OR r.name IN (SELECT jsonb_array_elements_text(s.document->'spec'->'approvers') FROM resource_current s JOIN theirs USING (name) WHERE s.kind = 'Service')
		OR r.name IN (SELECT u.started_by FROM run u JOIN theirs ON theirs.name = u.service)
		OR r.name IN (SELECT d.person FROM decision d JOIN run u ON u.id = d.run JOIN theirs ON theirs.name = u.service)
	WHEN 'SLI' THEN r.name IN (SELECT o.document->'spec'->>'indicatorRef' FROM resource_current o
		JOIN theirs ON theirs.name = o.document->'spec'->>'service' WHERE o.kind = 'SLO')
	ELSE coalesce(r.document->'spec'->>'service', r.document->'spec'->>'scope') IN (SELECT name FROM theirs)
	END)`

// Sees says whether a sight holds the newest version of a resource.
func (s *Store) Sees(ctx context.Context, who Sight, k resource.Kind, name string) (bool, error) {
	var sees bool
	err := s.db.GetContext(ctx, &sees, withTheirs+`SELECT EXISTS (SELECT 1 FROM resource_current r
		WHERE r.kind = $4 AND r.name = $5 AND `+seen+`)`, who.Owner, who.Approver, who.All, string(k), name)
	return sees, mapped(err)
}
