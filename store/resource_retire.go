package store

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Retire takes a resource out of use from now on; its versions stay. What is
// in use is refused with fault.Conflict, which names who uses it. A person's
// tokens are revoked.
func (s *Store) Retire(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string) error {
	now = now.UTC().Truncate(time.Microsecond)
	if row, _ := declaration.Find(k); row.Stays {
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
		users, err := findUsers(ctx, tx, k.Ref(name), now)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return fault.New(fault.Conflict, text.F("%s/%s is in use by %s: change or retire that first.",
				"%s/%s wird noch gebraucht von %s: Das zuerst ändern oder außer Kraft setzen.", k, name, strings.Join(users, ", ")))
		}
		administrated, err := countAdministrators(ctx, tx)
		if err != nil {
			return err
		}
		after := before
		after.Version, after.ValidFrom, after.Retired, after.At, after.By, after.TokenIssuer = before.Version+1, now, true, now, actor(by), by.Issuer
		if err := insertVersion(ctx, tx, after); err != nil {
			return err
		}
		if err := record(ctx, tx, by, now, "resource.retired", k.Ref(name).String(), before, after); err != nil {
			return err
		}
		if k == resource.ContinuityPlan { // what isn't in force is in no doubt
			if err := noteMended(ctx, tx, by, now, improvement.ContinuityPlan, k.Ref(name).String()); err != nil {
				return err
			}
		}
		if k != resource.Person {
			services, err := servicesBehind(ctx, tx, []Change{{Ref: k.Ref(name), After: &after}})
			if err != nil {
				return err
			}
			return markForComparing(ctx, tx, services...)
		}
		if err := checkAdministrators(ctx, tx, administrated); err != nil {
			return err
		}
		if err := noteMended(ctx, tx, by, now, improvement.AdministratorApproves, k.Ref(name).String()); err != nil {
			return err
		}
		if err := viewed(ctx, tx, by, now, after); err != nil {
			return err
		}
		if _, err := endAdmissions(ctx, tx, now, name); err != nil {
			return err
		}
		_, err = revokeAll(ctx, tx, by, now, name)
		return err
	})
}

// listCurrent decodes the newest versions of a kind by name, without retired
// ones.
func listCurrent[T any](ctx context.Context, q sqlx.QueryerContext, k resource.Kind) ([]resource.Resource[T], error) {
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
