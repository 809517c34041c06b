package task_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/fault"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

func field(name string, t task.FieldType, change ...func(*task.Field)) task.Field {
	f := task.Field{Name: name, Title: text.Same(name), Type: t}
	for _, c := range change {
		c(&f)
	}
	return f
}

func required(f *task.Field) { f.Required = true }

func bounds(least, most string) func(*task.Field) {
	return func(f *task.Field) { f.Min, f.Max = least, most }
}

// late is when the answers are given: in some zones it is the next day.
var late = time.Date(2026, 11, 29, 23, 30, 0, 0, time.UTC)

func TestValues(t *testing.T) {
	options := func(f *task.Field) {
		f.Options = []task.Option{{Value: "kept", Title: text.Same("kept")}, {Value: "not-kept", Title: text.Same("not kept")}}
	}
	sum := strings.Repeat("0a", 32)
	for _, c := range []struct {
		name  string
		field task.Field
		given string
		kept  string // empty: refused
		why   string
	}{
		{"text", field("f", task.TextField), `"  a cause \n"`, `"a cause"`, ""},
		{"text with NUL", field("f", task.TextField), `"a\u0000b"`, "", "NUL"},
		{"text too long", field("f", task.TextField), `"` + strings.Repeat("ä", 4001) + `"`, "", "4001 characters"},
		{"text as long as it may be", field("f", task.TextField), `"` + strings.Repeat("ä", 4000) + `"`, `"` + strings.Repeat("ä", 4000) + `"`, ""},
		{"text with bounds", field("f", task.TextField, bounds("3", "5")), `"ab"`, "", "2 characters: 3 to 5"},
		{"a number for a text", field("f", task.TextField), `3`, "", "give a text"},
		{"an object for a text", field("f", task.TextField), `{"a":1}`, "", "give a text"},
		{"integer", field("f", task.IntegerField), ` -12 `, `-12`, ""},
		{"integer in quotes", field("f", task.IntegerField), `"12"`, "", "a whole number"},
		{"integer with fraction", field("f", task.IntegerField), `12.0`, "", "a whole number"},
		{"integer with exponent", field("f", task.IntegerField), `1e3`, "", "a whole number"},
		{"integer too long", field("f", task.IntegerField), `1234567890123456789`, "", "18 digits at most"},
		{"integer too small", field("f", task.IntegerField, bounds("1", "")), `0`, "", "1 is the least"},
		{"decimal", field("f", task.DecimalField), `"-12.50"`, `"-12.50"`, ""},
		{"decimal as a number", field("f", task.DecimalField), `12.5`, "", "exact decimal"},
		{"decimal with comma", field("f", task.DecimalField), `"12,5"`, "", "exact decimal"},
		{"decimal at its bound", field("f", task.DecimalField, bounds("0", "100")), `"100.000"`, `"100.000"`, ""},
		{"decimal beyond it", field("f", task.DecimalField, bounds("0", "100")), `"100.0001"`, "", "100 is the greatest"},
		{"instant", field("f", task.InstantField), `"2026-10-25T02:30:00+02:00"`, `"2026-10-25T00:30:00Z"`, ""},
		{"instant without zone", field("f", task.InstantField), `"2026-10-25T02:30:00"`, "", "its zone"},
		{"instant too late", field("f", task.InstantField, bounds("", "2026-01-01T00:00:00Z")), `"2026-01-01T00:00:00.5Z"`, "", "too late: 2026-01-01T00:00:00Z is the latest"},
		{"instant after all years", field("f", task.InstantField), `"9999-12-31T23:59:59-14:00"`, "", `"9999-12-31T23:59:59-14:00" doesn't fit`},
		{"instant before them", field("f", task.InstantField), `"0001-01-01T00:00:00+14:00"`, "", `"0001-01-01T00:00:00+14:00" doesn't fit`},
		{"date", field("f", task.DateField), `"2026-12-31"`, `"2026-12-31"`, ""},
		{"date that there isn't", field("f", task.DateField), `"2026-02-29"`, "", `"2026-02-29" doesn't fit this field: give a date, as in`},
		{"date as Germans write it", field("f", task.DateField), `"31.12.2026"`, "", "give a date"},
		{"date with a time", field("f", task.DateField), `"2026-12-31T00:00:00Z"`, "", "give a date"},
		{"date as a number", field("f", task.DateField), `20261231`, "", "give a date"},
		{"today isn't an answer", field("f", task.DateField), `"today"`, "", "give a date"},
		{"date of today", field("f", task.DateField, bounds(task.Today, task.Today)), `"2026-11-29"`, `"2026-11-29"`, ""},
		{"date before today", field("f", task.DateField, bounds(task.Today, "")), `"2026-11-28"`, "", "too early: 2026-11-29 is the earliest"},
		{"date after today", field("f", task.DateField, bounds("", task.Today)), `"2026-11-30"`, "", "too late: 2026-11-29 is the latest"},
		{"date after its bound", field("f", task.DateField, bounds("", "2026-12-31")), `"2027-01-01"`, "", "2026-12-31 is the latest"},
		{"date before its bound", field("f", task.DateField, bounds("1969-12-31", "")), `"1969-12-30"`, "", "1969-12-31 is the earliest"},
		{"duration of too many days", field("f", task.DurationField), `"P41667D"`, "", `"P41667D" doesn't fit`},
		{"the longest duration", field("f", task.DurationField), `"P41666DT15H59M59S"`, `"PT999999H59M59S"`, ""},
		{"duration", field("f", task.DurationField), `"PT90M"`, `"PT1H30M"`, ""},
		{"duration in words", field("f", task.DurationField), `"90 min"`, "", "a duration"},
		{"duration too long", field("f", task.DurationField, bounds("", "P1D")), `"PT25H"`, "", "P1D is the greatest"},
		{"choice", field("f", task.ChoiceField, options), `"kept"`, `"kept"`, ""},
		{"no choice", field("f", task.ChoiceField, options), `"Kept"`, "", "kept and not-kept"},
		{"person", field("f", task.PersonField), `"desk-owner"`, `"desk-owner"`, ""},
		{"no person's name", field("f", task.PersonField), `"Desk Owner"`, "", "name of a person"},
		{"file", field("f", task.FileField), `"` + sum + `"`, `"` + sum + `"`, ""},
		{"no file", field("f", task.FileField), `"evidence.pdf"`, "", "SHA-256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept, err := task.CheckValues([]task.Field{c.field}, task.Values{"f": json.RawMessage(c.given)}, task.Done, late)
			if c.kept != "" {
				require.NoError(t, err)
				require.JSONEq(t, c.kept, string(kept["f"]))
				again, err := task.CheckValues([]task.Field{c.field}, kept, task.Done, late)
				require.NoError(t, err, "what is kept is what would be given")
				require.Equal(t, kept, again)
				return
			}
			f := fault.As(err)
			require.NotNil(t, f)
			require.Equal(t, "fields.f", f.Field)
			require.Contains(t, f.Message.En, c.why)
			require.NotEmpty(t, f.Message.De)
		})
	}
}

