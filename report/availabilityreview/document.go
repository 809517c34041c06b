package availabilityreview

import (
	"turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// Wording counts up with each release that words its documents differently, so
// that verifying receipts knows which words it can draft anew.
const Wording = 1

// Draft words the figures of a period: for a service manager, who wants to know
// what was kept, and for an auditor, who wants to know how we know, and what was
// done about each outage. It is pure: the same inputs give the same document, and
// so the same hash. Answers are what the owner said to the Findings; none where
// nobody was asked.
func Draft(f availabilityreview.Frozen, r availabilityreview.Result, answers []report.Answer, decisions []report.Evidence) (report.Document, error) {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		return report.Document{}, err
	}
	answers = parts.NameAnswers(answers, Findings(f, r))
	said := decided(Evidence(f, r), decisions)
	w := report.Write(report.Document{
		Run: f.Run, Process: process.AvailabilityReview, Scope: f.Service, Period: f.Period,
		From: f.From.UTC(), To: f.To.UTC(), Zone: f.Zone,
		Title:       text.New("Availability review", "Verfügbarkeitsbericht"),
		Subject:     report.Named(f.Title, f.Service),
		Provisional: f.Provisional,
		Notice:      parts.Notice(f.Provisional, f.Reason),
		Figures:     Figures(r),
		Findings:    append(outageFindings(f, r), disproved(said)...),
		Sources:     sources(f),
		ComputedAt:  f.At.UTC(),
		Answers:     answers,
		Evidence:    said,
		Wording:     Wording,
	})
	followUps := parts.FollowUps{Extract: f.Register, About: f.Service, Provisional: f.Provisional, On: calendar.DateOf(f.At.In(zone))}
	looked := investigations{f, answers, followUps}
	notes(w, f, r, looked)
	summary(w, r, looked)
	rulesOf(f).Section(w)
	followUps.Section(w)
	w.Answers(answers)
	for _, a := range r.Agreements {
		agreementResults(w, f, a, followUps)
	}
	if len(r.Agreements) == 0 {
		w.Section("Results against targets", "Ergebnisse im Vergleich zu den Zielen").Say(
			"No agreement with a target about availability was in force for this service in the period. There is nothing to measure against.",
			"Für diesen Service galt in der Periode keine Vereinbarung mit einem Verfügbarkeitsziel. Ein Vergleich mit Zielen ist daher nicht möglich.")
	}
	timelines(w, f, r)
	unplanned(w, r, looked)
	evidence(w, said, len(everyEvidence(f, r))-len(said))
	maintenance(w, f, r)
	drills(w, f, r)
	objectives(w, r)
	trend(w, f, r)
	lastReport(w, f, r)
	dataSections(w, f, r)
	definitions(w, f, r)
	return w.Document(), nil
}

// rulesOf are what the figures stand on besides the data.
func rulesOf(f availabilityreview.Frozen) parts.Rules {
	return parts.Rules{InForce: f.InForce, Sources: sources(f), Agreements: f.Agreements,
		Kinds: text.New("agreements, calendars and objectives", "Vereinbarungen, Kalender und Serviceziele")}
}
