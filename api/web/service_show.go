package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
	"turnus/report/rules"
)

// How far a service's page looks back.
const (
	reportsBack = 26 // reports in force of each process
	importsBack = 5
)

// served is a service's page.
type served struct {
	Name       string
	Service    *client.Resource[agreement.ServiceSpec] // nil: the visitor doesn't read what is declared
	Zone       string
	Calendar   *client.Resource[calendar.Declaration] // nil: 24x7, or not read
	Verdicts   []verdict                              // of the newest report of each process
	Trends     []trend
	Agreements []client.Resource[agreement.Spec]
	Imports    []importLine
	Coverage   []covered
	Imported   bool // the visitor reads imports
	MayImport  bool
	Owns       bool
}

// Title of the service.
func (s served) Title() text.Text {
	if s.Service != nil {
		return s.Service.Title()
	}
	return text.Same(s.Name)
}

// Newest is the address of the newest report; empty, if there is none.
func (s served) Newest() string {
	if len(s.Verdicts) == 0 {
		return ""
	}
	newest := slices.MaxFunc(s.Verdicts, func(a, b verdict) int { return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(b.ID, a.ID)) })
	return "/reports/" + newest.ID
}

func ended(w verdict) time.Time {
	if w.Ended == nil {
		return time.Time{}
	}
	return *w.Ended
}

// covered is from when and until when a dataset is known, in words.
type covered struct {
	Dataset text.Text
	client.Coverage
}

// concerned says that the visitor reads imports and exclusions of a service, as
// the API has it.
func (v *visit) concerned(s *client.Resource[agreement.ServiceSpec]) bool {
	who := v.session.Actor
	return v.seesAll() || s != nil && (s.Spec.Owner == who.Person || who.Has(person.Approver) && slices.Contains(s.Spec.Approvers, who.Person))
}

// serviceAt reads the service that an address names; nil, if the visitor doesn't
// read what is declared about it. Whoever reads that of their own services alone
// looks among these, since asking for another one is a refusal on record.
func (v *visit) serviceAt() (*client.Resource[agreement.ServiceSpec], error) {
	if !v.declared() {
		return nil, nil
	}
	if !v.seesAll() {
		all, _, err := client.ResourcesPart[agreement.ServiceSpec](v.r.Context(), v.api, "services", "", "", 500)
		for _, s := range all {
			if s.Metadata.Name == v.param("service") {
				return &s, nil
			}
		}
		return nil, err
	}
	s, err := client.ResourceOf[agreement.ServiceSpec](v.r.Context(), v.api, "services", v.param("service"))
	if err != nil {
		return nil, err
	}
	return &s, nil
}

func showService(v *visit) error {
	name, ctx := v.param("service"), v.r.Context()
	service, err := v.serviceAt()
	if err != nil {
		return err
	}
	s := served{Name: name, Service: service, Imported: v.concerned(service)}
	reports, _, err := v.inForce(name, false, reportsBack)
	if err != nil {
		return err
	}
	if service == nil && len(reports) == 0 {
		return fault.New(fault.NotFound, text.F("There is no service %.80q of which a report can be seen.", "Einen Service %.80q mit sichtbaren Berichten gibt es nicht.", name))
	}
	s.Verdicts = newestOf(reports)
	if service != nil {
		if err := s.declared(v); err != nil {
			return err
		}
	}
	if s.Trends, err = trendsOf(reports, v.lang); err != nil {
		return err
	}
	if s.Imported {
		var imports []dataset.Import
		var covers []client.Coverage
		if imports, covers, _, err = v.api.ImportsPart(ctx, name, "", importsBack); err != nil {
			return err
		}
		for _, i := range imports {
			s.Imports = append(s.Imports, importLine{i, s.Zone})
		}
		for _, c := range covers {
			s.Coverage = append(s.Coverage, covered{datasetTitle(c.Dataset), c})
		}
	}
	return v.show(http.StatusOK, "service", s.Title(), s)
}

