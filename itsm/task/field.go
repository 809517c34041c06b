package task

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
)

// FieldType says what a field holds, and how it is written in an answer.
type FieldType string

// The types.
const (
	TextField     FieldType = "text"     // a string, of 4,000 characters at most unless the field says otherwise
	IntegerField  FieldType = "integer"  // a JSON number without fraction
	DecimalField  FieldType = "decimal"  // an exact decimal in a string: "-12.50"
	DateField     FieldType = "date"     // a calendar date, without zone: "2026-12-31"
	InstantField  FieldType = "instant"  // RFC 3339, with its zone
	DurationField FieldType = "duration" // ISO 8601 in days, hours, minutes, seconds: "PT4H"
	ChoiceField   FieldType = "choice"   // the value of one of the options
	PersonField   FieldType = "person"   // the name of a Person
	FileField     FieldType = "file"     // the SHA-256 of a file that was sent to the task, hexadecimal
)

// FieldTypes lists them.
func FieldTypes() []FieldType {
	return []FieldType{TextField, IntegerField, DecimalField, DateField, InstantField, DurationField, ChoiceField, PersonField, FileField}
}

// Title of a type, for people: a value of it.
func (t FieldType) Title() text.Text {
	switch t {
	case TextField:
		return text.New("a text", "ein Text")
	case IntegerField:
		return text.New("a whole number of 18 digits at most, as in 3", "eine ganze Zahl mit höchstens 18 Stellen, etwa 3")
	case DecimalField:
		return text.New(`an exact decimal in quotes with nine decimal places at most, as in "12.50"`,
			`eine genaue Dezimalzahl in Anführungszeichen mit höchstens neun Nachkommastellen, etwa "12.50"`)
	case DateField:
		return text.New(`a date, as in "2026-12-31"`, `ein Datum, etwa "2026-12-31"`)
	case InstantField:
		return text.New(`an instant with its zone, as in "2026-10-05T06:00:00Z"`, `ein Zeitpunkt mit Zeitzone, etwa "2026-10-05T06:00:00Z"`)
	case DurationField:
		return text.New(`a duration in days, hours, minutes and seconds, as in "PT4H"`, `eine Dauer in Tagen, Stunden, Minuten und Sekunden, etwa "PT4H"`)
	case ChoiceField:
		return text.New("one of the options", "eine der Möglichkeiten")
	case PersonField:
		return text.New("the name of a person", "der Name einer Person")
	case FileField:
		return text.New("the SHA-256 of a file that was sent to this task", "der SHA-256-Wert einer Datei, die zu dieser Aufgabe gesendet wurde")
	}
	return text.Same(string(t))
}

// Field is one thing that a task asks for.
type Field struct {
	Name     string    `json:"name"` // unique within the task
	Title    text.Text `json:"title"`
	Help     text.Text `json:"help,omitzero"`
	Type     FieldType `json:"type"`
	Required bool      `json:"required"`         // wherever the field may be filled, as the next three say
	Unless   string    `json:"unless,omitempty"` // another field: where that is filled, this one stays empty
	If       string    `json:"if,omitempty"`     // another field: where that is empty, this one stays empty
	With     Outcome   `json:"with,omitempty"`   // with any other outcome it stays empty

	Min        string   `json:"min,omitempty"`         // the least value, as it is written, of a date also Today; of a text its length in characters
	Max        string   `json:"max,omitempty"`         // the greatest; of a file its length in bytes
	BoundsWith Outcome  `json:"bounds_with,omitempty"` // with any other outcome the two don't hold
	Options    []Option `json:"options,omitempty"`     // of a choice
	Types      []string `json:"types,omitempty"`       // of a file: media types; those of FileTypes if left out

	Value json.RawMessage `json:"value,omitempty"` // proposed, as it was answered before
}

// Today is a date's bound: that of the answer, in UTC.
const Today = "today"

// Option of a choice.
type Option struct {
	Value string    `json:"value"`
	Title text.Text `json:"title"`
}

// Bounds of what a task asks for.
const (
	MaxFields    = 300
	MaxText      = 4_000    // characters of a text
	MaxFile      = 10 << 20 // bytes of a file
	MaxFiles     = 20       // that one person sends to a task
	MaxFileName  = 200      // bytes
	maxAllValues = 96 << 10 // bytes of all values of an answer: a signal has 128 KiB
)

var fieldName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// CheckFields refuses fields that can't be asked for by a task that offers some
// outcomes: the fault is of whoever wrote the process, and in English only.
func CheckFields(fields []Field, offers []Outcome) error {
	if len(fields) > MaxFields {
		return fmt.Errorf("%d fields are more than the %d that a task may ask for", len(fields), MaxFields)
	}
	names := map[string]bool{}
	for _, f := range fields {
		switch {
		case len(f.Name) > 200 || !fieldName.MatchString(f.Name) || names[f.Name]:
			return fmt.Errorf("field %.80q: not a name, or there twice", f.Name)
		case !slices.Contains(FieldTypes(), f.Type):
			return fmt.Errorf("field %s: %q isn't a type", f.Name, f.Type)
		case f.Title.En == "" || f.Title.De == "":
			return fmt.Errorf("field %s: no title in both languages", f.Name)
		case (f.Type == ChoiceField) != (len(f.Options) > 0):
			return fmt.Errorf("field %s: a choice has options, and nothing else has", f.Name)
		case !f.canBound(f.Min) || !f.canBound(f.Max):
			return fmt.Errorf("field %s: %q to %q aren't bounds of %s", f.Name, f.Min, f.Max, f.Type)
		case f.BoundsWith != "" && (f.Min+f.Max == "" || f.Type == TextField || f.Type == FileField):
			return fmt.Errorf("field %s: bounds that hold with one outcome are those of a value, and there are none", f.Name)
		case f.If != "" && f.If == f.Unless:
			return fmt.Errorf("field %s: it could never be filled, neither with nor without %s", f.Name, f.If)
		}
		names[f.Name] = true
	}
	for _, f := range fields {
		for _, other := range []string{f.Unless, f.If} {
			if other != "" && (other == f.Name || !names[other]) {
				return fmt.Errorf("field %s: there is no other field %q", f.Name, other)
			}
		}
		for _, o := range []Outcome{f.With, f.BoundsWith} {
			if o != "" && !slices.Contains(offers, o) {
				return fmt.Errorf("field %s: the task doesn't offer %q", f.Name, o)
			}
		}
	}
	return nil
}

// canBound says whether a bound can be read as the field's type writes it, or
// as a length.
func (f Field) canBound(s string) bool {
	if s == "" {
		return true
	}
	switch f.Type {
	case TextField, FileField:
		n, err := strconv.Atoi(s)
		return err == nil && n >= 0
	case IntegerField:
		return wholeNumber.MatchString(s)
	case DecimalField:
		return exactDecimal.MatchString(s)
	case DateField:
		_, err := calendar.ParseDate(s)
		return err == nil || s == Today
	case InstantField:
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil
	case DurationField:
		_, err := agreement.ParseDuration(s)
		return err == nil
	}
	return false
}
