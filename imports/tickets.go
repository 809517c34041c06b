// Package imports reads what people have: bytes in, domain types out, one file
// a format, streaming. It may import itsm, report, x/text and mimetype; never the
// store.
package imports

import (
	"io"
	"iter"
	"strings"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
)

// The formats of files.
const (
	ServiceNowAudit = dataset.ServiceNowAudit
	CSV             = dataset.CSV
	ICalendar       = dataset.ICalendar
	Prometheus      = dataset.Prometheus
	Upptime         = dataset.Upptime
)

// TicketOptions say how a file of tickets is to be read.
type TicketOptions = OptionsOf[ticket.Mapping]

// CheckTickets refuses options that no file can be read with.
func CheckTickets(o TicketOptions) error {
	tickets, err := dataset.Find(dataset.Tickets)
	if err != nil {
		return err
	}
	format, err := tickets.Format(o.Format)
	switch {
	case err != nil:
		return err
	case !format.Mapped:
		return ticket.Mapping{Table: dataset.Table{Separator: o.Mapping.Separator, Encoding: o.Mapping.Encoding},
			Number: "number", Opened: "opened_at", Stopped: "incident_state"}.Check()
	case o.Mapping.Number == "" && o.Mapping.Opened == "":
		return fault.Invalidf("mapping", "a %s file needs a mapping that says which columns hold number and opened",
			"Eine %s-Datei braucht eine Zuordnung, die sagt, in welchen Spalten number und opened stehen.", strings.ToUpper(o.Format))
	}
	if err := o.Mapping.Check(); err != nil {
		return declaration.Below("mapping", err)
	}
	return declaration.Below("mapping", o.Mapping.CheckColumns())
}

// Tickets reads the rows of a file that may be packed as .gz or .zip. A row
// that makes no sense comes as *dataset.Reject and reading goes on; any other
// error is the last thing that comes. Memory doesn't depend on the file's size.
func Tickets(r io.Reader, o TicketOptions) iter.Seq2[ticket.Row, error] {
	if err := CheckTickets(o); err != nil {
		return failed[ticket.Row](err)
	}
	return rows(r, o, o.Mapping.Table, func(t *table) (parser[ticket.Row], error) {
		if o.Format == CSV {
			return mapped(t, o.Mapping)
		}
		return audit(t)
	})
}

// failed gives nothing but an error.
func failed[R any](err error) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		yield(none, err)
	}
}
