package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Retire takes a resource out of use from now on; its versions stay. What is
// in use is refused with fault.Conflict, which names who uses it. A person's
// tokens are revoked.
func (s *Store) Retire(ctx context.Context, by person.Actor, now time.Time, k resource.Kind, name string) error {
	now = now.UTC().Truncate(time.Microsecond)
	if declaration.NeedsApproval(k) {
		return fault.New(fault.Conflict, text.New("This isn't retired: an interval ends with a proposal whose valid.to says when, and a waiver stays on record.",
			"Das wird nicht außer Kraft gesetzt: ein Intervall endet mit einem Vorschlag, dessen valid.to sagt wann, und eine Aussetzung bleibt verzeichnet."))
	}
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		before, err := newest(ctx, tx, k, name)
		if err != nil {
			return err
		}
		users, err := findUsers(ctx, tx, key{k, name}, now)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return fault.New(fault.Conflict, text.F("%s/%s is in use by %s: change or retire that first.",
				"%s/%s wird noch gebraucht von %s: das zuerst ändern oder außer Kraft setzen.", k, name, strings.Join(users, ", ")))
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

// findUsers names what needs a resource now or later: what is declared, by the
// table of kinds, then what has to be closed first.
func findUsers(ctx context.Context, tx *sqlx.Tx, used key, now time.Time) ([]string, error) {
	var candidates []struct {
		Kind resource.Kind `db:"kind"`
		Name string        `db:"name"`
	}
	// Whatever has the name in its spec: a few, of which the references decide.
	if err := tx.SelectContext(ctx, &candidates, `SELECT DISTINCT kind, name COLLATE "C" AS name FROM resource
		WHERE NOT retired AND jsonb_path_exists(document->'spec', '$.** ? (@ == $name)', jsonb_build_object('name', $1::text))
		ORDER BY 1, 2`, used.name); err != nil {
		return nil, err
	}
	var users []string
	for _, c := range candidates {
		user := key{c.Kind, c.Name}
		references, err := referencesFrom(ctx, tx, user, now)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(references, func(r resource.Reference) bool { return key{r.Kind, r.Name} == used }) {
			users = append(users, user.String())
		}
	}
	open, err := findOpen(ctx, tx, used)
	return append(users, open...), err
}

// referencesFrom are what a resource names in the versions that count now or
// later: the newest, where a kind doesn't say from when to when.
func referencesFrom(ctx context.Context, tx *sqlx.Tx, user key, now time.Time) ([]resource.Reference, error) {
	v, err := newestIfAny(ctx, tx, user)
	if err != nil || v == nil {
		return nil, err
	}
	switch user.kind {
	case resource.Agreement:
		return referencesOfTerms(ctx, tx, v.Resource, now)
	case resource.Interval:
		return referencesOfPlan(ctx, tx, user, now)
	}
	return declaration.References(v.Resource)
}

// referencesOfTerms are those of an agreement while it is in force. One whose
// service has gone names nothing any more.
func referencesOfTerms(ctx context.Context, tx *sqlx.Tx, doc resource.Raw, now time.Time) ([]resource.Reference, error) {
	a, err := decoded[agreement.Spec](doc)
	if err != nil {
		return nil, err
	}
	all, err := termsOf(ctx, tx, a.Spec.Service)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	var references []resource.Reference
	for _, t := range all {
		if t.name != doc.Metadata.Name {
			continue
		}
		for _, spec := range t.from(now) {
			references = append(references, spec.References()...)
		}
	}
	return references, nil
}

// referencesOfPlan are those of an interval's versions that aren't over. Each
// ends where a later one begins; zones differ by two days at most.
func referencesOfPlan(ctx context.Context, tx *sqlx.Tx, interval key, now time.Time) ([]resource.Reference, error) {
	var rows []resourceRow
	if err := tx.SelectContext(ctx, &rows, "SELECT "+resourceColumns+" FROM resource WHERE kind = $1 AND name = $2 ORDER BY version DESC",
		string(interval.kind), interval.name); err != nil {
		return nil, err
	}
	begun := func(d calendar.Date) bool { return !now.Before(d.Add(2).Start(time.UTC)) }
	var references []resource.Reference
	for _, r := range rows {
		version, err := decoded[planning.Spec](r.Document.V)
		if err != nil {
			return nil, err
		}
		if valid := version.Spec.Valid; valid.To == nil || !begun(*valid.To) {
			of, err := declaration.References(r.Document.V)
			if err != nil {
				return nil, err
			}
			references = append(references, of...)
		}
		if begun(version.Spec.Valid.From) {
			break
		}
	}
	return references, nil
}

// findOpen names slots and runs about a service that have to be closed first:
// nobody could do it afterwards.
func findOpen(ctx context.Context, tx *sqlx.Tx, about key) (open []string, err error) {
	if about.kind != resource.Service {
		return nil, nil
	}
	if err := tx.SelectContext(ctx, &open, `SELECT 'slot/' || process || '/' || scope || '/' || period FROM slot
		WHERE scope = $1 AND state IN ('planned', 'due', 'in-work') ORDER BY due_at LIMIT 3`, about.name); err != nil {
		return nil, err
	}
	var runs []string
	err = tx.SelectContext(ctx, &runs, `SELECT id FROM run WHERE service = $1 AND ended_at IS NULL ORDER BY id`, about.name)
	return append(open, runs...), err
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
