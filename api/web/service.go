package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/report"
)

func servicePages() []page {
	return []page{
		{method: "GET", path: "/services", name: "services", handle: showServices},
		{method: "GET", path: "/services/:service", name: "service", handle: showService},
		{method: "GET", path: "/services/:service/agreements/:agreement", name: "agreement", handle: showAgreement},
	}
}

// How many services a page lists, and how many reports of them at most.
const (
	servicesListed = 25
	reportsListed  = 200
)

// services is a list of what is delivered.
type services struct {
	Lines []serviceLine
	Next  string // address of the part that follows
	Cut   bool   // there are more reports than were looked at
}

// serviceLine is a service with what its newest reports say.
type serviceLine struct {
	Name     string
	Title    text.Text
	Owner    string
	Verdicts []verdict
}

// declared says that the visitor reads what is declared.
func (v *visit) declared() bool {
	return v.session.Actor.Has(person.Administrator, person.ProcessOwner, person.Approver, person.Auditor)
}

// seesAll says that what is declared, of whatever service, is the visitor's to read.
func (v *visit) seesAll() bool {
	return v.session.Actor.Has(person.Administrator, person.Auditor)
}

// showServices lists the services that the visitor sees. Who doesn't read what is
// declared sees those of which they see reports.
func showServices(v *visit) error {
	var list services
	if !v.declared() {
		if err := list.read(v, ""); err != nil {
			return err
		}
		slices.SortFunc(list.Lines, func(a, b serviceLine) int { return cmp.Compare(a.Name, b.Name) })
		return v.show(http.StatusOK, "services", servicesTitle(), list)
	}
	all, next, err := client.ResourcesPart[agreement.ServiceSpec](v.r.Context(), v.api, "services", "", v.query("after"), servicesListed)
	if err != nil {
		return err
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Metadata.Name)
		list.Lines = append(list.Lines, serviceLine{Name: s.Metadata.Name, Title: s.Title(), Owner: s.Spec.Owner})
	}
	switch of := strings.Join(names, ","); {
	case !v.seesAll() && v.query("after") == "":
		err = list.read(v, "") // beside their own those that their view names
	case of != "":
		err = list.read(v, of)
	}
	if err != nil {
		return err
	}
	if next != "" {
		list.Next = "/services?" + url.Values{"after": {next}}.Encode()
	}
	return v.show(http.StatusOK, "services", servicesTitle(), list)
}

func servicesTitle() text.Text { return text.New("Services", "Services") }

// read puts the newest reports of services to them.
func (l *services) read(v *visit, names string) error {
	newest, cut, err := v.inForce(names, true, reportsListed)
	if err == nil {
		l.Cut = cut
		l.put(newest)
	}
	return err
}

// inForce lists the reports in force about services, of each process up to most;
// more says that there are others.
func (v *visit) inForce(names string, newest bool, most int) (all []client.Listed, more bool, err error) {
	for _, p := range process.Catalogue() {
		if p.Scope != process.OfService {
			continue
		}
		list, err := v.api.InForce(v.r.Context(), p.Name, names, newest, most)
		if err != nil {
			return nil, false, err
		}
		all, more = append(all, list...), more || len(list) == most
	}
	return all, more, nil
}

// put puts verdicts to their services; one that isn't listed yet is added.
func (l *services) put(newest []client.Listed) {
	for _, r := range newest {
		i := slices.IndexFunc(l.Lines, func(s serviceLine) bool { return s.Name == r.Service })
		if i < 0 {
			i = len(l.Lines)
			l.Lines = append(l.Lines, serviceLine{Name: r.Service, Title: text.Same(r.Service)})
		}
		l.Lines[i].Verdicts = append(l.Lines[i].Verdicts, verdictOf(r))
	}
	for _, s := range l.Lines {
		slices.SortStableFunc(s.Verdicts, byPeriod)
	}
}

// byPeriod orders by process, long periods before short ones, and in their order.
func byPeriod(a, b verdict) int {
	return cmp.Or(cmp.Compare(a.Process, b.Process), cmp.Compare(len(b.Period), len(a.Period)), cmp.Compare(a.Period, b.Period))
}

// verdict is what a report in force says of its targets and limits.
type verdict struct {
	run.Run
	Title       text.Text // of the process
	Met, Missed int
	Nothing     int             // to judge
	Misses      []report.Figure // those that were missed
}

func verdictOf(r client.Listed) verdict {
	w := verdict{Run: r.Run, Title: processTitle(r.Process)}
	for _, f := range r.Results {
		switch f.Verdict {
		case report.Met:
			w.Met++
		case report.Missed:
			w.Missed++
			w.Misses = append(w.Misses, f)
		default:
			w.Nothing++
		}
	}
	return w
}

// processTitle is what a process is called, or its name, where this binary
// doesn't know it.
func processTitle(name string) text.Text {
	if p, ok := process.Find(name); ok {
		return p.Title
	}
	return text.Same(name)
}

// Sum says how many were kept, in words.
func (w verdict) Sum() text.Text {
	var all []text.Text
	add := func(n int, t text.Text) {
		if n > 0 {
			all = append(all, t)
		}
	}
	add(w.Met, text.F("%d met", "%d erreicht", w.Met))
	add(w.Missed, text.F("%d missed", "%d verfehlt", w.Missed))
	add(w.Nothing, text.F("%d not applicable", "%d entfällt", w.Nothing))
	if len(all) == 0 {
		return text.New("held against nothing", "nichts zu bewerten")
	}
	return text.Join(all, ", ")
}
