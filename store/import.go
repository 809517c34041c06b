package store

import (
	"context"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
	"turnus/itsm/ticket"
)

// Intake says what a bulk import is about.
type Intake struct {
	Service string
	Format  string
	Union   bool           // rows join those stored (servicenow-audit); else they replace the ticket (csv)
	Zone    *time.Location // of the file's local times; nil: UTC
	File    dataset.File
	Mapping *dataset.Mapping // that the file is read with; nil: none
	States  *dataset.States  // what mapping or format say of states
	Full    bool             // the file holds all tickets of its span
	AsOf    time.Time        // zero: the newest change in the file
	Accept  string           // why it is taken though it is implausible; empty: it isn't
	DryRun  bool             // nothing is written
	Content *dataset.Content // what the reader finds out about the file, complete after its last row; nil: nothing
	By      string
	Token   string
	Issuer  string // of the token
	Now     time.Time

	// Declare, if given, declares the mapping in the transaction of the import,
	// before it is put on record.
	Declare func(ctx context.Context, tx *sqlx.Tx) (dataset.Mapping, error)
}

// Import takes rows in: COPY into a staging table, then one merge under the
// service's lock, in the transaction that draws the import's number. Rows
// yielded with a *dataset.Reject as error are kept as rejects; any other error
// ends the import, and nothing is changed. progress, if given, is called with
// the rows read so far.
//
// Imports of one service wait for each other only while they merge. A file
// without any row that makes sense needs in.AsOf: it says nothing by itself
// about how far the source was read.
func (s *Store) Import(ctx context.Context, in Intake, rows iter.Seq2[ticket.Row, error], progress func(rows int64)) (dataset.Import, error) {
	if in.AsOf.After(in.Now) {
		return dataset.Import{}, fault.Invalidf("as_of", "%s is still to come: give the instant up to which the source was read",
			"%s liegt in der Zukunft: Den Zeitpunkt angeben, bis zu dem das Quellsystem gelesen wurde.", in.AsOf.UTC().Format(time.RFC3339))
	}
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return dataset.Import{}, mapped(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return dataset.Import{}, mapped(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it the first error counts
	var g staging
	if err := g.stage(ctx, conn.Conn, in.Now, rows, progress); err != nil {
		return dataset.Import{}, mapped(err)
	}
	if in.AsOf, err = g.asOf(in.AsOf); err != nil {
		return dataset.Import{}, err
	}
	done, err := merged(ctx, conn, tx, in, &g)
	if err != nil {
		return dataset.Import{}, mapped(err)
	}
	return done, mapped(tx.Commit())
}

// asOf settles up to when the source was read.
func (g *staging) asOf(said time.Time) (time.Time, error) {
	switch {
	case !said.IsZero() && g.newest.After(said):
		return said, fault.Invalidf("as_of", "the file holds a change of %s, after %s: give a later instant, or leave it out",
			"Die Datei enthält eine Änderung von %s, nach %s: Einen späteren Zeitpunkt angeben oder ihn weglassen.",
			g.newest.UTC().Format(time.RFC3339), said.UTC().Format(time.RFC3339))
	case !said.IsZero():
		return said, nil
	case g.read == 0:
		return said, fault.New(fault.Invalid, text.New("the file has no rows: nothing was imported (with --as-of it would say that nothing changed up to then)",
			"Die Datei hat keine Zeilen: Nichts wurde importiert (mit --as-of hieße es, dass sich bis dahin nichts geändert hat)."))
	case g.newest.IsZero():
		f := fault.New(fault.Invalid, text.F("none of the %[1]d rows makes sense, nothing was imported: the first one has %[2]s %.60[3]q: %[4]s",
			"Keine der %[1]d Zeilen ergibt Sinn, nichts wurde importiert: In der ersten steht unter %[2]s %.60[3]q: %[5]s",
			g.read, g.first.Column, g.first.Value, g.first.Reason.En, g.first.Reason.De))
		return said, f.InRow(g.first.Row)
	}
	return g.newest, nil
}

// merged makes the import of what is staged.
func merged(ctx context.Context, conn *sqlx.Conn, tx *sqlx.Tx, in Intake, g *staging) (dataset.Import, error) {
	done := dataset.Import{Dataset: dataset.Tickets, Service: in.Service, Format: in.Format, AsOf: in.AsOf.UTC().Truncate(time.Microsecond), Read: g.read,
		By: in.By, TokenIssuer: in.Issuer, At: in.Now.UTC().Truncate(time.Microsecond)}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('turnus.import/' || $1, 0))`, in.Service); err != nil {
		return done, err
	}
	// Its number is drawn under the lock; its row is written once, when the
	// counts are known.
	if err := tx.GetContext(ctx, &done.ID, `SELECT nextval(pg_get_serial_sequence('import', 'id'))`); err != nil {
		return done, err
	}
	var oldest *time.Time
	if err := tx.GetContext(ctx, &oldest, `SELECT min(oldest) FROM import WHERE service = $1 AND tickets_changed > 0`, in.Service); err != nil {
		return done, err
	}
	m := merge{ctx: ctx, conn: conn.Conn, tx: tx, in: in, names: &g.names, done: &done, oldest: oldest, stored: oldest != nil, sorted: !g.unsorted}
	if err := m.run(); err != nil {
		return done, err
	}
	done.Oldest = done.AsOf // nothing is covered without a ticket
	if m.oldest != nil {
		done.Oldest = m.oldest.UTC()
	}
	if _, err := tx.NamedExecContext(ctx, importInsert, stored(done, nil)); err != nil {
		return done, err
	}
	if err := lookAgain(ctx, tx, in.Now, in.Service); err != nil {
		return done, err
	}
	return done, record(ctx, tx, person.Actor{Person: in.By, Token: in.Token}, in.Now, "tickets.imported", "service/"+in.Service, nil, done)
}
