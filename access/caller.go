package access

import (
	"context"
	"errors"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// Caller is a person who asks for something, with all that decides what they
// may see and do. Make one for each request: what it has read of a scope it
// doesn't read again. It isn't safe for concurrent use.
type Caller struct {
	person.Actor
	store *store.Store
	parts map[resource.Ref]part
	seen  map[resource.Ref]store.Level // nil: not read yet
}

// For gives the caller that an actor is.
func For(s *store.Store, who person.Actor) *Caller {
	return &Caller{Actor: who, store: s, parts: map[resource.Ref]part{}}
}

// part is what somebody has to do with what a run is about.
type part struct {
	owns, approves bool
	named          text.Text // it, within a sentence
	gone           error     // fault.NotFound, where that isn't there
}

// partIn is the one question about what a run is about: whether the caller is
// its owner, or one of its approvers and has that role, as things are now.
// fault.NotFound where it isn't there (any more).
func (c *Caller) partIn(ctx context.Context, about resource.Ref) (part, error) {
	if p, ok := c.parts[about]; ok {
		return p, p.gone
	}
	scope, err := c.store.ScopeAbout(ctx, about)
	p := part{gone: err}
	switch {
	case err == nil:
		p = c.partOf(scope)
	case !fault.Is(err, fault.NotFound):
		return part{}, err
	}
	c.parts[about] = p
	return p, p.gone
}

func (c *Caller) partOf(s store.Scope) part {
	return part{
		owns:     s.Owner == c.Person,
		approves: c.Has(person.Approver) && slices.Contains(s.Approvers, c.Person),
		named:    s.Named(),
	}
}

// refusal is a fault that says what somebody may not.
type refusal struct{ why *fault.Error }

// Error is the fault's.
func (r refusal) Error() string { return r.why.Error() }

// Unwrap gives the fault.
func (r refusal) Unwrap() error { return r.why }

func refuse(why text.Text) error { return refusal{fault.New(fault.Forbidden, why)} }

// IsRefusal says whether this package refused something, which belongs on
// record. What other packages refuse they have recorded themselves.
func IsRefusal(err error) bool { return errors.As(err, &refusal{}) }
