package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// AddTaskFile keeps a file that somebody sends to an open task, once, whoever
// sends it again: then added is false, and the answer is what is on record. It
// counts when an answer names it.
func (s *Store) AddTaskFile(ctx context.Context, by person.Actor, now time.Time, f task.File, content []byte) (_ task.File, added bool, err error) {
	if no := task.CheckFileName(f.Name); no != nil {
		return f, false, no
	}
	f.SHA256, f.Bytes, f.Person, f.At = fileSum(content), len(content), by.Person, now.UTC().Truncate(time.Microsecond)
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		t, err := getTask(ctx, tx, f.Task, "FOR UPDATE")
		if err != nil {
			return err
		}
		if err := t.CheckFile(f); err != nil {
			return err
		}
		switch same, err := getFile(ctx, tx, f.Task, f.SHA256); {
		case err == nil:
			f = same
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		var sent int
		if err := tx.GetContext(ctx, &sent, "SELECT count(*) FROM task_file WHERE task = $1 AND person = $2", f.Task, by.Person); err != nil {
			return err
		}
		if sent >= task.MaxFiles {
			return fault.New(fault.Conflict, text.F("%s has sent %d files to this task already: no more are taken.",
				"%s hat schon %d Dateien zu dieser Aufgabe gesendet: Mehr werden nicht angenommen.", by.Person, sent))
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO task_file (task, sha256, name, type, bytes, content, person, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
			f.Task, f.SHA256, f.Name, f.Type, f.Bytes, content, f.Person, f.At); err != nil {
			return err
		}
		added = true
		return record(ctx, tx, by, now, "file.sent", "task/"+f.Task, nil, f)
	})
	return f, added && err == nil, err
}

const fileColumns = "task, sha256, name, type, bytes, person, at"

// getFile is what is known of a file; sql.ErrNoRows where the task has none such.
func getFile(ctx context.Context, q sqlx.QueryerContext, taskID, sum string) (f task.File, err error) {
	err = sqlx.GetContext(ctx, q, &f, "SELECT "+fileColumns+" FROM task_file WHERE task = $1 AND sha256 = $2", taskID, sum)
	return f, err
}

// TaskFile is what is known of a file of a task.
func (s *Store) TaskFile(ctx context.Context, taskID, sum string) (task.File, error) {
	f, err := getFile(ctx, s.db, taskID, sum)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, text.New("This task has no such file.", "Diese Aufgabe hat keine solche Datei."))
	}
	return f, mapped(err)
}

// FileContent reads a file that TaskFile found. What isn't as it was sent is
// refused: its hash stands under decisions.
func (s *Store) FileContent(ctx context.Context, f task.File) (content []byte, err error) {
	if err := s.db.GetContext(ctx, &content, "SELECT content FROM task_file WHERE task = $1 AND sha256 = $2", f.Task, f.SHA256); err != nil {
		return nil, mapped(err)
	}
	return content, checkSum(content, f.SHA256, f.Name)
}

// checkSum refuses a file that isn't as it was sent.
func checkSum(content []byte, sum, name string) error {
	if fileSum(content) == sum {
		return nil
	}
	return fault.New(fault.Conflict, text.F("%.80q isn't as it was sent: it was changed in the database.",
		"%.80q ist nicht mehr, wie sie gesendet wurde: Sie wurde in der Datenbank geändert.", name))
}

func fileSum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// withFiles adds the files that were sent to tasks which ask for some.
func withFiles(ctx context.Context, q sqlx.QueryerContext, tasks []task.Task) error {
	var asking []string
	for _, t := range tasks {
		if t.AsksForFiles() {
			asking = append(asking, t.ID)
		}
	}
	if asking == nil {
		return nil
	}
	var files []task.File
	if err := sqlx.SelectContext(ctx, q, &files, "SELECT "+fileColumns+" FROM task_file WHERE task = ANY ($1) ORDER BY at, sha256", pq.Array(asking)); err != nil {
		return err
	}
	for i, t := range tasks {
		for _, f := range files {
			if f.Task == t.ID {
				tasks[i].Files = append(tasks[i].Files, f)
			}
		}
	}
	return nil
}

// checkFile wants a file that an answer names to be there, and to be what its
// field asks for.
func checkFile(ctx context.Context, q sqlx.QueryerContext, t task.Task, field task.Field, sum string) error {
	f, err := getFile(ctx, q, t.ID, sum)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Invalidf("fields."+field.Name, "No file %.16s… was sent to this task: send it first, then answer with its SHA-256.",
			"Zu dieser Aufgabe wurde keine Datei %.16s… gesendet: Sie zuerst senden, dann mit ihrem SHA-256-Wert antworten.", sum)
	}
	if err != nil {
		return err
	}
	if no := field.CheckFile(f); no != nil {
		return no.At("fields." + field.Name)
	}
	return nil
}
