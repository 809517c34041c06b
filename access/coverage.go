package access

import (
	"context"

	"turnus/itsm/resource"
	"turnus/store"
)

// SelectCoverage limits what is proved of continuity plans to the services whose
// published reports the caller sees, since it follows from these.
func (c *Caller) SelectCoverage(ctx context.Context, want store.ContinuityCovered) (store.ContinuityCovered, error) {
	want.Sight = c.sight()
	if want.Service == "" {
		return want, nil
	}
	about, notThere := resource.Service.Ref(want.Service), store.NotFound(resource.Service, want.Service)
	if _, err := c.partIn(ctx, about); err != nil {
		return want, err
	}
	return want, c.checkSeen(ctx, about, store.Published, notThere)
}

// SelectPlans limits continuity plans to those that the caller may take out of
// Turnus, with the contacts in them: of the services that they own or approve
// for; auditors and administrators all.
func (c *Caller) SelectPlans(ctx context.Context, service string) (store.ContinuityCovered, error) {
	want := store.ContinuityCovered{Service: service, Sight: c.concerning()}
	if service == "" {
		return want, nil
	}
	return want, c.CheckConcerned(ctx, service)
}