func TestFieldsThatAreMissingUnknownOrTooMany(t *testing.T) {
	fields := []task.Field{
		field("cause", task.TextField, required, func(f *task.Field) { f.Unless = "none" }),
		field("none", task.TextField),
		field("at", task.InstantField, required),
	}
	check := func(o task.Outcome, pairs ...string) []string {
		given := task.Values{}
		for i := 0; i < len(pairs); i += 2 {
			given[pairs[i]] = json.RawMessage(pairs[i+1])
		}
		_, err := task.CheckValues(fields, given, o, late)
		var said []string
		for _, f := range fault.All(err) {
			said = append(said, f.Error())
		}
		return said
	}
	at := `"2026-10-25T00:30:00Z"`
	require.Empty(t, check(task.Done, "cause", `"c"`, "at", at))
	require.Empty(t, check(task.Done, "none", `"n"`, "at", at))
	require.Equal(t, []string{"fields.cause: This is missing: give a text, or fill none instead.",
		`fields.at: This is missing: give an instant with its zone, as in "2026-10-05T06:00:00Z".`}, check(task.Done))
	require.Equal(t, []string{"fields.cause: This and none exclude each other: fill one of them."}, check(task.Done, "cause", `"c"`, "none", `"n"`, "at", at))
	require.Empty(t, check(task.Decline), "who declines gives a reason instead")
	require.Equal(t, []string{"fields.At: This task doesn't ask for it; it asks for cause, none and at."}, check(task.Done, "cause", `"c"`, "at", at, "At", at))
	require.Len(t, check(task.Done, "cause", `" "`, "at", "null"), 2, "what is blank is missing")
	require.Len(t, check(task.Done, "cause", `3`, "at", at), 1, "what is mistyped isn't missing, too")
	_, err := task.CheckValues(nil, task.Values{"x": json.RawMessage(`"y"`)}, task.Done, late)
	require.ErrorContains(t, err, "asks for no fields")
	_, err = task.CheckValues(fields, task.Values{"none": json.RawMessage(`"` + strings.Repeat("x", 100<<10) + `"`)}, task.Done, late)
	require.ErrorContains(t, err, "send what is longer as a file")
}

