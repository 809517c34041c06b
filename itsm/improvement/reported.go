package improvement

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Report is what a person says that they found.
type Report struct {
	Type     Type
	Service  string // empty: it concerns the organisation
	Severity Severity
	Title    string // one line, in the language in which it was written
	Detail   string // the evidence of a nonconformity
	Source   Source // kind: person, complaint or audit; and what that is called
	Key      string // repeats under the same one are one finding; empty: it repeats nothing
}

// Bounds of a report, in characters.
const (
	MaxTitle  = 200
	MaxDetail = 4000
	MaxName   = 200 // of a source, of a key
)

// ReportedFrom lists the kinds of sources that people may name.
func ReportedFrom() []SourceKind { return []SourceKind{FromPerson, FromComplaint, FromAudit} }

// Trimmed is the report without white space around its texts, and with what may
// be left out.
func (r Report) Trimmed() Report {
	for _, s := range []*string{&r.Title, &r.Detail, &r.Source.Name, &r.Key} {
		*s = strings.TrimSpace(*s)
	}
	if r.Severity == "" {
		r.Severity = Minor
	}
	if r.Source.Kind == "" {
		r.Source.Kind = FromPerson
	}
	return r
}

// Check refuses a report that says too little, too much, or what there isn't;
// each fault names its field. Whether there is such a service, the store knows.
func (r Report) Check() error {
	r = r.Trimmed()
	var faults fault.List
	if !slices.Contains(Types(), r.Type) {
		faults.Say("type", "%.40q isn't a type of finding; there are %s", "%.40q ist keine Art von Befund; es gibt %s.", string(r.Type), text.List(Types()))
	}
	if !slices.Contains(Severities(), r.Severity) {
		faults.Say("severity", "%.40q isn't a severity; there are %s", "%.40q ist kein Schweregrad; es gibt %s.", string(r.Severity), text.List(Severities()))
	}
	if !slices.Contains(ReportedFrom(), r.Source.Kind) {
		faults.Say("source.kind", "%.40q isn't where a person finds something; there are %s", "%.40q ist keine Herkunft, die eine Person nennt; es gibt %s.",
			string(r.Source.Kind), text.List(ReportedFrom()))
	}
	switch {
	case r.Title == "":
		faults.Say("title", "say in one line what was found", "Der Titel fehlt: In einer Zeile angeben, was festgestellt wurde.")
	case !line(r.Title, MaxTitle):
		faults.Say("title", "the title is one line of at most %d characters", "Der Titel ist eine Zeile mit höchstens %d Zeichen.", MaxTitle)
	}
	switch {
	case r.Detail == "" && r.Type == Nonconformity:
		faults.Say("detail", "a nonconformity needs evidence: say what was seen, where and when, in at most %d characters",
			"Eine Nichtkonformität braucht einen Nachweis: In höchstens %d Zeichen angeben, was wo und wann festgestellt wurde.", MaxDetail)
	case utf8.RuneCountInString(r.Detail) > MaxDetail || strings.ContainsRune(r.Detail, 0) || !utf8.ValidString(r.Detail):
		faults.Say("detail", "the evidence is a text of at most %d characters", "Der Nachweis ist ein Text mit höchstens %d Zeichen.", MaxDetail)
	}
	if !line(r.Source.Name, MaxName) {
		faults.Say("source.name", "the name of a source is one line of at most %d characters", "Der Name einer Quelle ist eine Zeile mit höchstens %d Zeichen.", MaxName)
	}
	if !line(r.Key, MaxName) {
		faults.Say("key", "a key is one line of at most %d characters", "Ein Schlüssel ist eine Zeile mit höchstens %d Zeichen.", MaxName)
	}
	return faults.Err()
}

// line says whether a text is one line of so many characters at most.
func line(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}
