package store

import (
	"context"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/ticket"
)

// Intake says what a bulk import is about.
type Intake struct {
	Service string
	Format  string
	Union   bool           // of tickets: rows join those stored (servicenow-audit); else they replace the ticket (csv)
	Zone    *time.Location // of the file's local times; nil: UTC
	Usual   *time.Location // that they would be of, were nothing said; nil: not known
	File    dataset.File
	Mapping *dataset.Mapping // that the file is read with; nil: none
	States  *dataset.States  // what mapping or format say of states
	Full    bool             // the file holds all tickets of its span
	AsOf    time.Time        // zero: the newest instant in the file, or of maintenance, which is announced for later, Now
	Since   time.Time        // from when on the source was kept, where the dataset has that (dataset.Since); zero: the oldest instant in the file
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

// Import takes rows of tickets in: into a file without a name, sorted, then one
// merge under the service's lock, by COPY, in the transaction that draws the
// import's number. Rows yielded with a *dataset.Reject as error are kept as
// rejects; any other error ends the import, and nothing is changed. progress, if
// given, is called with the rows read so far.
//
// What isn't plausible is refused (fault.Implausible, a fault for each reason)
// unless in.Accept says why it is right; the refusal is on record. A dry run
// does the same, says what would refuse it, and leaves nothing behind.
//
// Imports of one service wait for each other only while they merge. A file
// without any row that makes sense needs in.AsOf: it says nothing by itself
// about how far the source was read.
func (s *Store) Import(ctx context.Context, in Intake, rows iter.Seq2[ticket.Row, error], progress func(rows int64)) (dataset.Profile, error) {
	return s.importing(ctx, in, &ticketIntake{in: in, rows: rows}, progress)
}

// dataIntake is what a dataset adds to an import.
type dataIntake interface {
	// dataset is its name.
	dataset() string
	// entries are the rows as they are staged; watch counts what they say.
	entries(watch *dataset.Watch) iter.Seq2[entry, error]
	// merger merges what was staged. agreed is what was agreed for the service,
	// before what its imports of the dataset covered until now.
	merger(m *merge, service string, agreed []dataset.Agreed, before coveredBy) merger
	// judge adds what a person should know of the import, the reasons among it for
	// which it is refused.
	judge(ctx context.Context, tx *sqlx.Tx, j judging, p *dataset.Profile) error
}

func (s *Store) importing(ctx context.Context, in Intake, of dataIntake, progress func(rows int64)) (dataset.Profile, error) {
	if in.Zone == nil {
		in.Zone = time.UTC
	}
	if in.Content == nil {
		in.Content = &dataset.Content{}
	}
	if err := in.Check(of.dataset()); err != nil {
		return dataset.Profile{}, err
	}
	profile, err := s.take(ctx, in, of, progress)
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
func (s *Store) take(ctx context.Context, in Intake, of dataIntake, progress func(int64)) (dataset.Profile, error) {
	var none dataset.Profile
	g := staging{of: of.dataset(), dir: in.Spool}
	defer g.close()
	watch := dataset.NewWatch(in.Zone)
	if err := g.stage(ctx, of.entries(watch), progress); err != nil {
		return none, err
	}
	derived := in.AsOf.IsZero()
	var err error
	if in.AsOf, err = in.asOf(of.dataset(), &g); err != nil {
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
	profile, err := merged(ctx, conn, tx, in, of, &g, agreed, watch)
	if err != nil {
		return none, err
	}
	done := &profile.Import
	done.Derived = derived
	seen := watch.Seen(in.Full)
	if err := of.judge(ctx, tx, judging{in, watch, seen, agreed, derived}, &profile); err != nil {
		return none, err
	}
	if done.Warnings == nil {
		done.Warnings = []dataset.Warning{}
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
	if err := record(ctx, tx, in.actor(), in.Now, done.Dataset+".imported", "service/"+in.Service, nil, done); err != nil {
		return none, err
	}
	return profile, tx.Commit()
}

// lockImports makes the intakes of a service wait for each other until the
// transaction ends.
func lockImports(ctx context.Context, tx *sqlx.Tx, service string) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('turnus.import/' || $1, 0))`, service)
	return err
}

// merged makes the import of what is staged, short of its row. A dry run holds
// nobody up and draws no number.
func merged(ctx context.Context, conn *sqlx.Conn, tx *sqlx.Tx, in Intake, of dataIntake, g *staging, agreed []dataset.Agreed, watch *dataset.Watch) (dataset.Profile, error) {
	profile := dataset.Profile{DryRun: in.DryRun, Import: dataset.Import{Dataset: of.dataset(), Service: in.Service, Format: in.Format, File: in.File,
		Mapping: in.Mapping, Zone: in.Zone.String(), AsOf: in.AsOf.UTC().Truncate(time.Microsecond), Read: g.read, Warnings: []dataset.Warning{},
		By: in.By, TokenIssuer: in.Issuer, At: in.Now.UTC().Truncate(time.Microsecond)}}
	done := &profile.Import
	done.First, done.Last = watch.Span()
	if !in.Since.IsZero() {
		since := in.Since.UTC().Truncate(time.Microsecond)
		done.Since = &since
	}
	if !in.DryRun {
		if err := lockImports(ctx, tx, in.Service); err != nil {
			return profile, err
		}
		// Its number is drawn under the lock; its row is written once, when the
		// counts are known.
		if err := tx.GetContext(ctx, &done.ID, `SELECT nextval(pg_get_serial_sequence('import', 'id'))`); err != nil {
			return profile, err
		}
	}
	// What is known of a batch of keys is looked up by index, however many there are.
	if _, err := tx.ExecContext(ctx, `SET LOCAL plan_cache_mode = force_custom_plan`); err != nil {
		return profile, err
	}
	before, err := covered(ctx, tx, in.Service, done.Dataset, 0)
	if err != nil {
		return profile, err
	}
	m := &merge{ctx: ctx, conn: conn.Conn, tx: tx, done: done, dry: in.DryRun}
	m.of = of.merger(m, in.Service, agreed, before)
	if m.runs, err = g.openRuns(); err != nil {
		return profile, err
	}
	if err := m.run(); err != nil {
		return profile, err
	}
	done.Oldest = done.AsOf // nothing is covered without a row
	if oldest := m.of.oldest(); oldest != nil {
		done.Oldest = oldest.UTC()
	}
	profile.Rejects, profile.Outdated = m.causes(), m.older
	return profile, nil
}
