package store

import (
	"context"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/mapping"
	"turnus/itsm/resource"
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
	case resource.Mapping:
		m, err := decoded[mapping.Spec](d)
		return m.Spec.Warnings(), err
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
