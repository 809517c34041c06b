// Package availabilityreview is the review of a service's availability: its
// wording, sections, figures and receipts, and what the owner is asked about.
// Collecting and computing are done elsewhere (activities,
// itsm/availabilityreview); here a result becomes a document, always the same
// one. It may import report, report/receipt, report/rules, report/parts and itsm.
//
//	d, err := availabilityreview.Draft(frozen, result, answers, decisions)
package availabilityreview
