package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
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
	list, err := agreementsOf(ctx, q, of.Service(), of.Zone)
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

// overlap finds an instant at which two agreements are in force for the same
// tickets. What is in force changes at the bounds only.
func overlap(a, b terms) (time.Time, bool) {
	for _, at := range append(a.bounds(), b.bounds()...) {
		sa, in := a.at(at)
		sb, both := b.at(at)
		if in && both && !sa.Where.Excludes(sb.Where) {
			return at, true
		}
	}
	return time.Time{}, false
}
