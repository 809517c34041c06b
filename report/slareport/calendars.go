package slareport

import (
	"turnus/itsm/sla"
	"turnus/report"
	"turnus/report/rules"
)

// calendars lists the hours that the clocks ran in.
func calendars(s *report.SectionWriter, f sla.Frozen) {
	t := s.Table("Calendars", "Kalender").Left("Calendar", "Kalender").Left("Time zone", "Zeitzone").
		Left("Hours", "Servicezeiten").Left("Holidays", "Feiertage").Left("Special days", "Sondertage")
	for _, c := range f.Calendars {
		t.Row(report.Say("%s, version %d", "%s, Version %d", c.Name, c.Version), report.Name(c.Spec.Zone),
			report.Words(rules.WeeklyHours(c.Spec.Hours)), report.Words(rules.Holidays(c.Spec.Holidays)), report.Words(rules.SpecialDays(c.Spec.Special)))
	}
}
