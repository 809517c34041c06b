package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// needApproval says of each document whether it is proposed instead of
// declared: of a kind that always is, or where it would change what published
// reports stand on. So is an agreement with the customer's consent that its
// service's owner brings, until somebody has decided on it.
func needApproval(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, docs []resource.Raw) ([]bool, error) {
	needs := make([]bool, len(docs))
	set := newResourceSet(tx) // of its own: nothing is declared here
	var stored []resource.Ref
	for i, d := range docs {
		switch declaration.Approval(d.Kind) {
		case declaration.Always:
			needs[i] = true
		case declaration.WherePublished:
			stored = append(stored, d.Ref())
		}
	}
	if err := set.load(ctx, stored); err != nil {
		return nil, err
	}
	for i, d := range docs {
		if declaration.Approval(d.Kind) != declaration.WherePublished {
			continue
		}
		c, err := set.replace(d, by, now)
		if err != nil {
			return nil, err
		}
		if needs[i], err = isDecided(ctx, tx, by, c); err != nil {
			return nil, err
		}
	}
	return needs, nil
}

// isDecided is needApproval of one change. What is in force already as it was
// decided is found by proposing it again.
func isDecided(ctx context.Context, tx *sqlx.Tx, by person.Actor, c Change) (bool, error) {
	if c.Kind == resource.Agreement {
		var a agreement.Spec
		if err := json.Unmarshal(c.After.Resource.Spec, &a); err != nil {
			return false, err
		}
		scope, err := scopeAbout(ctx, tx, resource.Service.Ref(a.Service))
		if fault.Is(err, fault.NotFound) { // it may come with the same call
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if a.Consent != "" && scope.Owner == by.Person && by.Has(person.ProcessOwner) {
			return true, nil
		}
		c.After.ValidFrom = a.Valid.From.Start(scope.Zone).UTC()
	}
	if c.Change == Unchanged {
		run, err := decidedIn(ctx, tx, c.Ref, c.After.Version)
		return run != "", err
	}
	services, err := changesPublished(ctx, tx, c)
	return len(services) > 0, err
}

// mayDeclare refuses an owner who isn't an administrator what they don't propose.
func mayDeclare(by person.Actor, docs []resource.Raw) error {
	if by.Has(person.Administrator) || !by.Has(person.ProcessOwner) {
		return nil
	}
	for _, d := range docs {
		if declaration.Approval(d.Kind) == declaration.WherePublished {
			return fault.New(fault.Forbidden, text.F("Administrators declare this; %s is process owner and proposes what changes published reports of their own services, or an agreement with the customer's consent.",
				"Das legt die Rolle administrator an; %s hat die Rolle process-owner und schlägt vor, was veröffentlichte Berichte der eigenen Services ändert, oder eine Vereinbarung mit Zustimmung des Kunden.", by.Person)).At(d.Ref().String())
		}
	}
	return nil
}

// checkUndecided refuses agreements that were declared and count in published
// months after all: with the zone that the same call gives their service, or as
// those of a service that comes back with it.
func checkUndecided(ctx context.Context, tx *sqlx.Tx, done []Change) error {
	var faults fault.List
	for _, c := range done {
		if c.Kind != resource.Agreement || c.Change == Unchanged {
			continue
		}
		services, err := changesPublished(ctx, tx, c)
		if err != nil {
			return err
		}
		if len(services) > 0 {
			faults.Add(fault.New(fault.Forbidden, text.F("Published reports of the service %s stand on this, as the rest of this call would have it: apply the rest by itself, then the service's owner proposes this.",
				"Darauf beruhen veröffentlichte Berichte des Service %s, wenn der Rest dieses Aufrufs gilt: Den Rest für sich anwenden, dann schlägt die für den Service verantwortliche Person dies vor.", services[0])).At(c.Ref.String()))
		}
	}
	return faults.Err()
}
