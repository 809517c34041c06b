package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/canonical"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// What applying did to one resource; never translated.
const (
	Created   = "created"
	Changed   = "changed"
	Unchanged = "unchanged"
	Proposed  = "proposed" // it holds once its run has approved it
)

// Change says what applying did to one resource.
type Change struct {
	Kind   resource.Kind     `json:"kind"`
	Name   string            `json:"name"`
	Change string            `json:"change"`        // created, changed, unchanged, proposed; never translated
	Run    string            `json:"run,omitempty"` // that decides on what is proposed
	Before *resource.Version `json:"before,omitempty"`
	After  *resource.Version `json:"after,omitempty"`
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

// Apply declares resources, all or none, each checked by itself and against
// the others and those in the store; they may come in any order. The changes
// come in the order of the documents. A dry run changes nothing.
//
// Who may declare what is for the caller to say.
func (s *Store) Apply(ctx context.Context, by person.Actor, now time.Time, docs []resource.Raw, dryRun bool) ([]Change, error) {
	if err := each(docs); err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Kind.Decided() {
			return nil, fault.New(fault.Invalid, text.New("This needs an approval: it is proposed.", "Das braucht eine Freigabe: Es wird vorgeschlagen.")).At(keyOf(d).String())
		}
	}
	return s.declare(ctx, by, now, dryRun, func(sqlx.QueryerContext) ([]resource.Raw, error) { return docs, nil })
}

// declare applies the documents that docs gives once nobody else declares
// anything.
func (s *Store) declare(ctx context.Context, by person.Actor, now time.Time, dryRun bool,
	docs func(sqlx.QueryerContext) ([]resource.Raw, error)) ([]Change, error) {
	var changes []Change
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		list, err := docs(tx)
		if err != nil {
			return err
		}
		if changes, err = apply(ctx, tx, by, now.UTC().Truncate(time.Microsecond), list); err == nil && dryRun {
			return errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return changes, nil
}

// each checks every document by itself.
func each(docs []resource.Raw) error {
	var faults fault.List
	seen := make(map[key]bool, len(docs))
	for _, d := range docs {
		if err := declaration.Check(d); err != nil {
			faults.Add(err)
			continue
		}
		if k := keyOf(d); seen[k] {
			faults.Add(fault.Invalidf(k.String(), "This stands more than once in one call: leave one of them.",
				"Das steht mehr als einmal in einem Aufruf: Nur eines davon stehen lassen."))
		} else {
			seen[k] = true
		}
	}
	return faults.Err()
}

func apply(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, docs []resource.Raw) ([]Change, error) {
	keys := make([]key, len(docs))
	for i, d := range docs {
		keys[i] = keyOf(d)
	}
	w := world{q: tx, known: map[key]*resource.Version{}}
	if err := w.load(ctx, keys); err != nil {
		return nil, err
	}
	administrated, err := administrators(ctx, tx)
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(docs))
	for i, d := range docs {
		if changes[i], err = w.change(d, by, now); err != nil {
			return nil, err
		}
	}
	// Only what changes is checked against the others: somebody may lose the
	// role of an approver although a service still lists them.
	changed := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Change == Unchanged })
	if err := w.checkReferences(ctx, changed); err != nil {
		return nil, err
	}
	if err := insert(ctx, tx, by, now, changed); err != nil {
		return nil, err
	}
	if err := checkOverlaps(ctx, tx, changed); err != nil {
		return nil, err
	}
	if err := checkAdministrators(ctx, tx, administrated); err != nil {
		return nil, err
	}
	return changes, planAnew(ctx, tx, now, changed)
}