func TestFieldsThatCantBeAskedFor(t *testing.T) {
	require.NoError(t, task.CheckFields([]task.Field{field("a", task.DurationField, bounds("PT1H", "P1D")), field("b", task.FileField, bounds("", "1000"))}, nil))
	for name, f := range map[string]task.Field{
		"not a name":       field("A b", task.TextField),
		"not a type":       field("a", "number"),
		"no options":       field("a", task.ChoiceField),
		"not a bound":      field("a", task.DecimalField, bounds("1,5", "")),
		"a person's bound": field("a", task.PersonField, bounds("", "z")),
		"unless what":      field("a", task.TextField, func(f *task.Field) { f.Unless = "b" }),
		"if what":          field("a", task.TextField, func(f *task.Field) { f.If = "b" }),
		"if itself":        field("a", task.TextField, func(f *task.Field) { f.If = "a" }),
		"not offered":      field("a", task.TextField, func(f *task.Field) { f.With = task.Postpone }),
		"bounds with what": field("a", task.DecimalField, bounds("1", ""), func(f *task.Field) { f.BoundsWith = task.Pass }),
		"no bounds":        field("a", task.DecimalField, func(f *task.Field) { f.BoundsWith = task.Done }),
		"length with done": field("a", task.TextField, bounds("1", ""), func(f *task.Field) { f.BoundsWith = task.Done }),
		"date's bound":     field("a", task.DateField, bounds("tomorrow", "")),
		"today's number":   field("a", task.InstantField, bounds(task.Today, "")),
		"one language":     field("a", task.TextField, func(f *task.Field) { f.Title = text.Text{En: "a"} }),
	} {
		require.Error(t, task.CheckFields([]task.Field{f}, []task.Outcome{task.Done}), name)
	}
	require.Error(t, task.CheckFields([]task.Field{field("a", task.TextField), field("a", task.TextField)}, nil))
}

// Every kind, outcome and type has its words in both languages, and each kind
// offers something.
func TestWordsOfTasks(t *testing.T) {
	words := func(name string, title text.Text) {
		require.NotEmpty(t, title.En, name)
		require.NotEmpty(t, title.De, name)
		require.NotEqual(t, title.En, title.De, name)
	}
	for _, k := range task.Kinds() {
		words(string(k), k.Title())
		require.NotEmpty(t, k.Outcomes(), k)
		require.Subset(t, task.Outcomes(), k.Outcomes())
	}
	for _, o := range task.Outcomes() {
		words(string(o), o.Title())
		if o.NeedsComment() {
			require.ErrorContains(t, o.CheckComment(" \n"), "comment: The comment is missing")
		}
		require.NoError(t, o.CheckComment("since it is so"))
	}
	for _, f := range task.FieldTypes() {
		words(string(f), f.Title())
	}
	for _, w := range []task.Who{task.Approvers, task.Owner, task.Persons, task.Holders} {
		words(string(w), w.Title())
	}
}

// A pass of 0.1.0 was bound to outcome and comment: the hash of an answer
// without fields is the same.
func TestAnswersWithoutFieldsHashAsBefore(t *testing.T) {
	m := task.Message{Task: "x", Pass: "p", Outcome: task.Approve, Comment: "as agreed"}
	before := m.Answer()
	m.Fields = task.Values{}
	require.Equal(t, before, m.Answer())
	m.Fields = task.Values{"cause": json.RawMessage(`"c"`)}
	require.NotEqual(t, before, m.Answer())
	m.Fields = task.Values{"cause": json.RawMessage(`{`)}
	require.Empty(t, m.Answer())
}

// A later question is bound to an answer as it was given, fields and all.
func TestAnAnswerIsKnownByItsContent(t *testing.T) {
	d := task.Decision{Task: "x", Person: "anna", Outcome: task.Done, Fields: task.Values{"took": json.RawMessage(`"PT1H"`)}}
	require.Equal(t, task.Message{Outcome: task.Done, Fields: d.Fields}.Answer(), d.Answer())
	other := d
	other.Fields = task.Values{"took": json.RawMessage(`"PT2H"`)}
	require.NotEqual(t, d.Answer(), other.Answer())
}
