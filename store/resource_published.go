package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
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
		counts, err := countsPublished(ctx, q, c, service)
		if err != nil {
			return nil, err
		}
		if counts {
			changed = append(changed, service)
		}
	}
	return changed, nil
}

// countsPublished says whether a change counts in a published period of a service,
// of a process that it concerns.
func countsPublished(ctx context.Context, q sqlx.QueryerContext, c Change, service string) (bool, error) {
	var before *resource.Raw
	if c.Before != nil {
		before = &c.Before.Resource
	}
	var declared *Declared
	for _, p := range standingOnAgreements() {
		if concerned, err := concerns(p, c.After.Resource, before); err != nil || !concerned {
			if err != nil {
				return false, err
			}
			continue
		}
		periods, err := publishedPeriods(ctx, q, p.Name, service)
		if err != nil {
			return false, err
		}
		for _, period := range periods {
			if declared == nil {
				d, err := declaredAbout(ctx, q, resource.Service.Ref(service))
				if err != nil {
					return false, err
				}
				declared = &d
			}
			if counts, err := countsIn(*declared, c, period); counts || err != nil {
				return counts, err
			}
		}
	}
	return false, nil
}

// standingOnAgreements are the processes whose reports agreements are part of.
func standingOnAgreements() (all []process.Process) {
	for _, p := range process.Catalogue() {
		if p.Agreed {
			all = append(all, p)
		}
	}
	return all
}

// concerns says whether a change may change what a process measures: of an agreement
// what it says, or said before, about the data that the process reads.
func concerns(p process.Process, after resource.Raw, before *resource.Raw) (bool, error) {
	if after.Kind != resource.Agreement {
		return true, nil
	}
	for _, r := range []*resource.Raw{&after, before} {
		if r == nil {
			continue
		}
		a, err := decoded[agreement.Spec](*r)
		if err != nil {
			return false, err
		}
		about := a.Spec.AboutAvailability
		if slices.Contains(p.Reads, dataset.Tickets) {
			about = a.Spec.AboutTickets
		}
		if about() {
			return true, nil
		}
	}
	return false, nil
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

// publishedPeriods are those of which a process has published a report on a service,
// the earliest first; a month behind the longer ones that end with it.
func publishedPeriods(ctx context.Context, q sqlx.QueryerContext, name, service string) ([]calendar.Period, error) {
	var names []string
	if err := sqlx.SelectContext(ctx, q, &names, "SELECT DISTINCT period FROM report WHERE process = $1 AND scope = $2", name, service); err != nil {
		return nil, err
	}
	periods := make([]calendar.Period, len(names))
	for i, name := range names {
		var err error
		if periods[i], err = calendar.ParsePeriod(name); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(periods, func(a, b calendar.Period) int { return cmp.Or(b.Next.Until(a.Next), b.First.Until(a.First)) })
	return periods, nil
}
