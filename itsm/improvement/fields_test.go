package improvement_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/improvement"
	"turnus/itsm/task"
)

var today = calendar.Date{Year: 2026, Month: time.November, Day: 30}

// planned draws a plan as ReadPlan gives it: texts trimmed, actions numbered
// from first.
func planned(t *rapid.T, first int) improvement.Plan {
	words := rapid.StringMatching(`[a-zA-Zäöüß][ -~äöüß]{0,30}[a-z]`)
	some := func(name string) string {
		if rapid.Bool().Draw(t, "has "+name) {
			return words.Draw(t, name)
		}
		return ""
	}
	p := improvement.Plan{Changes: improvement.Changes{Documents: some("documents"), Plans: some("plans"), Risks: some("risks"), Agreements: some("agreements")}}
	if rapid.IntRange(0, 4).Draw(t, "no cause") == 0 {
		p.NoCause = words.Draw(t, "no-cause")
		return p
	}
	p.Whys, p.Cause = rapid.SliceOfN(words, 1, 5).Draw(t, "whys"), words.Draw(t, "cause")
	for i := range rapid.IntRange(1, improvement.MaxActions).Draw(t, "actions") {
		a := improvement.Action{Number: first + i, Title: words.Draw(t, "title"), Owner: rapid.StringMatching(`[a-z]([a-z0-9-]{0,8}[a-z])?`).Draw(t, "owner"),
			Due: today.Add(rapid.IntRange(0, 730).Draw(t, "due")), Measure: words.Draw(t, "measure"), Sense: rapid.SampledFrom(improvement.Senses()).Draw(t, "sense"),
			Target: rapid.StringMatching(`-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?`).Draw(t, "target"),
			Wait:   agreement.Duration(rapid.Int64Range(0, improvement.LongestWait*86400).Draw(t, "wait"))}
		if rapid.Bool().Draw(t, "figure") {
			a.Figure = rapid.SampledFrom([]string{"sla-report/desk/p1-resolution.attainment", "some-review/open"}).Draw(t, "figure")
		}
		p.Actions = append(p.Actions, a)
	}
	return p
}

// answered are the values that give a plan, its actions being in these places.
func answered(p improvement.Plan, places []int) task.Values {
	v := task.Values{}
	say := func(name, s string) {
		if s != "" {
			v[name], _ = json.Marshal(s)
		}
	}
	for i, why := range p.Whys {
		say(fmt.Sprintf("why.%d", i+1), why)
	}
	say("cause", p.Cause)
	say("no-cause", p.NoCause)
	say("changes.documents", p.Changes.Documents)
	say("changes.plans", p.Changes.Plans)
	say("changes.risks", p.Changes.Risks)
	say("changes.agreements", p.Changes.Agreements)
	for i, a := range p.Actions {
		for name, s := range map[string]string{"title": a.Title, "owner": a.Owner, "due": a.Due.String(), "measure": a.Measure, "figure": a.Figure,
			"sense": string(a.Sense), "target": a.Target, "wait": a.Wait.String()} {
			say(fmt.Sprintf("action.%d.%s", places[i], name), s)
		}
	}
	return v
}

// inOrder are the places of so many actions without a gap.
func inOrder() []int { return []int{1, 2, 3, 4, 5, 6} }

func TestPlanIsReadAsItWasAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(1, 40).Draw(t, "first")
		want := planned(t, first)
		places := inOrder()
		if n := len(want.Actions); n > 1 && n < improvement.MaxActions { // one place stays empty, never the first
			gap := rapid.IntRange(1, n).Draw(t, "gap")
			places = append(places[:gap:gap], places[gap+1:]...)
		}
		fields := improvement.PlanFields(today, first, nil)
		kept, err := taken(fields, answered(want, places), task.Done)
		require.NoError(t, err)
		got, err := improvement.ReadPlan(kept, first)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// What is asked for can be asked for, whatever was proposed, and proposes it.
func TestPlanFieldsCanBeAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := today.Add(rapid.IntRange(-20_000, 20_000).Draw(t, "day"))
		proposed := answered(planned(t, 1), inOrder())
		fields := improvement.PlanFields(day, rapid.IntRange(1, 500).Draw(t, "first"), proposed)
		require.NoError(t, task.CheckFields(fields, []task.Outcome{task.Done, task.Decline}))
		found := 0
		for _, f := range fields {
			require.Equal(t, string(proposed[f.Name]), string(f.Value))
			if f.Value != nil {
				found++
			}
			require.NotContains(t, f.Title.En+f.Title.De+f.Help.En+f.Help.De, "%!")
		}
		require.Equal(t, len(proposed), found)
		require.NoError(t, task.CheckFields(improvement.ActionFields(day), []task.Outcome{task.Done, task.Postpone}))
		for _, s := range improvement.Senses() {
			require.NoError(t, task.CheckFields(improvement.CheckFields(improvement.Action{Measure: "m", Sense: s, Target: "-1.5"}, nil), task.Check.Outcomes()))
		}
	})
}

