package access

import (
	"context"

	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/store"
)

// SelectFindings limits findings to those that the caller sees; one service's to
// whoever it concerns.
func (c *Caller) SelectFindings(ctx context.Context, want store.Findings) (store.Findings, error) {
	want.Sight = c.concerning()
	if want.Service == "" || want.All {
		return want, nil
	}
	return want, c.CheckConcerned(ctx, want.Service)
}

// CheckFinding refuses a finding to whoever doesn't see it. One about what has
// gone is for those who see all, and so is one of the installation where there
// is no organisation.
func (c *Caller) CheckFinding(ctx context.Context, f improvement.Finding) error {
	return c.checkFoundAbout(ctx, f.About, store.NoFinding(f.ID))
}

// CheckFoundAbout refuses findings about something to whoever neither owns it,
// nor approves for it, nor sees all.
func (c *Caller) CheckFoundAbout(ctx context.Context, about resource.Ref) error {
	return c.checkFoundAbout(ctx, about, store.NotFound(about.Kind, about.Name))
}

func (c *Caller) checkFoundAbout(ctx context.Context, about resource.Ref, notThere error) error {
	if c.seesAll() {
		return nil
	}
	about, err := c.store.AnswersFor(ctx, about)
	if err != nil {
		return err
	}
	if about.Name == "" {
		return refuse(text.F("This concerns the whole installation: it is for the roles %s.", "Das betrifft die gesamte Installation: Es steht den Rollen %s zu.",
			text.List([]person.Role{person.Administrator, person.Auditor})))
	}
	return c.checkConcerned(ctx, about, notThere)
}

// SelectActions limits actions to those that the caller sees: their own, and
// those of what they own or approve for; auditors and administrators see all.
func (c *Caller) SelectActions(want store.Actions) store.Actions {
	want.Sight = c.concerning()
	want.Sees = c.Person
	return want
}
