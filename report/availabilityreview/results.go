package availabilityreview

import (
	"slices"
	"strings"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/improvement"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// agreementResults is the section of one agreement, and so of one customer.
func agreementResults(w *report.Writer, f avail.Frozen, a avail.AgreementResult, x parts.FollowUps) {
	s := w.Section("Results: %s", "Ergebnisse: %s", report.Named(a.Title, a.Name)).About(a.Name)
	who := text.Text{}
	if a.Customer != "" {
		who = text.F("Customer: %s. ", "Kunde: %s. ", a.Customer)
	}
	versions := make([]string, len(a.Versions))
	for i, v := range a.Versions {
		versions[i] = decimal(int64(v))
	}
	if list := strings.Join(versions, ", "); len(versions) > 1 {
		s.Say("%sAgreement: %s, versions %s. Each stretch of time is measured by the version in force then; the table names the targets as agreed in version %s.",
			"%sVereinbarung: %s, Versionen %s. Jeder Zeitabschnitt wird an der Version gemessen, die dann galt; die Tabelle nennt die Ziele nach Version %s.",
			who, a.Name, list, versions[len(versions)-1])
	} else {
		s.Say("%sAgreement: %s, version %s.", "%sVereinbarung: %s, Version %s.", who, a.Name, list)
	}
	results(s, a, x)
	byMonth(s, a)
	underVersions(s, a)
	if len(a.Targets) > allShown {
		s.Say("After the first table, only targets with an outage are listed.", "Nach der ersten Tabelle sind nur Ziele mit Ausfall aufgeführt.")
	}
	budgets(s, a)
	repair(s, a)
	classes(s, a)
	users(s, a)
}

// results set each target against what was agreed.
func results(s *report.SectionWriter, a avail.AgreementResult, x parts.FollowUps) {
	has := func(is func(avail.TargetResult) bool) bool { return slices.ContainsFunc(a.Targets, is) }
	missed := func(t avail.TargetResult) bool { return t.Verdict == availability.Missed }
	t := s.Table("Availability against the targets", "Verfügbarkeit im Vergleich zu den Zielen").
		Left("Target", "Ziel").Right("Availability", "Verfügbarkeit").Right("Agreed", "Vereinbart").Left("Result", "Ergebnis").
		Right("Agreed service time", "Vereinbarte Servicezeit").Right("Downtime", "Ausfallzeit").
		Right("Excused", "Entschuldigt").When(has(func(t avail.TargetResult) bool { return t.Sum.Excused > 0 })).
		Right("Coverage", "Datenabdeckung").Left("Reliability", "Belastbarkeit").
		Left("Finding", "Befund").When(x.Extract != nil && has(missed))
	for _, g := range a.Targets {
		finding := report.Name("–")
		if missed(g) {
			finding = x.OfFigure(improvement.MissedTarget, report.Figure{Group: report.Under(a.Name), Name: g.Target.Name + "." + availabilityName})
		}
		attain := g.Target.Attain.String()
		t.Row(report.Name(g.Target.Name), measured(g.Sum, g.Verdict, attain), report.Percent(attain), judged(g.Verdict),
			report.Seconds(g.Sum.Agreed), report.Seconds(g.Sum.Down), report.Seconds(g.Sum.Excused), share(g.Sum.Coverage, ""), reliable(g.Sum), finding)
	}
	if has(func(t avail.TargetResult) bool { return t.Degradations }) {
		s.Say("Some outages count with the share of the service that was gone: of their downtime only that share is lost.",
			"Einige Ausfälle zählen mit dem ausgefallenen Anteil des Service: Von ihrer Ausfallzeit geht nur dieser Anteil verloren.")
	}
}

// byMonth shows the months of a longer period: a row a target, a column a month.
func byMonth(s *report.SectionWriter, a avail.AgreementResult) {
	months := 0
	for _, g := range a.Targets {
		months = max(months, len(g.Months))
	}
	if months < 2 {
		return
	}
	available := s.Table("Availability in each month", "Verfügbarkeit je Monat").Left("Target", "Ziel")
	down := s.Table("Downtime in each month; the months add up to the period", "Ausfallzeit je Monat; die Monate ergeben zusammen die Periode").Left("Target", "Ziel")
	first := a.Targets[0]
	for _, m := range first.Months {
		available.Right("%s", "%s", report.ShortPeriod(m.Period))
		down.Right("%s", "%s", report.ShortPeriod(m.Period))
	}
	available.Right("Period", "Periode")
	down.Right("Period", "Periode")
	for _, g := range a.Targets {
		above, below := []report.Cell{report.Name(g.Target.Name)}, []report.Cell{report.Name(g.Target.Name)}
		for i := range first.Months {
			if i >= len(g.Months) {
				above, below = append(above, report.Name("–")), append(below, report.Name("–"))
				continue
			}
			m := g.Months[i]
			above, below = append(above, measured(m.Figures, m.Verdict, g.Target.Attain.String())), append(below, report.Seconds(m.Figures.Down))
		}
		available.Row(append(above, measured(g.Sum, g.Verdict, g.Target.Attain.String()))...)
		down.Row(append(below, report.Seconds(g.Sum.Down))...)
	}
}

// underVersions shows the parts of a target that several versions measure.
func underVersions(s *report.SectionWriter, a avail.AgreementResult) {
	if len(a.Versions) < 2 {
		return
	}
	t := s.Table("By version of the agreement", "Nach Version der Vereinbarung").Left("Target", "Ziel").Left("Version", "Version").Left("From", "Von").Left("To", "Bis").
		Right("Agreed", "Vereinbart").Right("Availability", "Verfügbarkeit").Left("Result", "Ergebnis")
	for _, g := range a.Targets {
		for _, p := range g.Parts[:min(len(g.Parts), maxRows)] {
			t.Row(report.Name(g.Target.Name), report.Name(decimal(int64(p.Version))), report.At(p.From), report.At(p.To), report.Percent(p.Attain),
				measured(p.Figures, p.Verdict, p.Attain), judged(p.Verdict))
		}
	}
}

// maxRows is how many rows a table has of what there may be any number of.
const maxRows = 60
