package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"turnus/itsm/declaration"
	"turnus/itsm/process"
	"turnus/itsm/resource"
)

// Level is how much somebody sees of what runs about something show; each
// shows what those before it do.
type Level int

// The levels.
const (
	Nothing   Level = iota
	Extract         // of a service: what concerns the agreements of some customers
	Published       // reports, and states and dates of runs and slots
	Inside          // drafts, tasks, reasons and receipts, too
)

// Sight limits what is read to what one person sees, as things are now. The
// zero Sight sees of what is limited nothing.
type Sight struct {
	All bool // whatever concerns whom, as declared, found and imported

	// Inside of the services, and of the organisation, that Owner owns or
	// Approver approves for. Both name the same person; a person without the role
	// has no Approver. Of such a thing that was retired the last ones see what was
	// published.
	Owner    string
	Approver string

	// What was published besides.
	Every     bool     // of whatever it is about
	Services  []string // of these
	Customers []string // extracts: of services that have, or had, agreements with these
}

// whole says that a sight holds what was published of everything.
func (w Sight) whole() bool { return w.All || w.Every }

// theirs are what a person owns or approves for, as SQL; owner and approver are
// expressions.
func theirs(owner, approver string) string {
	return `SELECT c.kind, c.name FROM resource_current c WHERE c.kind IN (` + kindsThat(declaration.Kind.IsScope) + `)
		AND ` + named("c", owner, approver)
}

// named says of a row of resource whether it names an owner or an approver.
func named(row, owner, approver string) string {
	return `(` + owner + ` <> '' AND ` + row + `.document->'spec'->>'owner' = ` + owner + `
			OR ` + approver + ` <> '' AND ` + row + `.document->'spec'->'approvers' @> to_jsonb(` + approver + `::text))`
}

// withSight begins a statement in which sight stands: what a sight sees that
// isn't whole, each with its level. Its arguments are the four from $n on.
func withSight(n int) string {
	arg := func(i int) string { return fmt.Sprintf("$%d", n+i) }
	return `WITH sight AS MATERIALIZED (SELECT kind, name, max(level) AS level FROM (
		SELECT r.kind, r.name, CASE WHEN r.retired THEN ` + level(Published) + ` ELSE ` + level(Inside) + ` END AS level
			FROM resource r WHERE r.kind IN (` + kindsThat(declaration.Kind.IsScope) + `) AND ` + named("r", arg(0)+"::text", arg(1)+"::text") + `
				AND NOT EXISTS (SELECT FROM resource n WHERE n.kind = r.kind AND n.name = r.name AND n.version > r.version)
		UNION ALL SELECT 'Service', unnest(` + arg(2) + `::text[]), ` + level(Published) + `
		UNION ALL SELECT 'Service', a.document->'spec'->>'service', ` + level(Extract) + `
			FROM resource a WHERE a.kind = 'Agreement' AND a.document->'spec'->>'customer' = ANY (` + arg(3) + `::text[])
	) each GROUP BY kind, name) `
}

func (w Sight) args() []any {
	return []any{w.Owner, w.Approver, pq.Array(w.Services), pq.Array(w.Customers)}
}

func level(l Level) string { return fmt.Sprint(int(l)) }

// shownAt says of a row x of run, slot or plan whether it is shown at the level
// that a row v of sight has: an extract's are those of processes that report on
// a service as a whole, since the name of any other scope may tell of others.
func shownAt(x string) string {
	return `((` + x + `.about_kind, ` + x + `.about) = (v.kind, v.name) AND (v.level > ` + level(Extract) + ` OR ` + x + `.process IN (` + onServices() + `)))`
}

func onServices() string {
	var names []string
	for _, p := range process.Catalogue() {
		if p.Scope == process.OfService {
			names = append(names, "'"+p.Name+"'")
		}
	}
	return strings.Join(names, ", ")
}

// selecting selects a page of the rows x of run or slot that a sight sees, for
// which a condition holds: of each thing that it sees so many, by an index that
// begins with what they are about, then of these the first. limit is an
// expression, args are those of condition and limit.
func (w Sight) selecting(columns, table, x, condition, order, limit string, args ...any) (string, []any) {
	page := ` ORDER BY ` + order + ` LIMIT ` + limit
	if w.whole() {
		return `SELECT ` + columns + ` FROM ` + table + ` ` + x + ` WHERE ` + condition + page, args
	}
	return withSight(len(args)+1) + `SELECT ` + columns + ` FROM sight v CROSS JOIN LATERAL (
			SELECT ` + x + `.* FROM ` + table + ` ` + x + ` WHERE ` + shownAt(x) + ` AND ` + condition + page + `) ` + x + page, append(args, w.args()...)
}

// Seen says how much a sight sees of each thing; what isn't in it is seen as
// whole allows.
func (s *Store) Seen(ctx context.Context, who Sight) (map[resource.Ref]Level, error) {
	var rows []struct {
		resource.Ref
		Level Level `db:"level"`
	}
	err := s.db.SelectContext(ctx, &rows, withSight(1)+`SELECT kind, name, level FROM sight`, who.args()...)
	seen := make(map[resource.Ref]Level, len(rows))
	for _, r := range rows {
		seen[r.Ref] = r.Level
	}
	return seen, mapped(err)
}

// CustomersOf are the customers that the versions of agreements name, by the
// agreement's name; of one whose versions don't name the same there is none.
func (s *Store) CustomersOf(ctx context.Context, names []string, versions []int) (map[string]string, error) {
	var rows []struct {
		Name     string `db:"name"`
		Customer string `db:"customer"`
	}
	err := s.db.SelectContext(ctx, &rows, `SELECT w.name, min(r.document->'spec'->>'customer') AS customer
		FROM unnest($1::text[], $2::int[]) AS w (name, version)
		LEFT JOIN resource r ON r.kind = 'Agreement' AND r.name = w.name AND r.version = w.version
		GROUP BY w.name HAVING count(r.document->'spec'->>'customer') = count(*) AND count(DISTINCT r.document->'spec'->>'customer') = 1`,
		pq.Array(names), pq.Array(versions))
	customers := make(map[string]string, len(rows))
	for _, r := range rows {
		customers[r.Name] = r.Customer
	}
	return customers, mapped(err)
}
