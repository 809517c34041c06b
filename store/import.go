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
	Usual   *time.Location // that they would be of, were nothing said; nil: not known
	File    dataset.File
	Mapping *dataset.Mapping // that the file is read with; nil: none
	States  *dataset.States  // what mapping or format say of states
	Full    bool             // the file holds all tickets of its span
	AsOf    time.Time        // zero: the newest change in the file
	Accept  string           // why it is taken though it is implausible; empty: it isn't
	DryRun  bool             // nothing is written
	Spool   string           // directory for what waits to be merged; empty: the system's for temporary files
	Content *dataset.Content // what the reader finds out about the file, complete after its last row; nil: nothing
	By      string
	Token   string
	Issuer  string // of the token
	Now     time.Time

	// Declare, if given, declares the mapping in the transaction of the import,
	// before it is put on record.
	Declare func(ctx context.Context, tx *sqlx.Tx) (dataset.Mapping, error)
}

func (in Intake) actor() person.Actor {
	return person.Actor{Person: in.By, Token: in.Token, Issuer: in.Issuer}
}

// Import takes rows in: into a file without a name, sorted, then one merge under
// the service's lock, by COPY, in the transaction that draws the import's number. Rows
// yielded with a *dataset.Reject as error are kept as rejects; any other error
// ends the import, and nothing is changed. progress, if given, is called with
// the rows read so far.
//
// What isn't plausible is refused (fault.Implausible, a fault for each reason)
// unless in.Accept says why it is right; the refusal is on record. A dry run
// does the same, says what would refuse it, and leaves nothing behind.
//
// Imports of one service wait for each other only while they merge. A file
// without any row that makes sense needs in.AsOf: it says nothing by itself
// about how far the source was read.
func (s *Store) Import(ctx context.Context, in Intake, rows iter.Seq2[ticket.Row, error], progress func(rows int64)) (dataset.Profile, error) {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	if in.Content == nil {
		in.Content = &dataset.Content{}
	}
	if in.AsOf.After(in.Now) {
		return dataset.Profile{}, fault.Invalidf("as_of", "%s is still to come: give the instant up to which the source was read",
			"%s liegt in der Zukunft: Den Zeitpunkt angeben, bis zu dem das Quellsystem gelesen wurde.", in.AsOf.UTC().Format(time.RFC3339))
	}
	profile, err := s.take(ctx, in, rows, progress)
	if fault.Is(err, fault.Implausible) {
		if why := s.refusedImport(ctx, in, profile); why != nil {
			return dataset.Profile{}, why
		}
		return dataset.Profile{}, err
	}
	return profile, mapped(err)
}

// refusedImport puts on record that an import wasn't plausible.
func (s *Store) refusedImport(ctx context.Context, in Intake, p dataset.Profile) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error {
		return record(ctx, tx, in.actor(), in.Now, "import.refused", "service/"+in.Service, nil, p.Import)
	})
}

// take stages, merges and judges a file, in one transaction. Of one that is
// refused it gives what would have been put on record.
func (s *Store) take(ctx context.Context, in Intake, rows iter.Seq2[ticket.Row, error], progress func(int64)) (dataset.Profile, error) {
	var none dataset.Profile
	g := staging{dir: in.Spool}
	defer g.close()
	names := ticket.Names{}
	watch := dataset.NewWatch(in.Zone)
	states := in.States != nil || in.Union
	if err := g.stage(ctx, ticketEntries(rows, &names, watch, states, in.Now), progress); err != nil {
		return none, err
	}
	derived := in.AsOf.IsZero()
	var err error
	if in.AsOf, err = g.asOf(in.AsOf); err != nil {
		return none, err
	}
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return none, err
	}
	defer conn.Close()
	tx, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return none, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it the first error counts
	agreed, err := agreedOf(ctx, tx, in.Service)
	if err != nil {
		return none, err
	}
	profile, m, err := merged(ctx, conn, tx, in, &g, &names, agreed)
	if err != nil {
		return none, err
	}
	done := &profile.Import
	done.Derived = derived
	done.First, done.Last = watch.Span()
	seen := watch.Seen(in.Full)
	if err := (judging{in, watch, seen, agreed, m, derived}).judge(ctx, tx, &profile); err != nil {
		return none, err
	}
	if in.DryRun {
		return profile, nil
	}
	if why := dataset.Refused(done.Warnings); why != nil {
		if in.Accept == "" {
			return profile, why
		}
		done.Accepted = in.Accept
	}
	if in.Declare != nil {
		m, err := in.Declare(ctx, tx)
		if err != nil {
			return none, err
		}
		done.Mapping = &m
	}
	if _, err := tx.NamedExecContext(ctx, importInsert, stored(*done, &seen)); err != nil {
		return none, err
	}
	if err := lookAgain(ctx, tx, in.Now, in.Service); err != nil {
		return none, err
	}
	if err := record(ctx, tx, in.actor(), in.Now, "tickets.imported", "service/"+in.Service, nil, done); err != nil {
		return none, err
	}
	return profile, tx.Commit()
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

// lockImports makes the intakes of a service wait for each other until the
// transaction ends.
func lockImports(ctx context.Context, tx *sqlx.Tx, service string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('turnus.import/' || $1, 0))`, service)
	return err
}

// merged makes the import of what is staged, short of its row. A dry run holds
// nobody up and draws no number.
func merged(ctx context.Context, conn *sqlx.Conn, tx *sqlx.Tx, in Intake, g *staging, names *ticket.Names, agreed []dataset.Agreed) (dataset.Profile, *ticketMerge, error) {
	profile := dataset.Profile{DryRun: in.DryRun, Import: dataset.Import{Dataset: dataset.Tickets, Service: in.Service, Format: in.Format, File: in.File,
		Mapping: in.Mapping, Zone: in.Zone.String(), AsOf: in.AsOf.UTC().Truncate(time.Microsecond), Read: g.read, Warnings: []dataset.Warning{},
		By: in.By, TokenIssuer: in.Issuer, At: in.Now.UTC().Truncate(time.Microsecond)}}
	done := &profile.Import
	if !in.DryRun {
		if err := lockImports(ctx, tx, in.Service); err != nil {
			return profile, nil, err
		}
		// Its number is drawn under the lock; its row is written once, when the
		// counts are known.
		if err := tx.GetContext(ctx, &done.ID, `SELECT nextval(pg_get_serial_sequence('import', 'id'))`); err != nil {
			return profile, nil, err
		}
	}
	// What is known of a batch of keys is looked up by index, however many there are.
	if _, err := tx.ExecContext(ctx, `SET LOCAL plan_cache_mode = force_custom_plan`); err != nil {
		return profile, nil, err
	}
	before, err := covered(ctx, tx, in.Service, dataset.Tickets, 0)
	if err != nil {
		return profile, nil, err
	}
	m := &merge{ctx: ctx, conn: conn.Conn, tx: tx, done: done, dry: in.DryRun}
	t := &ticketMerge{ctx: ctx, tx: tx, service: in.Service, union: in.Union, names: names, done: done, reject: m.reject,
		scope: dataset.NewScope(agreed), stored: before.Oldest.Valid}
	if before.Oldest.Valid {
		t.oldest = &before.Oldest.Time
	}
	m.of = t
	if m.runs, err = g.openRuns(); err != nil {
		return profile, nil, err
	}
	if err := m.run(); err != nil {
		return profile, nil, err
	}
	done.Oldest = done.AsOf // nothing is covered without a ticket
	if t.oldest != nil {
		done.Oldest = t.oldest.UTC()
	}
	profile.Rejects, profile.Outdated = m.causes(), t.older
	return profile, t, nil
}
