package receipt

import (
	"encoding/json"
	"io"
	"iter"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/run"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
	"turnus/itsm/uptime"
	"turnus/report"
)

// Process is what a process brings to the receipts of its reports.
type Process struct {
	// List names the list of its cases, which comes between "run" and "totals"
	// in the order of names.
	List string

	// Write writes the receipts of a report from the frozen set of its round, as
	// it is on record, and the cases of that set. What isn't as the report says
	// is an error, and the file then lacks its end.
	Write func(w io.Writer, r report.Report, frozen json.RawMessage, from Source) error

	// WriteTickets writes the list of tickets that a report counts as breached or
	// leaves out, from the same inputs. What isn't as the report says is an error.
	// Nil where reports have no such list.
	WriteTickets func(w io.Writer, r report.Report, frozen json.RawMessage, from Source, form Form) error

	// Verify reads the list to its end and computes anew what follows from the
	// frozen set and the cases; what differs goes into c, and v gets what is the
	// process's own. It gives the document drafted anew, with what people put
	// into the file's, said, and without the restatement; and the report that
	// was in force, nil where the set doesn't say.
	Verify func(x *Reader, said report.Document, v *Result, c *Comparison) (report.Document, *run.InForce, error)
}

// Form is how a list of tickets is written.
type Form struct {
	CSV  bool      // a table for people; else JSON, whose hash stands in the report
	Lang text.Lang // of the table's words
}

// Source reads the cases of a frozen set where they are on record.
type Source struct {
	// Tickets gives the tickets of a service as of an import that were opened
	// before to and weren't over before from, by number.
	Tickets func(service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error]

	// Windows, Outages and Days give what is known of a dataset, by key.
	Windows func(of Known) iter.Seq2[dataset.Keyed[[]uptime.Planned], error]
	Outages func(of Known) iter.Seq2[dataset.Keyed[[]uptime.Outage], error]
	Days    func(of Known) iter.Seq2[dataset.Keyed[uptime.Day], error]
}

// Known says which part of a dataset about a service is read: what is about a time
// that touches [From, To], as of an import.
type Known struct {
	Service  string
	Import   int64
	From, To time.Time
}
