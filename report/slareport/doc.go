// Package slareport is the report on service levels: its wording, sections,
// figures and receipts, and what the owner is asked about. Collecting and
// computing are done elsewhere (activities, itsm/sla); here a result becomes a
// document, always the same one. It may import report, report/receipt,
// report/rules and itsm.
//
//	d, err := slareport.Draft(frozen, result, answers)
package slareport
