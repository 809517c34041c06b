package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
)

// markForComparing notes that something has changed that drafts about services
// may stand on: a worker compares them, and no approval goes by before. It comes
// last in a transaction, since it makes others of the services wait.
func markForComparing(ctx context.Context, tx sqlx.ExecerContext, services ...string) error {
	return mark(ctx, tx, false, services)
}

// markData is markForComparing where the data of a service has changed, or do so
// for a report that is being published: published reports are looked through,
// too.
func markData(ctx context.Context, tx sqlx.ExecerContext, service string) error {
	return mark(ctx, tx, true, []string{service})
}

func mark(ctx context.Context, tx sqlx.ExecerContext, late bool, services []string) error {
	services = slices.DeleteFunc(slices.Clone(services), func(name string) bool { return name == "" })
	slices.Sort(services) // in the same order, everybody
	_, err := tx.ExecContext(ctx, `INSERT INTO service_change AS c (service, number, late) SELECT name, 1, $2 FROM unnest($1::text[]) WITH ORDINALITY n(name, place) ORDER BY place
		ON CONFLICT (service) DO UPDATE SET number = c.number + 1, late = c.late OR excluded.late`, pq.Array(slices.Compact(services)), late)
	return err
}

// servicesBehind are those whose drafts may stand on something that was
// declared. A calendar may be any service's.
func servicesBehind(ctx context.Context, q sqlx.QueryerContext, changed []Change) (services []string, err error) {
	for _, c := range changed {
		switch c.Kind {
		case resource.Service:
			services = append(services, c.Name)
		case resource.Agreement:
			spec, err := decoded[agreement.Spec](c.After.Resource)
			if err != nil {
				return nil, err
			}
			services = append(services, spec.Spec.Service)
		case resource.Calendar:
			var all []string
			if err := sqlx.SelectContext(ctx, q, &all, "SELECT name FROM resource_current WHERE kind = $1", string(resource.Service)); err != nil {
				return nil, err
			}
			services = append(services, all...)
		case resource.SLO, resource.SLI:
			all, err := servicesOfObjectives(ctx, q, c.Ref)
			if err != nil {
				return nil, err
			}
			services = append(services, all...)
		}
	}
	return services, nil
}

// comparedProcess says whether a process's drafts are compared.
func comparedProcess(name string) bool {
	p, _ := process.Find(name)
	return p.Compared
}

// compared are the processes whose drafts are compared, as SQL has lists.
func compared() string {
	var names []string
	for _, p := range process.Catalogue() {
		if p.Compared {
			names = append(names, "'"+p.Name+"'")
		}
	}
	return strings.Join(names, ", ")
}

// readBy says, as SQL, that the process in a column reads the dataset in another one.
func readBy(processColumn, datasetColumn string) string {
	var pairs []string
	for _, p := range process.Catalogue() {
		for _, name := range p.Reads {
			pairs = append(pairs, "('"+p.Name+"', '"+name+"')")
		}
	}
	return "(" + processColumn + ", " + datasetColumn + ") IN (" + strings.Join(pairs, ", ") + ")"
}

// waitsUncompared says, as SQL, of a run r, its service's change c and what is
// frozen of its round, f, with its staleness, s, that something has changed since
// the round was frozen or compared.
const waitsUncompared = `r.ended_at IS NULL AND NOT r.provisional AND c.number > greatest(f.change_number, coalesce(s.change_number, 0))`

// uncompared selects the rounds whose drafts have to be compared: of live runs,
// and of the reports in force of services that got data.
var uncompared = `SELECT r.id AS run, r.round, false AS published FROM run r JOIN service_change c ON c.service = r.service
		JOIN frozen_set f ON f.run = r.id AND f.round = r.round LEFT JOIN staleness s ON s.run = r.id AND s.round = r.round
		WHERE r.process IN (` + compared() + `) AND ` + waitsUncompared + `
	UNION ALL SELECT p.run, p.round, true FROM service_change c
		CROSS JOIN LATERAL (SELECT DISTINCT ON (process, period) process, run, round FROM report
			WHERE process IN (` + compared() + `) AND scope = c.service ORDER BY process, period, version DESC) p
		JOIN frozen_set f ON f.run = p.run AND f.round = p.round LEFT JOIN staleness s ON s.run = p.run AND s.round = p.round
		WHERE c.late AND (SELECT max(id) FROM import i WHERE i.service = c.service AND ` + readBy("p.process", "i.dataset") + `) > greatest((f.document->>'import')::bigint, coalesce(s.import, 0))`

