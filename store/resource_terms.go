package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
)

// terms are the versions of one agreement, in the order of their numbers.
type terms struct {
	name     string
	versions []term
}

type term struct {
	from time.Time
	to   *time.Time // exclusive
	spec agreement.Spec
}

// termsOf reads what was agreed for a service, by name.
func termsOf(ctx context.Context, q sqlx.QueryerContext, of Scope) ([]terms, error) {
	d, err := declaredAbout(ctx, q, of.About)
	if err != nil {
		return nil, err
	}
	list, err := agreed(d.versions, of.Service(), of.Zone)
	if err != nil {
		return nil, err
	}
	var all []terms
	for _, v := range list {
		t := term{from: v.ValidFrom, to: v.ValidTo}
		if err := json.Unmarshal(v.Resource.Spec, &t.spec); err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].name != v.Resource.Metadata.Name {
			all = append(all, terms{name: v.Resource.Metadata.Name})
		}
		all[len(all)-1].versions = append(all[len(all)-1].versions, t)
	}
	return all, nil
}

// at is the version in force at an instant: of those that hold the one with
// the greatest number.
func (t terms) at(i time.Time) (agreement.Spec, bool) {
	for n := len(t.versions) - 1; n >= 0; n-- {
		if v := t.versions[n]; !i.Before(v.from) && (v.to == nil || i.Before(*v.to)) {
			return v.spec, true
		}
	}
	return agreement.Spec{}, false
}

// from gives the versions in force at an instant or later.
func (t terms) from(now time.Time) []agreement.Spec {
	var all []agreement.Spec
	for _, at := range append(t.bounds(), now) {
		if spec, ok := t.at(at); ok && !at.Before(now) {
			all = append(all, spec)
		}
	}
	return all
}

// bounds are the instants at which another version may come into force.
func (t terms) bounds() []time.Time {
	var all []time.Time
	for _, v := range t.versions {
		all = append(all, v.from)
		if v.to != nil {
			all = append(all, *v.to)
		}
	}
	return all
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
	for _, service := range slices.Sorted(maps.Keys(names)) {
		scope, err := scopeAbout(ctx, tx, resource.Service.Ref(service))
		if err != nil {
			return err
		}
		all, err := termsOf(ctx, tx, scope)
		if err != nil {
			return err
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				if !names[service][a.name] && !names[service][b.name] {
					continue
				}
				if at, found := findOverlap(a, b); found {
					faults.Add(fault.Invalidf(fmt.Sprintf("Agreement/%s spec.where", b.name),
						"%q and %q would both be in force for the same tickets of %q on %s: let valid.to of one end before the other begins, or tell them apart by a field in where whose values differ.",
						"%q und %q würden am %[4]s beide für dieselben Tickets von %[3]q gelten: valid.to der einen vor dem Beginn der anderen enden lassen oder sie in where durch ein Feld mit verschiedenen Werten unterscheiden.",
						a.name, b.name, service, calendar.DateOf(at.In(scope.Zone))))
					if len(faults) == fault.Most { // each is held against each other
						return faults.Err()
					}
				}
			}
		}
	}
	return faults.Err()
}

// findOverlap finds an instant at which two agreements are in force for the same
// tickets. What is in force changes at the bounds only.
func findOverlap(a, b terms) (time.Time, bool) {
	for _, at := range append(a.bounds(), b.bounds()...) {
		sa, in := a.at(at)
		sb, both := b.at(at)
		if in && both && !sa.Where.Excludes(sb.Where) {
			return at, true
		}
	}
	return time.Time{}, false
}
