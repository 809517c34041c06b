package task_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/fault"
	"turnus/itsm/task"
)

// An action's task, as an improvement asks for it, and the rows of a plan.
func ruled() []task.Field {
	done := func(f *task.Field) { f.With = task.Done }
	return []task.Field{
		field("evidence", task.TextField, required, done),
		field("link", task.TextField, done),
		field("due", task.DateField, required, bounds(task.Today, ""), func(f *task.Field) { f.With = task.Postpone }),
		field("title", task.TextField),
		field("owner", task.PersonField, required, func(f *task.Field) { f.If = "title" }),
		field("figure", task.TextField, func(f *task.Field) { f.If = "title" }),
		field("value", task.DecimalField, bounds("95", "100"), func(f *task.Field) { f.BoundsWith = task.Done }),
	}
}

func TestFieldsThatDependOnOthersAndOnTheOutcome(t *testing.T) {
	require.NoError(t, task.CheckFields(ruled(), []task.Outcome{task.Done, task.Postpone}))
	for _, c := range []struct {
		name, given string
		o           task.Outcome
		en, de      []string // none: taken
	}{
		{"done", `{"evidence":"e"}`, task.Done, nil, nil},
		{"done, with all that goes with it", `{"evidence":"e","link":"l","title":"t","owner":"anna","figure":"f","value":"95"}`, task.Done, nil, nil},
		{"done without evidence", `{}`, task.Done,
			[]string{"fields.evidence: This is missing with done: give a text."}, []string{"Das fehlt bei done: Anzugeben ist ein Text."}},
		{"done with another's field", `{"evidence":"e","due":"2026-01-01"}`, task.Done,
			[]string{"fields.due: This goes with postpone only: leave it out with done."}, []string{"Das gehört nur zu postpone: Bei done weglassen."}},
		{"empty isn't filled", `{"evidence":"e","due":" ","owner":null}`, task.Done, nil, nil},
		{"postponed", `{"due":"2026-11-29"}`, task.Postpone, nil, nil},
		{"postponed, and no more required though a title is there", `{"due":"2026-11-30","title":"t"}`, task.Postpone, nil, nil},
		{"postponed to nowhere", `{}`, task.Postpone,
			[]string{`fields.due: This is missing with postpone: give a date, as in "2026-12-31".`}, []string{`Das fehlt bei postpone: Anzugeben ist ein Datum, etwa "2026-12-31".`}},
		{"postponed into the past, with evidence", `{"due":"2026-11-28","evidence":"e"}`, task.Postpone,
			[]string{"fields.due: This is too early: 2026-11-29 is the earliest.", "fields.evidence: This goes with done only: leave it out with postpone."},
			[]string{"Das ist zu früh: Möglich ist frühestens 2026-11-29.", "Das gehört nur zu done: Bei postpone weglassen."}},
		{"title without owner", `{"evidence":"e","title":"t"}`, task.Done,
			[]string{"fields.owner: This is missing, since title is filled: give the name of a person."}, []string{"Das fehlt, weil title ausgefüllt ist: Anzugeben ist der Name einer Person."}},
		{"owner and figure without title", `{"evidence":"e","owner":"anna","figure":"f"}`, task.Done,
			[]string{"fields.owner: This goes with title, which is empty: fill that, too, or leave this out.", "fields.figure: This goes with title, which is empty: fill that, too, or leave this out."},
			[]string{"Das gehört zu title. Dort ist nichts angegeben: Auch das ausfüllen oder dies weglassen.", "Das gehört zu title. Dort ist nichts angegeben: Auch das ausfüllen oder dies weglassen."}},
		{"also where it is postponed", `{"due":"2026-11-30","owner":"anna"}`, task.Postpone,
			[]string{"fields.owner: This goes with title, which is empty: fill that, too, or leave this out."}, nil},
		{"what is mistyped isn't empty", `{"evidence":"e","title":7,"owner":"anna"}`, task.Done, []string{`fields.title: "7" doesn't fit this field: give a text.`}, nil},
		{"below a bound with done", `{"evidence":"e","value":"94.9"}`, task.Done,
			[]string{"fields.value: This is too small: with done, 95 is the least."}, []string{"Das ist zu klein: Möglich ist bei done mindestens 95."}},
		{"above it", `{"evidence":"e","value":"101"}`, task.Done,
			[]string{"fields.value: This is too great: with done, 100 is the greatest."}, []string{"Das ist zu groß: Möglich ist bei done höchstens 100."}},
		{"without bounds with another outcome", `{"due":"2026-11-30","value":"3"}`, task.Postpone, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var given task.Values
			require.NoError(t, json.Unmarshal([]byte(c.given), &given))
			_, err := task.CheckValues(ruled(), given, c.o, late)
			var en, de []string
			for _, f := range fault.All(err) {
				en, de = append(en, f.Error()), append(de, f.Message.De)
			}
			slices.Sort(en)
			slices.Sort(c.en)
			require.Equal(t, c.en, en)
			if slices.Sort(de); c.de != nil {
				slices.Sort(c.de)
				require.Equal(t, c.de, de)
			}
		})
	}
}

