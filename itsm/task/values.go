package task

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

// Values are what the fields of a task were answered with, by their names,
// each in JSON as its type writes it.
type Values map[string]json.RawMessage

// Text is the value of a field that is written as a string; empty where there
// is none.
func (v Values) Text(name string) string {
	var s string
	if json.Unmarshal(v[name], &s) != nil {
		return ""
	}
	return s
}

// CheckValues holds values against the fields that a task asks for, as they are
// answered with an outcome at an instant, and gives them in the form in which
// they are kept: without empty ones, texts trimmed, instants in UTC. What is
// required has to be there, unless the outcome is a refusal: then only what
// belongs to that. Faults name fields.NAME. The persons and files that the
// values name aren't looked up.
func CheckValues(fields []Field, given Values, o Outcome, now time.Time) (Values, error) {
	var faults fault.List
	kept, total := Values{}, 0
	for _, name := range slices.Sorted(maps.Keys(given)) {
		total += len(name) + len(given[name])
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
		switch {
		case len(fields) == 0:
			faults.Say(place(name), "This task asks for no fields: leave it out.", "Diese Aufgabe fragt keine Felder ab: Weglassen.")
		case i < 0:
			faults.Say(place(name), "This task doesn't ask for it; it asks for %s.", "Diese Aufgabe fragt das nicht ab. Abgefragt werden %s.", text.List(names(fields)))
		case isEmpty(given[name]):
		case !fields[i].goesWith(o):
			faults.Say(place(name), "This goes with %s only: leave it out with %s.", "Das gehört nur zu %s: Bei %s weglassen.", string(fields[i].With), string(o))
		default:
			value, no := fields[i].on(o, now).check(given[name])
			if no != nil {
				faults.Add(no.At(place(name)))
				continue
			}
			kept[name] = value
		}
	}
	if total > maxAllValues {
		return nil, fault.Invalidf("fields", "Together the fields have %d bytes, and %d at most are taken: send what is longer as a file.",
			"Die Felder haben zusammen %d Byte, möglich sind %d: Längeres als Datei senden.", total, maxAllValues)
	}
	for _, f := range fields {
		if f.goesWith(o) {
			faults.Add(f.checkPresence(given, o))
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return kept, nil
}

// goesWith says whether the field may be filled with an outcome.
func (f Field) goesWith(o Outcome) bool { return f.With == "" || f.With == o }

// checkPresence refuses a field that is missing, or that is filled where another
// one says that it stays empty.
func (f Field) checkPresence(given Values, o Outcome) error {
	filled := func(name string) bool { return name != "" && !isEmpty(given[name]) }
	there, instead, idle := filled(f.Name), filled(f.Unless), f.If != "" && !filled(f.If)
	at := place(f.Name)
	switch {
	case there && idle:
		return fault.Invalidf(at, "This goes with %s, which is empty: fill that, too, or leave this out.",
			"Das gehört zu %s. Dort ist nichts angegeben: Auch das ausfüllen oder dies weglassen.", f.If)
	case there && instead:
		return fault.Invalidf(at, "This and %s exclude each other: fill one of them.", "Dies und %s schließen einander aus: Nur eines ausfüllen.", f.Unless)
	case there || instead || idle || !f.Required || f.With == "" && !o.Fulfils():
		return nil
	case f.Unless != "":
		return fault.Invalidf(at, "This is missing: give %s, or fill %s instead.", "Das fehlt: Anzugeben ist %s. Ersatzweise %s ausfüllen.", f.Type, f.Unless)
	case f.If != "":
		return fault.Invalidf(at, "This is missing, since %s is filled: give %s.", "Das fehlt, weil %s ausgefüllt ist: Anzugeben ist %s.", f.If, f.Type)
	case f.With != "":
		return fault.Invalidf(at, "This is missing with %s: give %s.", "Das fehlt bei %s: Anzugeben ist %s.", string(o), f.Type)
	}
	return fault.Invalidf(at, "This is missing: give %s.", "Das fehlt: Anzugeben ist %s.", f.Type)
}

func names(fields []Field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return all
}

// place names a field in a fault, unless somebody made up a name that is too
// long to be one, or that nobody can show or keep.
func place(name string) string {
	if len(name) > 200 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "fields"
	}
	return "fields." + name
}

// isEmpty says that nothing was filled in.
func isEmpty(raw json.RawMessage) bool {
	switch t := bytes.TrimSpace(raw); string(t) {
	case "", "null", `""`:
		return true
	default:
		var s string
		return json.Unmarshal(t, &s) == nil && strings.TrimSpace(s) == ""
	}
}

var (
	wholeNumber  = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)
	exactDecimal = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`)
	sha256Hex    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// longestDuration is the longest that can be read again as it is written, in
// hours.
const longestDuration agreement.Duration = 1_000_000*3600 - 1

// check gives one value in the form in which it is kept.
func (f Field) check(raw json.RawMessage) (json.RawMessage, *fault.Error) {
	if f.Type == IntegerField {
		s := string(bytes.TrimSpace(raw))
		if !wholeNumber.MatchString(s) {
			return nil, f.mistyped(s)
		}
		n, _ := strconv.ParseInt(s, 10, 64) // eighteen digits at most
		return json.RawMessage(strconv.FormatInt(n, 10)), f.within(new(big.Rat).SetInt64(n), exactly)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil, f.mistyped(string(raw))
	}
	switch f.Type {
	case TextField:
		return f.checkText(s)
	case DecimalField:
		if !exactDecimal.MatchString(s) {
			return nil, f.mistyped(s)
		}
		if no := f.within(exactly(s), exactly); no != nil {
			return nil, no
		}
	case DateField:
		d, err := calendar.ParseDate(s)
		if err != nil {
			return nil, f.mistyped(s)
		}
		s = d.String()
		if no := f.within(day(s), day); no != nil {
			return nil, no
		}
	case InstantField:
		at, err := time.Parse(time.RFC3339Nano, s)
		if at = at.UTC(); err != nil || at.Year() < 1 || at.Year() > 9999 {
			return nil, f.mistyped(s)
		}
		s = at.Format(time.RFC3339Nano)
		if no := f.within(instant(s), instant); no != nil {
			return nil, no
		}
	case DurationField:
		d, err := agreement.ParseDuration(s)
		if err != nil || d > longestDuration {
			return nil, f.mistyped(s)
		}
		s = d.String()
		if no := f.within(duration(s), duration); no != nil {
			return nil, no
		}
	case ChoiceField:
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == s }) {
			values := make([]string, len(f.Options))
			for i, o := range f.Options {
				values[i] = o.Value
			}
			return nil, fault.Invalidf("", "%.40q isn't one of the options, which are %s.", "%.40q steht nicht zur Wahl. Möglich sind %s.", s, text.List(values))
		}
	case PersonField:
		if resource.CheckName("", s) != nil {
			return nil, f.mistyped(s)
		}
	case FileField:
		if !sha256Hex.MatchString(s) {
			return nil, f.mistyped(s)
		}
	}
	return quoted(s), nil
}

func quoted(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

func (f Field) checkText(s string) (json.RawMessage, *fault.Error) {
	s = strings.TrimSpace(s)
	if err := resource.CheckText("", s); err != nil {
		return nil, fault.As(err)
	}
	n, least, most := utf8.RuneCountInString(s), 1, MaxText
	if f.Min != "" {
		least, _ = strconv.Atoi(f.Min)
	}
	if f.Max != "" {
		most, _ = strconv.Atoi(f.Max)
	}
	if n < least || n > most {
		return nil, fault.Invalidf("", "This text has %d characters: %d to %d are possible.", "Dieser Text hat %d Zeichen: Möglich sind %d bis %d.", n, least, most)
	}
	return quoted(s), nil
}

func (f Field) mistyped(s string) *fault.Error {
	return fault.Invalidf("", "%.40q doesn't fit this field: give %s.", "%.40q passt nicht in dieses Feld: Anzugeben ist %s.", s, f.Type)
}