// Uncompared is a draft that has to be compared with what it would stand on now.
type Uncompared struct {
	run.Step  `db:""`
	Published bool   `db:"published"` // it is in force: late data is looked for
	Import    int64  `db:"import"`    // up to which that was done; 0: it wasn't yet
	Tickets   string `db:"tickets"`   // hash of the set as of that import
	Newest    int64  `db:"newest"`    // import of the service that its process reads
}

// Compared is what comparing has found out.
type Compared struct {
	Changes []task.StalePart // of what a draft that waits stands on
	Tickets string           // of a published one: hash of its set as it is now
	Late    []Late           // what it doesn't say
}

// errCompared ends a transaction in which there was nothing to compare.
var errCompared = errors.New("nothing is left to be compared")

// CompareNext takes a draft that has to be compared, of which no other worker
// does, and keeps what compare says of it; killed in between it is taken again.
// Those of some runs are left out. It gives the run, also with an error; empty
// where none is left.
func (s *Store) CompareNext(ctx context.Context, now func() time.Time, without []string, compare func(context.Context, Uncompared) (Compared, error)) (runID string, err error) {
	if _, err := s.db.ExecContext(ctx, "INSERT INTO staleness (run, round) SELECT run, round FROM ("+uncompared+") u ON CONFLICT DO NOTHING"); err != nil {
		return "", mapped(err)
	}
	return s.compareOne(ctx, now, `u.run <> ALL ($1) ORDER BY u.published, u.run LIMIT 1 FOR UPDATE OF s SKIP LOCKED`, pq.Array(append([]string{}, without...)), compare)
}

// CompareRun compares the draft of a run that waits, unless that was done since
// the last change. Whoever is at it already is waited for.
func (s *Store) CompareRun(ctx context.Context, now func() time.Time, runID string, compare func(context.Context, Uncompared) (Compared, error)) error {
	if _, err := s.db.ExecContext(ctx, "INSERT INTO staleness (run, round) SELECT id, round FROM run WHERE id = $1 ON CONFLICT DO NOTHING", runID); err != nil {
		return mapped(err)
	}
	_, err := s.compareOne(ctx, now, `u.run = $1 FOR UPDATE OF s`, runID, compare)
	return err
}

func (s *Store) compareOne(ctx context.Context, now func() time.Time, which string, arg any, compare func(context.Context, Uncompared) (Compared, error)) (runID string, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		var u struct {
			Uncompared
			Before JSON[[]task.StalePart] `db:"changes"`
		}
		err := tx.GetContext(ctx, &u, `SELECT u.run, u.round, u.published, s.import, s.tickets, s.changes FROM staleness s
			JOIN (`+uncompared+`) u ON u.run = s.run AND u.round = s.round WHERE `+which, arg)
		if errors.Is(err, sql.ErrNoRows) {
			return errCompared
		}
		if err != nil {
			return err
		}
		runID = u.Run
		// Read before anything else: what changes meanwhile is compared again.
		var at struct {
			Number int64 `db:"number"`
			Newest int64 `db:"newest"`
		}
		if err := tx.GetContext(ctx, &at, `SELECT c.number, coalesce((SELECT max(id) FROM import i WHERE i.service = c.service AND `+readBy("r.process", "i.dataset")+`), 0) AS newest
			FROM run r JOIN service_change c ON c.service = r.service WHERE r.id = $1`, u.Run); err != nil {
			return err
		}
		u.Newest = at.Newest
		found, err := compare(ctx, u.Uncompared)
		if err != nil {
			return err
		}
		if found.Changes == nil {
			found.Changes = []task.StalePart{}
		}
		if u.Published {
			if err := openLate(ctx, tx, now(), u.Run, found.Late); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE staleness SET import = $3, tickets = $4, checked_at = $5 WHERE run = $1 AND round = $2",
				u.Run, u.Round, at.Newest, found.Tickets, now())
			return err
		}
		if _, err = tx.ExecContext(ctx, "UPDATE staleness SET change_number = $3, changes = $4, checked_at = $5 WHERE run = $1 AND round = $2",
			u.Run, u.Round, at.Number, JSON[[]task.StalePart]{found.Changes}, now()); err != nil || slices.Equal(found.Changes, u.Before.V) {
			return err
		}
		return record(ctx, tx, person.Actor{Person: person.System}, now(), "draft.compared", "run/"+u.Run,
			map[string]any{"round": u.Round, "stale": u.Before.V}, map[string]any{"round": u.Round, "stale": found.Changes})
	})
	if errors.Is(err, errCompared) {
		return "", nil
	}
	return runID, err
}