// declared adds what is declared about a service.
func (s *served) declared(v *visit) (err error) {
	spec, who := s.Service.Spec, v.session.Actor
	s.Owns = spec.Owner == who.Person
	s.MayImport = s.Owns || who.Has(person.Administrator)
	if s.Zone = spec.Zone; spec.Calendar != calendar.AlwaysOpen {
		c, err := client.ResourceOf[calendar.Declaration](v.r.Context(), v.api, "calendars", spec.Calendar)
		if err != nil {
			return err
		}
		s.Calendar, s.Zone = &c, c.Spec.Zone
	}
	s.Agreements, _, err = client.ResourcesPart[agreement.Spec](v.r.Context(), v.api, "agreements", s.Name, "", 100)
	return err
}

// Hours of the service, in words.
func (s served) Hours() text.Text {
	if s.Calendar == nil {
		return text.New("24 hours a day", "durchgehend")
	}
	return rules.WeeklyHours(s.Calendar.Spec.Hours)
}

// Holidays of its calendar, in words.
func (s served) Holidays() text.Text {
	if s.Calendar == nil {
		return text.Text{}
	}
	return rules.Holidays(s.Calendar.Spec.Holidays)
}

// Valid is when an agreement holds, in words.
func (s served) Valid(a client.Resource[agreement.Spec]) text.Text { return rules.Valid(a.Spec.Valid) }

// newestOf are the verdicts of the newest period of each process and length of
// periods.
func newestOf(reports []client.Listed) []verdict {
	var all []verdict
	for _, r := range reports {
		i := slices.IndexFunc(all, func(w verdict) bool { return w.Process == r.Process && sameLength(w.Period, r.Period) })
		switch {
		case i < 0:
			all = append(all, verdictOf(r))
		case all[i].Period < r.Period:
			all[i] = verdictOf(r)
		}
	}
	slices.SortFunc(all, byPeriod)
	return all
}

// sameLength says that two periods are both months, both quarters and so on.
func sameLength(a, b string) bool {
	p, err := calendar.ParsePeriod(a)
	q, wrong := calendar.ParsePeriod(b)
	return err == nil && wrong == nil && p.Grain == q.Grain
}

func datasetTitle(name string) text.Text {
	if d, err := dataset.Find(name); err == nil {
		return d.Title
	}
	return text.Same(name)
}

// agreed is an agreement's page: its versions, and what each changed.
type agreed struct {
	Service  string
	Name     string
	Zone     string
	Versions []agreedVersion
}

type agreedVersion struct {
	client.Resource[agreement.Spec]
	Changes []rules.Difference // since the version before, or of the first one all
	First   bool
}

// versionsBack is how many versions of an agreement its page shows.
const versionsBack = 20

func showAgreement(v *visit) error {
	name := v.param("agreement")
	all, err := client.Versions[agreement.Spec](v.r.Context(), v.api, "agreements", name, versionsBack+1)
	if err != nil {
		return err
	}
	a := agreed{Service: v.param("service"), Name: name}
	zones, err := v.zonesOf(a.Service)
	if err != nil {
		return err
	}
	a.Zone = zones[a.Service]
	title := text.Same(name)
	for i, version := range all[:min(len(all), versionsBack)] {
		if version.Spec.Service != a.Service {
			continue // the name was another service's
		}
		if len(a.Versions) == 0 {
			title = version.Title()
		}
		shown := agreedVersion{Resource: version, First: i+1 == len(all)}
		before := (*agreement.Spec)(nil)
		if i+1 < len(all) && !all[i+1].Retired {
			before = &all[i+1].Spec
		}
		if !version.Retired {
			shown.Changes = rules.OfAgreement(before, &version.Spec)
		}
		a.Versions = append(a.Versions, shown)
	}
	if len(a.Versions) == 0 {
		return fault.New(fault.NotFound, text.F("%.80q isn't an agreement of %.80q.", "%.80q ist keine Vereinbarung von %.80q.", name, a.Service))
	}
	return v.show(http.StatusOK, "agreement", title, a)
}

// servicePath is the address of a service's page, or of one below it.
func servicePath(name string, below ...string) string {
	path := "/services/" + url.PathEscape(name)
	for _, b := range below {
		path += "/" + url.PathEscape(b)
	}
	return path
}
