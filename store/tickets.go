package store

import (
	"context"
	"iter"
	"time"

	"turnus/itsm/ticket"
)

// Intake says what a bulk import is about.
type Intake struct {
	Service string
	Format  string
	Union   bool      // rows join those stored (servicenow-audit); else they replace the ticket (csv)
	AsOf    time.Time // zero: the newest change in the file
	By      string
	Token   string
	Now     time.Time
}

// Import takes rows in: COPY into a staging table, then one merge under the
// service's lock, in the transaction that draws the import's number. Rows
// yielded with a *ticket.Reject as error are kept as rejects; any other error
// ends the import, and nothing is changed. progress, if given, is called with
// the rows read so far.
func (s *Store) Import(ctx context.Context, in Intake, rows iter.Seq2[ticket.Row, error], progress func(rows int64)) (ticket.Import, error) {
	panic("to be written")
}

// Imports lists a service's imports, newest first.
func (s *Store) Imports(ctx context.Context, service string, p Page) ([]ticket.Import, string, error) {
	panic("to be written")
}

// ImportByID finds one import.
func (s *Store) ImportByID(ctx context.Context, id int64) (ticket.Import, error) {
	panic("to be written")
}

// Rejects lists the rows that an import rejected.
func (s *Store) Rejects(ctx context.Context, id int64, p Page) ([]ticket.Reject, string, error) {
	panic("to be written")
}

// Coverage says what a service's imports cover: from the oldest opening to the
// greatest as-of, and the newest import; zero values without any.
func (s *Store) Coverage(ctx context.Context, service string) (oldest, asOf time.Time, newest int64, err error) {
	panic("to be written")
}

// TicketsAsOf streams the tickets that concern a period, as of an import,
// sorted by number: opened before to, and not over before from.
func (s *Store) TicketsAsOf(ctx context.Context, service string, asOf int64, from, to time.Time) iter.Seq2[ticket.Version, error] {
	panic("to be written")
}
