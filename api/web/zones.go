package web

import (
	"slices"

	"turnus/client"
	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
)

// zones are those in which services keep their time, by service.
type zones map[string]string

// ZoneOf is that of one; empty, where it isn't known: then it is UTC.
func (z zones) ZoneOf(service string) string { return z[service] }

// zonesOf looks up the zones of services, among those that the visitor reads:
// asking for another one is a refusal on record.
func (v *visit) zonesOf(services ...string) (zones, error) {
	if !v.declared() || !slices.ContainsFunc(services, func(s string) bool { return s != "" }) {
		return nil, nil
	}
	ctx := v.r.Context()
	all, _, err := client.ResourcesPart[agreement.ServiceSpec](ctx, v.api, "services", "", "", 500)
	if err != nil {
		return nil, err
	}
	found, calendars := zones{}, map[string]string{}
	for _, s := range all {
		name := s.Spec.Calendar
		switch {
		case !slices.Contains(services, s.Metadata.Name):
			continue
		case name == calendar.AlwaysOpen:
			found[s.Metadata.Name] = s.Spec.Zone
			continue
		}
		if _, read := calendars[name]; !read {
			c, err := client.ResourceOf[calendar.Declaration](ctx, v.api, "calendars", name)
			if err != nil {
				return nil, err
			}
			calendars[name] = c.Spec.Zone
		}
		found[s.Metadata.Name] = calendars[name]
	}
	return found, nil
}
