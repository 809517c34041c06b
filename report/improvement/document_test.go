package improvement

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

func drafted(t require.TestingT, f improvement.Frozen) report.Document {
	d, err := Draft(f)
	require.NoError(t, err)
	return d
}

// page is a document as people see it.
func page(t require.TestingT, d report.Document, l text.Lang) string {
	hash, _, err := report.Hash(d)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, render.HTML(&b, report.Report{Document: d, Record: report.Record{Hash: hash, State: "waiting", DraftRound: 1, StartedBy: "olga", Owner: "olga"}}, l))
	return b.String()
}

// lines are the words of a document, one line for each title, paragraph and row.
func lines(d report.Document, l text.Lang) []byte {
	var b strings.Builder
	cell := func(c report.Cell) string {
		switch {
		case c.Text != nil:
			return c.Text.In(l)
		case c.Verdict != nil:
			return string(c.Verdict.Tone) + ": " + c.Verdict.Text.In(l)
		case c.At != nil:
			return c.At.Format(time.RFC3339)
		case c.Count != nil:
			return report.Number(*c.Count).In(l)
		}
		return ""
	}
	row := func(cells ...string) { b.WriteString(strings.Join(cells, " | ") + "\n") }
	row("#", d.Title.In(l), d.Subject.In(l))
	for _, t := range d.Summary {
		row("*", t.Label.In(l), cell(t.Value), t.Note.In(l), string(t.Tone))
	}
	for _, s := range d.Sections {
		row("##", s.Title.In(l))
		for _, p := range s.Paragraphs {
			row(p.In(l))
		}
		for _, t := range s.Tables {
			row("###", t.Caption.In(l))
			var heads []string
			for _, c := range t.Columns {
				heads = append(heads, c.Title.In(l))
			}
			row(heads...)
			for _, r := range t.Rows {
				var cells []string
				for _, c := range r {
					cells = append(cells, cell(c))
				}
				row(cells...)
			}
		}
	}
	for _, f := range d.Figures {
		value := "n/a"
		if f.Value != nil {
			value = *f.Value
		}
		row("=", f.Name, value, f.Formula, f.Label.In(l))
	}
	for _, s := range d.Sources {
		row("<", string(s.Kind), s.Name, s.Version, s.Hash)
	}
	return []byte(b.String())
}

// What each stage's document says, in both languages, is in the golden files,
// and read by people there.
func TestGolden(t *testing.T) {
	for name, f := range cases() {
		for _, l := range []text.Lang{text.En, text.De} {
			file, got := "testdata/"+name+"."+string(l)+".txt", lines(drafted(t, f), l)
			if *update {
				require.NoError(t, os.WriteFile(file, got, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), file)
		}
	}
}

// An auditor follows a finding over its cause, actions and evidence to the
// checks, with names and instants, in one table and in their order.
func TestTrail(t *testing.T) {
	d := drafted(t, twoRounds())
	require.Equal(t, "At a glance", d.Sections[1].Title.En)
	var steps []string
	for _, r := range d.Sections[1].Tables[0].Rows {
		who := r[3].Text.En
		steps = append(steps, r[0].Text.En+" "+r[2].Verdict.Text.En+" "+who+" "+r[4].At.Format(time.DateOnly))
	}
	require.Equal(t, []string{
		"Finding major Turnus 2026-09-03", "Correction done olga 2026-10-08",
		"Plan 1: root cause to be removed olga 2026-10-09", "Plan 1 approved marc 2026-10-12",
		"Action 1 done anna 2026-11-19", "Check of action 1 not effective Turnus 2027-01-05",
		"Action 2 done ben 2026-11-12", "Check of action 2 effective marc 2026-11-27",
		"Plan 2: root cause to be removed olga 2027-01-07", "Plan 2 approved marc 2027-01-08",
		"Action 3 done ben 2027-01-11", "Check of action 3 effective nora 2027-03-01",
	}, steps)
	values := map[string]string{}
	for _, f := range d.Figures {
		values[f.Name] = *f.Value
	}
	require.Equal(t, map[string]string{"seen": "2", "plans": "2", "actions.planned": "3", "actions.done": "3", "actions.effective": "2", "due-dates-moved": "1"}, values)
	require.Equal(t, report.Good, d.Summary[4].Tone, "the newest plan's actions worked")
	for _, hash := range []string{"a1", "b2", "c0", "e2", "f1"} {
		require.Contains(t, page(t, d, text.De), strings.Repeat(hash, 32), "each approval and file is named by its hash")
	}
}

// A set comes from the store as JSON; the document of what was read back is the
// same, hash by hash.
func TestTheSameDocumentFromTheStore(t *testing.T) {
	for name, f := range cases() {
		b, err := json.Marshal(f)
		require.NoError(t, err)
		var stored improvement.Frozen
		require.NoError(t, json.Unmarshal(b, &stored))
		stored.Finding.About = f.Finding.About // which isn't in its JSON
		first, _, err := report.Hash(drafted(t, f))
		require.NoError(t, err)
		second, _, err := report.Hash(drafted(t, stored))
		require.NoError(t, err)
		require.Equal(t, first, second, name)
	}
}

// What there is no document of is refused.
func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*improvement.Frozen){
		"isn't a run":        func(f *improvement.Frozen) { f.Run = "12" },
		"Nowhere":            func(f *improvement.Frozen) { f.Zone = "Nowhere" },
		`no stage "perhaps"`: func(f *improvement.Frozen) { f.Stage = "perhaps" },
	} {
		f := missedTarget()
		change(&f)
		_, err := Draft(f)
		require.ErrorContains(t, err, want)
	}
}

