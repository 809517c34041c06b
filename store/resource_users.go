package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
)

// findUsers names what needs a resource now or later: what is declared, by the
// table of kinds, then what has to be closed first.
func findUsers(ctx context.Context, tx *sqlx.Tx, used resource.Ref, now time.Time) ([]string, error) {
	var candidates []resource.Ref
	// Whatever has the name in its spec: a few, of which the references decide.
	if err := tx.SelectContext(ctx, &candidates, `SELECT DISTINCT kind, name COLLATE "C" AS name FROM resource
		WHERE NOT retired AND jsonb_path_exists(document->'spec', '$.** ? (@ == $name)', jsonb_build_object('name', $1::text))
		ORDER BY 1, 2`, used.Name); err != nil {
		return nil, err
	}
	counting := countingReferences{tx: tx, now: now, terms: map[string][]terms{}}
	var users []string
	for _, user := range candidates {
		references, err := counting.read(ctx, user)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(references, func(r resource.Reference) bool { return r.Ref == used && !r.MayLeave }) {
			users = append(users, user.String())
		}
	}
	find := findOpen
	if used.Kind == resource.ContinuityPlan {
		find = findDrills
	}
	open, err := find(ctx, tx, used)
	return append(users, open...), err
}

// countingReferences are those of the versions that count now or later.
type countingReferences struct {
	tx    *sqlx.Tx
	now   time.Time
	terms map[string][]terms // by service, as far as they were read
}

// read gives those of a resource: of its newest version, where its kind doesn't
// say from when to when a version holds.
func (c countingReferences) read(ctx context.Context, user resource.Ref) ([]resource.Reference, error) {
	v, err := newestIfAny(ctx, c.tx, user)
	if err != nil || v == nil {
		return nil, err
	}
	switch user.Kind {
	case resource.Agreement:
		return c.readAgreement(ctx, v.Resource)
	case resource.Interval:
		return c.readInterval(ctx, user)
	}
	return declaration.References(v.Resource)
}

// readAgreement gives those of an agreement while it is in force. One whose
// service has gone names nothing any more.
func (c countingReferences) readAgreement(ctx context.Context, doc resource.Raw) ([]resource.Reference, error) {
	a, err := decoded[agreement.Spec](doc)
	if err != nil {
		return nil, err
	}
	all, known := c.terms[a.Spec.Service]
	if !known {
		scope, err := scopeAbout(ctx, c.tx, resource.Service.Ref(a.Spec.Service))
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if all, err = termsOf(ctx, c.tx, scope); err != nil {
			return nil, err
		}
		c.terms[a.Spec.Service] = all
	}
	var references []resource.Reference
	for _, t := range all {
		if t.name != doc.Metadata.Name {
			continue
		}
		for _, spec := range t.from(c.now) {
			references = append(references, spec.References()...)
		}
	}
	return references, nil
}

// readInterval gives those of an interval's versions that aren't over. Each
// ends where a later one begins; zones differ by two days at most.
func (c countingReferences) readInterval(ctx context.Context, interval resource.Ref) ([]resource.Reference, error) {
	var rows []resourceRow
	if err := c.tx.SelectContext(ctx, &rows, "SELECT "+resourceColumns+" FROM resource WHERE kind = $1 AND name = $2 ORDER BY version DESC",
		string(interval.Kind), interval.Name); err != nil {
		return nil, err
	}
	passed := func(d calendar.Date) bool { return !c.now.Before(d.Add(2).Start(time.UTC)) }
	var references []resource.Reference
	for _, r := range rows {
		version, err := decoded[planning.Spec](r.Document.V)
		if err != nil {
			return nil, err
		}
		valid := version.Spec.Valid
		if valid.To == nil || !passed(*valid.To) {
			of, err := declaration.References(r.Document.V)
			if err != nil {
				return nil, err
			}
			references = append(references, of...)
		}
		if passed(valid.From) {
			break
		}
	}
	return references, nil
}

// findOpen names slots and runs about a resource that have to be closed first:
// nobody could do it afterwards.
func findOpen(ctx context.Context, tx *sqlx.Tx, about resource.Ref) (open []string, err error) {
	if err := tx.SelectContext(ctx, &open, `SELECT 'slot/' || process || '/' || scope || '/' || period FROM slot
		WHERE about_kind = $1 AND about = $2 AND state IN ('planned', 'due', 'in-work') ORDER BY due_at LIMIT 3`, string(about.Kind), about.Name); err != nil {
		return nil, err
	}
	var runs []string
	err = tx.SelectContext(ctx, &runs, `SELECT id FROM run WHERE about_kind = $1 AND about = $2 AND ended_at IS NULL ORDER BY id`,
		string(about.Kind), about.Name)
	return append(open, runs...), err
}
