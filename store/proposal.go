package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Proposal is what somebody wants to declare, or to withdraw, and others have to
// approve.
type Proposal struct {
	Run      string       `json:"run"`
	Base     int          `json:"base"` // the version that it changes; 0: there was none
	Document resource.Raw `json:"document"`
	Hash     string       `json:"hash"`
	By       string       `json:"by"`
	Issuer   string       `json:"token_issuer,omitempty"` // of the proposer's token
	At       time.Time    `json:"at"`
	Enacted  int          `json:"enacted,omitempty"` // the version that it became, or the number of the withdrawal
}

// declared says that what is proposed is in force already.
func (p Proposal) declared(before *resource.Version) bool {
	return before != nil && before.Hash == p.Hash
}

// subject is what a proposal would change: the plan, what published reports
// stand on, what is known from an import, or a continuity plan.
type subject interface {
	// scopes are what it concerns: their owner proposes it, and the approvers of
	// the first decide.
	scopes(ctx context.Context, tx *sqlx.Tx, now time.Time) ([]Scope, error)
	// foreign refuses whoever doesn't own all of them.
	foreign(of []Scope, by string) error
	// reason is why, as far as it says so.
	reason() string
	// basis is what it stands on besides its proposal.
	basis(about resource.Ref, now time.Time, p Proposal, before *resource.Version) task.Basis
	// check refuses what can't be as things are. Faults have the fields of the
	// document.
	check(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) error
	// enact puts it in force, and gives the number of what it became.
	enact(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) (int, error)
}

// subjectOf is what the proposal of a document is about.
func subjectOf(d resource.Raw) (subject, error) {
	switch d.Kind {
	case resource.Interval, resource.Waiver:
		return planChangeOf(d)
	case dataset.Withdrawn:
		return withdrawalOf(d)
	case resource.ContinuityPlan:
		return continuityChangeOf(d)
	}
	return rulesChangeOf(d)
}

