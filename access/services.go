package access

import (
	"context"
	"encoding/json"

	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// CheckOwner refuses whoever doesn't own a service. One that isn't there is
// fault.NotFound.
func (c *Caller) CheckOwner(ctx context.Context, service string) error {
	return c.CheckOwnerOf(ctx, resource.Service.Ref(service), store.NotFound(resource.Service, service))
}

// CheckOwnerOf is CheckOwner for whatever something on record is about; whoever
// sees nothing of that is told that it isn't there.
func (c *Caller) CheckOwnerOf(ctx context.Context, about resource.Ref, notThere error) error {
	return c.checkOwnerOr(ctx, about, notThere)
}

// CheckImporter refuses whoever may not load data of a service.
func (c *Caller) CheckImporter(ctx context.Context, service string) error {
	return c.checkOwnerOr(ctx, resource.Service.Ref(service), store.NotFound(resource.Service, service), person.Administrator)
}

// CheckImports refuses whoever may not read the imports of a service.
func (c *Caller) CheckImports(ctx context.Context, service string) error {
	return c.CheckConcerned(ctx, service)
}

// CheckImport refuses an import to whoever may not read it. That of a service
// which has been retired is for those who read those of all services.
func (c *Caller) CheckImport(ctx context.Context, i dataset.Import) error {
	if c.seesAll() {
		return nil
	}
	return c.checkConcerned(ctx, resource.Service.Ref(i.Service), store.NoImport(i.ID))
}

// CheckTickets refuses the tickets of a service to whoever doesn't see receipts,
// which hold them. Those of a service that has been retired are for auditors.
func (c *Caller) CheckTickets(ctx context.Context, service string) error {
	if c.Has(person.Auditor) {
		return nil
	}
	about := resource.Service.Ref(service)
	p, err := c.partIn(ctx, about)
	if err == nil && !p.owns && !p.approves {
		err = c.checkSeen(ctx, about, store.Extract, store.NotFound(resource.Service, service))
	}
	if err != nil || p.owns || p.approves {
		return err
	}
	return refuse(text.New("Tickets are for the service's owner, its approvers and auditors.",
		"Tickets sind nur für Serviceverantwortliche, Freigabeberechtigte und Auditierende."))
}

// checkOwnerOr refuses whoever neither owns something nor has one of some roles.
func (c *Caller) checkOwnerOr(ctx context.Context, about resource.Ref, notThere error, roles ...person.Role) error {
	p, err := c.partIn(ctx, about)
	if err != nil || p.owns || c.Has(roles...) {
		return err
	}
	if err := c.checkSeen(ctx, about, store.Extract, notThere); err != nil {
		return err
	}
	return refuse(text.F("%s doesn't own %s.", "%s ist für %s nicht verantwortlich.", c.Person, p.named))
}

// CheckConcerned refuses whoever neither owns a service, nor approves for it,
// nor reads what there is of every service. One that isn't there is
// fault.NotFound.
func (c *Caller) CheckConcerned(ctx context.Context, service string) error {
	return c.checkConcerned(ctx, resource.Service.Ref(service), store.NotFound(resource.Service, service))
}

func (c *Caller) checkConcerned(ctx context.Context, about resource.Ref, notThere error) error {
	p, err := c.partIn(ctx, about)
	if err != nil || p.owns || p.approves || c.seesAll() {
		return err
	}
	if err := c.checkSeen(ctx, about, store.Extract, notThere); err != nil {
		return err
	}
	return refuse(text.F("%s neither owns %s nor approves for it.",
		"%s ist für %s weder verantwortlich noch freigabeberechtigt.", c.Person, p.named))
}

// CheckExclusion refuses an exclusion to whoever may not read it. That of a
// service which has been retired is for those who read those of all services.
func (c *Caller) CheckExclusion(ctx context.Context, e agreement.Exclusion) error {
	if c.seesAll() {
		return nil
	}
	return c.checkConcerned(ctx, resource.Service.Ref(e.Service), store.NoExclusion(e.Service, e.ID))
}

// CheckPreview refuses the plans of what is there and doesn't concern the
// caller.
func (c *Caller) CheckPreview(ctx context.Context, docs []resource.Raw) error {
	if c.seesAll() {
		return nil
	}
	type plan struct{ Process, Scope string }
	asked := map[plan]bool{}
	for _, d := range docs {
		var of plan
		if d.Kind != resource.Interval || json.Unmarshal(d.Spec, &of) != nil || asked[of] {
			continue
		}
		asked[of] = true
		p, err := process.FindPlanned(of.Process)
		if err != nil {
			continue // the preview says what is wrong
		}
		scope, err := c.store.Scope(ctx, p, of.Scope)
		if err == nil {
			err = c.checkConcerned(ctx, scope.About, store.NotFound(scope.About.Kind, scope.About.Name))
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	return nil
}