// What people typed stands in the document as it is, and can be markup to
// nobody.
func TestWhatPeopleTyped(t *testing.T) {
	f := twoRounds()
	f.Cycles[0].Actions[0].Done.Evidence, f.Cycles[0].Plan.Cause = "100% <b>done</b> %s", "%d of %!"
	got := page(t, drafted(t, f), text.En)
	require.Contains(t, got, "100% &lt;b&gt;done&lt;/b&gt; %s")
	require.Contains(t, got, "Root cause: %d of %!")
}

// random gives any frozen set, also one that nobody could have answered.
func random(t *rapid.T) improvement.Frozen {
	word := rapid.StringN(0, 20, 60)
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC()
	})
	day := rapid.Custom(func(t *rapid.T) calendar.Date { return calendar.DateOf(when.Draw(t, "day")) })
	number := rapid.SampledFrom([]string{"", "95", "95.000000", "-0.50", "1e400", "0.00001", "many"})
	maybe := func(n string) bool { return rapid.Bool().Draw(t, n) }
	count := rapid.Custom(func(t *rapid.T) *int64 {
		if rapid.Bool().Draw(t, "none") {
			return nil
		}
		n := rapid.Int64().Draw(t, "n")
		return &n
	})
	source := rapid.Custom(func(t *rapid.T) improvement.Source {
		return improvement.Source{Kind: rapid.SampledFrom(append(improvement.SourceKinds(), "")).Draw(t, "kind"), Name: word.Draw(t, "name"), Group: word.Draw(t, "group"), Figure: word.Draw(t, "figure")}
	})
	action := rapid.Custom(func(t *rapid.T) improvement.Action {
		return improvement.Action{Number: rapid.IntRange(0, 30).Draw(t, "number"), Title: word.Draw(t, "title"), Owner: word.Draw(t, "owner"), Due: day.Draw(t, "due"), Measure: word.Draw(t, "measure"),
			Figure: word.Draw(t, "figure"), Sense: rapid.SampledFrom([]improvement.Sense{improvement.AtLeast, improvement.AtMost, ""}).Draw(t, "sense"), Target: number.Draw(t, "target"),
			Wait: agreement.Duration(rapid.Int64Range(0, 366*days).Draw(t, "wait"))}
	})
	tracked := rapid.Custom(func(t *rapid.T) improvement.Tracked {
		a := improvement.Tracked{Action: action.Draw(t, "action"), State: rapid.SampledFrom(append(improvement.ActionStates(), "")).Draw(t, "state"), DueNow: day.Draw(t, "now")}
		a.Moves = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) improvement.Move {
			return improvement.Move{To: day.Draw(t, "to"), Reason: word.Draw(t, "reason"), By: word.Draw(t, "by"), At: when.Draw(t, "at")}
		}), 0, 3).Draw(t, "moves")
		if rapid.Bool().Draw(t, "done") {
			a.Done = &improvement.Done{Evidence: word.Draw(t, "evidence"), Link: word.Draw(t, "link"), By: word.Draw(t, "by"), At: when.Draw(t, "at")}
		}
		if rapid.Bool().Draw(t, "checked") {
			a.Check = &improvement.Check{Effective: rapid.Bool().Draw(t, "effective"), By: word.Draw(t, "by"), At: when.Draw(t, "at"), Measured: improvement.Measured{Value: number.Draw(t, "value"),
				Num: count.Draw(t, "num"), Den: count.Draw(t, "den"), Chance: number.Draw(t, "p"), Reports: rapid.SliceOfN(word, 0, 3).Draw(t, "reports")}}
		}
		return a
	})
	f := improvement.Frozen{Run: "improvement/1/2026-10-08", Round: rapid.IntRange(0, 9).Draw(t, "round"), Zone: rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "Asia/Kathmandu"}).Draw(t, "zone"),
		At: when.Draw(t, "at"), Stage: rapid.SampledFrom([]improvement.Stage{improvement.ToPlan, improvement.ToCorrect, improvement.ToDecline, improvement.ToClose}).Draw(t, "stage")}
	if maybe("service") {
		f.About = resource.Service.Ref("desk")
	}
	f.Finding = improvement.Finding{ID: rapid.Int64().Draw(t, "id"), Title: text.Text{En: word.Draw(t, "en"), De: word.Draw(t, "de")}, Detail: word.Draw(t, "detail"), Seen: rapid.IntRange(0, 99).Draw(t, "seen"),
		Type: rapid.SampledFrom(append(improvement.Types(), "")).Draw(t, "type"), Severity: rapid.SampledFrom(append(improvement.Severities(), "")).Draw(t, "severity"), At: when.Draw(t, "opened")}
	f.Sightings = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) improvement.Sighting {
		return improvement.Sighting{Source: source.Draw(t, "source"), Title: text.Same(word.Draw(t, "title")), At: when.Draw(t, "at"), By: word.Draw(t, "by")}
	}), 0, 3).Draw(t, "sightings")
	if maybe("corrected") {
		f.Correction = &improvement.Correction{Done: word.Draw(t, "done"), By: word.Draw(t, "by")}
	}
	if maybe("judged") {
		f.Merit = &improvement.Merit{Benefit: word.Draw(t, "benefit")}
	}
	if maybe("refused") {
		f.Refusal = &improvement.Refusal{Reason: word.Draw(t, "reason")}
	}
	f.Cycles = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) improvement.Cycle {
		c := improvement.Cycle{Round: rapid.IntRange(0, 9).Draw(t, "round"), By: word.Draw(t, "by"), At: when.Draw(t, "at"), Plan: improvement.Plan{Whys: rapid.SliceOfN(word, 0, 5).Draw(t, "whys"),
			Cause: word.Draw(t, "cause"), NoCause: word.Draw(t, "no cause"), Actions: rapid.SliceOfN(action, 0, 3).Draw(t, "planned"), Changes: improvement.Changes{Documents: word.Draw(t, "documents")}}}
		if rapid.Bool().Draw(t, "approved") {
			c.Approved = &improvement.Approved{By: word.Draw(t, "approver"), Hash: word.Draw(t, "hash"), Comment: word.Draw(t, "comment"), At: when.Draw(t, "approved at")}
			c.Actions = rapid.SliceOfN(tracked, 0, 3).Draw(t, "actions")
		}
		return c
	}), 0, 3).Draw(t, "cycles")
	return f
}

