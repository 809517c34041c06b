package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/planning"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Scope is what runs are about, as it is declared now: who owns it, who
// decides on its runs, in whose hours and zone, and in which language. Nobody else decodes a
// Service or an Organisation for that.
type Scope struct {
	Name      string       // in runs and slots
	About     resource.Ref // the resource that declares it
	Version   int          // of that resource
	Title     text.Text
	Owner     string
	Approvers []string
	Calendar  string // by name, or 24x7
	Zone      *time.Location
	Language  text.Lang // in which whoever asks for none is told about it

	specs map[string]person.Spec // of owner and approvers who are there
}

// Service is the service that runs about it concern; empty: none.
func (s Scope) Service() string { return serviceAt(s.About) }

func serviceAt(about resource.Ref) string {
	if about.Kind == resource.Service {
		return about.Name
	}
	return ""
}

// People are those around it; nobody has started anything, so nobody is
// involved yet.
func (s Scope) People() task.People {
	return task.People{Owner: s.Owner, Approvers: s.Approvers, Specs: s.specs}
}

// zone is the name of its zone; empty where it has gone, or its calendar has.
func (s Scope) zone() string {
	if s.Zone == nil {
		return ""
	}
	return s.Zone.String()
}

// Named is it within a sentence; in German in the accusative case.
func (s Scope) Named() text.Text {
	if s.About.Kind == resource.Organisation {
		return text.F("the organisation %s", "die Organisation %s", s.About.Name)
	}
	return text.F("the service %s", "den Service %s", s.About.Name)
}

// Object is it as the audit trail names it.
func (s Scope) Object() string { return strings.ToLower(string(s.About.Kind)) + "/" + s.About.Name }

// Scope is a scope of a process, by its name; the organisation's may be empty.
// What there isn't is fault.Invalid in the field scope.
func (s *Store) Scope(ctx context.Context, p process.Process, name string) (Scope, error) {
	scope, err := scopeOf(ctx, s.db, p, name)
	return scope, mapped(err)
}

// ScopeAbout is what something on record is about; fault.NotFound if that has
// gone.
func (s *Store) ScopeAbout(ctx context.Context, about resource.Ref) (Scope, error) {
	scope, err := scopeAbout(ctx, s.db, about)
	return scope, mapped(err)
}

// ScopeOfRun is what a run is about; fault.NotFound if that has gone.
func (s *Store) ScopeOfRun(ctx context.Context, id string) (Scope, error) {
	all, err := scopesOf(ctx, s.db, "SELECT about_kind, about FROM run WHERE id = $1", id)
	if err != nil {
		return Scope{}, mapped(err)
	}
	for _, scope := range all {
		if scope.Zone != nil {
			return scope, nil
		}
	}
	r, err := getRun(ctx, s.db, id, "") // says what is missing
	if err != nil {
		return Scope{}, mapped(err)
	}
	return s.ScopeAbout(ctx, r.About)
}

// AboutOfRun names what a run is about, whether or not that is still there.
func (s *Store) AboutOfRun(ctx context.Context, id string) (about resource.Ref, err error) {
	err = s.db.GetContext(ctx, &about, "SELECT about_kind AS kind, about AS name FROM run WHERE id = $1", id)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoRun(id)
	}
	return about, mapped(err)
}

func scopeOf(ctx context.Context, q sqlx.QueryerContext, p process.Process, name string) (Scope, error) {
	about, err := aboutOf(ctx, q, p, name)
	if err != nil {
		return Scope{}, err
	}
	s, err := scopeAbout(ctx, q, about)
	if fault.Is(err, fault.NotFound) {
		err = NoScope(p, name)
	}
	if name != "" {
		s.Name = name
	}
	return s, err
}