// LateSettled notes of which services all published reports were looked through,
// as of the numbers that LateServices gave.
func (s *Store) LateSettled(ctx context.Context, looked map[string]int64) error {
	names, numbers := make([]string, 0, len(looked)), make([]int64, 0, len(looked))
	for name := range looked {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		numbers = append(numbers, looked[name])
	}
	_, err := s.db.ExecContext(ctx, `UPDATE service_change c SET late = false FROM unnest($1::text[], $2::bigint[]) n(service, number)
		WHERE c.service = n.service AND c.number = n.number AND c.late
		AND NOT EXISTS (SELECT FROM (`+uncompared+`) u JOIN run r ON r.id = u.run WHERE u.published AND r.service = c.service)`, pq.Array(names), pq.Array(numbers))
	return mapped(err)
}

// LateServices are those whose published reports have to be looked through for
// late data, each with the number of its last change.
func (s *Store) LateServices(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		Service string `db:"service"`
		Number  int64  `db:"number"`
	}
	err := s.db.SelectContext(ctx, &rows, "SELECT service, number FROM service_change WHERE late")
	all := make(map[string]int64, len(rows))
	for _, r := range rows {
		all[r.Service] = r.Number
	}
	return all, mapped(err)
}

// StaleTasks counts the open tasks of rounds that stand on something that has
// changed since.
func (s *Store) StaleTasks(ctx context.Context) (n int64, err error) {
	err = s.db.GetContext(ctx, &n, `SELECT count(*) FROM task t JOIN staleness s ON s.run = t.run AND s.round = t.round
		WHERE t.state = 'open' AND s.changes <> '[]'`)
	return n, mapped(err)
}

// stale is what is on record of a draft that is being decided on: what has changed
// that it stands on. UncomparedError where something may have changed that it
// wasn't compared with.
func stale(ctx context.Context, q sqlx.QueryerContext, t task.Task) ([]task.StalePart, error) {
	var row struct {
		Uncompared bool            `db:"uncompared"`
		Changes    json.RawMessage `db:"changes"`
	}
	err := sqlx.GetContext(ctx, q, &row, `SELECT r.process IN (`+compared()+`) AND `+waitsUncompared+` AS uncompared, coalesce(s.changes, '[]') AS changes
		FROM run r JOIN frozen_set f ON f.run = r.id AND f.round = r.round JOIN service_change c ON c.service = r.service
		LEFT JOIN staleness s ON s.run = r.id AND s.round = r.round WHERE r.id = $1 AND r.round = $2`, t.Run, t.Round)
	switch {
	case errors.Is(err, sql.ErrNoRows): // nothing has ever changed, or it stands on nothing
		return nil, nil
	case err == nil && row.Uncompared:
		return nil, UncomparedError{t.Run}
	case err != nil:
		return nil, err
	}
	var changes []task.StalePart
	return changes, json.Unmarshal(row.Changes, &changes)
}

// UncomparedError says that the draft of a run has to be compared before it is
// approved.
type UncomparedError struct{ Run string }

// Error is for the log alone: whoever decides compares first.
func (e UncomparedError) Error() string {
	return "store: something has changed that the draft of " + e.Run + " wasn't compared with"
}