// submit proposes what a document declares, for the owner of what it is about.
func submit(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, d resource.Raw) (Change, error) {
	k := d.Ref()
	c := Change{Ref: k, Change: Proposed}
	spec, err := canonical.JSON(d.Spec)
	if err != nil {
		return c, err
	}
	d.Spec = spec
	hash, err := canonical.Hash(d)
	if err != nil {
		return c, err
	}
	before, base, err := lastOf(ctx, tx, k)
	if err != nil {
		return c, err
	}
	c.Before = before
	p := Proposal{Base: base, Document: d, Hash: hash, By: by.Person, Issuer: by.Issuer, At: now}
	c.After = &resource.Version{Resource: d, Version: base + 1, ValidFrom: now, Hash: hash, At: now, By: by.Person, TokenIssuer: by.Issuer}
	if before != nil && before.Hash == hash {
		c.After = before
		if decided, err := decidedIn(ctx, tx, k, base); err != nil || decided != "" {
			return Change{Ref: k, Change: Unchanged, After: before}, err
		}
	}
	x, err := subjectOf(d)
	if err != nil {
		return c, err
	}
	scopes, err := x.scopes(ctx, tx, now)
	if err != nil {
		return c, declaration.Below("spec", err)
	}
	if slices.ContainsFunc(scopes, func(s Scope) bool { return s.Owner != by.Person }) {
		return c, x.foreign(scopes, by.Person)
	}
	// Of what is always decided the caller has looked at the role.
	if declaration.Approval(k.Kind) != declaration.Always && !by.Has(person.ProcessOwner) {
		return c, fault.New(fault.Forbidden, text.F("%s doesn't have the role process-owner any more, which it takes to propose this: an administrator gives it, or names another owner.",
			"%s hat die Rolle process-owner nicht mehr, die für diesen Vorschlag nötig ist: Die Rolle administrator kann sie geben oder den Service einer anderen Person übertragen.", by.Person))
	}
	scope := scopes[0]
	if err := mayReplace(ctx, tx, now, by, before, scope.About); err != nil {
		return c, err
	}
	if c.Run, err = waiting(ctx, tx, k, hash); err != nil || c.Run != "" {
		return c, err
	}
	if err := x.check(ctx, tx, now, p, before); err != nil {
		return c, err
	}
	behind, err := involvedIn(ctx, tx, x.basis(scope.About, now, p, before))
	if err != nil {
		return c, err
	}
	proposed := task.By(by.Person, by.Issuer, task.Proposed, k.String())
	if err := scope.People().StartedBy(by).With(proposed...).With(behind...).Decidable(); err != nil {
		return c, fault.As(err).At("spec")
	}
	r, _, err := begin(ctx, tx, now, NewRun{
		Key: run.Key{Process: planning.Approval, Scope: strings.ToLower(string(k.Kind)) + "-" + k.Name,
			Period: calendar.DateOf(now.In(scope.Zone)).String()},
		About: scope.About, Version: scope.Version, Owner: scope.Owner, Again: true, Reason: x.reason(), By: by,
	})
	if err != nil {
		return c, err
	}
	c.Run = r.ID
	if _, err := tx.ExecContext(ctx, `INSERT INTO proposal (run, kind, name, base, document, hash, person, token_issuer, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		r.ID, string(k.Kind), k.Name, p.Base, JSON[resource.Raw]{d}, hash, by.Person, by.Issuer, now); err != nil {
		return c, err
	}
	return c, record(ctx, tx, by, now, "resource.proposed", k.String(), c.Before, map[string]any{"run": r.ID, "document": d, "hash": hash})
}

// lastOf is what a proposal would change: the newest version, nil where there
// is none or it is retired, and its number, whatever it is.
func lastOf(ctx context.Context, q sqlx.QueryerContext, k resource.Ref) (*resource.Version, int, error) {
	set := newResourceSet(q)
	if err := set.load(ctx, []resource.Ref{k}); err != nil {
		return nil, 0, err
	}
	v := set.newest[k]
	switch {
	case v == nil:
		return nil, 0, nil
	case v.Retired:
		return nil, v.Version, nil
	}
	return v, v.Version, nil
}

// decidedIn is the run that put a version in force as it was proposed; empty
// where nobody decided on it.
func decidedIn(ctx context.Context, q sqlx.QueryerContext, k resource.Ref, version int) (string, error) {
	var id string
	err := sqlx.GetContext(ctx, q, &id, "SELECT coalesce(min(run), '') FROM proposal WHERE kind = $1 AND name = $2 AND enacted = $3",
		string(k.Kind), k.Name, version)
	return id, err
}

// waiting is the run that decides on the same proposal already; another one
// has to be decided first.
func waiting(ctx context.Context, tx *sqlx.Tx, k resource.Ref, hash string) (string, error) {
	var found struct {
		Run  string `db:"run"`
		Hash string `db:"hash"`
	}
	err := tx.GetContext(ctx, &found, `SELECT p.run, p.hash FROM proposal p JOIN run r ON r.id = p.run
		WHERE p.kind = $1 AND p.name = $2 AND r.ended_at IS NULL`, string(k.Kind), k.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err == nil && found.Hash != hash {
		err = fault.New(fault.Conflict, text.F("Another proposal waits for its decision, %[1]s: let it be decided, or cancel it, then propose again.",
			"Ein anderer Vorschlag wartet auf seine Entscheidung, %[1]s: Erst entscheiden lassen oder abbrechen, dann erneut vorschlagen.", found.Run))
	}
	return found.Run, err
}

// mayReplace refuses whoever takes the name of what is declared for a scope
// that they don't own, and says nothing about that.
func mayReplace(ctx context.Context, tx *sqlx.Tx, now time.Time, by person.Actor, before *resource.Version, about resource.Ref) error {
	if before == nil || before.Resource.Kind == resource.Calendar || before.Resource.Kind == resource.Service {
		return nil // these are of no other scope
	}
	x, err := subjectOf(before.Resource)
	if err != nil {
		return err
	}
	scopes, err := x.scopes(ctx, tx, now)
	if err != nil && !fault.Is(err, fault.Invalid) { // it may have gone
		return err
	}
	for _, s := range scopes {
		if s.About == about || s.Owner == by.Person {
			return nil
		}
	}
	return fault.New(fault.Forbidden, text.F("This name is taken, for something that %s doesn't own: use another name.",
		"Dieser Name ist vergeben, für etwas, für das %s nicht verantwortlich ist: Einen anderen Namen verwenden.", by.Person))
}

// notOwner refuses a proposal for a scope of somebody else.
func notOwner(of Scope, by string) error {
	return fault.New(fault.Forbidden, text.F("%[2]s doesn't own %[1]s: only its owner may propose this.",
		"%[2]s ist für %[1]s nicht verantwortlich: Nur die dafür Verantwortlichen können das vorschlagen.", of.Named(), by))
}

// undone does something to look at what comes of it, and takes it back.
func undone(ctx context.Context, tx *sqlx.Tx, do func() error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT undone"); err != nil {
		return err
	}
	err := do()
	if _, back := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT undone"); back != nil {
		return errors.Join(err, back)
	}
	return err
}
