package availabilityreview

import (
	"slices"

	avail "turnus/itsm/availabilityreview"
	"turnus/report"
)

// allShown is how many targets an agreement may have to have a row each, in tables
// of what most targets have nothing of.
const allShown = 12

// worthARow are the targets that have something to show, where there are many.
func worthARow(a avail.AgreementResult, has func(avail.TargetResult) bool) []avail.TargetResult {
	if len(a.Targets) <= allShown {
		return a.Targets
	}
	return slices.DeleteFunc(slices.Clone(a.Targets), func(t avail.TargetResult) bool { return !has(t) })
}

// budgets show how much downtime the targets allowed, and what is left.
func budgets(s *report.SectionWriter, a avail.AgreementResult) {
	t := s.Table("Error budget: the downtime that the target allows", "Fehlerbudget: die Ausfallzeit, die das Ziel zulässt").
		Left("Target", "Ziel").Right("Allowed", "Zulässig").Right("Consumed", "Verbraucht").Right("Left", "Übrig").Right("Share consumed", "Verbrauchter Anteil")
	for _, g := range worthARow(a, func(t avail.TargetResult) bool { return t.Sum.Down > 0 }) {
		if b := g.Budget; b != nil {
			t.Row(report.Name(g.Target.Name), roundedSeconds(b.Allowed), roundedSeconds(b.Consumed), roundedSeconds(b.Remaining), share(b.Share, ""))
		}
	}
}

// repair shows how often the service failed, and how fast it came back.
func repair(s *report.SectionWriter, a avail.AgreementResult) {
	t := s.Table("How often it failed, and how long until it was back", "Häufigkeit der Ausfälle und Dauer bis zur Wiederherstellung").
		Left("Target", "Ziel").Right("Outages begun", "Begonnene Ausfälle").Right("Outages ended", "Beendete Ausfälle").
		Right("MTRS", "MTRS").Right("MTBF", "MTBF").Right("MTBSI", "MTBSI")
	for _, g := range worthARow(a, func(t avail.TargetResult) bool { return t.Sum.Failures+t.Sum.Restored > 0 }) {
		between := optional(g.Sum.MTBF)
		if g.Sum.Failures == 0 && g.Sum.Availability != nil { // none observed, which isn't never
			between = report.AtLeast(g.Sum.Agreed-g.Sum.Down, true)
		}
		t.Row(report.Name(g.Target.Name), report.Count(g.Sum.Failures), report.Count(g.Sum.Restored), optional(g.Sum.MTRS), between, optional(g.Sum.MTBSI))
	}
}

// classes count outages by how long they were.
func classes(s *report.SectionWriter, a avail.AgreementResult) {
	if !slices.ContainsFunc(a.Targets, func(t avail.TargetResult) bool { return t.Sum.Failures > 0 }) {
		return
	}
	t := s.Table("Outages begun in the period, by their full length", "In der Periode begonnene Ausfälle nach ihrer gesamten Dauer").Left("Target", "Ziel")
	first := a.Targets[0].Sum.Classes
	for _, c := range first {
		t.Right("%s", "%s", classTitle(c))
	}
	t.Right("Together", "Summe")
	for _, g := range worthARow(a, func(t avail.TargetResult) bool { return t.Sum.Failures > 0 }) {
		row := []report.Cell{report.Name(g.Target.Name)}
		for i := range first {
			n := int64(0)
			if i < len(g.Sum.Classes) {
				n = g.Sum.Classes[i].Failures
			}
			row = append(row, report.Count(n))
		}
		t.Row(append(row, report.Count(g.Sum.Failures))...)
	}
}

// users show what those lost who use the service.
func users(s *report.SectionWriter, a avail.AgreementResult) {
	t := s.Table("What users lost: the truth lies between the bounds where users aren’t known by name", "Verlust für Benutzer: Sind Benutzer nicht namentlich bekannt, liegt der Wert zwischen den Grenzen").
		Left("Target", "Ziel").Right("Users", "Benutzer").Right("User-minutes lost, at least", "Verlorene Benutzerminuten, mindestens").Right("at most", "höchstens").
		Right("Availability for users, at least", "Verfügbarkeit für Benutzer, mindestens").Right("at most", "höchstens")
	for _, g := range worthARow(a, func(t avail.TargetResult) bool { return t.Sum.Down > 0 }) {
		if g.Sum.LostLow == nil || g.Sum.LostHigh == nil || g.Target.Availability == nil {
			continue
		}
		t.Row(report.Name(g.Target.Name), report.Count(g.Target.Availability.Population), minutesCell(*g.Sum.LostLow), minutesCell(*g.Sum.LostHigh),
			share(g.Sum.UserLow, g.Target.Attain.String()), share(g.Sum.UserHigh, g.Target.Attain.String()))
	}
}

// minutesCell is a cell with user-seconds in whole minutes, or with two places.
func minutesCell(seconds int64) report.Cell {
	if seconds%60 == 0 {
		return report.Count(seconds / 60)
	}
	return report.Words(report.Decimal(ratTo(seconds, 60, 2)))
}
