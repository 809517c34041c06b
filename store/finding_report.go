package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// ReportFinding puts on record what a person found about a service, the
// organisation, or (the zero Ref) the installation. Under a key that they named
// about the same before, it joins the finding there, if that is of the type and at
// least as grave, else fault.Conflict; one complaint or audit counts once in it. request, which may be empty, names the request to its
// repeat, which gets the finding that is on record.
func (s *Store) ReportFinding(ctx context.Context, by person.Actor, now time.Time, r improvement.Report, about resource.Ref, request string) (f improvement.Finding, err error) {
	if r = r.Trimmed(); r.Check() != nil {
		return f, r.Check()
	}
	now = now.UTC().Truncate(time.Microsecond)
	seen := sighting{By: by, Place: placeOf(r, by, now, request), Finding: improvement.Finding{
		Kind: improvement.Reported, Type: r.Type, Severity: r.Severity, About: about, Object: aboutObject(about), Title: text.Same(r.Title), Detail: r.Detail,
		Source: r.Source, By: by.Person, At: now}}
	if r.Key != "" {
		seen.Key = improvement.Reported + "/" + seen.Object + "/" + r.Key
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if about.Name != "" { // it may have gone while the request was on its way
			if _, err := scopeAbout(ctx, tx, about); err != nil {
				return err
			}
		}
		id, err := requestedFinding(ctx, tx, seen, request)
		if err == nil && id == 0 {
			id, err = openFinding(ctx, tx, seen)
		}
		if err != nil {
			return err
		}
		f, err = getFinding(ctx, tx, id, "")
		return err
	})
	return f, err
}

// requestedFinding is the finding that an earlier try of a request put on
// record; 0: there is none. It lets one try at a time go on.
func requestedFinding(ctx context.Context, tx *sqlx.Tx, seen sighting, request string) (id int64, err error) {
	if request == "" || seen.Place != "request/"+request {
		return 0, nil
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('turnus.finding/request/' || $1, 0))", request); err != nil {
		return 0, err
	}
	err = tx.GetContext(ctx, &id, "SELECT finding FROM finding_seen WHERE key = $1 AND at > $2", seen.Place, seen.At.Add(-keptFor))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// placeOf names where a person saw something: what they name, or else this time.
func placeOf(r improvement.Report, by person.Actor, now time.Time, request string) string {
	switch {
	case r.Key != "" && r.Source.Name != "" && r.Source.Kind != improvement.FromPerson:
		return string(r.Source.Kind) + "/" + r.Source.Name
	case request != "":
		return "request/" + request
	}
	return string(improvement.FromPerson) + "/" + by.Person + "/" + now.Format(time.RFC3339Nano)
}

// aboutObject names what a finding is about in the audit trail.
func aboutObject(about resource.Ref) string {
	if about.Name == "" {
		return "installation"
	}
	return Scope{About: about}.Object()
}

// AboutReported is what a report of a person is about: the service that it names,
// else the organisation, else the installation. fault.Invalid names the field.
func (s *Store) AboutReported(ctx context.Context, service string) (resource.Ref, error) {
	if service != "" {
		_, err := s.ScopeAbout(ctx, resource.Service.Ref(service))
		if fault.Is(err, fault.NotFound) {
			err = fault.Invalidf("service", "there is no service %.80q", "Den Service %.80q gibt es nicht.", service)
		}
		return resource.Service.Ref(service), err
	}
	return s.AnswersFor(ctx, resource.Ref{})
}

// AnswersFor is whose owner a finding about something is for: of one about the
// installation the organisation's, where there is one.
func (s *Store) AnswersFor(ctx context.Context, about resource.Ref) (resource.Ref, error) {
	answers, err := answersFor(ctx, s.db, about)
	if fault.Is(err, fault.NotFound) {
		return resource.Ref{}, nil
	}
	return answers, mapped(err)
}
