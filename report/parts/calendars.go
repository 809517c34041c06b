package parts

import (
	"turnus/itsm/versions"
	"turnus/report"
	"turnus/report/rules"
)

// Calendars lists the hours that the clocks ran in.
func Calendars(s *report.SectionWriter, all []versions.Calendar) {
	t := s.Table("Calendars", "Kalender").Left("Calendar", "Kalender").Left("Time zone", "Zeitzone").
		Left("Hours", "Servicezeiten").Left("Holidays", "Feiertage").Left("Special days", "Sondertage")
	for _, c := range all {
		t.Row(report.Say("%s, version %d", "%s, Version %d", c.Name, c.Version), report.Name(c.Spec.Zone),
			report.Words(rules.WeeklyHours(c.Spec.Hours)), report.Words(rules.Holidays(c.Spec.Holidays)), report.Words(rules.SpecialDays(c.Spec.Special)))
	}
}
