package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Proposal is what somebody wants to declare and others have to approve.
type Proposal struct {
	Run      string       `json:"run"`
	Base     int          `json:"base"` // the version that it changes; 0: there was none
	Document resource.Raw `json:"document"`
	Hash     string       `json:"hash"`
	By       string       `json:"by"`
	Issuer   string       `json:"token_issuer,omitempty"` // of the proposer's token
	At       time.Time    `json:"at"`
	Enacted  int          `json:"enacted,omitempty"` // the version that it became
}

// Propose is Apply for calls that hold something that needs an approval: that
// is proposed, in the same transaction, with the row of the run that decides
// on it. A proposal that is in force already is unchanged, one that waits
// already is found; another one has to wait until it is decided.
func (s *Store) Propose(ctx context.Context, by person.Actor, now time.Time, docs []resource.Raw, known Processes, dryRun bool) ([]Change, error) {
	if err := each(docs); err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Microsecond)
	changes := make([]Change, len(docs))
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := lockResources(ctx, tx); err != nil {
			return err
		}
		var plain []resource.Raw
		var places []int
		for i, d := range docs {
			if !d.Kind.Decided() {
				plain, places = append(plain, d), append(places, i)
			}
		}
		done, err := apply(ctx, tx, by, now, plain)
		if err != nil {
			return err
		}
		for i, c := range done {
			changes[places[i]] = c
		}
		var faults fault.List
		for i, d := range docs {
			if !d.Kind.Decided() {
				continue
			}
			if changes[i], err = submit(ctx, tx, by, now, d, known); err != nil && fault.All(err) == nil {
				return err
			}
			faults.Add(declaration.At(keyOf(d).String(), err))
		}
		if err := faults.Err(); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return changes, nil
}

