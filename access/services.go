package access

import (
	"context"
	"encoding/json"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/store"
)

// CheckOwner refuses whoever doesn't own a service. One that isn't there is
// fault.NotFound.
func (c *Caller) CheckOwner(ctx context.Context, service string) error {
	return c.checkOwnerOr(ctx, service)
}

// CheckImporter refuses whoever may not load data of a service.
func (c *Caller) CheckImporter(ctx context.Context, service string) error {
	return c.checkOwnerOr(ctx, service, person.Administrator)
}

// CheckImports refuses whoever may not read the imports of a service.
func (c *Caller) CheckImports(ctx context.Context, service string) error {
	return c.checkOwnerOr(ctx, service, person.Administrator, person.Auditor)
}

// CheckImport refuses an import to whoever may not read it. That of a service
// which has been retired is for those who read those of all services.
func (c *Caller) CheckImport(ctx context.Context, i ticket.Import) error {
	if c.seesAll() {
		return nil
	}
	return c.CheckOwner(ctx, i.Service)
}

// checkOwnerOr refuses whoever neither owns a service nor has one of some roles.
func (c *Caller) checkOwnerOr(ctx context.Context, service string, roles ...person.Role) error {
	p, err := c.partIn(ctx, service)
	if err != nil || p.owns || c.Has(roles...) {
		return err
	}
	return refuse(text.F("%s doesn't own the service %s.", "%s ist für den Service %s nicht verantwortlich.", c.Person, service))
}

// CheckConcerned refuses whoever neither owns a service, nor approves for it,
// nor reads what there is of every service. One that isn't there is
// fault.NotFound.
func (c *Caller) CheckConcerned(ctx context.Context, service string) error {
	p, err := c.partIn(ctx, service)
	if err != nil || p.owns || p.approves || c.seesAll() {
		return err
	}
	return refuse(text.F("%s neither owns the service %s nor approves for it.",
		"%s verantwortet den Service %s nicht und gibt auch nicht für ihn frei.", c.Person, service))
}

// CheckExclusion refuses an exclusion to whoever may not read it. That of a
// service which has been retired is for those who read those of all services.
func (c *Caller) CheckExclusion(ctx context.Context, e agreement.Exclusion) error {
	if c.seesAll() {
		return nil
	}
	return c.CheckConcerned(ctx, e.Service)
}

// SelectFindings selects the findings that the caller sees, of one service or
// of all (empty).
func (c *Caller) SelectFindings(ctx context.Context, service string) (store.Findings, error) {
	want := store.Findings{Service: service, Sight: c.sight()}
	if service == "" || want.All {
		return want, nil
	}
	return want, c.CheckConcerned(ctx, service)
}

// CheckPreview refuses the plans of services that are there and don't concern
// the caller.
func (c *Caller) CheckPreview(ctx context.Context, docs []resource.Raw) error {
	if c.seesAll() {
		return nil
	}
	asked := map[string]bool{}
	for _, d := range docs {
		var spec struct{ Scope string }
		if d.Kind != resource.Interval || json.Unmarshal(d.Spec, &spec) != nil || asked[spec.Scope] {
			continue
		}
		asked[spec.Scope] = true
		if err := c.CheckConcerned(ctx, spec.Scope); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
