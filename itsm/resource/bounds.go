package resource

import (
	"turnus/itsm/fault"
)

// Bounds of what is read, so that a small text can't take the machine. They
// lie far above what any resource needs.
const (
	MaxDepth  = 32      // how deep lists and fields may be nested
	MaxBytes  = 1 << 20 // of one document
	MaxValues = 50_000  // in one document: texts, numbers, lists and fields
	maxItems  = 10_000  // of one list
	maxPath   = 200     // bytes of a place that a fault names
	MaxInAll  = 300_000 // values of all documents of a call
)

// Values gives a bound for the values that a text in JSON holds, without
// reading them: every value but the first follows a comma or an opening
// bracket. It is at most about twice their number.
func Values(b []byte) int {
	n, quoted := 1, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',', c == '[', c == '{':
			n++
		}
	}
	return n
}

// TooLarge is the fault of a document with too many bytes or values.
func TooLarge() error {
	return fault.Invalidf("", "This is more than one document may hold, %d bytes and %d values: no resource needs that.",
		"Das ist mehr, als ein Dokument enthalten darf, %d Byte und %d Werte: Das braucht kein Objekt.", MaxBytes, MaxValues)
}

// TooDeep is the fault of what is nested too deeply.
func TooDeep(path string) error {
	return fault.Invalidf(path, "This is nested more than %d levels deep: no resource needs that.",
		"Das ist mehr als %d Ebenen tief verschachtelt: Das braucht kein Objekt.", MaxDepth)
}
