package store

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
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
		d, err := declaredAbout(ctx, q, resource.Service.Ref(service))
		if err != nil {
			return nil, err
		}
		for _, period := range periods {
			counts, err := countsIn(d, c, period)
			if err != nil {
				return nil, err
			}
			if counts {
				changed = append(changed, service)
				break
			}
		}
	}
	return changed, nil
}

// countsIn says whether a change counts in a service's period, as far as it is
// declared.
func countsIn(d Declared, c Change, period calendar.Period) (bool, error) {
	switch c.Kind {
	case resource.Agreement:
		zone, err := d.ZoneIn(period)
		if err != nil {
			return false, err
		}
		_, end := period.Bounds(zone)
		return c.After.ValidFrom.Before(end), nil
	case resource.Service:
		now, err := decoded[agreement.ServiceSpec](c.After.Resource)
		if err != nil {
			return false, err
		}
		was, _, err := ValidAt[agreement.ServiceSpec](d, c.Ref, period.VersionsAt())
		if err != nil && !fault.Is(err, fault.NotFound) {
			return false, err
		}
		if was.Spec.Calendar == now.Spec.Calendar && was.Spec.Zone == now.Spec.Zone {
			return false, nil
		}
	}
	return !c.After.ValidFrom.After(period.VersionsAt()), nil
}

// computedWith are the services whose reports may be computed with what changes,
// now or once a proposal that waits is in force: what an approver looks at stays
// as it is until then.
func computedWith(ctx context.Context, q sqlx.QueryerContext, c Change) (services []string, err error) {
	switch c.Kind {
	case resource.Agreement:
		a, err := decoded[agreement.Spec](c.After.Resource)
		return []string{a.Spec.Service}, err
	case resource.Service:
		return []string{c.Name}, nil
	case resource.Calendar:
		err = sqlx.SelectContext(ctx, q, &services, `WITH d AS (
				SELECT kind, name, document FROM resource WHERE kind IN ('Service', 'Agreement')
				UNION ALL SELECT p.kind, p.name, p.document FROM proposal p JOIN run r ON r.id = p.run
					WHERE r.ended_at IS NULL AND p.kind IN ('Service', 'Agreement'))
			SELECT name FROM (
				SELECT name FROM d WHERE kind = 'Service' AND document->'spec'->>'calendar' = $1
				UNION SELECT document->'spec'->>'service' FROM d WHERE kind = 'Agreement'
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
