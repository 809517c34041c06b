// Package parts writes what documents about a service have in common: why one is
// provisional, where its data comes from, which rules changed since the report in
// force, what became of earlier findings, and what of a file of receipts is
// compared alike. It may import report, report/receipt, report/rules and itsm.
//
//	notes := parts.ImportNotesOf(f.Imports, f.From, f.To)
//	notes.Accepted(w)
package parts