// Any set gives a document that is complete in both languages and can be shown.
func TestRandomSetsRender(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drafted(t, random(t))
		require.NotEmpty(t, d.Title.En)
		require.NotEmpty(t, d.Title.De)
		for _, s := range d.Sections {
			require.NotEmpty(t, s.Title.En)
			require.NotEmpty(t, s.Title.De)
			for _, x := range s.Tables {
				for _, row := range x.Rows {
					require.Len(t, row, len(x.Columns), s.Title.En)
					for _, c := range row {
						require.NotEqual(t, report.Cell{}, c, s.Title.En)
					}
				}
			}
		}
		for _, l := range []text.Lang{text.En, text.De} {
			require.Contains(t, page(t, d, l), "</html>")
		}
		_, _, err := report.Hash(d)
		require.NoError(t, err)
	})
}

// What Turnus had to say of a finding stands under what it is: figures that would
// be others, or what is known of an outage.
func TestWhatTurnusHadToSay(t *testing.T) {
	f := twoRounds()
	f.Finding.Note = text.New("Length: 90 min.", "Dauer: 90\u202fmin.")
	for kind, heading := range map[string]text.Text{
		improvement.UnplannedOutage: text.New("What is known of it", "Was darüber bekannt ist"),
		improvement.LateData:        text.New("What would be otherwise", "Was anders wäre"),
	} {
		f.Finding.Kind = kind
		require.Contains(t, string(lines(drafted(t, f), text.En)), heading.En+" | Length: 90 min.")
		require.Contains(t, string(lines(drafted(t, f), text.De)), heading.De+" | Dauer: 90\u202fmin.")
	}
}
