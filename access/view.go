package access

import (
	"context"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/store"
)

// seesAll says whether the caller reads what is declared, found and imported
// for every service, retired ones too.
func (c *Caller) seesAll() bool { return c.Has(person.Administrator, person.Auditor) }

// concerning limits what is read to what the caller owns or approves for; of
// administrators and auditors to nothing.
func (c *Caller) concerning() store.Sight {
	w := store.Sight{All: c.seesAll(), Owner: c.Person}
	if c.Has(person.Approver) {
		w.Approver = c.Person
	}
	return w
}

// sight is that, and what their view gives them of what is published.
func (c *Caller) sight() store.Sight {
	w := c.concerning()
	w.Every = slices.Contains(c.Sees.Services, person.EveryService)
	w.Services, w.Customers = c.Sees.Services, c.Sees.Customers
	return w
}

// levelOf is the one rule for how much the caller sees of what runs about
// something show. The owner of it, its approvers and auditors see its inside;
// of what has gone auditors alone do. Administrators see what is published, as
// whoever's view names the service, or all, and the last owner and approvers of
// what has gone. A customer's person sees extracts of the services which have, or
// had, agreements with that customer. Anybody else sees nothing.
func (c *Caller) levelOf(ctx context.Context, about resource.Ref) (store.Level, error) {
	if c.Has(person.Auditor) {
		return store.Inside, nil
	}
	w := c.sight()
	if c.seen == nil {
		seen, err := c.store.Seen(ctx, w)
		if err != nil {
			return store.Nothing, err
		}
		c.seen = seen
	}
	if l := c.seen[about]; l > store.Published || !w.All && !w.Every {
		return l, nil
	}
	return store.Published, nil
}

// levelOfRun is that of one run: extracts are made of the reports on a service as
// a whole, since the name of any other scope may tell of other customers.
func (c *Caller) levelOfRun(ctx context.Context, name string, about resource.Ref) (store.Level, error) {
	l, err := c.levelOf(ctx, about)
	if p, _ := process.Find(name); l == store.Extract && p.Scope != process.OfService {
		l = store.Nothing
	}
	return l, err
}

// SeesInside says whether the caller sees the inside of runs about something:
// drafts, tasks, reasons and decisions before publication, and receipts at all
// times, since they hold tickets.
func (c *Caller) SeesInside(ctx context.Context, about resource.Ref) (bool, error) {
	l, err := c.levelOf(ctx, about)
	return l == store.Inside, err
}

// checkSeen refuses something of which the caller sees less than a level, in the
// very words of the store where it isn't there: nobody finds out by asking what
// there is.
func (c *Caller) checkSeen(ctx context.Context, about resource.Ref, least store.Level, notThere error) error {
	l, err := c.levelOf(ctx, about)
	if err == nil && l < least {
		err = refusal{fault.As(notThere)}
	}
	return err
}

// Unseen gives an error back; but where somebody was refused something, which is
// on record, of which they see nothing, as if that weren't there.
func (c *Caller) Unseen(ctx context.Context, why error, about resource.Ref, notThere error) error {
	if !fault.Is(why, fault.Forbidden) {
		return why
	}
	switch l, err := c.levelOf(ctx, about); {
	case err != nil:
		return err
	case l == store.Nothing:
		return notThere
	}
	return why
}
