package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
)

// checkReferences holds the changed documents against what they name, and
// sets the instant from which each changed agreement holds.
func (w *world) checkReferences(ctx context.Context, changed []Change) error {
	var faults []error
	services := map[string]agreement.ServiceSpec{}
	agreements := map[string]agreement.Spec{}
	objectives := map[string]slo.Spec{}
	var named []key
	for _, c := range changed {
		switch c.Kind {
		case resource.Service:
			s, _, err := spec[agreement.ServiceSpec](w, c.Kind, c.Name)
			if err != nil {
				return err
			}
			services[c.Name] = s
			named = append(named, key{resource.Person, s.Owner}, key{resource.Calendar, s.Calendar})
			for _, a := range s.Approvers {
				named = append(named, key{resource.Person, a})
			}
		case resource.Agreement:
			a, _, err := spec[agreement.Spec](w, c.Kind, c.Name)
			if err != nil {
				return err
			}
			agreements[c.Name] = a
			named = append(named, key{resource.Service, a.Service})
			for _, t := range a.Targets {
				named = append(named, key{resource.Calendar, t.Calendar})
			}
		case resource.SLO:
			s, _, err := spec[slo.Spec](w, c.Kind, c.Name)
			if err != nil {
				return err
			}
			objectives[c.Name] = s
			named = append(named, key{resource.Service, s.Service})
			if s.IndicatorRef != "" {
				named = append(named, key{resource.SLI, s.IndicatorRef})
			}
		}
	}
	if err := w.load(ctx, named); err != nil {
		return err
	}
	for _, c := range changed {
		var err error
		switch c.Kind {
		case resource.Service:
			err = w.checkService(key{c.Kind, c.Name}, services[c.Name])
		case resource.Agreement:
			err = w.checkAgreement(ctx, c, agreements[c.Name])
		case resource.SLO:
			err = w.checkSLO(key{c.Kind, c.Name}, objectives[c.Name])
		}
		if err != nil && fault.All(err) == nil {
			return err // not about the documents
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// checkService wants an owner and approvers who may be that, and a calendar.
func (w *world) checkService(k key, s agreement.ServiceSpec) error {
	var faults []error
	needs := func(field, name string, role person.Role) error {
		p, ok, err := spec[person.Spec](w, resource.Person, name)
		switch {
		case err != nil:
			return err
		case !ok:
			faults = append(faults, missing(k, field, resource.Person, name))
		case !p.Has(role):
			faults = append(faults, fault.Invalidf(k.String()+" "+field,
				"%q doesn't have the role %s: give it to them first, or name somebody who has it.",
				"%q hat die Rolle %s nicht: Die Rolle zuerst geben oder jemanden mit dieser Rolle nennen.", name, role))
		}
		return nil
	}
	faults = append(faults, declaration.At(k.String(), declaration.Below("spec", s.CheckApprovers())))
	if err := needs("spec.owner", s.Owner, person.ProcessOwner); err != nil {
		return err
	}
	for i, a := range s.Approvers {
		if err := needs(fmt.Sprintf("spec.approvers[%d]", i), a, person.Approver); err != nil {
			return err
		}
	}
	if !w.open(s.Calendar) {
		faults = append(faults, missing(k, "spec.calendar", resource.Calendar, s.Calendar))
	}
	return errors.Join(faults...)
}

// checkAgreement wants a service and calendars that exist.
func (w *world) checkAgreement(ctx context.Context, c Change, a agreement.Spec) error {
	k := key{c.Kind, c.Name}
	var faults []error
	for i, t := range a.Targets {
		if !w.open(t.Calendar) {
			faults = append(faults, missing(k, fmt.Sprintf("spec.targets[%d].calendar", i), resource.Calendar, t.Calendar))
		}
	}
	if c.Before != nil {
		var before agreement.Spec
		if err := json.Unmarshal(c.Before.Resource.Spec, &before); err != nil {
			return err
		}
		if before.Service != a.Service {
			faults = append(faults, fault.Invalidf(k.String()+" spec.service",
				"An agreement stays with its service, which is %q: retire this one and declare another.",
				"Eine Vereinbarung bleibt bei ihrem Service, hier %q: Diese außer Kraft setzen und eine andere anlegen.", before.Service))
		}
	}
	svc, ok, err := spec[agreement.ServiceSpec](w, resource.Service, a.Service)
	if err != nil {
		return err
	}
	if !ok {
		return errors.Join(append(faults, missing(k, "spec.service", resource.Service, a.Service))...)
	}
	// The service's calendar may be another document of this call.
	zone, err := w.zone(ctx, svc)
	if err != nil {
		return errors.Join(append(faults, err)...)
	}
	c.After.ValidFrom = startOf(a, zone)
	return errors.Join(faults...)
}

// checkSLO wants a service that exists, and an indicator that its objectives
// can be held against.
func (w *world) checkSLO(k key, s slo.Spec) error {
	var faults []error
	if !w.has(resource.Service, s.Service) {
		faults = append(faults, missing(k, "spec.service", resource.Service, s.Service))
	}
	if s.IndicatorRef == "" {
		return errors.Join(faults...)
	}
	i, ok, err := spec[slo.IndicatorSpec](w, resource.SLI, s.IndicatorRef)
	switch {
	case err != nil:
		return err
	case !ok:
		faults = append(faults, missing(k, "spec.indicatorRef", resource.SLI, s.IndicatorRef))
	}
	for _, f := range fault.All(s.Fits(i)) {
		faults = append(faults, declaration.At(k.String(), f.At("spec")))
	}
	return errors.Join(faults...)
}

// has says whether a resource is there.
func (w *world) has(kind resource.Kind, name string) bool {
	v := w.known[key{kind, name}]
	return v != nil && !v.Retired
}

// open says whether a calendar of that name is there.
func (w *world) open(name string) bool {
	return name == calendar.AlwaysOpen || w.has(resource.Calendar, name)
}

func (w *world) zone(ctx context.Context, svc agreement.ServiceSpec) (*time.Location, error) {
	name := svc.Zone
	if svc.Calendar != calendar.AlwaysOpen {
		if err := w.load(ctx, []key{{resource.Calendar, svc.Calendar}}); err != nil {
			return nil, err
		}
		c, ok, err := spec[calendar.Spec](w, resource.Calendar, svc.Calendar)
		if err != nil || !ok {
			return time.UTC, err // checkService says that it is missing
		}
		name = c.Zone
	}
	if name == "" {
		return time.UTC, nil
	}
	return calendar.Zone(name)
}

func missing(k key, field string, kind resource.Kind, name string) error {
	return fault.Invalidf(k.String()+" "+field, "There is no %s %q: declare it first, or in the same call.",
		"Es gibt kein Objekt der Art %s mit dem Namen %q: Zuerst oder im selben Aufruf anlegen.", kind, name)
}

// checkOverlaps refuses agreements of one service that are in force for the
// same tickets at the same time: nobody could say which one counts.
func checkOverlaps(ctx context.Context, tx *sqlx.Tx, changed []Change) error {
	names := map[string]map[string]bool{} // of the agreements that changed, by service
	for _, c := range changed {
		if c.Kind != resource.Agreement {
			continue
		}
		var a agreement.Spec
		if err := json.Unmarshal(c.After.Resource.Spec, &a); err != nil {
			return err
		}
		if names[a.Service] == nil {
			names[a.Service] = map[string]bool{}
		}
		names[a.Service][c.Name] = true
	}
	var faults fault.List
	for _, service := range sorted(names) {
		all, err := termsOf(ctx, tx, service)
		if err != nil {
			return err
		}
		svc, err := current[agreement.ServiceSpec](ctx, tx, resource.Service, service)
		if err != nil {
			return err
		}
		zone, err := serviceZone(ctx, tx, svc.Spec)
		if err != nil {
			return err
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				if !names[service][a.name] && !names[service][b.name] {
					continue
				}
				if at, found := overlap(a, b); found {
					faults.Add(fault.Invalidf(fmt.Sprintf("Agreement/%s spec.where", b.name),
						"%q and %q would both be in force for the same tickets of %q on %s: let valid.to of one end before the other begins, or tell them apart by a field in where whose values differ.",
						"%q und %q würden am %[4]s beide für dieselben Tickets von %[3]q gelten: valid.to der einen vor dem Beginn der anderen enden lassen oder sie in where durch ein Feld mit verschiedenen Werten unterscheiden.",
						a.name, b.name, service, calendar.DateOf(at.In(zone))))
					if len(faults) == fault.Most { // each is held against each other
						return faults.Err()
					}
				}
			}
		}
	}
	return faults.Err()
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
