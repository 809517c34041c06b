package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/continuity"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// changesSince is what changed beside plans since the first of their drills.
type changesSince struct {
	declared []declaredSince
	events   []eventSince
}

// declaredSince is a version of an agreement, a service or a plan of one.
type declaredSince struct {
	resource.Ref
	Version int       `db:"version"`
	Retired bool      `db:"retired"`
	At      time.Time `db:"at"`
	Service string    `db:"service"` // whose
}

type eventSince struct {
	Service string    `db:"service"`
	Detail  string    `db:"detail"`
	At      time.Time `db:"at"`
}

// changesAround reads what changed around plans since the first of their drills.
func changesAround(ctx context.Context, q sqlx.QueryerContext, plans []coveredPlan, drills []shownDrill) (a changesSince, err error) {
	if len(drills) == 0 {
		return a, nil
	}
	since := drills[0].Held
	var services, dependencies []string
	for _, p := range plans {
		services = append(services, p.Service)
		for _, d := range p.Spec.V.Dependencies {
			dependencies = append(dependencies, d.Service)
		}
	}
	if err := sqlx.SelectContext(ctx, q, &a.declared, `
		SELECT kind, name, version, retired, at, document->'spec'->>'service' AS service FROM resource
			WHERE kind = 'Agreement' AND document->'spec'->>'service' = ANY ($2) AND at > $1
		UNION ALL SELECT kind, name, version, retired, at, document->'spec'->>'service' FROM resource
			WHERE kind = $4 AND document->'spec'->>'service' = ANY ($3) AND at > $1
		UNION ALL SELECT kind, name, version, retired, at, name FROM resource
			WHERE kind = 'Service' AND name = ANY ($3) AND at > $1
		ORDER BY at, kind, name, version`, since, pq.Array(services), pq.Array(dependencies), string(resource.ContinuityPlan)); err != nil {
		return a, err
	}
	err = sqlx.SelectContext(ctx, q, &a.events, "SELECT service, detail, at FROM event WHERE event = $1 AND service = ANY ($2) AND at > $3 ORDER BY at, id",
		string(planning.MajorChange), pq.Array(services), since)
	return a, err
}

// of is what concerns a plan. What somebody wrote of an event is for who sees
// inside of its service.
func (a changesSince) of(p coveredPlan) []continuity.Around {
	depends := map[string]bool{}
	for _, d := range p.Spec.V.Dependencies {
		depends[d.Service] = true
	}
	var all []continuity.Around
	for _, d := range a.declared {
		c := continuity.Around{ChangedSince: continuity.ChangedSince{Name: d.Name, Version: d.Version, At: d.At.UTC()}}
		switch {
		case d.Kind == resource.Agreement && d.Service == p.Service:
			c.What = continuity.ChangedAgreement
			c.Detail = text.F("agreement %s, version %d", "Vereinbarung %s, Version %d", d.Name, d.Version)
			if d.Retired {
				c.Detail = text.F("agreement %s retired", "Vereinbarung %s außer Kraft gesetzt", d.Name)
			}
		case d.Kind != resource.Agreement && depends[d.Service] && d.Service != p.Service:
			c.What, c.Name, c.Of = continuity.ChangedDependency, d.Service, []string{continuity.ObjectiveRTO, continuity.ObjectiveMBCO}
			c.Detail = dependencyChanged(d)
		default:
			continue
		}
		all = append(all, c)
	}
	for _, e := range a.events {
		if e.Service != p.Service {
			continue
		}
		detail := planning.MajorChange.Title()
		if p.Level == Inside {
			detail = text.F("%s: %s", "%s: %s", planning.MajorChange, e.Detail)
		}
		all = append(all, continuity.Around{ChangedSince: continuity.ChangedSince{What: continuity.ChangedEvent, Name: string(planning.MajorChange), At: e.At.UTC(), Detail: detail}})
	}
	return all
}

// dependencyChanged says what of a dependency changed.
func dependencyChanged(d declaredSince) text.Text {
	plan := d.Kind == resource.ContinuityPlan
	switch {
	case plan && d.Retired:
		return text.F("continuity plan of the service %s retired", "Notfallplan des Service %s außer Kraft gesetzt", d.Service)
	case plan:
		return text.F("continuity plan of the service %s, version %d", "Notfallplan des Service %s, Version %d", d.Service, d.Version)
	case d.Retired:
		return text.F("service %s retired", "Service %s außer Kraft gesetzt", d.Service)
	}
	return text.F("service %s, version %d", "Service %s, Version %d", d.Service, d.Version)
}
