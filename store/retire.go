package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
	"turnus/itsm/text"
)

// Retire takes a resource out of use from now on; its versions stay. What is
// in use is refused with fault.Conflict, which names who uses it. A person's
// tokens are revoked.
func (s *Store) Retire(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string) error {
	now = now.UTC().Truncate(time.Microsecond)
	if k.Decided() {
		return fault.New(fault.Conflict, text.New("This isn't retired: an interval ends with a proposal whose valid.to says when, and a waiver stays on record.",
			"Das wird nicht außer Kraft gesetzt: Ein Intervall endet mit einem Vorschlag, dessen valid.to sagt wann, und eine Aussetzung bleibt verzeichnet."))
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		before, err := newest(ctx, tx, k, name)
		if err != nil {
			return err
		}
		users, err := usersOf(ctx, tx, k, name, now)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return fault.New(fault.Conflict, text.F("%s/%s is in use by %s: change or retire that first.",
				"%s/%s wird noch gebraucht von %s: Das zuerst ändern oder außer Kraft setzen.", k, name, strings.Join(users, ", ")))
		}
		administrated, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		after := before
		after.Version, after.ValidFrom, after.Retired, after.At, after.By, after.TokenIssuer = before.Version+1, now, true, now, actor(by), by.Issuer
		if err := insertVersion(ctx, tx, after); err != nil {
			return err
		}
		if err := record(ctx, tx, now, by, "resource.retired", key{k, name}.String(), before, after); err != nil {
			return err
		}
		if k != resource.Person {
			return nil
		}
		if err := checkAdministrators(ctx, tx, administrated); err != nil {
			return err
		}
		if err := mend(ctx, tx, now, by, AdministratorApproves, key{k, name}.String()); err != nil {
			return err
		}
		_, err = revokeAll(ctx, tx, by, now, name)
		return err
	})
}

// usersOf names what needs a resource now or later.
func usersOf(ctx context.Context, tx *sqlx.Tx, k resource.Kind, name string, now time.Time) ([]string, error) {
	var users []string
	switch k {
	case resource.Person, resource.Calendar, resource.Service:
	case resource.SLI:
		return objectivesWith(ctx, tx, func(s slo.Spec) bool { return s.IndicatorRef == name })
	default:
		return nil, nil
	}
	services, err := allCurrent[agreement.ServiceSpec](ctx, tx, resource.Service)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		uses := k == resource.Calendar && s.Spec.Calendar == name ||
			k == resource.Person && (s.Spec.Owner == name || slices.Contains(s.Spec.Approvers, name))
		if uses {
			users = append(users, key{resource.Service, s.Metadata.Name}.String())
		}
		if k == resource.Calendar {
			agreements, err := inForceWith(ctx, tx, s.Metadata.Name, name, now)
			if err != nil {
				return nil, err
			}
			users = append(users, agreements...)
		}
	}
	planned, err := plannedWith(ctx, tx, k, name, now)
	if err != nil {
		return nil, err
	}
	users = append(users, planned...)
	if k != resource.Service {
		return users, nil
	}
	agreements, err := allCurrent[agreement.Spec](ctx, tx, resource.Agreement)
	if err != nil {
		return nil, err
	}
	for _, a := range agreements {
		if a.Spec.Service == name {
			users = append(users, key{resource.Agreement, a.Metadata.Name}.String())
		}
	}
	objectives, err := objectivesWith(ctx, tx, func(s slo.Spec) bool { return s.Service == name })
	if err != nil {
		return nil, err
	}
	users = append(users, objectives...)
	var runs []string
	if err := tx.SelectContext(ctx, &runs, `SELECT id FROM run WHERE service = $1 AND ended_at IS NULL ORDER BY id`, name); err != nil {
		return nil, err
	}
	return append(users, runs...), nil
}

// objectivesWith names the SLOs that need something.
func objectivesWith(ctx context.Context, tx *sqlx.Tx, need func(slo.Spec) bool) ([]string, error) {
	all, err := allCurrent[slo.Spec](ctx, tx, resource.SLO)
	var users []string
	for _, s := range all {
		if need(s.Spec) {
			users = append(users, key{resource.SLO, s.Metadata.Name}.String())
		}
	}
	return users, err
}

// inForceWith names the agreements of a service of which a version in force
// now or later counts in a calendar.
func inForceWith(ctx context.Context, tx *sqlx.Tx, service, name string, now time.Time) ([]string, error) {
	all, err := termsOf(ctx, tx, service)
	if err != nil {
		return nil, err
	}
	var users []string
	for _, t := range all {
		for _, at := range append(t.bounds(), now) {
			spec, ok := t.at(at)
			if ok && !at.Before(now) && slices.ContainsFunc(spec.Targets, func(t agreement.Target) bool { return t.Calendar == name }) {
				users = append(users, key{resource.Agreement, t.name}.String())
				break
			}
		}
	}
	return users, nil
}

// allCurrent decodes the newest versions of a kind by name, without retired
// ones.
func allCurrent[T any](ctx context.Context, q sqlx.QueryerContext, k resource.Kind) ([]resource.Resource[T], error) {
	var rows []resourceRow
	if err := sqlx.SelectContext(ctx, q, &rows, `
		SELECT `+resourceColumns+` FROM (
			SELECT DISTINCT ON (name) * FROM resource WHERE kind = $1 ORDER BY name, version DESC) r
		WHERE NOT retired ORDER BY name COLLATE "C"`, string(k)); err != nil {
		return nil, err
	}
	list := make([]resource.Resource[T], len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = decoded[T](r.Document.V); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// administrators counts those who have the role now.
func administrators(ctx context.Context, q sqlx.QueryerContext) (n int, err error) {
	err = sqlx.GetContext(ctx, q, &n, `
		SELECT count(*) FROM (
			SELECT DISTINCT ON (name) retired, document FROM resource WHERE kind = $1 ORDER BY name, version DESC) p
		WHERE NOT retired AND document->'spec'->'roles' ? $2`, string(resource.Person), string(person.Administrator))
	return n, err
}

// checkAdministrators refuses to take the last administrator away, since
// nobody could make another one.
func checkAdministrators(ctx context.Context, q sqlx.QueryerContext, before int) error {
	if before == 0 {
		return nil
	}
	after, err := administrators(ctx, q)
	if err == nil && after == 0 {
		return fault.New(fault.Conflict, text.New("Nobody would be administrator any more: give somebody else the role first.",
			"Niemand hätte mehr die Rolle administrator: Diese Rolle zuerst einer anderen Person geben."))
	}
	return err
}

// EnsureAdministrator makes a person named administrator where there is nobody
// at all: the first start.
func (s *Store) EnsureAdministrator(ctx context.Context, now time.Time) error {
	now = now.UTC().Truncate(time.Microsecond)
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		var anybody bool
		if err := tx.GetContext(ctx, &anybody, `SELECT EXISTS (SELECT FROM resource WHERE kind = $1)`, string(resource.Person)); err != nil || anybody {
			return err
		}
		_, err := apply(ctx, tx, person.Actor{}, now, []resource.Raw{{
			APIVersion: resource.APIVersion, Kind: resource.Person,
			Metadata: resource.Metadata{Name: string(person.Administrator), DisplayName: text.New("Administrator", "Administration")},
			Spec:     []byte(`{"roles":["administrator"]}`),
		}})
		return err
	})
}
