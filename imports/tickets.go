// Package imports reads what people have: bytes in, domain types out, one file
// a format, streaming. It may import itsm, report, x/text, rrule-go and mimetype; never the
// store.
package imports

import (
	"errors"
	"io"
	"iter"
	"strings"
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/declaration"
	"turnus/itsm/fault"
	"turnus/itsm/ticket"
)

// The formats of ticket files.
const (
	ServiceNowAudit = dataset.ServiceNowAudit
	CSV             = dataset.CSV
)

// TicketOptions say how a file of tickets is to be read.
type TicketOptions struct {
	Format  string
	Zone    *time.Location   // of local times; nil: UTC
	Mapping ticket.Mapping   // csv: what the columns mean; else only separator and encoding count
	Now     time.Time        // what is later makes no sense; zero: nothing is
	Content *dataset.Content // filled with what is found out about the file; may be nil
}

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
		return ticket.Mapping{Separator: o.Mapping.Separator, Encoding: o.Mapping.Encoding,
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
	return func(yield func(ticket.Row, error) bool) {
		fail := func(err error) { yield(ticket.Row{}, err) }
		if err := CheckTickets(o); err != nil {
			fail(err)
			return
		}
		if o.Zone == nil {
			o.Zone = time.UTC
		}
		plain, done, err := unpacked(r)
		if err != nil {
			fail(err)
			return
		}
		defer done()
		t, err := openTable(plain, o)
		if err != nil {
			fail(err)
			return
		}
		for {
			cells, err := t.records.next()
			if errors.Is(err, io.EOF) {
				t.finish(o.Content)
				return
			}
			t.row++
			var row ticket.Row
			switch {
			case errors.Is(err, errCells):
				err = t.uncut()
			case errors.Is(err, errLong):
				t.partial = true
				err = t.reject("", "", string(t.records.raw), "this row is longer than a megabyte", "diese Zeile ist länger als ein Megabyte")
			case err != nil:
				fail(err)
				return
			default:
				row, err = t.read(cells)
			}
			if err != nil {
				row = ticket.Row{}
			} else {
				t.open = 0
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
