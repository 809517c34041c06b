// Package receipt writes and reads the file that says how every figure of one
// report came about, and verifies such a file by computing everything in it
// anew, without server or database.
//
// A file is one canonical JSON document (package canonical) and a newline. Its
// members come in the order of their names, so that it is written and read as
// a stream, whatever its length:
//
//	{"figures":[…],"format":"turnus.receipts/1","frozen":{…},"process":"sla-report",
//	 "report":{"document":{…},"hash":"…","version":1},"round":1,"run":"sla-report/payments/2026-10",
//	 "tickets":[…],"totals":{…},"verification":{"sha256":"…"}}
//
// without the white space. figures are those of the report; frozen is what the
// round stood on; report is the document that was approved, whose hash is over
// its bytes here, and which names the hash of frozen among its sources; the
// list is the process's own, one element a case; totals are what its cases
// come to, and what the figures are made of; verification is the SHA-256 of all
// bytes before its comma.
//
// It is pure, and may import report, report/slareport and itsm.
//
//	err := receipt.SLA(w, rep, frozen, tickets)
//	verdict, err := receipt.Verify(r)
package receipt

import (
	"encoding/json"

	"turnus/itsm/fault"
	"turnus/itsm/text"
	"turnus/report"
)

// Format names the form of the file, and its version.
const Format = "turnus.receipts/1"

// Bounds, so that no file can fill the memory.
const (
	maxHead = 32 << 20 // bytes of all that stands before the list, and of the totals
	maxCase = 32 << 20 // bytes of one element of the list
	maxText = 1 << 20  // bytes of one text or name in them

	maxValues = 500_000 // of either: two bytes may become two hundred
)

// Head is what stands before the list.
type Head struct {
	Figures []report.Figure
	Frozen  json.RawMessage // canonical; its type is the process's
	Process string
	Report  Report
	Round   int
	Run     string
}

// Report is the report whose figures these are.
type Report struct {
	Document json.RawMessage `json:"document"` // canonical: what the hash is over
	Hash     string          `json:"hash"`
	Version  int             `json:"version"` // 0: not published
}

// Differs says that a report isn't what its inputs give now.
func Differs(run string, cause error) error {
	return fault.New(fault.Conflict, text.F("The receipts of %s, derived anew, aren't as its report says: no complete file was written, and the log says where they differ.",
		"Die Belege von %s, neu hergeleitet, stimmen nicht mit dem Bericht überein: es entstand keine vollständige Datei, und das Protokoll sagt, wo sie abweichen.", run)).Because(cause)
}

// The members before the list, in their order.
var members = [...]string{"figures", "format", "frozen", "process", "report", "round", "run"}

func malformed(en, de string, args ...any) *fault.Error {
	return fault.New(fault.Malformed, text.F(en, de, args...))
}
