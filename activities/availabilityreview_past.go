package activities

import (
	"context"
	"strconv"
	"strings"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/slo"
	"turnus/report"
	"turnus/store"
)

// availabilityHistory adds the reports of earlier periods.
func (s *Set) availabilityHistory(ctx context.Context, f *avail.Frozen) error {
	periods, err := avail.Earlier(f.Period)
	if err != nil {
		return err
	}
	all, err := store.History[avail.Frozen](ctx, s.store, process.AvailabilityReview, f.Service, periods)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !e.Intact {
			return notAsPublished(e.Run)
		}
		f.History = append(f.History, availabilityPast(e))
	}
	return nil
}

// availabilityPast reads a published report back, under the names that scripts rely
// on.
func availabilityPast(e store.Earlier[avail.Frozen]) avail.Past {
	p := avail.Past{Period: e.Period, Run: e.Run, Version: e.Version, Hash: e.Hash, Published: e.Published, By: e.By, Comment: e.Comment,
		Targets: []avail.PastTarget{}}
	at := map[[2]string]int{}
	for _, f := range e.Document.Figures {
		if target, is := strings.CutSuffix(f.Name, ".availability"); is && f.Group == report.Under(f.Group.Name) {
			at[[2]string{f.Group.Name, target}] = len(p.Targets)
			p.Targets = append(p.Targets, avail.PastTarget{Agreement: f.Group.Name, Name: target, Availability: f.Value, Attain: f.Target,
				Verdict: string(f.Verdict), Rules: e.Frozen.Rules(f.Group.Name, target)})
		}
	}
	for _, f := range e.Document.Figures {
		target, figure, _ := strings.Cut(f.Name, ".")
		i, known := at[[2]string{f.Group.Name, target}]
		if !known || f.Value == nil || f.Group != report.Under(f.Group.Name) {
			continue
		}
		switch figure {
		case "agreed-time":
			p.Targets[i].Agreed, _ = strconv.ParseInt(*f.Value, 10, 64)
		case "downtime":
			p.Targets[i].Down, _ = strconv.ParseInt(*f.Value, 10, 64)
		}
	}
	return p
}

// objectivesIn are the objectives of a service, as they were declared at a period's
// beginning, with their indicators.
func (s *Set) objectivesIn(ctx context.Context, service string, period calendar.Period) (list []avail.Objective, err error) {
	all, err := s.store.Objectives(ctx, service)
	if err != nil {
		return nil, err
	}
	for _, name := range all.Named(resource.SLO) {
		o, v, err := store.ValidAt[slo.Spec](all, resource.SLO.Ref(name), period.VersionsAt())
		if fault.Is(err, fault.NotFound) || err == nil && o.Spec.Service != service {
			continue
		}
		if err == nil {
			err = asDeclared(v)
		}
		if err != nil {
			return nil, err
		}
		used := avail.Objective{Name: name, Title: o.Title(), Version: v.Version, Hash: v.Hash, Declared: &v.Resource, Spec: o.Spec}
		if o.Spec.IndicatorRef != "" {
			i, v, err := store.ValidAt[slo.IndicatorSpec](all, resource.SLI.Ref(o.Spec.IndicatorRef), period.VersionsAt())
			if err == nil {
				err = asDeclared(v)
			}
			if fault.Is(err, fault.NotFound) { // then it isn't measured
				list = append(list, used)
				continue
			}
			if err != nil {
				return nil, err
			}
			used.Indicator = &avail.Indicator{Name: o.Spec.IndicatorRef, Version: v.Version, Hash: v.Hash, Declared: &v.Resource, Spec: i.Spec}
		}
		list = append(list, used)
	}
	return list, nil
}
