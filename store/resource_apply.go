package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
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
	resource.Ref
	Change string            `json:"change"`        // created, changed, unchanged, proposed; never translated
	Run    string            `json:"run,omitempty"` // that decides on what is proposed
	Before *resource.Version `json:"before,omitempty"`
	After  *resource.Version `json:"after,omitempty"`

	Warnings []dataset.Warning `json:"warnings,omitempty"` // of what is valid, and hardly meant so
}

// errDryRun undoes the transaction of a dry run.
var errDryRun = errors.New("dry run")

// Apply declares resources, all or none, each checked by itself and against the
// others and those in the store; they may come in any order. What needs an
// approval is proposed, in the same transaction, with the rows of the runs that
// decide: a proposal that is in force already is unchanged, one that waits
// already is found; another one has to wait until it is decided. The changes
// come in the order of the documents. A dry run changes nothing.
//
// Who may declare what of a kind that is never or always decided is for the
// caller to say; whether anything else is proposed, whether the actor may, and
// whose service a proposal is about, is looked at here.
func (s *Store) Apply(ctx context.Context, by person.Actor, now time.Time, docs []resource.Raw, dryRun bool) ([]Change, error) {
	if err := checkEach(docs); err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Microsecond)
	var changes []Change
	err := s.tx(ctx, func(tx *sqlx.Tx) (err error) {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		if changes, err = apply(ctx, tx, by, now, docs); err == nil && dryRun {
			return errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	s.warn(ctx, docs, changes)
	return changes, nil
}

// maxProposed is how many proposals a call makes: each starts a run.
const maxProposed = 500

// apply is Apply under the lock of everything declared, of documents that were
// checked by themselves.
func apply(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, docs []resource.Raw) ([]Change, error) {
	needs, err := needApproval(ctx, tx, by, now, docs)
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(docs))
	var plain, proposals []resource.Raw
	var places, proposed []int // among the documents
	for i, d := range docs {
		if needs[i] {
			proposals, proposed = append(proposals, d), append(proposed, i)
		} else {
			plain, places = append(plain, d), append(places, i)
		}
	}
	if len(proposals) > maxProposed {
		return nil, fault.Invalidf("body", "These are %d proposals, and a call makes %d at most: each is decided by a person.",
			"Das sind %d Vorschläge, und ein Aufruf macht höchstens %d: Über jeden entscheidet eine Person.", len(proposals), maxProposed)
	}
	if err := mayDeclare(by, plain); err != nil {
		return nil, err
	}
	done, err := declare(ctx, tx, by, now, plain)
	if err != nil {
		return nil, err
	}
	if err := checkUndecided(ctx, tx, done); err != nil {
		return nil, err
	}
	for i, c := range done {
		changes[places[i]] = c
	}
	var faults fault.List
	for i, d := range proposals {
		if changes[proposed[i]], err = submit(ctx, tx, by, now, d); err != nil && fault.All(err) == nil {
			return nil, err
		}
		faults.Add(declaration.At(d.Ref().String(), err))
	}
	return changes, faults.Err()
}

// checkEach checks every document by itself.
func checkEach(docs []resource.Raw) error {
	var faults fault.List
	seen := make(map[resource.Ref]bool, len(docs))
	for _, d := range docs {
		if err := declaration.Check(d); err != nil {
			faults.Add(err)
			continue
		}
		if k := d.Ref(); seen[k] {
			faults.Add(fault.Invalidf(k.String(), "This stands more than once in one call: leave one of them.",
				"Das steht mehr als einmal in einem Aufruf: Nur eines davon stehen lassen."))
		} else {
			seen[k] = true
		}
	}
	return faults.Err()
}

// declare writes the versions of what changes, of kinds that need no approval,
// under the lock of everything declared.
func declare(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, docs []resource.Raw) ([]Change, error) {
	keys := make([]resource.Ref, len(docs))
	for i, d := range docs {
		keys[i] = d.Ref()
	}
	set := newResourceSet(tx)
	if err := set.load(ctx, keys); err != nil {
		return nil, err
	}
	administrated, err := countAdministrators(ctx, tx)
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(docs))
	for i, d := range docs {
		if changes[i], err = set.replace(d, by, now); err != nil {
			return nil, err
		}
	}
	// Only what changes is checked against the others: somebody may lose the
	// role of an approver although a service still lists them.
	changed := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Change == Unchanged })
	if err := set.checkReferences(ctx, changed); err != nil {
		return nil, err
	}
	if err := insertChanges(ctx, tx, by, now, changed); err != nil {
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

// replace compares a document with the newest version, and puts the version
// that it makes in its place.
func (set resourceSet) replace(d resource.Raw, by person.Actor, now time.Time) (Change, error) {
	k := d.Ref()
	c := Change{Ref: k, Change: Created}
	spec, err := canonical.JSON(d.Spec)
	if err != nil {
		return c, err
	}
	d.Spec = spec
	after := resource.Version{Resource: d, Version: 1, ValidFrom: now, At: now, By: actor(by), TokenIssuer: by.Issuer}
	if after.Hash, err = canonical.Hash(d); err != nil {
		return c, err
	}
	before := set.newest[k]
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
	if before != nil {
		if after.ValidFrom, err = countsFrom(d, now); err != nil {
			return c, err
		}
	}
	c.After = &after
	set.newest[k] = &after
	return c, nil
}

// countsFrom is the instant from which a version counts that isn't the first: of
// a calendar or a service the date that it says, for whatever else says when it
// holds that is seen to where it is placed.
func countsFrom(d resource.Raw, now time.Time) (time.Time, error) {
	if d.Kind != resource.Calendar && d.Kind != resource.Service {
		return now, nil
	}
	var spec struct {
		Valid *calendar.Since `json:"valid"`
	}
	if err := json.Unmarshal(d.Spec, &spec); err != nil || spec.Valid == nil {
		return now, err
	}
	from := spec.Valid.From.Start(time.UTC)
	if from.After(now) {
		return now, fault.Invalidf(d.Ref().String()+" spec.valid.from", "%s is still to come: leave this out, and the version counts from now on.",
			"%s liegt in der Zukunft: Die Angabe weglassen, dann gilt die Version ab jetzt.", spec.Valid.From)
	}
	return from, nil
}

func insertChanges(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, changes []Change) error {
	for _, c := range changes {
		if err := insertVersion(ctx, tx, *c.After); err != nil {
			return err
		}
		var before any
		if c.Before != nil {
			before = c.Before
		}
		if err := record(ctx, tx, by, now, "resource."+c.Change, c.Ref.String(), before, c.After); err != nil {
			return err
		}
		if c.Kind == resource.Person { // whose roles go together: that was checked
			if err := noteMended(ctx, tx, by, now, improvement.AdministratorApproves, c.Ref.String()); err != nil {
				return err
			}
			if err := viewed(ctx, tx, by, now, *c.After); err != nil {
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