// change compares a document with the newest version, and puts the version
// that it makes in its place.
func (w *world) change(d resource.Raw, by person.Actor, now time.Time) (Change, error) {
	k := keyOf(d)
	c := Change{Kind: k.kind, Name: k.name, Change: Created}
	spec, err := canonical.JSON(d.Spec)
	if err != nil {
		return c, err
	}
	d.Spec = spec
	after := resource.Version{Resource: d, Version: 1, ValidFrom: now, At: now, By: actor(by), TokenIssuer: by.Issuer}
	if after.Hash, err = canonical.Hash(d); err != nil {
		return c, err
	}
	before := w.known[k]
	switch {
	case before == nil:
		after.ValidFrom = time.Time{} // the first holds from the beginning of time
	case before.Retired:
		after.Version = before.Version + 1
	case before.Hash == after.Hash:
		c.Change, c.After = Unchanged, before
		return c, nil
	default:
		c.Change, c.Before = Changed, before
		after.Version = before.Version + 1
	}
	c.After = &after
	w.known[k] = &after
	return c, nil
}

func insert(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, changes []Change) error {
	for _, c := range changes {
		if err := insertVersion(ctx, tx, *c.After); err != nil {
			return err
		}
		var before any
		if c.Before != nil {
			before = c.Before
		}
		if err := record(ctx, tx, now, by, "resource."+c.Change, key{c.Kind, c.Name}.String(), before, c.After); err != nil {
			return err
		}
		if c.Kind == resource.Person { // whose roles go together: that was checked
			if err := mend(ctx, tx, now, by, AdministratorApproves, key{c.Kind, c.Name}.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

func insertVersion(ctx context.Context, tx *sqlx.Tx, v resource.Version) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO resource (kind, name, version, valid_from, retired, document, hash, at, person, token_issuer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		string(v.Resource.Kind), v.Resource.Metadata.Name, v.Version, v.ValidFrom, v.Retired,
		JSON[resource.Raw]{V: v.Resource}, v.Hash, v.At, v.By, v.TokenIssuer)
	return err
}

// startOf is the instant from which a version of an agreement holds.
func startOf(spec agreement.Spec, zone *time.Location) time.Time {
	return spec.Valid.From.Start(zone).UTC()
}

// key names a resource.
type key struct {
	kind resource.Kind
	name string
}

func keyOf(r resource.Raw) key { return key{r.Kind, r.Metadata.Name} }

func (k key) String() string { return string(k.kind) + "/" + k.name }

// world is what is declared: the documents of a call before those stored.
type world struct {
	q     sqlx.QueryerContext
	known map[key]*resource.Version // nil: there is none; may be retired
}

// load reads the newest versions of what isn't known yet.
func (w *world) load(ctx context.Context, keys []key) error {
	var kinds, names []string
	for _, k := range keys {
		if _, ok := w.known[k]; !ok {
			w.known[k] = nil
			kinds, names = append(kinds, string(k.kind)), append(names, k.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	var rows []resourceRow
	if err := sqlx.SelectContext(ctx, w.q, &rows, `
		SELECT r.* FROM unnest($1::text[], $2::text[]) AS wanted (kind, name)
		JOIN LATERAL (SELECT `+resourceColumns+` FROM resource r
			WHERE r.kind = wanted.kind AND r.name = wanted.name ORDER BY version DESC LIMIT 1) r ON true`,
		pq.Array(kinds), pq.Array(names)); err != nil {
		return err
	}
	for _, r := range rows {
		v := r.domain()
		w.known[keyOf(v.Resource)] = &v
	}
	return nil
}

// spec decodes what is declared under a name now; false if there is nothing.
func spec[T any](w *world, k resource.Kind, name string) (T, bool, error) {
	var zero T
	v := w.known[key{k, name}]
	if v == nil || v.Retired {
		return zero, false, nil
	}
	err := json.Unmarshal(v.Resource.Spec, &zero)
	return zero, err == nil, err
}

// lockResources lets one transaction at a time change what is declared.
func lockResources(ctx context.Context, tx sqlx.ExecerContext) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('turnus.resource', 0))`)
	return err
}

// holdResources keeps what is declared as it is until the transaction ends:
// roles that were looked at don't change before the deed is on record.
func holdResources(ctx context.Context, tx sqlx.ExecerContext) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared(hashtextextended('turnus.resource', 0))`)
	return err
}
