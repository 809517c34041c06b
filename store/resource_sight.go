package store

import (
	"context"
	"strings"

	"turnus/itsm/declaration"
	"turnus/itsm/resource"
)

// withTheirs begins a statement in which seen stands; $1, $2 and $3 are a
// sight's Owner, Approver and All.
var withTheirs = `WITH theirs AS MATERIALIZED (` + theirs("$1::text", "$2::text") + `) `

// planned says of an interval or a waiver r whether its plan is about one of
// theirs: which plan that is, its process and scope say.
const planned = `EXISTS (SELECT 1 FROM plan p JOIN theirs ON (theirs.kind, theirs.name) = (p.about_kind, p.about)
		WHERE p.process = r.document->'spec'->>'process' AND p.scope = r.document->'spec'->>'scope')`

// seen says of a row r of resource whether a sight holds it. Some kinds are
// shared. A person is seen by themself and by those whom they share tasks with:
// the other people there, and who started or decided. An indicator is seen with
// the objectives that use it. Whatever else there is, or will be, is its
// service's.
var seen = `($3 OR r.kind IN (` + kindsThat(func(k declaration.Kind) bool { return k.Shared }) + `) OR (r.kind, r.name) IN (SELECT kind, name FROM theirs) OR CASE r.kind
	WHEN 'Person' THEN r.name IN ($1, $2)
		OR r.name IN (SELECT s.document->'spec'->>'owner' FROM resource_current s JOIN theirs USING (kind, name))
		OR r.name IN (SELECT jsonb_array_elements_text(s.document->'spec'->'approvers') FROM resource_current s JOIN theirs USING (kind, name))
		OR r.name IN (SELECT u.started_by FROM run u JOIN theirs ON (theirs.kind, theirs.name) = (u.about_kind, u.about))
		OR r.name IN (SELECT d.person FROM decision d JOIN run u ON u.id = d.run JOIN theirs ON (theirs.kind, theirs.name) = (u.about_kind, u.about))
	WHEN 'SLI' THEN r.name IN (SELECT o.document->'spec'->>'indicatorRef' FROM resource_current o
		JOIN theirs ON theirs.kind = 'Service' AND theirs.name = o.document->'spec'->>'service' WHERE o.kind = 'SLO')
	WHEN 'Interval' THEN ` + planned + `
	WHEN 'Waiver' THEN ` + planned + `
	ELSE r.document->'spec'->>'service' IN (SELECT name FROM theirs WHERE kind = 'Service')
	END)`

// kindsThat lists kinds of the table, as in SQL.
func kindsThat(are func(declaration.Kind) bool) string {
	var names []string
	for _, k := range declaration.Kinds() {
		if are(k) {
			names = append(names, "'"+string(k.Kind)+"'")
		}
	}
	return strings.Join(names, ", ")
}

// Sees says whether a sight holds the newest version of a resource.
func (s *Store) Sees(ctx context.Context, who Sight, k resource.Kind, name string) (bool, error) {
	var sees bool
	err := s.db.GetContext(ctx, &sees, withTheirs+`SELECT EXISTS (SELECT 1 FROM resource_current r
		WHERE r.kind = $4 AND r.name = $5 AND `+seen+`)`, who.Owner, who.Approver, who.All, string(k), name)
	return sees, mapped(err)
}
