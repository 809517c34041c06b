package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/continuity"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// continuityChange is a version of a continuity plan.
type continuityChange struct{ service string }

func continuityChangeOf(d resource.Raw) (continuityChange, error) {
	p, err := decoded[continuity.Plan](d)
	return continuityChange{p.Spec.Service}, err
}

// scopes are the plan's service.
func (x continuityChange) scopes(ctx context.Context, tx *sqlx.Tx, _ time.Time) ([]Scope, error) {
	s, err := scopeAbout(ctx, tx, resource.Service.Ref(x.service))
	if fault.Is(err, fault.NotFound) {
		err = fault.Invalidf("service", "There is no service %q: declare it first, or in the same call.",
			"Den Service %q gibt es nicht: Zuerst oder im selben Aufruf anlegen.", x.service)
	}
	return []Scope{s}, err
}

func (x continuityChange) foreign(of []Scope, by string) error { return notOwner(of[0], by) }

func (x continuityChange) reason() string { return "" }

func (x continuityChange) basis(about resource.Ref, now time.Time, _ Proposal, _ *resource.Version) task.Basis {
	return continuity.PlanChange{About: about, At: now}.Basis()
}

// check writes the version, to see whether that can be, and takes it back.
func (x continuityChange) check(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, _ *resource.Version) error {
	return undone(ctx, tx, func() error {
		_, err := x.write(ctx, tx, now, p)
		return err
	})
}

// enact writes the version, and what in it is in doubt becomes findings.
func (x continuityChange) enact(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, _ *resource.Version) (int, error) {
	c, err := x.write(ctx, tx, now, p)
	if err != nil || c.Change == Unchanged {
		return p.Base, err
	}
	r, err := getRun(ctx, tx, p.Run, "")
	if err != nil {
		return 0, err
	}
	if err := findDoubts(ctx, tx, now, *c.After, improvement.Source{Kind: improvement.FromRun, Name: r.ID, Round: r.Round}); err != nil {
		return 0, err
	}
	return c.After.Version, planAnew(ctx, tx, now, []Change{c})
}

// write is the version exactly as it was proposed. What has been changed since
// isn't overwritten.
func (x continuityChange) write(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal) (Change, error) {
	if err := checkBase(ctx, tx, p); err != nil {
		return Change{}, err
	}
	return enactVersion(ctx, tx, now, p, func(set resourceSet, c Change) error {
		return set.checkReferences(ctx, []Change{c})
	})
}

// findDoubts opens a finding for each thing that is in doubt in a version that
// is in force, or joins that of the version before; what isn't in doubt any more
// is mended.
func findDoubts(ctx context.Context, tx *sqlx.Tx, now time.Time, v resource.Version, from improvement.Source) error {
	plan, err := decoded[continuity.Plan](v.Resource)
	if err != nil {
		return err
	}
	name, object := plan.Metadata.Name, v.Resource.Ref().String()
	doubts := plan.Spec.Assess()
	slices.SortFunc(doubts, func(a, b continuity.Doubt) int { return strings.Compare(a.Key, b.Key) })
	keys := []string{}
	for _, d := range doubts {
		s := sighting{Key: improvement.DoubtKey(name, d.Key), Place: fmt.Sprintf("%s/%d", object, v.Version), By: person.Actor{Person: person.System},
			Finding: improvement.Finding{Kind: improvement.ContinuityPlan, Type: improvement.Nonconformity, About: resource.Service.Ref(plan.Spec.Service), Object: object,
				Title: text.F("Continuity plan %s: %s", "Notfallplan %s: %s", name, d.Text), At: now, Source: from}}
		if d.Unknown { // nothing is wrong that anybody knows of
			s.Type = improvement.Opportunity
		}
		if _, err := openFinding(ctx, tx, s); err != nil {
			return err
		}
		keys = append(keys, s.Key)
	}
	return noteMendedBut(ctx, tx, person.Actor{Person: person.System}, now, improvement.ContinuityPlan, object, keys)
}

// checkPlanStays wants a plan to stay with its service.
func checkPlanStays(c Change) error {
	if c.Before == nil {
		return nil
	}
	before, err := decoded[continuity.Plan](c.Before.Resource)
	if err != nil {
		return err
	}
	now, err := decoded[continuity.Plan](c.After.Resource)
	if err != nil || now.Spec.Service == before.Spec.Service {
		return err
	}
	return fault.Invalidf(c.Ref.String()+" spec.service", "A plan stays with its service, which is %q: retire this one and declare another.",
		"Ein Plan bleibt bei seinem Service, hier %q: Diesen außer Kraft setzen und einen anderen anlegen.", before.Spec.Service)
}

// ContinuityChange is what a run decides on that changes a continuity plan.
func (s *Store) ContinuityChange(ctx context.Context, now time.Time, st run.Step) (c continuity.PlanChange, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		p, err := proposalOf(ctx, tx, st.Run)
		if err != nil {
			return err
		}
		x, err := continuityChangeOf(p.Document)
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
		c = continuity.PlanChange{Run: st.Run, Round: st.Round, About: scope.About, Title: scope.Title, Zone: scope.Zone.String(),
			Document: p.Document, Hash: p.Hash, Base: p.Base, By: p.By, At: now.UTC()}
		if before != nil {
			c.Before = &before.Resource
		}
		return nil
	})
	return c, err
}

// findDrills names what has to be closed before a plan goes: the run that decides
// on another version of it, and those that drill it.
func findDrills(ctx context.Context, tx *sqlx.Tx, plan resource.Ref) (open []string, err error) {
	err = tx.SelectContext(ctx, &open, `SELECT id FROM run WHERE ended_at IS NULL AND (process = $1 AND scope = $2
			OR id IN (SELECT run FROM proposal WHERE kind = $3 AND name = $2)) ORDER BY id`, process.ContinuityDrill, plan.Name, string(plan.Kind))
	return open, err
}
