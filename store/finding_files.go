package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

const evidenceColumns = "finding, sha256, name, type, bytes, person, at"

// AddFindingFile keeps a file that somebody sends as evidence of a finding, once,
// whoever sends it again: then added is false, and the answer is what is on
// record.
func (s *Store) AddFindingFile(ctx context.Context, by person.Actor, now time.Time, f improvement.File, content []byte) (_ improvement.File, added bool, err error) {
	f.SHA256, f.Bytes, f.Person, f.At = fileSum(content), len(content), by.Person, now.UTC().Truncate(time.Microsecond)
	if err := f.Check(); err != nil {
		return f, false, err
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		found, err := getFinding(ctx, tx, f.Finding, "FOR UPDATE OF f")
		if err != nil {
			return err
		}
		if err := found.CheckTakesFiles(); err != nil {
			return err
		}
		f.Finding = found.ID
		switch same, err := getEvidence(ctx, tx, f.Finding, f.SHA256); {
		case err == nil:
			f = same
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		var sent int
		if err := tx.GetContext(ctx, &sent, "SELECT count(*) FROM finding_file WHERE finding = $1 AND person = $2", f.Finding, by.Person); err != nil {
			return err
		}
		if sent >= task.MaxFiles {
			return fault.New(fault.Conflict, text.F("%s has sent %d files to this finding already: no more are taken.",
				"%s hat schon %d Dateien zu diesem Befund gesendet: Mehr werden nicht angenommen.", by.Person, sent))
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO finding_file (finding, sha256, name, type, bytes, content, person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
			f.Finding, f.SHA256, f.Name, f.Type, f.Bytes, content, f.Person, f.At); err != nil {
			return err
		}
		added = true
		return record(ctx, tx, by, now, "file.sent", findingObject(f.Finding), nil, f)
	})
	return f, added && err == nil, err
}

// getEvidence is what is known of a file; sql.ErrNoRows where there is none such.
func getEvidence(ctx context.Context, q sqlx.QueryerContext, finding int64, sum string) (f improvement.File, err error) {
	err = sqlx.GetContext(ctx, q, &f, "SELECT "+evidenceColumns+" FROM finding_file WHERE finding = $1 AND sha256 = $2", finding, sum)
	return f, err
}

// FindingFile is what is known of a file of a finding.
func (s *Store) FindingFile(ctx context.Context, finding int64, sum string) (improvement.File, error) {
	f, err := getEvidence(ctx, s.db, finding, sum)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, text.New("This finding has no such file.", "Dieser Befund hat keine solche Datei."))
	}
	return f, mapped(err)
}

// FindingFiles are the files of a finding, in the order in which they were sent.
func (s *Store) FindingFiles(ctx context.Context, finding int64) (all []improvement.File, err error) {
	err = s.db.SelectContext(ctx, &all, "SELECT "+evidenceColumns+" FROM finding_file WHERE finding = $1 ORDER BY at, sha256", finding)
	return all, mapped(err)
}

// FindingFileContent reads a file that FindingFile found. What isn't as it was
// sent is refused.
func (s *Store) FindingFileContent(ctx context.Context, f improvement.File) (content []byte, err error) {
	if err := s.db.GetContext(ctx, &content, "SELECT content FROM finding_file WHERE finding = $1 AND sha256 = $2", f.Finding, f.SHA256); err != nil {
		return nil, mapped(err)
	}
	return content, checkSum(content, f.SHA256, f.Name)
}