// aboutOf is the resource that declares a scope: one case for each kind of
// scope that the catalogue has.
func aboutOf(ctx context.Context, q sqlx.QueryerContext, p process.Process, name string) (resource.Ref, error) {
	switch p.Scope {
	case process.OfService:
		return resource.Service.Ref(name), nil
	case process.OfOrganisation:
		if name == "" { // there is one at most
			err := sqlx.GetContext(ctx, q, &name, "SELECT name FROM resource_current WHERE kind = $1", string(resource.Organisation))
			if errors.Is(err, sql.ErrNoRows) {
				return resource.Ref{}, fault.Invalidf("scope", "%s is about the organisation, and none is declared: declare it first (kind Organisation).",
					"%s betrifft die Organisation, und es ist keine angelegt: sie zuerst anlegen (Art Organisation).", p.Name)
			}
			if err != nil {
				return resource.Ref{}, err
			}
		}
		return resource.Organisation.Ref(name), nil
	case process.OfContinuityPlan:
		return aboutContinuityPlan(ctx, q, p, name)
	case process.OfFinding:
		return aboutFinding(ctx, q, p, name)
	case process.OfChange:
		var about resource.Ref
		err := sqlx.GetContext(ctx, q, &about, `SELECT r.about_kind AS kind, r.about AS name FROM proposal p JOIN run r ON r.id = p.run
			WHERE lower(p.kind) || '-' || p.name = $1 ORDER BY p.at DESC LIMIT 1`, name)
		if errors.Is(err, sql.ErrNoRows) {
			err = NoScope(p, name)
		}
		return about, err
	}
	return resource.Ref{}, NoScope(p, name)
}

// NoScope says that a process has no scope of that name.
func NoScope(p process.Process, name string) error {
	switch p.Scope {
	case process.OfService:
		return fault.Invalidf("scope", "%s is about a service; there is no service %.80q: declare it first.",
			"%s betrifft einen Service; den Service %.80q gibt es nicht: Den Service zuerst anlegen.", p.Name, name)
	case process.OfOrganisation:
		return fault.Invalidf("scope", "%s is about the organisation; there is no organisation %.80q: give the name of the one that is declared, or declare this one first.",
			"%s betrifft die Organisation; die Organisation %.80q gibt es nicht: Den Namen der angelegten Organisation angeben oder diese zuerst anlegen.", p.Name, name)
	case process.OfContinuityPlan:
		return fault.Invalidf("scope", "%s is about a continuity plan; there is no plan %.80q in force: declare it, and have it approved, first.",
			"%s betrifft einen Notfallplan; der Plan %.80q ist nicht in Kraft: Den Plan zuerst anlegen und freigeben lassen.", p.Name, name)
	case process.OfFinding:
		return fault.Invalidf("scope", "%s is about a finding; there is no finding %.80q: give its number, as turnus findings lists it.",
			"%s betrifft einen Befund; den Befund %.80q gibt es nicht: Seine Nummer angeben, wie turnus findings sie zeigt.", p.Name, name)
	}
	return fault.Invalidf("scope", "%s has no scope %.80q.", "%s hat keinen Bereich %.80q.", p.Name, name)
}

func scopeAbout(ctx context.Context, q sqlx.QueryerContext, about resource.Ref) (Scope, error) {
	if resource.CheckName("", about.Name) != nil {
		return Scope{}, NotFound(about.Kind, about.Name)
	}
	all, err := scopesAbout(ctx, q, []resource.Ref{about})
	s, ok := all[about]
	switch {
	case err != nil:
		return Scope{}, err
	case !ok:
		return Scope{}, NotFound(about.Kind, about.Name)
	case s.Zone == nil:
		return Scope{}, NotFound(resource.Calendar, s.Calendar)
	}
	return s, nil
}

// scopesAbout are the scopes that some resources declare, with zones and
// approvers, in one statement; those that have gone are left out, and one whose
// calendar has gone is without a zone.
func scopesAbout(ctx context.Context, q sqlx.QueryerContext, about []resource.Ref) (map[resource.Ref]Scope, error) {
	kinds, names := make([]string, len(about)), make([]string, len(about))
	for i, a := range about {
		kinds[i], names[i] = string(a.Kind), a.Name
	}
	return scopesOf(ctx, q, "SELECT * FROM unnest($1::text[], $2::text[])", pq.Array(kinds), pq.Array(names))
}

