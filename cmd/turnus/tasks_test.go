package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

// asked is a task of a service's owner, whose token the commands use, with fields.
func asked(t *testing.T, s *store.Store) task.Task {
	docs, err := imports.Resources([]byte(organisation))
	require.NoError(t, err)
	_, err = s.Apply(t.Context(), person.Actor{Person: person.System}, time.Now(), docs, false)
	require.NoError(t, err)
	r, _, err := s.Begin(t.Context(), time.Now(), store.NewRun{Key: run.Key{Process: "sla-report", Scope: "desk", Period: "2026-10"}, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	field := func(name string, of task.FieldType, required bool) task.Field {
		return task.Field{Name: name, Title: text.Same("The " + name), Type: of, Required: required}
	}
	count, result, note := field("count", task.IntegerField, true), field("result", task.ChoiceField, false), field("note", task.TextField, true)
	remark := field("remark", task.TextField, false)
	count.Min, count.Max, count.Value, count.Help = "1", "9", json.RawMessage("4"), text.New("From 1 to 9.", "Von 1 bis 9.")
	result.Options = []task.Option{{Value: "kept", Title: text.Same("kept")}, {Value: "broken", Title: text.Same("broken")}}
	note.Unless, remark.Unless = "result", "result"
	until := field("until", task.DateField, false)
	until.If, until.With, until.Min, until.BoundsWith = "count", task.Done, task.Today, task.Done
	_, token, err := s.FirstToken(t.Context(), time.Now(), "owner", time.Hour)
	require.NoError(t, err)
	t.Setenv("TURNUS_TOKEN", token)
	return storetest.Ask(t, s, time.Now(), run.Step{Run: r.ID, Round: 1}, task.Question{Step: process.Findings, Title: text.New("Inspection", "Begehung"),
		Text: text.New("What was seen?\n\x1b[2Jobeyed", "Was?"), Fields: []task.Field{count, result, note, field("evidence", task.FileField, false), until, remark}})
}

// What a task asks is listed, and shown with all that an answer needs.
func TestTasksAreShown(t *testing.T) {
	a := asked(t, organised(t))
	code, out, errOut := turnus(t, "", "tasks", "--mine")
	require.Zero(t, code, errOut)
	require.Regexp(t, `^TASK +RUN +STATE +DUE +OUTCOMES +APPROVERS +KIND +FOR +TITLE +STALE\n`, out)
	require.Regexp(t, a.ID+` +sla-report/desk/2026-10 +open +\S+Z +done +owner +review +owner +Inspection +-\n`, out)

	code, out, errOut = turnus(t, "", "tasks", a.ID)
	require.Zero(t, code, errOut)
	for _, line := range []string{
		`^Inspection\nWhat was seen\?\n\[2Jobeyed\n\n`, `\ntask +` + a.ID + `\n`, `\nkind +review\n`, `\nfor +owner\n`, `\nmay answer now +owner\n`, `\noutcomes +done\n`,
		`\nFIELD +TYPE +NEEDED +BOUNDS +TITLE\n`, `\ncount +integer +yes +1 to 9 +The count\n`, `\n\nFIELD +NOTE\ncount +From 1 to 9\.\ncount +proposed: 4\n`, `\nresult +choice +no +kept, broken +The result\n`,
		`\nnote +text +unless result +The note\n`, `\nevidence +file +no +The evidence\n`, `\nremark +text +no; not beside result +The remark\n`,
		`\nuntil +date +no; only with done, if count +from today with done +The until\n`,
	} {
		require.Regexp(t, line, out)
	}
	require.NotContains(t, out, "\x1b")
	code, out, _ = turnus(t, "", "tasks", a.ID, "--json")
	require.Zero(t, code)
	var shown task.Task
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	require.Equal(t, a.Fields, shown.Fields)
	code, _, errOut = turnus(t, "", "tasks", "none")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "There is no task none")
}

// An answer's fields are typed as the task asks for them, its files are sent
// once, and what is wrong is said of each; a repeat is what is on record.
func TestAnswersAreGivenByCommand(t *testing.T) {
	s := organised(t)
	a := asked(t, s)
	pdf := filepath.Join(t.TempDir(), "proof of it.pdf")
	require.NoError(t, os.WriteFile(pdf, []byte("%PDF-1.7\n"), 0o600))

	for _, name := range []string{"evidnce", "count"} {
		code, _, errOut := turnus(t, "", "decide", a.ID, "done", "--file", name+"="+pdf)
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "--file "+name+": the task has no such field for a file")
	}
	none, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	require.Empty(t, none.Files, "nothing is sent for a field that there isn't")

	code, _, errOut := turnus(t, "", "decide", a.ID, "done", "--field", "count=12", "--field", "result=a=b", "--field", "colour=red", "--file", "evidence="+pdf)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "body.fields.count: This is too great: 9 is the greatest.", "it came as a number")
	require.Contains(t, errOut, `body.fields.result: "a=b" isn't one of the options`)
	require.Contains(t, errOut, "body.fields.colour: This task doesn't ask for it")
	require.NotContains(t, errOut, "evidence:")
	code, _, errOut = turnus(t, "", "decide", a.ID, "done", "--field", "until=2020-01-01", "--field", "result=kept")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "body.fields.until: This goes with count, which is empty")
	require.Contains(t, errOut, "body.fields.until: This is too early: with done, ")
	code, _, errOut = turnus(t, "", "decide", a.ID, "done", "--field", "count=many", "--file", "evidence="+pdf)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "body.fields.count: ")
	require.Contains(t, errOut, "a whole number of 18 digits at most, as in 3")
	code, out, _ := turnus(t, "", "tasks", a.ID)
	require.Zero(t, code)
	require.Regexp(t, `\nproof of it.pdf +application/pdf +9 +owner +\S+Z +[0-9a-f]{64}\n`, out)
	require.Equal(t, 1, strings.Count(out, "proof of it.pdf"), "sent once")

	png := filepath.Join(t.TempDir(), "a.pdf")
	require.NoError(t, os.WriteFile(png, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 0o600))
	code, _, errOut = turnus(t, "", "decide", a.ID, "done", "--file", "evidence="+png)
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "its content is a PNG image")
	code, _, errOut = turnus(t, "", "decide", a.ID, "done", "--file", "evidence="+png+".none")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "a.pdf.none can't be read")

	stored, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	require.Len(t, stored.Files, 1)
	fetched := filepath.Join(t.TempDir(), "fetched.pdf")
	code, _, errOut = turnus(t, "", "tasks", a.ID, "--file", stored.Files[0].SHA256, "-o", fetched)
	require.Zero(t, code, errOut)
	content, err := os.ReadFile(fetched)
	require.NoError(t, err)
	require.Equal(t, "%PDF-1.7\n", string(content))
	code, _, errOut = turnus(t, "", "tasks", a.ID, "--file", strings.Repeat("0", 64), "-o", fetched+".none")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "This task has no such file.")
	require.NoFileExists(t, fetched+".none")
	sum, err := json.Marshal(stored.Files[0].SHA256)
	require.NoError(t, err)
	storetest.Answer(t, s, time.Now(), "owner", a, task.Message{Outcome: task.Done, Fields: task.Values{
		"count": json.RawMessage("4"), "result": json.RawMessage(`"kept"`), "evidence": sum}})
	code, out, errOut = turnus(t, "", "decide", a.ID, "done", "--field", "count=4", "--field", "result=kept", "--file", "evidence="+pdf, "--json")
	require.Zero(t, code, errOut)
	var d task.Decision
	require.NoError(t, json.Unmarshal([]byte(out), &d))
	require.Equal(t, "4", string(d.Fields["count"]))
	require.Equal(t, stored.Files[0].SHA256, d.Fields.Text("evidence"))
}
