package availabilityreview

import (
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// Basis is what the set stands on, as far as somebody brought it: the imports of
// the datasets that it reads, the versions of agreements, calendars, SLOs and
// continuity plans, and the service.
func (f Frozen) Basis() task.Basis {
	b := task.Basis{About: resource.Service.Ref(f.Service), At: f.From, Import: f.Import, Datasets: Datasets()}
	if p, err := calendar.ParsePeriod(f.Period); err == nil {
		b.At = p.VersionsAt()
	}
	add := func(kind resource.Kind, name string, version int) {
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: kind, Name: name, Version: version})
	}
	for _, a := range f.Agreements {
		add(resource.Agreement, a.Name, a.Version)
	}
	for _, c := range f.Calendars {
		add(resource.Calendar, c.Name, c.Version)
	}
	for _, o := range f.Objectives {
		add(resource.SLO, o.Name, o.Version)
		if o.Indicator != nil {
			add(resource.SLI, o.Indicator.Name, o.Indicator.Version)
		}
	}
	for _, p := range f.Plans {
		add(resource.ContinuityPlan, p.Name, p.Version)
	}
	return b
}

// Datasets are those that a review reads, by name.
func Datasets() []string { return []string{dataset.Maintenance, dataset.Outages, dataset.Probes} }