// scopesOf is scopesAbout of those whose kinds and names a query gives.
func scopesOf(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) (map[resource.Ref]Scope, error) {
	var rows []struct {
		Version  int                          `db:"version"`
		Document JSON[resource.Raw]           `db:"document"`
		Zone     sql.NullString               `db:"zone"` // of the calendar
		People   JSON[map[string]person.Spec] `db:"people"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, `SELECT s.version, s.document, c.document->'spec'->>'zone' AS zone,
			(SELECT jsonb_object_agg(p.name, p.document->'spec') FROM jsonb_array_elements((s.document->'spec'->'approvers') || (s.document->'spec'->'owner')) a
				JOIN LATERAL (SELECT * FROM resource r WHERE r.kind = 'Person' AND r.name = a #>> '{}'
					ORDER BY r.version DESC LIMIT 1) p ON NOT p.retired) AS people
		FROM (SELECT DISTINCT * FROM (`+query+`) q) AS wanted (kind, name)
		JOIN LATERAL (SELECT * FROM resource r WHERE r.kind = wanted.kind AND r.name = wanted.name
			ORDER BY r.version DESC LIMIT 1) s ON NOT s.retired
		LEFT JOIN LATERAL (SELECT * FROM resource r WHERE r.kind = 'Calendar' AND r.name = s.document->'spec'->>'calendar'
			ORDER BY r.version DESC LIMIT 1) c ON NOT c.retired`, args...); err != nil {
		return nil, err
	}
	all := make(map[resource.Ref]Scope, len(rows))
	for _, r := range rows {
		d, err := decoded[agreement.ScopeSpec](r.Document.V)
		if err != nil {
			return nil, err
		}
		s := Scope{Name: d.Metadata.Name, About: d.Ref(), Version: r.Version, Title: d.Title(),
			Owner: d.Spec.Owner, Approvers: d.Spec.Approvers, Calendar: d.Spec.Calendar, Language: d.Spec.Language, specs: r.People.V}
		if s.Language == "" {
			s.Language = text.En
		}
		if d.Spec.Calendar == calendar.AlwaysOpen || r.Zone.Valid {
			if s.Zone, err = zoneNamed(d.Spec.Calendar, d.Spec.Zone, r.Zone.String); err != nil {
				return nil, err
			}
		}
		all[s.About] = s
	}
	return all, nil
}

// Zones are those of what slots are about, IANA names by what it is; without
// what has gone.
func (s *Store) Zones(ctx context.Context, slots []planning.Slot) (map[string]string, error) {
	about := make([]resource.Ref, len(slots))
	for i, slot := range slots {
		about[i] = slot.About
	}
	scopes, err := scopesAbout(ctx, s.db, about)
	zones := map[string]string{}
	for ref, scope := range scopes {
		if zone := scope.zone(); zone != "" {
			zones[ref.String()] = zone
		}
	}
	return zones, mapped(err)
}

// zoneNamed is the zone in which the periods of a scope run: its calendar's; of
// one that is always open its own, UTC where it names none.
func zoneNamed(cal, own, calendars string) (*time.Location, error) {
	switch {
	case cal != calendar.AlwaysOpen:
		return calendar.Zone(calendars)
	case own != "":
		return calendar.Zone(own)
	}
	return time.UTC, nil
}

// Hours is the calendar of a scope as it is now, made ready.
func (s *Store) Hours(ctx context.Context, of Scope) (*calendar.Calendar, error) {
	c, err := hoursOf(ctx, s.db, of)
	return c, mapped(err)
}

func hoursOf(ctx context.Context, q sqlx.QueryerContext, of Scope) (*calendar.Calendar, error) {
	if of.Calendar == calendar.AlwaysOpen {
		return calendar.AlwaysOpenIn(of.Zone), nil
	}
	c, err := current[calendar.Spec](ctx, q, resource.Calendar, of.Calendar)
	if err != nil {
		return nil, err
	}
	return calendar.Compile(c.Spec)
}
