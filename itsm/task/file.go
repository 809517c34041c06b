package task

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// File is what is known of a file that somebody sent to a task, to answer it
// with.
type File struct {
	Task   string    `json:"task" db:"task"`
	SHA256 string    `json:"sha256" db:"sha256"` // hexadecimal; its value in an answer
	Name   string    `json:"name" db:"name"`
	Type   string    `json:"type" db:"type"` // media type, as its content shows it
	Bytes  int       `json:"bytes" db:"bytes"`
	Person string    `json:"person" db:"person"`
	At     time.Time `json:"at" db:"at"`
}

// FileTypes are the media types that a file may have, unless its field says
// otherwise.
func FileTypes() []string {
	return []string{
		"application/pdf", "image/png", "image/jpeg", "text/plain", "text/csv", "application/json",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
	}
}

// CheckFileName refuses what can't be the name of a file, wherever it is kept.
func CheckFileName(name string) *fault.Error {
	switch {
	case strings.TrimSpace(name) == "":
		return fault.Invalidf("name", "A file needs a name, as in evidence.pdf.", "Eine Datei braucht einen Namen, etwa nachweis.pdf.")
	case len(name) > MaxFileName:
		return fault.Invalidf("name", "The name has %d bytes, and %d at most are taken.", "Der Name hat %d Byte, möglich sind %d.", len(name), MaxFileName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) }):
		return fault.Invalidf("name", "%.80q isn't the name of a file: leave out slashes, line breaks and control characters.",
			"%.80q ist kein Dateiname: Schrägstriche, Zeilenumbrüche und Steuerzeichen weglassen.", name)
	}
	return nil
}

// CheckTakesFiles refuses files for a task that isn't open any more, or that
// asks for none.
func (t Task) CheckTakesFiles() *fault.Error {
	switch {
	case t.State != Open:
		return fault.New(fault.Conflict, text.New("This task isn't open any more: it takes no files.", "Diese Aufgabe ist nicht mehr offen: Sie nimmt keine Dateien an."))
	case !t.AsksForFiles():
		return fault.New(fault.Invalid, text.New("This task asks for no file.", "Diese Aufgabe fragt keine Datei ab."))
	}
	return nil
}

// AsksForFiles says whether one of the task's fields takes a file.
func (t Task) AsksForFiles() bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Type == FileField })
}

// CheckFile refuses a file that none of the task's fields takes, with what the
// last one says of it.
func (t Task) CheckFile(f File) error {
	no := t.CheckTakesFiles()
	if no != nil {
		return no
	}
	for _, a := range t.Fields {
		if a.Type != FileField {
			continue
		}
		if no = a.CheckFile(f); no == nil {
			return nil
		}
		no = no.At("fields." + a.Name)
	}
	return no
}

// CheckFile refuses a file that isn't what the field asks for.
func (f Field) CheckFile(file File) *fault.Error {
	types, most := f.Types, MaxFile
	if len(types) == 0 {
		types = FileTypes()
	}
	if n, err := strconv.Atoi(f.Max); err == nil {
		most = min(most, n)
	}
	switch {
	case file.Bytes == 0:
		return fault.Invalidf("", "%.80q is empty.", "%.80q ist leer.", file.Name)
	case file.Bytes > most:
		return fault.Invalidf("", "%.80q has %d bytes, and %d at most are taken.", "%.80q hat %d Byte, möglich sind %d.", file.Name, file.Bytes, most)
	case !slices.Contains(types, file.Type):
		return fault.Invalidf("", "%.80q is of the type %s; possible are %s.", "%.80q hat den Typ %s. Möglich sind %s.", file.Name, file.Type, text.List(types))
	}
	return nil
}
