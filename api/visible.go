package api

import (
	"context"
	"encoding/json"
	"slices"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/store"
)

// Who sees what, in one place. Of a run:
//
//   - that it exists, and its state: everybody who is signed in;
//   - a published report with its decisions: everybody;
//   - drafts, tasks, reasons and decisions before that, and receipts at all
//     times, since they hold tickets: the service's owner, its approvers, and
//     auditors. An administrator isn't among them.
//
// insider is asked once for each scope and request.
type insider struct {
	s     *server
	actor person.Actor
	known map[resource.Ref]bool
}

func (s *server) insider(ctx context.Context) *insider { return s.insiderAs(actorOf(ctx)) }

// insiderAs asks for somebody whom no token names: a feed's address does.
func (s *server) insiderAs(who person.Actor) *insider {
	return &insider{s: s, actor: who, known: map[resource.Ref]bool{}}
}

// of says whether the actor sees the inside of runs about something.
func (i *insider) of(ctx context.Context, about resource.Ref) (bool, error) {
	if i.actor.Has(person.Auditor) {
		return true, nil
	}
	if seen, ok := i.known[about]; ok {
		return seen, nil
	}
	scope, err := i.s.Store.ScopeAbout(ctx, about)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	seen := err == nil && (scope.Owner == i.actor.Person ||
		i.actor.Has(person.Approver) && slices.Contains(scope.Approvers, i.actor.Person))
	i.known[about] = seen
	return seen, nil
}

// run is what the actor sees of a run.
func (i *insider) run(ctx context.Context, r run.Run) (run.Run, error) {
	if r.State != run.Published {
		seen, err := i.of(ctx, r.About)
		if err != nil {
			return run.Run{}, err
		}
		if !seen && r.StartedBy != i.actor.Person {
			r.Reason, r.Outcome = "", text.Text{}
			r.Tasks, r.Decisions = nil, nil
		}
	}
	if r.Tasks == nil {
		r.Tasks = []task.Task{}
	}
	if r.Decisions == nil {
		r.Decisions = []task.Decision{}
	}
	return r, nil
}

// report refuses a draft to those who aren't concerned.
func (i *insider) report(ctx context.Context, r report.Report) error {
	if r.Version > 0 {
		return nil
	}
	seen, err := i.of(ctx, r.About)
	if err != nil || seen {
		return err
	}
	return i.s.refused(ctx, "get-report", fault.New(fault.Forbidden, text.New(
		"This report isn't published: only the service's owner, its approvers and auditors see the draft.",
		"Dieser Bericht ist nicht veröffentlicht: Den Entwurf sehen nur Serviceverantwortliche, Freigabeberechtigte und Auditierende.")))
}

// receipts refuses the receipts of a report to those who aren't concerned.
func (i *insider) receipts(ctx context.Context, r report.Report) error {
	seen, err := i.of(ctx, r.About)
	if err != nil || seen {
		return err
	}
	return i.s.refused(ctx, "get-receipts", fault.New(fault.Forbidden, text.New(
		"Receipts hold the tickets themselves: only the service's owner, its approvers and auditors see them.",
		"Belege enthalten die Tickets selbst: Sie sind nur für Serviceverantwortliche, Freigabeberechtigte und Auditierende.")))
}

// task refuses a task to those who aren't concerned.
func (i *insider) task(ctx context.Context, t task.Task) error {
	if slices.Contains(t.Approvers, i.actor.Person) {
		return nil
	}
	r, err := i.s.Store.Run(ctx, t.Run)
	if err != nil {
		return err
	}
	seen, err := i.of(ctx, r.About)
	if err != nil || seen {
		return err
	}
	return i.s.refused(ctx, "get-task", fault.New(fault.Forbidden, text.New(
		"Only the service's owner, those who may decide and auditors see this task.",
		"Diese Aufgabe sehen nur Serviceverantwortliche, Freigabeberechtigte und Auditierende.")))
}

// owns refuses whoever neither owns a service nor has one of the roles that
// may act for every service. A service that isn't there is not found.
func (s *server) owns(ctx context.Context, service string, or ...person.Role) error {
	return s.ownsAbout(ctx, resource.Ref{Kind: resource.Service, Name: service}, or...)
}

// ownsAbout is owns for whatever something on record is about.
func (s *server) ownsAbout(ctx context.Context, about resource.Ref, or ...person.Role) error {
	scope, err := s.Store.ScopeAbout(ctx, about)
	if err != nil {
		return err
	}
	a := actorOf(ctx)
	if a.Has(or...) || scope.Owner == a.Person {
		return nil
	}
	return s.refused(ctx, requestOf(ctx).operation, fault.New(fault.Forbidden, text.F(
		"%s doesn't own %s.", "%s ist für %s nicht verantwortlich.", a.Person, scope.Named())))
}