// saidAbout are the places and English messages of an error's faults.
func saidAbout(t *testing.T, err error) (said []string) {
	t.Helper()
	for _, f := range fault.All(err) {
		require.NotContains(t, f.Message.En+f.Message.De, "%!")
		require.NotEmpty(t, f.Message.De)
		said = append(said, f.Error())
	}
	return said
}

// Each of these is refused: by the fields where they can, else by ReadPlan; the
// first fault is in the field that is wrong.
func TestPlansThatAreRefused(t *testing.T) {
	good := improvement.Plan{Whys: []string{"nobody looked"}, Cause: "no duty roster", Actions: []improvement.Action{{Number: 1, Title: "make one", Owner: "olga",
		Due: today.Add(30), Measure: "tickets met", Figure: "sla-report/desk/p1.attainment", Sense: improvement.AtLeast, Target: "95", Wait: 86400}}}
	for _, c := range []struct{ name, field, value, at, why string }{
		{"nothing is wrong", "action.1.title", "make one", "", ""},
		{"due in the past", "action.1.due", "2026-11-29", "action.1.due", ""},
		{"due in ten years", "action.1.due", "2036-11-29", "action.1.due", ""},
		{"no date", "action.1.due", "30.11.2026", "action.1.due", ""},
		{"a waiting time of ten years", "action.1.wait", "P3660D", "action.1.wait", "P366D is the greatest"},
		{"no waiting time", "action.1.wait", "", "action.1.wait", "This is missing"},
		{"no owner", "action.1.owner", "", "action.1.owner", "This is missing"},
		{"no target", "action.1.target", "", "action.1.target", "This is missing"},
		{"a target that isn't exact", "action.1.target", "95 %", "action.1.target", "exact decimal"},
		{"no sense", "action.1.sense", "more", "action.1.sense", "at-least and at-most"},
		{"no cause", "cause", "", "cause", "give a text, or fill no-cause instead"},
		{"no action", "action.1.title", "", "action.1.title", "This is missing"},
		{"both", "no-cause", "a typing error", "why.1", "exclude each other"},
		{"not a figure", "action.1.figure", "p1.attainment", "action.1.figure", "isn't a figure: write PROCESS/GROUP/FIGURE"},
		{"a figure of a period", "action.1.figure", "sla-report/desk/2026-10/p1", "action.1.figure", "isn't a figure"},
		{"a second action without more", "action.2.title", "and this", "action.2.", "This is missing"},
		{"a second action without its title", "action.2.owner", "anton", "action.2.owner", "action.2.title, which is empty"},
		{"a seventh action", "action.7.title", "too much", "action.7.title", "doesn't ask for it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := answered(good, inOrder())
			v[c.field], _ = json.Marshal(c.value)
			kept, err := taken(improvement.PlanFields(today, 1, nil), v, task.Done)
			if err == nil {
				_, err = improvement.ReadPlan(kept, 1)
			}
			if c.at == "" {
				require.NoError(t, err)
				return
			}
			said := saidAbout(t, err)
			require.NotEmpty(t, said)
			require.True(t, strings.HasPrefix(said[0], "fields."+c.at), "%v", said)
			require.Contains(t, said[0], c.why)
		})
	}
}

// What fields let through where they were answered before they were what they
// are now is refused as well.
func TestReadPlanStandsAlone(t *testing.T) {
	_, err := improvement.ReadPlan(nil, 1)
	require.Equal(t, []string{"fields.action.1.title: The plan has no action: give one, or say in no-cause why no cause needs removing."}, saidAbout(t, err))
	_, err = improvement.ReadPlan(task.Values{"no-cause": json.RawMessage(`"n"`), "action.3.title": json.RawMessage(`"t"`)}, 1)
	require.Len(t, saidAbout(t, err), 5, "due, wait, sense, target, and no-cause beside an action: %v", err)
	loose := task.Values{}
	for name, value := range map[string]string{"title": "t", "due": "2026-12-01", "wait": "P3660D", "sense": "perhaps", "target": "1e9"} {
		loose["action.1."+name] = json.RawMessage(`"` + value + `"`)
	}
	_, err = improvement.ReadPlan(loose, 1)
	require.ErrorContains(t, err, "366 days")
	require.ErrorContains(t, err, "perhaps")
	require.ErrorContains(t, err, "1e9")
}

