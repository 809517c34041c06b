package sla

import (
	"turnus/itsm/calendar"
	"turnus/itsm/resource"
	"turnus/itsm/task"
)

// Basis is what the set stands on, as far as somebody brought it: all imports
// up to the newest one, the versions of agreements and calendars, the service,
// and the exclusions.
func (f Frozen) Basis() task.Basis {
	b := task.Basis{About: resource.Service.Ref(f.Service), At: f.From, Import: f.Import}
	if p, err := calendar.ParsePeriod(f.Period); err == nil {
		b.At = p.VersionsAt()
	}
	for _, a := range f.Agreements {
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Agreement, Name: a.Name, Version: a.Version})
	}
	for _, c := range f.Calendars {
		b.Resources = append(b.Resources, task.DeclaredIn{Kind: resource.Calendar, Name: c.Name, Version: c.Version})
	}
	for _, e := range f.Exclusions {
		b.Proposals = append(b.Proposals, task.ProposalBehind{About: e.Object(), By: e.By, Issuer: e.TokenIssuer})
	}
	return b
}