// concerns refuses whoever neither owns a service, nor approves for it, nor
// looks at every service. A service that isn't there is not found.
func (s *server) concerns(ctx context.Context, service string) error {
	scope, err := s.Store.ScopeAbout(ctx, resource.Ref{Kind: resource.Service, Name: service})
	if err != nil {
		return err
	}
	return s.concernsScope(ctx, scope)
}

func (s *server) concernsScope(ctx context.Context, scope store.Scope) error {
	a := actorOf(ctx)
	if a.Has(person.Administrator, person.Auditor) || scope.Owner == a.Person ||
		a.Has(person.Approver) && slices.Contains(scope.Approvers, a.Person) {
		return nil
	}
	return s.refused(ctx, requestOf(ctx).operation, fault.New(fault.Forbidden, text.F(
		"%s neither owns %s nor approves for it.", "%s ist für %s weder verantwortlich noch freigabeberechtigt.", a.Person, scope.Named())))
}

// sight limits what the actor reads of findings and of what is declared to the
// services that they own or approve for; administrators and auditors see all,
// that of retired services too.
func sight(a person.Actor) store.Sight {
	switch {
	case a.Has(person.Administrator, person.Auditor):
		return store.Sight{All: true}
	case a.Has(person.Approver):
		return store.Sight{Owner: a.Person, Approver: a.Person}
	}
	return store.Sight{Owner: a.Person}
}

// seenFindings selects the findings that the actor sees, of one service or of
// all.
func (s *server) seenFindings(ctx context.Context, service string) (store.Findings, error) {
	want := store.Findings{Service: service, Sight: sight(actorOf(ctx))}
	if service == "" || want.All {
		return want, nil
	}
	return want, s.concerns(ctx, service)
}

// resource gives the newest version of a resource to those who see it.
func (s *server) resource(ctx context.Context, k resource.Kind, name string) (Resource, error) {
	a := actorOf(ctx)
	v, err := s.Store.Resource(ctx, k, name)
	if err != nil {
		return Resource{}, err
	}
	sees, err := s.Store.Sees(ctx, sight(a), k, name)
	if err == nil && !sees {
		err = s.foreign(ctx, k, name)
	}
	return shownResource(a, v), err
}

// versions gives the versions of a resource to those who see it. Those of a
// person say more than a name: they are for themself.
func (s *server) versions(ctx context.Context, k resource.Kind, name string, p Page) (*listed[Resource], error) {
	a := actorOf(ctx)
	vs, next, err := s.Store.Versions(ctx, sight(a), k, name, p.store())
	if err == nil && (len(vs) == 0 && p.Cursor == "" || k == resource.Person && onlyNamed(a, name)) {
		err = s.foreign(ctx, k, name)
	}
	return shownResources(a, vs, next, err)
}

// foreign refuses a resource that is there and isn't the actor's to read.
func (s *server) foreign(ctx context.Context, k resource.Kind, name string) error {
	return s.refused(ctx, requestOf(ctx).operation, fault.New(fault.Forbidden, text.F(
		"%[1]s/%[2]s isn't for %[3]s to read: owners and approvers read what is declared for their own services, and the names of the people there.",
		"%[1]s/%[2]s darf %[3]s nicht lesen: Serviceverantwortliche und Freigabeberechtigte lesen, was für ihre eigenen Services angelegt ist, und die Namen der dort Beteiligten.",
		k, name, actorOf(ctx).Person)))
}

// onlyNamed says that of a person the actor sees the name alone.
func onlyNamed(a person.Actor, name string) bool {
	return !sight(a).All && a.Person != name
}

// previews refuses the plans of services that are there and aren't the actor's.
func (s *server) previews(ctx context.Context, docs []resource.Raw) error {
	if sight(actorOf(ctx)).All {
		return nil
	}
	asked := map[[2]string]bool{}
	for _, d := range docs {
		var spec struct{ Process, Scope string }
		if d.Kind != resource.Interval || json.Unmarshal(d.Spec, &spec) != nil || asked[[2]string{spec.Process, spec.Scope}] {
			continue
		}
		asked[[2]string{spec.Process, spec.Scope}] = true
		p, err := process.FindPlanned(spec.Process)
		if err != nil {
			continue // the preview says what is wrong
		}
		scope, err := s.Store.Scope(ctx, p, spec.Scope)
		if err == nil {
			err = s.concernsScope(ctx, scope)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	return nil
}

// feedsOf refuses the feeds of somebody else to whoever has none of the roles
// that may see or end them.
func (s *server) feedsOf(ctx context.Context, whose string, or ...person.Role) error {
	a := actorOf(ctx)
	if a.Person == whose || a.Has(or...) {
		return nil
	}
	return s.refused(ctx, requestOf(ctx).operation, fault.New(fault.Forbidden, text.New(
		"This is somebody else's feed.", "Dieser Feed gehört jemand anderem.")))
}
