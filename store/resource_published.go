package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/process"
	"turnus/itsm/resource"
)

// changesPublished are the services, by name, of which a published report would
// be computed with the version that a change makes: an agreement's counts for
// tickets opened from its instant on, what else there is for periods that begin
// while it holds. Of a service only its calendar and zone count.
func changesPublished(ctx context.Context, q sqlx.QueryerContext, c Change) ([]string, error) {
	services, err := computedWith(ctx, q, c)
	if err != nil {
		return nil, err
	}
	var changed []string
	for _, service := range services {
		periods, err := publishedPeriods(ctx, q, service)
		if err != nil {
			return nil, err
		}
		if len(periods) == 0 {
			continue
		}
		last := periods[len(periods)-1]
		counts := !c.After.ValidFrom.After(last.VersionsAt())
		if c.Kind == resource.Agreement {
			d, err := declaredAbout(ctx, q, resource.Service.Ref(service))
			if err != nil {
				return nil, err
			}
			zone, err := d.ZoneIn(last)
			if err != nil {
				return nil, err
			}
			_, end := last.Bounds(zone)
			counts = c.After.ValidFrom.Before(end)
		}
		if counts {
			changed = append(changed, service)
		}
	}
	return changed, nil
}

// computedWith are the services whose reports are computed with what changes.
func computedWith(ctx context.Context, q sqlx.QueryerContext, c Change) (services []string, err error) {
	switch c.Kind {
	case resource.Agreement:
		var a agreement.Spec
		err := json.Unmarshal(c.After.Resource.Spec, &a)
		return []string{a.Service}, err
	case resource.Service:
		var now, before agreement.ServiceSpec
		if err := json.Unmarshal(c.After.Resource.Spec, &now); err != nil {
			return nil, err
		}
		if c.Before != nil {
			if err := json.Unmarshal(c.Before.Resource.Spec, &before); err != nil {
				return nil, err
			}
		}
		if before.Calendar != now.Calendar || before.Zone != now.Zone {
			services = []string{c.Name}
		}
	case resource.Calendar:
		err = sqlx.SelectContext(ctx, q, &services, `SELECT name FROM (
				SELECT name FROM resource WHERE kind = 'Service' AND document->'spec'->>'calendar' = $1
				UNION SELECT document->'spec'->>'service' FROM resource WHERE kind = 'Agreement'
					AND document->'spec'->'targets' @> jsonb_build_array(jsonb_build_object('calendar', $1::text))) s
			ORDER BY name COLLATE "C"`, c.Name)
	}
	return services, err
}

// publishedPeriods are those of which a service has a published report, the
// earliest first.
func publishedPeriods(ctx context.Context, q sqlx.QueryerContext, service string) ([]calendar.Period, error) {
	var names []string
	if err := sqlx.SelectContext(ctx, q, &names, "SELECT DISTINCT period FROM report WHERE process = $1 AND scope = $2", process.SLAReport, service); err != nil {
		return nil, err
	}
	periods := make([]calendar.Period, len(names))
	for i, name := range names {
		var err error
		if periods[i], err = calendar.ParsePeriod(name); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(periods, func(a, b calendar.Period) int { return b.Next.Until(a.Next) })
	return periods, nil
}