// Whatever fields ask and whatever is given: what is taken keeps to each rule,
// and is taken again as it is kept.
func TestWhatIsTakenKeepsToEachRule(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	outcomes := []string{"done", "pass", "postpone"}
	taken := map[bool]int{}
	rapid.Check(t, func(r *rapid.T) {
		maybe := func(from []string, what string) string { // mostly not
			return rapid.SampledFrom(append([]string{"", "", "", ""}, from...)).Draw(r, what)
		}
		var fields []task.Field
		for i, n := range names {
			f := field(n, rapid.SampledFrom([]task.FieldType{task.IntegerField, task.DateField}).Draw(r, "type"), bounds("5", ""))
			f.Required, f.With = rapid.Bool().Draw(r, "required"), task.Outcome(maybe(outcomes, "with"))
			others := slices.Delete(slices.Clone(names), i, i+1)
			if f.Unless, f.If = maybe(others, "unless"), maybe(others, "if"); f.Unless == f.If {
				f.If = ""
			}
			if f.Type == task.DateField {
				f.Min = task.Today
			}
			f.BoundsWith = task.Outcome(maybe(outcomes, "bounds with"))
			fields = append(fields, f)
		}
		require.NoError(r, task.CheckFields(fields, []task.Outcome{task.Done, task.Pass, task.Postpone}))
		o := task.Outcome(rapid.SampledFrom(outcomes).Draw(r, "outcome"))
		given := task.Values{}
		for _, f := range fields {
			low, high := `3`, `7`
			if f.Type == task.DateField {
				low, high = `"2026-11-28"`, `"2026-11-30"`
			}
			if v := rapid.SampledFrom([]string{"", "", high, high, low}).Draw(r, "value"); v != "" {
				given[f.Name] = json.RawMessage(v)
			}
		}
		kept, err := task.CheckValues(fields, given, o, late)
		broken := slices.ContainsFunc(fields, func(f task.Field) bool {
			there, beside := given[f.Name] != nil, func(name string) bool { return given[name] != nil }
			low := there && strings.Contains(`3 "2026-11-28"`, string(given[f.Name])) && (f.BoundsWith == "" || f.BoundsWith == o)
			elsewhere := f.With != "" && f.With != o
			stays := elsewhere || f.Unless != "" && beside(f.Unless) || f.If != "" && !beside(f.If)
			asked := f.Required && (o != task.Postpone || f.With == o)
			return low || there && stays || !there && !stays && asked
		})
		require.Equal(r, broken, err != nil, "%v", err)
		if taken[err == nil]++; err != nil {
			return
		}
		again, err := task.CheckValues(fields, kept, o, late)
		require.NoError(r, err)
		require.Equal(r, kept, again)
		_, err = task.CheckValues(fields, kept, o, late.Add(24*time.Hour)) // the next day
		require.NoError(r, err, "2026-11-30 is that day")
	})
	t.Logf("taken, and not: %v", taken)
}