func TestActionIsDoneWithEvidenceOrPostponed(t *testing.T) {
	due := today.Add(10)
	for _, c := range []struct {
		name string
		out  task.Outcome
		v    string
		at   string // empty: taken
	}{
		{"done", task.Done, `{"evidence":"seen","link":"https://wiki.example.org/a"}`, ""},
		{"done without evidence", task.Done, `{"link":"https://wiki.example.org/a"}`, "fields.evidence"},
		{"postponed", task.Postpone, `{"due":"2026-12-11"}`, ""},
		{"postponed to the same day", task.Postpone, `{"due":"2026-12-10"}`, "fields.due"},
		{"postponed by ten years", task.Postpone, `{"due":"2036-12-10"}`, "fields.due"},
		{"postponed, who knows to when", task.Postpone, `{}`, "fields.due"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v task.Values
			require.NoError(t, json.Unmarshal([]byte(c.v), &v))
			_, err := taken(improvement.ActionFields(due), v, c.out)
			if c.at == "" {
				require.NoError(t, err)
				return
			}
			require.Len(t, fault.All(err), 1, "%v", err)
			require.Equal(t, c.at, fault.All(err)[0].Field)
		})
	}
}

func TestLinks(t *testing.T) {
	for _, good := range []string{"", "https://wiki.example.org/a?b=c#d", "http://[2001:db8::1]:8080/"} {
		require.NoError(t, improvement.CheckLink(good))
	}
	for _, bad := range []string{"wiki", "//wiki.example.org", "javascript:alert(1)", "file:///etc/passwd", "https://", "https://olga:secret@wiki.example.org/", "https://a b/", "\n"} {
		require.Len(t, saidAbout(t, improvement.CheckLink(bad)), 1, bad)
	}
}

// A value passes where it reaches the target, and only there; whatever it is,
// the action may be said not to have worked.
func TestCheckPassesWithAValueThatReachesTheTarget(t *testing.T) {
	file := `"` + strings.Repeat("0a", 32) + `"`
	for _, c := range []struct {
		sense improvement.Sense
		value string
		pass  bool
	}{
		{improvement.AtLeast, "95.0", true}, {improvement.AtLeast, "94.999999999", false},
		{improvement.AtMost, "95.000", true}, {improvement.AtMost, "95.000000001", false},
	} {
		fields := improvement.CheckFields(improvement.Action{Measure: "met", Sense: c.sense, Target: "95"}, nil)
		v := task.Values{"value": json.RawMessage(`"` + c.value + `"`), "file": json.RawMessage(file)}
		_, err := taken(fields, v, task.Pass)
		require.Equal(t, c.pass, err == nil, "%v %v", c, err)
		_, err = taken(fields, v, task.Fail)
		require.NoError(t, err)
		for _, missing := range []string{"value", "file"} {
			less := task.Values{"value": v["value"], "file": v["file"]}
			delete(less, missing)
			_, err = taken(fields, less, task.Fail)
			require.Len(t, saidAbout(t, err), 1, missing)
		}
	}
	require.Empty(t, improvement.CheckFields(improvement.Action{}, &improvement.Measured{}), "a published figure says it")
}

func TestFigureRefs(t *testing.T) {
	for _, good := range []string{"sla-report/desk/p1-resolution.attainment", "sla-report/desk/workload.tickets.peak-day", "some-review/open"} {
		r, err := improvement.ParseFigureRef(good)
		require.NoError(t, err)
		require.Equal(t, good, r.String())
	}
	for _, bad := range []string{"", "/", "//", "a", "a//b", "sla-report/desk/p1/x", "sla-report//", "Sla/desk/p1", "sla-report/desk/p1.", "sla-report/desk/" + strings.Repeat("p", 201)} {
		r, err := improvement.ParseFigureRef(bad)
		require.Error(t, err, "%v", r)
	}
}

// taken holds an answer against fields as a task does.
func taken(fields []task.Field, v task.Values, o task.Outcome) (task.Values, error) {
	return task.Task{Outcomes: []task.Outcome{o}, Fields: fields}.CheckAnswer(o, v, today.At(12*3600, time.UTC))
}
