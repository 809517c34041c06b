package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/sla"
)

// Declared is what was ever declared about a scope: all versions of the resource
// that declares it, of the agreements for its service, and of the calendars that
// any of these name. What holds when is looked up in it, and costs no statement.
type Declared struct {
	about    resource.Ref
	versions []declaredVersion // by kind, name and number; retirements, too
}

// declaredVersion is a version, and of what its row says that it is one: a
// document that was altered may say something else, and is to be found so.
type declaredVersion struct {
	of resource.Ref
	resource.Version
	decided *sla.Decided // of an agreement: who put it in force
}

// Declared reads what was declared about a scope, at one moment; of what there
// isn't nothing.
func (s *Store) Declared(ctx context.Context, about resource.Ref) (Declared, error) {
	d, err := declaredAbout(ctx, s.db, about)
	return d, mapped(err)
}

func declaredAbout(ctx context.Context, q sqlx.QueryerContext, about resource.Ref) (Declared, error) {
	var rows []struct {
		Of resource.Ref `db:"of"`
		resourceRow
		Decided JSON[*sla.Decided] `db:"decided"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `WITH own AS MATERIALIZED (
			SELECT * FROM resource WHERE kind = $1 AND name = $2
			UNION ALL SELECT * FROM resource WHERE kind = 'Agreement' AND name IN (
				SELECT name FROM resource WHERE kind = 'Agreement' AND document->'spec'->>'service' = $3))
		SELECT kind AS "of.kind", name AS "of.name", `+resourceColumns+`, CASE kind WHEN 'Agreement' THEN (
			SELECT jsonb_build_object('run', p.run, 'by', jsonb_agg(d.person ORDER BY d.at), 'at', max(d.at))
				FROM proposal p JOIN run r ON r.id = p.run JOIN decision d ON d.run = r.id AND d.round = r.round AND d.outcome = 'approve'
				WHERE p.kind = 'Agreement' AND p.name = declared.name AND p.enacted = declared.version GROUP BY p.run, p.at ORDER BY p.at, p.run LIMIT 1) END AS decided
		FROM (SELECT * FROM own UNION ALL SELECT * FROM resource WHERE kind = 'Calendar' AND name IN (
			SELECT document->'spec'->>'calendar' FROM own
			UNION SELECT jsonb_path_query(document, '$.spec.targets[*].calendar') #>> '{}' FROM own)) declared
		ORDER BY kind, name COLLATE "C", version`, string(about.Kind), about.Name, serviceAt(about))
	d := Declared{about, make([]declaredVersion, len(rows))}
	for i, r := range rows {
		d.versions[i] = declaredVersion{r.Of, r.domain(), r.Decided.V}
	}
	return d, err
}

// ValidAt decodes the version of a resource that holds at an instant: of those
// with ValidFrom not after it the one with the greatest number. A retired one
// isn't found.
func ValidAt[T any](d Declared, of resource.Ref, at time.Time) (resource.Resource[T], resource.Version, error) {
	for i := len(d.versions) - 1; i >= 0; i-- {
		v := d.versions[i]
		if v.of != of || v.ValidFrom.After(at) {
			continue
		}
		if v.Retired {
			break
		}
		r, err := decoded[T](v.Resource)
		return r, v.Version, err
	}
	return resource.Resource[T]{}, resource.Version{}, NotFound(of.Kind, of.Name)
}

// Newest decodes the newest version of a resource that isn't retired.
func Newest[T any](d Declared, of resource.Ref) (resource.Resource[T], error) {
	r, _, err := ValidAt[T](d, of, endOfTime)
	return r, err
}

// Decided says who put a version of an agreement in force that was proposed; nil
// where nobody decided on it.
func (d Declared) Decided(agreement string, version int) *sla.Decided {
	for _, v := range d.versions {
		if v.of.Kind == resource.Agreement && v.of.Name == agreement && v.Version.Version == version && v.decided != nil {
			decided := *v.decided
			decided.At = decided.At.UTC()
			return &decided
		}
	}
	return nil
}

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// ZoneIn is the zone of a period, as the versions of scope and calendar say that
// count for it; where none does, as they are now.
func (d Declared) ZoneIn(p calendar.Period) (*time.Location, error) {
	z, err := d.zoneAt(p.VersionsAt())
	if err != nil { // the tzdata of today may have no zone of that name, either
		z, err = d.zoneAt(endOfTime)
	}
	return z, err
}

func (d Declared) zoneAt(at time.Time) (*time.Location, error) {
	scope, _, err := ValidAt[agreement.ScopeSpec](d, d.about, at)
	if err != nil {
		return nil, err
	}
	type zoned struct {
		Zone string `json:"zone"`
	}
	var cal resource.Resource[zoned]
	if scope.Spec.Calendar != calendar.AlwaysOpen {
		if cal, _, err = ValidAt[zoned](d, resource.Calendar.Ref(scope.Spec.Calendar), at); err != nil {
			return nil, err
		}
	}
	return zoneNamed(scope.Spec.Calendar, scope.Spec.Zone, cal.Spec.Zone)
}

// Agreements gives what was agreed for the service: the versions with a
// ValidFrom before an instant, by name and version. ValidTo is filled in: the
// end that the version states, in a zone (nil: that of the service as it is now),
// or the retirement of its agreement if that came earlier. Retirements themselves
// aren't listed.
func (d Declared) Agreements(before time.Time, zone *time.Location) ([]resource.Version, error) {
	if zone == nil {
		var err error
		if zone, err = d.zoneAt(endOfTime); err != nil {
			return nil, err
		}
	}
	all, err := agreed(d.versions, d.about.Name, zone)
	list := []resource.Version{}
	for _, v := range all {
		if v.ValidFrom.Before(before) {
			list = append(list, v)
		}
	}
	return list, err
}

// agreed are the versions of a service's agreements among some that are by kind,
// name and number.
func agreed(versions []declaredVersion, service string, zone *time.Location) ([]resource.Version, error) {
	var list []resource.Version
	for i, v := range versions {
		if v.of.Kind != resource.Agreement || v.Retired {
			continue
		}
		var spec agreement.Spec
		if err := json.Unmarshal(v.Resource.Spec, &spec); err != nil {
			return nil, err
		}
		if spec.Service != service { // one that moved to another service is that one's now
			continue
		}
		if spec.Valid.To != nil {
			to := spec.Valid.To.Add(1).Start(zone).UTC()
			v.ValidTo = &to
		}
		for _, later := range versions[i+1:] {
			if later.of != v.of {
				break
			}
			if end := later.ValidFrom; later.Retired && (v.ValidTo == nil || end.Before(*v.ValidTo)) {
				v.ValidTo = &end
			}
		}
		list = append(list, v.Version)
	}
	return list, nil
}
