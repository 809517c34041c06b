package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/calendar"
	"turnus/itsm/canonical"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
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

// submit proposes what a document declares, for the owner of the service that it
// is about.
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
	if c.Before, err = newestIfAny(ctx, tx, k); err != nil {
		return c, err
	}
	base := 0
	if before := c.Before; before != nil {
		if base = before.Version; before.Hash == hash {
			return Change{Ref: k, Change: Unchanged, After: before}, nil
		}
	}
	p := Proposal{Base: base, Document: d, Hash: hash, By: by.Person, Issuer: by.Issuer, At: now}
	c.After = &resource.Version{Resource: d, Version: base + 1, ValidFrom: now, Hash: hash, At: now, By: by.Person, TokenIssuer: by.Issuer}
	changed, err := subjectOf(d)
	if err != nil {
		return c, err
	}
	scope, err := scopeOf(ctx, tx, changed.process, changed.scope)
	switch {
	case err != nil:
		return c, declaration.Below("spec", err)
	case scope.Owner != by.Person:
		return c, fault.New(fault.Forbidden, text.F("%[2]s doesn't own %[1]s: only its owner may propose this.",
			"%[2]s ist für %[1]s nicht verantwortlich: Nur die dafür Verantwortlichen können das vorschlagen.", scope.Named(), by.Person))
	}
	if err := mayReplace(ctx, tx, by, c.Before, scope.About); err != nil {
		return c, err
	}
	if c.Run, err = waiting(ctx, tx, k, hash); err != nil || c.Run != "" {
		return c, err
	}
	if err := checkProposal(ctx, tx, now, p, c.Before); err != nil {
		return c, err
	}
	behind, err := involvedIn(ctx, tx, planning.Change{About: scope.About, Document: d, At: now}.Basis())
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
		About: scope.About, Version: scope.Version, Owner: scope.Owner, Again: true, Reason: changed.reason, By: by,
	})
	if err != nil {
		return c, err
	}
	c.Run = r.ID
	if _, err := tx.ExecContext(ctx, `INSERT INTO proposal (run, kind, name, base, document, hash, person, token_issuer, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		r.ID, string(k.Kind), k.Name, p.Base, JSON[resource.Raw]{d}, hash, by.Person, by.Issuer, now); err != nil {
		return c, err
	}
	return c, record(ctx, tx, now, by, "resource.proposed", k.String(), c.Before, map[string]any{"run": r.ID, "document": d, "hash": hash})
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

// subject is what a proposal is about.
type subject struct {
	process process.Process
	scope   string
	reason  string
}

func subjectOf(d resource.Raw) (subject, error) {
	var spec struct{ Process, Scope, Reason string } // an interval and a waiver say them alike
	if err := json.Unmarshal(d.Spec, &spec); err != nil {
		return subject{}, err
	}
	p, err := process.FindPlanned(spec.Process)
	return subject{p, spec.Scope, spec.Reason}, declaration.Below("spec", err)
}

// mayReplace refuses whoever takes the name of what is declared for a scope
// that they don't own, and says nothing about that.
func mayReplace(ctx context.Context, tx *sqlx.Tx, by person.Actor, before *resource.Version, about resource.Ref) error {
	if before == nil {
		return nil
	}
	changed, err := subjectOf(before.Resource)
	if err != nil {
		return err
	}
	scope, err := scopeOf(ctx, tx, changed.process, changed.scope)
	if err != nil && !fault.Is(err, fault.Invalid) { // it may have gone
		return err
	}
	if scope.About == about || err == nil && scope.Owner == by.Person {
		return nil
	}
	return fault.New(fault.Forbidden, text.F("This name is taken, for something that %s doesn't own: use another name.",
		"Dieser Name ist vergeben, für etwas, für das %s nicht verantwortlich ist: Einen anderen Namen verwenden.", by.Person))
}

// checkProposal refuses what can't be as things are. Faults have the fields of
// the document.
func checkProposal(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version) error {
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
	return declaration.Below("spec", checkInterval(ctx, tx, now, p, before, i.Spec))
}

func checkInterval(ctx context.Context, tx *sqlx.Tx, now time.Time, p Proposal, before *resource.Version, spec planning.Spec) error {
	planned, err := process.FindPlanned(spec.Process)
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
	if err := v.Fits(planned.Planning(), now); err != nil {
		return err
	}
	if err := checkEvents(planned, spec.Events); err != nil {
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

// checkEvents refuses events that nobody could report: they are those of a
// service.
func checkEvents(p process.Process, events []planning.Event) error {
	if len(events) == 0 || p.Scope == process.OfService {
		return nil
	}
	return fault.Invalidf("events", "Events are reported of a service, and %s isn't about one: leave this out.",
		"Ereignisse werden zu einem Service gemeldet, und %s betrifft keinen: Diese Angabe weglassen.", p.Name)
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
