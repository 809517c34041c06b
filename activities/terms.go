package activities

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/itsm/versions"
	"turnus/store"
)

// scene is what a round about a service stands on besides data and agreements: the
// service as its period has it.
type scene struct {
	period    calendar.Period
	zone      *time.Location
	from, to  time.Time
	title     text.Text
	calendar  string // of the service
	review    bool   // the owner is asked about findings
	ticketURL string
}

// sceneOf says so of what is declared; of what was altered alteredf.
func sceneOf(all store.Declared, in run.Input) (x scene, err error) {
	if x.period, err = calendar.ParsePeriod(in.Period); err != nil {
		return x, err
	}
	if x.zone, err = all.ZoneIn(x.period); err != nil {
		return x, err
	}
	x.from, x.to = x.period.Bounds(x.zone)
	service := resource.Service.Ref(in.Scope)
	svc, declared, err := store.ValidAt[agreement.ServiceSpec](all, service, x.period.VersionsAt())
	if err == nil {
		err = asDeclared(declared)
	}
	if err != nil {
		return x, err
	}
	x.title, x.calendar = svc.Title(), svc.Spec.Calendar
	// Whether its owner is asked about findings, and where tickets are read, says
	// the service as it is today; what is provisional asks nobody.
	today, err := store.Newest[agreement.ServiceSpec](all, service)
	if err != nil {
		return x, err
	}
	x.review = today.Spec.Review == agreement.ReviewFindings && !in.Provisional
	x.ticketURL = today.Spec.TicketURL
	return x, nil
}

// declaredIn reads what is declared about a run's service.
func (s *Set) declaredIn(ctx context.Context, in run.Input) (store.Declared, scene, error) {
	all, err := s.store.Declared(ctx, resource.Service.Ref(in.Scope))
	if err != nil {
		return all, scene{}, err
	}
	x, err := sceneOf(all, in)
	return all, x, err
}

// terms are the versions of agreements and calendars that a set names.
type terms struct {
	agreements []versions.Agreement // by name and version
	calendars  []versions.Calendar  // by name, then month
}

// concerns says which agreements a process holds a service against.
type concerns struct {
	targets func(agreement.Spec) []agreement.Target
	about   func(agreement.Spec) bool // it says something that the process measures
	over    bool                      // versions that ended before the period count, too: for what began under them
}

var (
	ofTickets      = concerns{agreement.Spec.OfTickets, agreement.Spec.AboutTickets, true}
	ofAvailability = concerns{agreement.Spec.OfAvailability, agreement.Spec.AboutAvailability, false}
)

// termsIn gives those that count in a period for what a process measures. A version
// that says nothing of that counts where another one of its agreement does: it
// ends what that says.
func termsIn(all store.Declared, x scene, of concerns) (t terms, err error) {
	declared, err := all.Agreements(x.to, x.zone)
	if err != nil {
		return t, err
	}
	named := map[string]bool{}
	for _, v := range declared {
		if err := asDeclared(v); err != nil {
			return t, err
		}
		name := v.Resource.Metadata.Name
		a := versions.Agreement{Name: name, Title: v.Resource.Title(), Version: v.Version, Hash: v.Hash, ValidFrom: v.ValidFrom, Declared: &v.Resource,
			Decided: all.Decided(name, v.Version)}
		if err := json.Unmarshal(v.Resource.Spec, &a.Spec); err != nil {
			return t, err
		}
		if v.ValidTo != nil {
			end := v.ValidTo.In(x.zone)
			a.ValidTo = &end
		}
		t.agreements = append(t.agreements, a)
	}
	if !of.over {
		t.agreements = heldIn(t.agreements, x.from, x.to)
	}
	for _, a := range t.agreements {
		named[a.Name] = named[a.Name] || of.about(a.Spec)
	}
	t.agreements = slices.DeleteFunc(t.agreements, func(a versions.Agreement) bool { return !named[a.Name] })
	t.calendars, err = calendarsIn(all, x, t.agreements, of)
	return t, err
}

// heldIn leaves out versions that count at no time of a period: they ended before,
// or a later one took their place by then.
func heldIn(all []versions.Agreement, from, to time.Time) (list []versions.Agreement) {
	end := func(a versions.Agreement) time.Time {
		if a.ValidTo == nil || a.ValidTo.After(to) {
			return to
		}
		return *a.ValidTo
	}
	for i, a := range all {
		began := a.ValidFrom
		if began.Before(from) {
			began = from
		}
		if end(a).After(began) && !slices.ContainsFunc(all[i+1:], func(b versions.Agreement) bool {
			return b.Name == a.Name && !b.ValidFrom.After(began) && !end(b).Before(end(a))
		}) {
			list = append(list, a)
		}
	}
	return list
}

// calendarsIn gives the calendars of a service and of what was agreed for it, as
// they are valid at the beginning of a period; of one that is the sum of months, at
// the beginning of each.
func calendarsIn(all store.Declared, x scene, agreed []versions.Agreement, of concerns) (list []versions.Calendar, err error) {
	names := []string{x.calendar}
	for _, a := range agreed {
		for _, t := range of.targets(a.Spec) {
			names = append(names, t.Calendar)
		}
	}
	months := x.period.Months()
	if len(months) == 0 {
		months = []calendar.Period{x.period}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == calendar.AlwaysOpen {
			continue
		}
		version := 0
		for _, month := range months {
			c, v, err := store.ValidAt[calendar.Spec](all, resource.Calendar.Ref(name), month.VersionsAt())
			if err == nil {
				err = asDeclared(v)
			}
			if err != nil {
				return nil, err
			}
			if v.Version == version {
				continue
			}
			used := versions.Calendar{Name: name, Version: v.Version, Hash: v.Hash, Spec: c.Spec, Declared: &v.Resource}
			if version > 0 {
				used.Since = month.Name
			}
			version = v.Version
			list = append(list, used)
		}
	}
	return list, nil
}
