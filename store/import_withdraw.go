package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/text"
)

// takenBack says what a withdrawal changes.
type takenBack struct {
	changed   int64 // keys of which something else is known then
	gone      int64 // those of them of which nothing is
	recounted int64 // by how much more rows of the others count as loaded
}

// Withdrawal says which import is taken back.
type Withdrawal struct {
	Import int64
	Run    string // which decided on it
	Reason string
	By     person.Actor // who proposed it
}

// withdrawImport takes an import back: an intake with a number of its own. Of
// tickets it makes another version of each that the import said something about,
// from what the imports say that remain; other datasets are read that way
// anyhow. Nothing is deleted, and whoever reads as of an earlier import finds what
// was known then. It gives the withdrawal, and of how many keys nothing is known
// any more.
//
// It waits for the service's imports. Who locks what is declared (lockResources)
// calls lockImports before that.
func withdrawImport(ctx context.Context, tx *sqlx.Tx, now time.Time, w Withdrawal) (done dataset.Import, gone int64, err error) {
	row, err := importToWithdraw(ctx, tx, w.Import)
	if err != nil {
		return done, 0, err
	}
	if err := lockImports(ctx, tx, row.Service); err != nil {
		return done, 0, err
	}
	if err := checkWithdrawal(ctx, tx, w.Import); err != nil { // as things are now that nobody else changes them
		return done, 0, err
	}
	done = dataset.Import{Dataset: row.Dataset, Service: row.Service, Format: row.Format, AsOf: row.AsOf.UTC(), Oldest: row.AsOf.UTC(),
		Warnings: []dataset.Warning{}, By: w.By.Person, TokenIssuer: w.By.Issuer, At: now.UTC().Truncate(time.Microsecond),
		Withdraws: w.Import, Run: w.Run, Reason: w.Reason}
	if err := tx.GetContext(ctx, &done.ID, `SELECT nextval(pg_get_serial_sequence('import', 'id'))`); err != nil {
		return done, 0, err
	}
	// What is covered without it.
	c, err := covered(ctx, tx, row.Service, row.Dataset, w.Import)
	if err != nil {
		return done, 0, err
	}
	if c.AsOf.Valid {
		done.AsOf, done.Oldest = c.AsOf.Time.UTC(), c.Least.Time.UTC()
	}
	if c.Oldest.Valid {
		done.Oldest = c.Oldest.Time.UTC()
	}
	var back takenBack
	if row.Dataset == dataset.Tickets {
		a := anew{ctx: ctx, tx: tx, service: row.Service, withdraws: w.Import, by: done.ID}
		err = a.run()
		back = a.takenBack
	} else {
		back, err = unsaid(ctx, tx, row)
	}
	if err != nil {
		return done, 0, err
	}
	done.Tickets = back.changed
	r := stored(done, nil)
	if r.Recounted = back.recounted; row.Kept {
		r.Recounted += row.Loaded // which its row still says
	}
	if _, err := tx.NamedExecContext(ctx, importInsert, r); err != nil {
		return done, 0, err
	}
	if err := lookAgain(ctx, tx, now, row.Service); err != nil {
		return done, 0, err
	}
	return done, back.gone, record(ctx, tx, w.By, now, "import.withdrawn", "service/"+row.Service, nil, done)
}

// checkWithdrawal refuses an import that can't be taken back: one that there
// isn't, a withdrawal, what is withdrawn already, and one of 0.1.0 that can't be
// told apart from others.
func checkWithdrawal(ctx context.Context, q sqlx.QueryerContext, id int64) error {
	r, err := importToWithdraw(ctx, q, id)
	if err != nil {
		return err
	}
	switch {
	case r.Withdraws > 0:
		return fault.New(fault.Conflict, text.F("%[1]d is the withdrawal of import %[2]d, and can't be withdrawn itself: import the file of %[2]d again.",
			"%[1]d ist die Rücknahme von Import %[2]d und kann nicht selbst zurückgenommen werden: Die Datei von Import %[2]d erneut importieren.", id, r.Withdraws))
	case r.WithdrawnBy > 0:
		return fault.New(fault.Conflict, text.F("Import %d is withdrawn already, by import %d.", "Import %d ist schon zurückgenommen, durch Import %d.", id, r.WithdrawnBy))
	case r.Kept:
		return nil
	}
	var others int
	if err := sqlx.GetContext(ctx, q, &others, `SELECT count(*) FROM import WHERE service = $1 AND NOT kept AND id <> $2`, r.Service, id); err != nil {
		return err
	}
	if others > 0 {
		return fault.New(fault.Conflict, text.F("Import %d comes from version 0.1.0, as do others of %s: what each of them brought wasn't kept then, so that none can be withdrawn by itself. Import the right data, with a later as-of.",
			"Import %d stammt aus Version 0.1.0, ebenso weitere von %s: Was jeder einzelne brachte, wurde damals nicht aufbewahrt, daher kann keiner für sich zurückgenommen werden. Die richtigen Daten mit einem späteren Stand importieren.", id, r.Service))
	}
	return nil
}

func importToWithdraw(ctx context.Context, q sqlx.QueryerContext, id int64) (importRow, error) {
	var r importRow
	err := sqlx.GetContext(ctx, q, &r, importSelect+` WHERE i.id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = NoImport(id)
	}
	return r, err
}