func submit(ctx context.Context, tx *sqlx.Tx, by person.Actor, now time.Time, d resource.Raw, known Processes) (Change, error) {
	k := keyOf(d)
	c := Change{Kind: k.kind, Name: k.name, Change: Proposed}
	spec, err := canonical.JSON(d.Spec)
	if err != nil {
		return c, err
	}
	d.Spec = spec
	hash, err := canonical.Hash(d)
	if err != nil {
		return c, err
	}
	if c.Before, err = newestIfAny(ctx, tx, k); err != nil {
		return c, err
	}
	base := 0
	if before := c.Before; before != nil {
		if base = before.Version; before.Hash == hash {
			return Change{Kind: k.kind, Name: k.name, Change: Unchanged, After: before}, nil
		}
	}
	p := Proposal{Base: base, Document: d, Hash: hash, By: by.Person, Issuer: by.Issuer, At: now}
	c.After = &resource.Version{Resource: d, Version: base + 1, ValidFrom: now, Hash: hash, At: now, By: by.Person, TokenIssuer: by.Issuer}
	about, err := subjectOf(d)
	if err != nil {
		return c, err
	}
	svc, err := current[agreement.ServiceSpec](ctx, tx, resource.Service, about.Service)
	switch {
	case fault.Is(err, fault.NotFound):
		return c, fault.Invalidf("spec.scope", "There is no service %.80q: declare it first.", "Den Service %.80q gibt es nicht: Zuerst anlegen.", about.Service)
	case err != nil:
		return c, err
	case svc.Spec.Owner != by.Person:
		return c, fault.New(fault.Forbidden, text.F("%[2]s doesn't own the service %[1]s: only its owner may propose this.",
			"%[2]s ist für den Service %[1]s nicht verantwortlich: Nur die dafür Verantwortlichen dürfen das vorschlagen.", about.Service, by.Person))
	}
	if err := mayReplace(ctx, tx, by, c.Before, about.Service); err != nil {
		return c, err
	}
	if c.Run, err = waiting(ctx, tx, k, hash); err != nil || c.Run != "" {
		return c, err
	}
	if err := checkProposal(ctx, tx, now, p, c.Before, known); err != nil {
		return c, err
	}
	people, err := peopleAround(ctx, tx, about.Service)
	if err != nil {
		return c, err
	}
	behind, err := involvedIn(ctx, tx, planning.Change{Service: about.Service, Document: d, At: now}.Basis())
	if err != nil {
		return c, err
	}
	proposed := task.By(by.Person, by.Issuer, task.Proposed, k.String())
	if err := people.StartedBy(by).With(proposed...).With(behind...).Decidable(); err != nil {
		return c, err
	}
	zone, err := serviceZone(ctx, tx, svc.Spec)
	if err != nil {
		return c, err
	}
	r, _, err := begin(ctx, tx, now, NewRun{
		Key: run.Key{Process: planning.Approval, Scope: strings.ToLower(string(k.kind)) + "-" + k.name,
			Period: calendar.DateOf(now.In(zone)).String()},
		Service: about.Service, Again: true, Reason: about.Reason, Owner: svc.Spec.Owner, By: by,
	})
	if err != nil {
		return c, err
	}
	c.Run = r.ID
	if _, err := tx.ExecContext(ctx, `INSERT INTO proposal (run, kind, name, base, document, hash, person, token_issuer, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		r.ID, string(k.kind), k.name, p.Base, JSON[resource.Raw]{d}, hash, by.Person, by.Issuer, now); err != nil {
		return c, err
	}
	return c, record(ctx, tx, now, by, "resource.proposed", k.String(), c.Before, map[string]any{"run": r.ID, "document": d, "hash": hash})
}

// waiting is the run that decides on the same proposal already; another one
// has to be decided first.
func waiting(ctx context.Context, tx *sqlx.Tx, k key, hash string) (string, error) {
	var found struct {
		Run  string `db:"run"`
		Hash string `db:"hash"`
	}
	err := tx.GetContext(ctx, &found, `SELECT p.run, p.hash FROM proposal p JOIN run r ON r.id = p.run
		WHERE p.kind = $1 AND p.name = $2 AND r.ended_at IS NULL`, string(k.kind), k.name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err == nil && found.Hash != hash {
		err = fault.New(fault.Conflict, text.F("Another proposal waits for its decision, %[1]s: let it be decided, or cancel it, then propose again.",
			"Ein anderer Vorschlag wartet auf seine Entscheidung, %[1]s: Erst entscheiden lassen oder abbrechen, dann erneut vorschlagen.", found.Run))
	}
	return found.Run, err
}

// subject is what a proposal is about.
type subject struct{ Service, Reason string }

func subjectOf(d resource.Raw) (subject, error) {
	if d.Kind == resource.Waiver {
		w, err := decoded[planning.WaiverSpec](d)
		return subject{w.Spec.Scope, w.Spec.Reason}, err
	}
	i, err := decoded[planning.Spec](d)
	return subject{i.Spec.Scope, i.Spec.Reason}, err
}

// mayReplace refuses whoever takes the name of what is declared for a service
// that they don't own, and says nothing about that.
func mayReplace(ctx context.Context, tx *sqlx.Tx, by person.Actor, before *resource.Version, service string) error {
	if before == nil {
		return nil
	}
	about, err := subjectOf(before.Resource)
	if err != nil || about.Service == service {
		return err
	}
	svc, err := current[agreement.ServiceSpec](ctx, tx, resource.Service, about.Service)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil && svc.Spec.Owner == by.Person {
		return nil
	}
	return fault.New(fault.Forbidden, text.F("This name is taken, for a service that %s doesn't own: use another name.",
		"Dieser Name ist vergeben, für einen Service, für den %s nicht verantwortlich ist: Einen anderen Namen verwenden.", by.Person))
}

// checkProposal refuses what can't be as things are. Faults have the fields of
// the document.
func checkProposal(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version, known Processes) error {
	if p.Document.Kind == resource.Waiver {
		w, err := decoded[planning.WaiverSpec](p.Document)
		if err != nil {
			return err
		}
		if before != nil {
			return fault.New(fault.Conflict, text.New("A waiver isn't changed: propose another one under a name of its own.",
				"Eine Aussetzung wird nicht geändert: Eine weitere unter eigenem Namen vorschlagen."))
		}
		return declaration.Below("spec", checkWaiver(ctx, tx, w.Spec))
	}
	i, err := decoded[planning.Spec](p.Document)
	if err != nil {
		return err
	}
	return declaration.Below("spec", checkInterval(ctx, tx, now, p, before, i.Spec, known))
}

func checkInterval(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version, spec planning.Spec, known Processes) error {
	process, err := known.find(spec.Process)
	if err != nil {
		return err
	}
	if before != nil {
		old, err := decoded[planning.Spec](before.Resource)
		if err != nil {
			return err
		}
		if old.Spec.Process != spec.Process || old.Spec.Scope != spec.Scope {
			return fault.Invalidf("scope", "An interval stays with its process and scope, here %s of %s: end this one with valid.to and declare another.",
				"Ein Intervall bleibt bei Prozess und Bereich, hier %s von %s: Dieses mit valid.to beenden und ein anderes anlegen.", old.Spec.Process, old.Spec.Scope)
		}
	}
	v, err := compiled(ctx, tx, p.Base+1, spec)
	if err != nil {
		return err
	}
	if err := v.Fits(process, now); err != nil {
		return err
	}
	var other string
	err = tx.GetContext(ctx, &other, `SELECT name FROM (
			SELECT name, document FROM resource_current WHERE kind = 'Interval'
			UNION ALL
			SELECT p.name, p.document FROM proposal p JOIN run r ON r.id = p.run WHERE p.kind = 'Interval' AND r.ended_at IS NULL) i
		WHERE name <> $1 AND document->'spec'->>'process' = $2 AND document->'spec'->>'scope' = $3 LIMIT 1`,
		p.Document.Metadata.Name, spec.Process, spec.Scope)
	if err == nil {
		return fault.Invalidf("scope", "%[1]s of %[2]s has an interval already, %[3]q: change that one, since two would plan the same runs.",
			"%[1]s von %[2]s hat schon ein Intervall, %[3]q: Dieses ändern, denn zwei planten dieselben Läufe.", spec.Process, spec.Scope, other)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return nil
}

// checkWaiver wants slots that are there and aren't done.
func checkWaiver(ctx context.Context, tx *sqlx.Tx, w planning.WaiverSpec) error {
	var faults fault.List
	for i, period := range w.Periods {
		var state planning.State
		err := tx.GetContext(ctx, &state, "SELECT state FROM slot WHERE process = $1 AND scope = $2 AND period = $3 FOR UPDATE", w.Process, w.Scope, period)
		at := resource.Item("periods", i)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			faults.Say(at, "There is no slot %s/%s/%s: `turnus plan` shows those that there are.", "Einen Termin %s/%s/%s gibt es nicht: `turnus plan` zeigt, welche es gibt.",
				w.Process, w.Scope, period)
		case err != nil:
			return err
		case !slices.Contains([]planning.State{planning.Planned, planning.Due, planning.Missed}, state):
			faults.Say(at, "The slot %s is %s: what is planned, due or missed can be waived.", "Der Termin %s ist %s: Ausgesetzt werden geplante, fällige oder versäumte.",
				period, state)
		}
	}
	return faults.Err()
}
