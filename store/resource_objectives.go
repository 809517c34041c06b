package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/resource"
)

// Objectives is what was ever declared of the objectives for a service: all versions
// of the SLOs that name it, and of the SLIs that these name.
func (s *Store) Objectives(ctx context.Context, service string) (Declared, error) {
	var rows []struct {
		Of resource.Ref `db:"of"`
		resourceRow
	}
	err := s.db.SelectContext(ctx, &rows, `WITH own AS MATERIALIZED (
			SELECT * FROM resource WHERE kind = 'SLO' AND name IN (
				SELECT name FROM resource WHERE kind = 'SLO' AND document->'spec'->>'service' = $1))
		SELECT kind AS "of.kind", name AS "of.name", `+resourceColumns+` FROM (
			SELECT * FROM own UNION ALL SELECT * FROM resource WHERE kind = 'SLI' AND name IN (SELECT document->'spec'->>'indicatorRef' FROM own)) declared
		ORDER BY kind, name COLLATE "C", version`, service)
	d := Declared{about: resource.Service.Ref(service), versions: make([]declaredVersion, len(rows))}
	for i, r := range rows {
		d.versions[i] = declaredVersion{of: r.Of, Version: r.domain()}
	}
	return d, mapped(err)
}

// Named are the names of a kind of which there is a version, in order.
func (d Declared) Named(k resource.Kind) (names []string) {
	for _, v := range d.versions {
		if v.of.Kind == k && (len(names) == 0 || names[len(names)-1] != v.of.Name) {
			names = append(names, v.of.Name)
		}
	}
	return names
}

// servicesOfObjectives are the services that an SLO names, or that SLOs do which
// name an SLI.
func servicesOfObjectives(ctx context.Context, q sqlx.QueryerContext, changed resource.Ref) (services []string, err error) {
	err = sqlx.SelectContext(ctx, q, &services, `SELECT DISTINCT document->'spec'->>'service' FROM resource
		WHERE kind = 'SLO' AND (name = $2 AND $1 = 'SLO' OR document->'spec'->>'indicatorRef' = $2 AND $1 = 'SLI')`, string(changed.Kind), changed.Name)
	return services, err
}
