package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"turnus/itsm/fault"
	"turnus/itsm/person"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// TaskFile is a file that somebody sent to a task, to answer it with.
type TaskFile struct {
	Task    string    `json:"task" db:"task"`
	SHA256  string    `json:"sha256" db:"sha256"` // hexadecimal; its value in an answer
	Name    string    `json:"name" db:"name"`
	Type    string    `json:"type" db:"type"` // media type, as its content shows it
	Bytes   int       `json:"bytes" db:"bytes"`
	Person  string    `json:"person" db:"person"`
	At      time.Time `json:"at" db:"at"`
	Content []byte    `json:"-" db:"content"`
}

// AddTaskFile keeps a file that somebody sends to an open task, once, whoever
// sends it again. It counts when an answer names it.
func (s *Store) AddTaskFile(ctx context.Context, by person.Actor, now time.Time, f TaskFile) (TaskFile, error) {
	sum := sha256.Sum256(f.Content)
	f.SHA256, f.Bytes, f.Person, f.At = hex.EncodeToString(sum[:]), len(f.Content), by.Person, now.UTC().Truncate(time.Microsecond)
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		t, err := getTask(ctx, tx, f.Task, "FOR UPDATE")
		if err != nil {
			return err
		}
		if t.State != task.Open {
			return fault.New(fault.Conflict, text.New("This task isn't open any more: it takes no files.", "Diese Aufgabe ist nicht mehr offen: Sie nimmt keine Dateien an."))
		}
		if !slices.ContainsFunc(t.Fields, func(a task.Field) bool { return a.Type == task.FileField && f.fits(a) == nil }) {
			return f.unasked(t.Fields)
		}
		var same TaskFile
		err = tx.GetContext(ctx, &same, "SELECT task, sha256, name, type, bytes, person, at FROM task_file WHERE task = $1 AND sha256 = $2", f.Task, f.SHA256)
		if err == nil {
			f = same
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
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
			f.Task, f.SHA256, f.Name, f.Type, f.Bytes, f.Content, f.Person, f.At); err != nil {
			return err
		}
		return record(ctx, tx, now, by, "file.sent", "task/"+f.Task, nil, f)
	})
	f.Content = nil
	return f, err
}

// TaskFile reads a file of a task, with its content.
func (s *Store) TaskFile(ctx context.Context, taskID, sum string) (TaskFile, error) {
	var f TaskFile
	err := s.db.GetContext(ctx, &f, "SELECT * FROM task_file WHERE task = $1 AND sha256 = $2", taskID, sum)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, text.New("This task has no such file.", "Diese Aufgabe hat keine solche Datei."))
	}
	return f, mapped(err)
}

// checkFile wants a file that an answer names to be there, and to be what its
// field asks for.
func checkFile(ctx context.Context, q sqlx.QueryerContext, t task.Task, field task.Field, sum string) error {
	var f TaskFile
	err := sqlx.GetContext(ctx, q, &f, "SELECT task, sha256, name, type, bytes, person, at FROM task_file WHERE task = $1 AND sha256 = $2", t.ID, sum)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Invalidf("fields."+field.Name, "No file %.16s… was sent to this task: send it first, then answer with its SHA-256.",
			"Zu dieser Aufgabe wurde keine Datei %.16s… gesendet: Sie zuerst senden, dann mit ihrem SHA-256-Wert antworten.", sum)
	}
	if err != nil {
		return err
	}
	if no := f.fits(field); no != nil {
		return no.At("fields." + field.Name)
	}
	return nil
}

// fits says why a file isn't what a field asks for; nil: it is.
func (f TaskFile) fits(field task.Field) *fault.Error {
	types, most := field.Types, task.MaxFile
	if len(types) == 0 {
		types = task.FileTypes()
	}
	if n, err := strconv.Atoi(field.Max); err == nil {
		most = n
	}
	switch {
	case f.Bytes == 0:
		return fault.Invalidf("", "%.80q is empty.", "%.80q ist leer.", f.Name)
	case f.Bytes > most:
		return fault.Invalidf("", "%.80q has %d bytes, and %d at most are taken.", "%.80q hat %d Byte, möglich sind %d.", f.Name, f.Bytes, most)
	case !slices.Contains(types, f.Type):
		return fault.Invalidf("", "%.80q is of the type %s; possible are %s.", "%.80q hat den Typ %s. Möglich sind %s.", f.Name, f.Type, text.List(types))
	}
	return nil
}

// unasked refuses a file that none of the fields takes: with what the only one
// that takes files says, if there is one.
func (f TaskFile) unasked(fields []task.Field) error {
	var no *fault.Error
	for _, a := range fields {
		if a.Type == task.FileField {
			no = f.fits(a).At("fields." + a.Name)
		}
	}
	if no == nil {
		no = fault.New(fault.Invalid, text.New("This task asks for no file.", "Diese Aufgabe fragt keine Datei ab."))
	}
	return no
}
