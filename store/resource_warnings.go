package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// warnWithin is how long what is declared is looked at: a value that no ticket
// has is looked for in all of them.
const warnWithin = 5 * time.Second

// warn says with each change what a person should know of what was declared, or
// would be: it is valid, and yet hardly meant so. Looking for it takes no lock,
// and what was declared is declared, whether or not it can be looked at.
func (s *Store) warn(ctx context.Context, docs []resource.Raw, changes []Change) {
	ctx, stop := context.WithTimeout(ctx, warnWithin)
	defer stop()
	seen := map[string]known{} // by service
	for i, d := range docs {
		changes[i].Warnings, _ = s.warningsOf(ctx, d, seen)
	}
}

func (s *Store) warningsOf(ctx context.Context, d resource.Raw, seen map[string]known) ([]dataset.Warning, error) {
	switch d.Kind {
	case resource.Person:
		p, err := decoded[person.Spec](d)
		if err != nil || p.Spec.Sees == nil {
			return nil, err
		}
		return s.unknownSight(ctx, *p.Spec.Sees)
	case resource.Mapping:
		m, err := decoded[mapping.Spec](d)
		return m.Spec.Warnings(), err
	case resource.ContinuityPlan:
		return doubtsOf(d)
	case resource.Agreement:
		a, err := decoded[agreement.Spec](d)
		if err != nil {
			return nil, err
		}
		agreed := dataset.Agreed{Name: a.Metadata.Name, Spec: a.Spec}
		percents := dataset.SharesForPercents(agreed)
		service := a.Spec.Service
		k, ok := seen[service]
		if !ok {
			if k, err = seenBefore(ctx, s.db, service, dataset.Tickets); err != nil {
				return percents, err
			}
			seen[service] = k
		}
		if len(k.values) == 0 && !k.partly { // before the first import
			return percents, nil
		}
		unknown, err := dataset.UnknownValues([]dataset.Agreed{agreed}, k.known, k.look(ctx, s.db, service))
		return append(percents, unknown...), err
	}
	return nil, nil
}

// doubtsOf says what a continuity plan would be found to have once it is in force.
func doubtsOf(d resource.Raw) (list []dataset.Warning, err error) {
	p, err := decoded[continuity.Plan](d)
	if err != nil {
		return nil, err
	}
	for _, doubt := range p.Spec.Assess() {
		list = append(list, dataset.Warning{Code: dataset.DoubtfulPlan, Detail: doubt.Text})
	}
	return list, nil
}

// unknownSight names what a view names and there isn't: it gives nothing, until
// it is declared.
func (s *Store) unknownSight(ctx context.Context, v person.View) (list []dataset.Warning, err error) {
	var unknown []struct {
		Service bool   `db:"service"`
		Name    string `db:"name"`
	}
	if err := s.db.SelectContext(ctx, &unknown, `SELECT true AS service, n.name FROM unnest($1::text[]) WITH ORDINALITY AS n (name, place)
			WHERE NOT EXISTS (SELECT FROM resource_current r WHERE r.kind = 'Service' AND r.name = n.name) AND n.name <> $3
		UNION ALL SELECT false, n.name FROM unnest($2::text[]) WITH ORDINALITY AS n (name, place)
			WHERE NOT EXISTS (SELECT FROM resource r WHERE r.kind = 'Agreement' AND r.document->'spec'->>'customer' = n.name)`,
		pq.Array(v.Services), pq.Array(v.Customers), person.EveryService); err != nil {
		return nil, err
	}
	for _, u := range unknown {
		detail := text.F("No agreement names the customer %q: this gives nothing to see until one does.",
			"Keine Vereinbarung nennt den Kunden %q: Bis dahin ist damit nichts zu sehen.", u.Name)
		if u.Service {
			detail = text.F("The service %q isn't declared: this gives nothing to see but what was published of it before.",
				"Der Service %q ist nicht angelegt: Damit ist nur zu sehen, was früher von ihm veröffentlicht wurde.", u.Name)
		}
		list = append(list, dataset.Warning{Code: dataset.UnknownSight, Detail: detail})
	}
	return list, nil
}
