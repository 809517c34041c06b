package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

// checkReferences holds the changed documents against what they name, as the
// table of kinds says, and against what is declared beside them; it sets the
// instant from which each changed agreement holds.
func (set resourceSet) checkReferences(ctx context.Context, changed []Change) error {
	references := make([][]resource.Reference, len(changed))
	var named []resource.Ref
	for i, c := range changed {
		var err error
		if references[i], err = declaration.References(c.After.Resource); err != nil {
			return err
		}
		for _, r := range references[i] {
			named = append(named, r.Ref)
		}
	}
	if err := set.load(ctx, named); err != nil {
		return err
	}
	var faults fault.List
	for i, c := range changed {
		err := errors.Join(declaration.CheckApprovers(c.After.Resource), set.checkNamed(c, references[i]), set.checkBeside(ctx, c))
		if err != nil && fault.All(err) == nil {
			return err // not about the documents
		}
		faults.Add(err)
	}
	err := set.checkSingle(ctx, changed)
	if err != nil && fault.All(err) == nil {
		return err
	}
	faults.Add(err)
	return faults.Err()
}

// checkNamed wants what a document names to be there, and persons to have the
// role for it.
func (set resourceSet) checkNamed(c Change, references []resource.Reference) error {
	var faults fault.List
	for _, r := range references {
		at := c.Ref.String() + " spec." + r.Field
		if !set.has(r.Ref) {
			faults.Say(at, "There is no %s %q: declare it first, or in the same call.",
				"Es gibt kein Objekt der Art %s mit dem Namen %q: Zuerst oder im selben Aufruf anlegen.", r.Kind, r.Name)
			continue
		}
		if r.Role == "" {
			continue
		}
		who, _, err := readSpec[person.Spec](set, r.Ref)
		if err != nil {
			return err
		}
		if !who.Has(r.Role) {
			faults.Say(at, "%q doesn't have the role %s: give it to them first, or name somebody who has it.",
				"%q hat die Rolle %s nicht: Diese zuerst geben oder jemanden mit dieser Rolle nennen.", r.Name, r.Role)
		}
	}
	return faults.Err()
}

// checkBeside holds a document against what it names where it isn't enough that
// this is there.
func (set resourceSet) checkBeside(ctx context.Context, c Change) error {
	switch c.Kind {
	case resource.Agreement:
		return set.placeAgreement(ctx, c)
	case resource.SLO:
		return set.checkIndicator(c)
	case resource.ContinuityPlan:
		return checkPlanStays(c)
	}
	return nil
}

// placeAgreement wants an agreement to stay with its service, and sets the
// instant from which it holds: the start of its day in the service's zone.
func (set resourceSet) placeAgreement(ctx context.Context, c Change) error {
	var a agreement.Spec
	if err := json.Unmarshal(c.After.Resource.Spec, &a); err != nil {
		return err
	}
	if c.Before != nil {
		var before agreement.Spec
		if err := json.Unmarshal(c.Before.Resource.Spec, &before); err != nil {
			return err
		}
		if before.Service != a.Service {
			return fault.Invalidf(c.Ref.String()+" spec.service",
				"An agreement stays with its service, which is %q: retire this one and declare another.",
				"Eine Vereinbarung bleibt bei ihrem Service, hier %q: Diese außer Kraft setzen und eine andere anlegen.", before.Service)
		}
	}
	zone, err := set.zoneOf(ctx, a.Service)
	if err != nil {
		return err
	}
	c.After.ValidFrom = a.Valid.From.Start(zone).UTC()
	return nil
}

// zoneOf is the zone of a service, which may be another document of the call,
// as its calendar may; UTC where one of them is missing, which is refused.
func (set resourceSet) zoneOf(ctx context.Context, service string) (*time.Location, error) {
	s, _, err := readSpec[agreement.ServiceSpec](set, resource.Service.Ref(service))
	if err != nil {
		return nil, err
	}
	var c calendar.Spec
	if s.Calendar != calendar.AlwaysOpen {
		k := resource.Calendar.Ref(s.Calendar)
		if err := set.load(ctx, []resource.Ref{k}); err != nil {
			return nil, err
		}
		there := false
		if c, there, err = readSpec[calendar.Spec](set, k); err != nil || !there {
			return time.UTC, err
		}
	}
	return zoneNamed(s.Calendar, s.Zone, c.Zone)
}

// checkIndicator wants an indicator that the objectives can be held against.
func (set resourceSet) checkIndicator(c Change) error {
	var s slo.Spec
	if err := json.Unmarshal(c.After.Resource.Spec, &s); err != nil || s.IndicatorRef == "" {
		return err
	}
	i, ok, err := readSpec[slo.IndicatorSpec](set, resource.SLI.Ref(s.IndicatorRef))
	if err != nil || !ok {
		return err // checkNamed says that it is missing
	}
	return declaration.At(c.Ref.String(), declaration.Below("spec", s.Fits(i)))
}

// checkSingle refuses a second resource of a kind of which there is one at most,
// in this call or beside the one that is declared.
func (set resourceSet) checkSingle(ctx context.Context, changed []Change) error {
	var faults fault.List
	first := map[resource.Kind]string{}
	for _, c := range changed {
		if row, _ := declaration.Find(c.Kind); !row.Single {
			continue
		}
		if first[c.Kind] == "" {
			stored, err := listCurrent[json.RawMessage](ctx, set.q, c.Kind)
			if err != nil {
				return err
			}
			if first[c.Kind] = c.Name; len(stored) > 0 {
				first[c.Kind] = stored[0].Metadata.Name
			}
		}
		if name := first[c.Kind]; c.Name != name {
			faults.Say(c.Ref.String(), "There is one %[1]s at most, and that is %[2]q: change it, or retire it first.",
				"Von der Art %[1]s gibt es höchstens ein Objekt, und das ist %[2]q: Dieses ändern oder zuerst außer Kraft setzen.", c.Kind, name)
		}
	}
	return faults.Err()
}
