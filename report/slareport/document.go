package slareport

import (
	"turnus/itsm/process"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/parts"
)

// Wording counts up with each release that words its documents differently, so
// that verifying receipts knows which words it can draft anew; 0 was 0.1.0's.
const Wording = 1

// Draft words the figures of a period: for a service manager, who wants to know
// what was kept, and for an auditor, who wants to know how we know. It is pure:
// the same inputs give the same document, and so the same hash. Answers are what
// the owner said to the Findings; none where nobody was asked.
func Draft(f sla.Frozen, r sla.Result, answers []report.Answer) (report.Document, error) {
	study, err := sla.StudyOf(f, r)
	if err != nil {
		return report.Document{}, err
	}
	answers = parts.NameAnswers(answers, Findings(r))
	w := report.Write(report.Document{
		Run: f.Run, Process: process.SLAReport, Scope: f.Service, Period: f.Period,
		From: f.From.UTC(), To: f.To.UTC(), Zone: f.Zone,
		Title:       text.New("SLA report", "SLA-Bericht"),
		Subject:     report.Named(f.Title, f.Service),
		Provisional: f.Provisional,
		Notice:      parts.Notice(f.Provisional, f.Reason),
		Figures:     Figures(r),
		Sources:     sources(f),
		ComputedAt:  f.At.UTC(),
		Answers:     answers,
		Wording:     Wording,
		TicketList:  listOf(r),
	})
	notes(w, f, r)
	summary(w, r)
	rulesOf(f).Section(w)
	followUps, err := followUpsOf(f)
	if err != nil {
		return report.Document{}, err
	}
	followUps.Section(w)
	w.Answers(answers)
	for _, a := range r.Agreements {
		agreementResults(w, f, a, study, followUps)
	}
	if len(r.Agreements) == 0 {
		w.Section("Results against targets", "Ergebnisse im Vergleich zu den Zielen").Say(
			"No agreement for this service was in force in the period. There is nothing to measure against.",
			"Für diesen Service galt in der Periode keine Vereinbarung. Ein Vergleich mit Zielen ist daher nicht möglich.")
	}
	excluded := exclusions(w, f, r)
	ticketList(w, f, r)
	credits(w, r)
	workload(w, r, study, followUps)
	trend(w, f, r, study)
	lastReport(w, f, r)
	claims(w, r)
	dataQuality(w, f, r, excluded)
	importTable(w, f)
	definitions(w, f, r)
	return w.Document(), nil
}

// verdictCell is a verdict in words. A target is missed, a ticket breaches.
func verdictCell(v sla.Verdict) report.Cell {
	switch v {
	case sla.Met:
		return report.Judged(report.Met.Title(), report.Good)
	case sla.Missed, sla.Breached:
		return report.Judged(report.Missed.Title(), report.Bad)
	}
	return report.Judged(report.NotApplicable(), report.Neutral)
}

// limitCell is the verdict on a volume of work.
func limitCell(v sla.Verdict) report.Cell {
	switch v {
	case sla.Met:
		return report.Judged(text.New("within", "eingehalten"), report.Good)
	case sla.NoData:
		return report.Judged(report.NotApplicable(), report.Neutral)
	}
	return report.Judged(text.New("exceeded", "überschritten"), report.Bad)
}

// targetName tells targets of several agreements apart.
func targetName(r sla.Result, a sla.AgreementResult, t sla.TargetResult) text.Text {
	if len(r.Agreements) == 1 {
		return text.Same(t.Target.Name)
	}
	return text.F("%s: %s", "%s: %s", report.Named(a.Title, a.Name), t.Target.Name)
}

// rulesOf are what the figures stand on besides tickets.
func rulesOf(f sla.Frozen) parts.Rules {
	return parts.Rules{InForce: f.InForce, Sources: sources(f), Agreements: f.Agreements,
		Kinds: text.New("agreements, calendars and exclusions", "Vereinbarungen, Kalender und Ausschlüsse")}
}
