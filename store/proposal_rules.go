package store

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/rulechange"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// rulesChange is a change to what published reports stand on: an agreement, a
// calendar, or a service's calendar and zone.
type rulesChange struct {
	document resource.Raw
	consent  string // of an agreement
	service  string // of an agreement
}

func rulesChangeOf(d resource.Raw) (rulesChange, error) {
	x := rulesChange{document: d}
	if d.Kind != resource.Agreement {
		return x, nil
	}
	a, err := decoded[agreement.Spec](d)
	x.consent, x.service = a.Spec.Consent, a.Spec.Service
	return x, err
}

// scopes are the services whose published reports would change; of an agreement
// its service, whatever is published.
func (x rulesChange) scopes(ctx context.Context, tx *sqlx.Tx, now time.Time) ([]Scope, error) {
	services := []string{x.service}
	if x.document.Kind != resource.Agreement {
		set := newResourceSet(tx)
		if err := set.load(ctx, []resource.Ref{x.document.Ref()}); err != nil {
			return nil, err
		}
		c, err := set.replace(x.document, person.Actor{}, now)
		if err != nil {
			return nil, err
		}
		if services, err = changesPublished(ctx, tx, c); err != nil {
			return nil, err
		}
		if len(services) == 0 {
			return nil, fault.New(fault.Conflict, text.F("%s changes no published report any more: declare it instead.",
				"%s ändert keinen veröffentlichten Bericht mehr: Stattdessen anlegen.", c.Ref))
		}
	}
	all := make([]Scope, len(services))
	for i, service := range services {
		var err error
		if all[i], err = scopeAbout(ctx, tx, resource.Service.Ref(service)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// foreign names who owns the services.
func (x rulesChange) foreign(of []Scope, by string) error {
	if len(of) == 1 {
		return fault.New(fault.Forbidden, text.F(
			"Published reports of the service %[1]s stand on this: its owner, %[2]s, proposes a change, and an approver decides. %[3]s doesn't own it.",
			"Darauf beruhen veröffentlichte Berichte des Service %[1]s: Die dafür verantwortliche Person, %[2]s, schlägt eine Änderung vor, und eine andere gibt sie frei. %[3]s ist nicht dafür verantwortlich.",
			of[0].Name, of[0].Owner, by))
	}
	names := make([]string, len(of))
	for i, s := range of {
		names[i] = s.Name + " (" + s.Owner + ")"
	}
	return fault.New(fault.Forbidden, text.F(
		"Published reports of several services stand on this, whose owners are named behind them: %[1]s. Whoever owns them all proposes a change, and an approver decides. %[2]s doesn't.",
		"Darauf beruhen veröffentlichte Berichte mehrerer Services, dahinter die verantwortlichen Personen: %[1]s. Wer für alle verantwortlich ist, schlägt eine Änderung vor, und eine andere Person gibt sie frei. Für %[2]s gilt das nicht.",
		strings.Join(names, ", "), by))
}

func (x rulesChange) reason() string { return x.consent }

func (x rulesChange) basis(about resource.Ref, now time.Time, p Proposal, before *resource.Version) task.Basis {
	return rulechange.Change{About: about, Document: p.Document, Declared: p.declared(before), Base: p.Base, At: now}.Basis()
}

// check puts it in force, to see whether that can be, and takes it back.
func (x rulesChange) check(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) error {
	return undone(ctx, tx, func() error {
		_, err := x.enact(ctx, tx, now, p, before)
		return err
	})
}

// enact writes the version exactly as it was proposed, unless that is in force
// and had only to be decided on. What has been changed since isn't overwritten.
func (x rulesChange) enact(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) (int, error) {
	if err := checkBase(ctx, tx, p); err != nil {
		return 0, err
	}
	c, err := enactVersion(ctx, tx, now, p, func(set resourceSet, c Change) error {
		return set.checkReferences(ctx, []Change{c})
	})
	if err != nil || c.Change == Unchanged {
		return p.Base, err
	}
	if err := checkOverlaps(ctx, tx, []Change{c}); err != nil {
		return 0, err
	}
	return c.After.Version, planAnew(ctx, tx, now, []Change{c})
}

// checkBase wants the version that a proposal changes to be the newest still.
func checkBase(ctx context.Context, tx *sqlx.Tx, p Proposal) error {
	_, base, err := lastOf(ctx, tx, p.Document.Ref())
	if err == nil && base != p.Base {
		err = fault.New(fault.Conflict, text.F("%[1]s has been changed since this was proposed: it has version %[2]d by now, and the proposal changes version %[3]d. Propose it again.",
			"%[1]s wurde seit dem Vorschlag geändert: Inzwischen gibt es Version %[2]d, und der Vorschlag ändert Version %[3]d. Erneut vorschlagen.", p.Document.Ref(), base, p.Base))
	}
	return err
}

// RulesChange is what a run decides on that changes what published reports stand
// on, without the months that it would change; and what would be declared then
// about each service that it concerns.
func (s *Store) RulesChange(ctx context.Context, now time.Time, st run.Step) (c rulechange.Change, declared map[string]Declared, err error) {
	now = now.UTC()
	declared = map[string]Declared{}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		p, err := proposalOf(ctx, tx, st.Run)
		if err != nil {
			return err
		}
		x, err := subjectOf(p.Document)
		if err != nil {
			return err
		}
		scopes, err := x.scopes(ctx, tx, now)
		if err != nil {
			return err
		}
		before, _, err := lastOf(ctx, tx, p.Document.Ref())
		if err != nil {
			return err
		}
		scope := scopes[0]
		c = rulechange.Change{Run: st.Run, Round: st.Round, About: scope.About, Title: scope.Title, Zone: scope.Zone.String(),
			Document: p.Document, Hash: p.Hash, Base: p.Base, Declared: p.declared(before), By: p.By, At: now}
		if before != nil {
			c.Before = &before.Resource
		}
		for _, of := range scopes {
			services, err := serviceChanges(ctx, tx, of, p.Document, c.Before)
			if err != nil {
				return err
			}
			c.Services = append(c.Services, services...)
		}
		return undone(ctx, tx, func() error {
			if _, err := x.enact(ctx, tx, now, p, before); err != nil {
				return err
			}
			for _, of := range scopes {
				if declared[of.Name], err = declaredAbout(ctx, tx, of.About); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return c, declared, err
}

// serviceChanges are the published months of a service that are held against a
// change, process by process; without any, of an agreement also those that there
// aren't yet.
func serviceChanges(ctx context.Context, q sqlx.QueryerContext, of Scope, document resource.Raw, before *resource.Raw) (all []rulechange.ServiceChange, err error) {
	for _, p := range standingOnAgreements() {
		if concerned, err := concerns(p, document, before); err != nil || !concerned {
			if err != nil {
				return nil, err
			}
			continue
		}
		periods, err := publishedPeriods(ctx, q, p.Name, of.Name)
		if err != nil {
			return nil, err
		}
		if len(periods) == 0 && document.Kind != resource.Agreement {
			continue
		}
		if months := ofGrain(periods, p.Grain); len(months) > 0 { // the rest are sums of them
			periods = months
		}
		x := rulechange.ServiceChange{Service: of.Name, Title: of.Title, Published: len(periods)}
		if p.Name != process.SLAReport {
			x.Process = p.Name
		}
		for _, period := range periods[max(0, len(periods)-rulechange.MonthsShown):] {
			x.Months = append(x.Months, rulechange.MonthChange{Period: period.Name})
		}
		all = append(all, x)
	}
	return all, nil
}

func ofGrain(periods []calendar.Period, g calendar.Grain) (list []calendar.Period) {
	for _, p := range periods {
		if p.Grain == g {
			list = append(list, p)
		}
	}
	return list
}
