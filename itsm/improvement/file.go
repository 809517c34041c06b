package improvement

import (
	"strconv"
	"time"

	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// File is what is known of a file that somebody sent as evidence of a finding.
type File struct {
	Finding int64     `json:"finding" db:"finding"`
	SHA256  string    `json:"sha256" db:"sha256"` // hexadecimal
	Name    string    `json:"name" db:"name"`
	Type    string    `json:"type" db:"type"` // media type, as its content shows it
	Bytes   int       `json:"bytes" db:"bytes"`
	Person  string    `json:"person" db:"person"`
	At      time.Time `json:"at" db:"at"`
}

// Named is the finding as the audit trail names it.
func (f Finding) Named() string { return "finding/" + strconv.FormatInt(f.ID, 10) }

// CheckTakesFiles refuses files for a finding that has ended.
func (f Finding) CheckTakesFiles() error {
	if f.State.Ended() {
		return fault.New(fault.Conflict, text.F("Finding %d is %s: it takes no files any more.", "Befund %d ist %s: Er nimmt keine Dateien mehr an.", f.ID, f.State))
	}
	return nil
}

// Check refuses a file that isn't what answers to tasks may have, too.
func (f File) Check() error {
	if no := task.CheckFileName(f.Name); no != nil {
		return no
	}
	if no := (task.Field{}).CheckFile(task.File{Name: f.Name, Type: f.Type, Bytes: f.Bytes}); no != nil {
		return no.At("content")
	}
	return nil
}
