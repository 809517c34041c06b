package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/continuity"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// PlanInForce is a continuity plan with what those whom it names are called.
type PlanInForce struct {
	Name    string
	Title   text.Text
	Version int
	Hash    string
	Since   time.Time
	Service text.Text // as it is called
	Spec    continuity.Plan
	People  map[string]text.Text // by name; who is called nothing else isn't in it
}

// PlansInForce are the continuity plans of the services of which somebody sees
// the inside, by service and name.
func (s *Store) PlansInForce(ctx context.Context, of ContinuityCovered) ([]PlanInForce, error) {
	var all []PlanInForce
	err := s.snapshot(ctx, func(tx *sqlx.Tx) error {
		plans, err := plansSeen(ctx, tx, of, Inside)
		if err != nil || len(plans) == 0 {
			return err
		}
		called, err := calledIn(ctx, tx, plans)
		if err != nil {
			return err
		}
		for _, p := range plans {
			title := p.Meta.V.DisplayName
			if title.IsZero() {
				title = text.Same(p.Name)
			}
			service, ok := called[resource.Service][p.Service]
			if !ok {
				service = text.Same(p.Service)
			}
			all = append(all, PlanInForce{Name: p.Name, Title: title, Version: p.Version, Hash: p.Hash, Since: p.At.UTC(), Service: service, Spec: p.Spec.V, People: called[resource.Person]})
		}
		return nil
	})
	return all, mapped(err)
}

// calledIn says what services and persons that plans name are called.
func calledIn(ctx context.Context, q sqlx.QueryerContext, plans []coveredPlan) (map[resource.Kind]map[string]text.Text, error) {
	var services, persons []string
	for _, p := range plans {
		services = append(services, p.Service)
		persons = append(persons, p.Spec.V.Business)
		for _, c := range p.Spec.V.Contacts {
			persons = append(persons, c.Person)
		}
		for _, steps := range [][]continuity.Step{p.Spec.V.Steps, p.Spec.V.Return} {
			for _, step := range steps {
				persons = append(persons, step.Owner)
			}
		}
	}
	var rows []struct {
		resource.Ref
		Called JSON[text.Text] `db:"called"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `SELECT kind, name, document->'metadata'->'displayName' AS called FROM (
			SELECT DISTINCT ON (kind, name) * FROM resource WHERE kind = 'Service' AND name = ANY ($1) OR kind = 'Person' AND name = ANY ($2)
			ORDER BY kind, name, version DESC) r
		WHERE document->'metadata' ? 'displayName'`, pq.Array(services), pq.Array(persons))
	called := map[resource.Kind]map[string]text.Text{resource.Service: {}, resource.Person: {}}
	for _, r := range rows {
		if !r.Called.V.IsZero() {
			called[r.Kind][r.Name] = r.Called.V
		}
	}
	return called, err
}
