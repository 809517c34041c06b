package api

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/imports"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// everyType is a field of each type, with bounds.
func everyType() []task.Field {
	note, count, share := fieldOf("note", task.TextField, true), fieldOf("count", task.IntegerField, true), fieldOf("share", task.DecimalField, false)
	note.Max, count.Min, count.Max, share.Max = "10", "1", "9", "99.5"
	until, took := fieldOf("until", task.DateField, true), fieldOf("took", task.DurationField, false)
	until.Min, until.If, until.BoundsWith, took.With = task.Today, "took", task.Done, task.Done
	return []task.Field{note, count, share, fieldOf("at", task.InstantField, false), took,
		fieldOf("result", task.ChoiceField, false), fieldOf("guide", task.PersonField, false), evidence(), until}
}

// A task says what it asks, of whom, and who may answer it now.
func TestATaskSaysWhatItAsks(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, everyType()...)
	w := h.as(t, "owner", "GET", "/v1/tasks/"+a.ID, "")
	require.Equal(t, 200, w.Code, w.Body)
	var shown struct {
		Kind, State string
		Title, Text text.Text
		Outcomes    []string
		For         struct{ Who string }
		Approvers   []string
		Fields      []struct {
			Name, Type, Min, Max string
			If, With             string
			BoundsWith           string `json:"bounds_with"`
			Required             bool
			Types                []string
			Options              []struct{ Value string }
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &shown))
	require.Equal(t, "review", shown.Kind)
	require.Equal(t, text.New("Inspection", "Begehung"), shown.Title)
	require.Equal(t, text.New("What was seen?", "Was war zu sehen?"), shown.Text)
	require.Equal(t, []string{"done"}, shown.Outcomes)
	require.Equal(t, "owner", shown.For.Who)
	require.Equal(t, []string{"owner"}, shown.Approvers)
	require.Len(t, shown.Fields, 9)
	require.Equal(t, "integer", shown.Fields[1].Type)
	require.Equal(t, []string{"1", "9"}, []string{shown.Fields[1].Min, shown.Fields[1].Max})
	require.True(t, shown.Fields[1].Required)
	require.Equal(t, "broken", shown.Fields[5].Options[1].Value)
	require.Equal(t, []string{"application/pdf", "text/plain"}, shown.Fields[7].Types)
	require.Equal(t, "done", shown.Fields[4].With)
	until := shown.Fields[8]
	require.Equal(t, []string{"date", "today", "took", "done"}, []string{until.Type, until.Min, until.If, until.BoundsWith})

	mine := h.as(t, "owner", "GET", "/v1/tasks?state=open&mine=true", "").Body.String()
	require.Contains(t, mine, `"kind":"review"`)
	_, approval := h.waiting(t)
	w = h.as(t, "approver", "GET", "/v1/tasks/"+approval.ID, "")
	require.Contains(t, w.Body.String(), `"kind":"approval"`)
	require.Contains(t, w.Body.String(), `"fields":[]`, "never null")
	require.NotContains(t, w.Body.String(), `"files"`)
}

// Each field that isn't answered as it is asked is named in the body, with what
// would be right; nothing is half done.
func TestAnswersThatAreRefused(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, everyType()...)
	other := storetest.Ask(t, h.store, testNow, run.Step{Run: a.Run, Round: 1}, task.Question{Step: process.Changes, Fields: []task.Field{evidence()}})
	left, err := imports.Resources([]byte(`{apiVersion: turnus/v1, kind: Person, metadata: {name: left}, spec: {roles: [auditor]}}`))
	require.NoError(t, err)
	system := person.Actor{Person: person.System}
	require.NoError(t, storetest.ErrOf(h.store.Apply(t.Context(), system, testNow, left, false)))
	require.NoError(t, h.store.Retire(t.Context(), system, testNow, resource.Person, "left"))
	foreign := sentIn(t, h.as(t, "owner", "POST", "/v1/tasks/"+other.ID+"/files?name=a.pdf", aPDF), 201).SHA256
	_, approval := h.waiting(t)
	const right = `"note":"seen","count":3`
	for _, c := range []struct{ who, task, fields, at, en, de string }{
		{"owner", a.ID, `"count":3`, "note", "This is missing: give a text.", "Das fehlt: Anzugeben ist ein Text."},
		{"owner", a.ID, `"note":" ","count":3`, "note", "This is missing", "Das fehlt"},
		{"owner", a.ID, right + `,"colour":"red"`, "colour", "This task doesn't ask for it; it asks for note, count, share", "Diese Aufgabe fragt das nicht ab."},
		{"owner", a.ID, `"note":"seen","count":"3"`, "count", "a whole number of 18 digits at most, as in 3", "eine ganze Zahl mit höchstens 18 Stellen, etwa 3"},
		{"owner", a.ID, `"note":"seen","count":10`, "count", "This is too great: 9 is the greatest.", "Möglich ist höchstens 9."},
		{"owner", a.ID, `"note":7,"count":3`, "note", "a text", "ein Text"},
		{"owner", a.ID, `"note":"` + strings.Repeat("x", 11) + `","count":3`, "note", "10", "10"},
		{"owner", a.ID, right + `,"share":99.5`, "share", "an exact decimal in quotes", "eine genaue Dezimalzahl in Anführungszeichen"},
		{"owner", a.ID, right + `,"share":"99.51"`, "share", "99.5 is the greatest", "höchstens 99.5"},
		{"owner", a.ID, right + `,"at":"2026-10-05 06:00"`, "at", "an instant with its zone", "ein Zeitpunkt mit Zeitzone"},
		{"owner", a.ID, right + `,"took":"4 hours","until":"2126-12-31"`, "took", "a duration", "eine Dauer"},
		{"owner", a.ID, right + `,"took":"PT4H"`, "until", `This is missing, since took is filled: give a date, as in "2026-12-31".`, `Das fehlt, weil took ausgefüllt ist: Anzugeben ist ein Datum, etwa "2026-12-31".`},
		{"owner", a.ID, right + `,"until":"2126-12-31"`, "until", "This goes with took, which is empty", "Das gehört zu took."},
		{"owner", a.ID, right + `,"took":"PT4H","until":"2001-01-01"`, "until", "This is too early: with done, " + testNow.UTC().Format(time.DateOnly) + " is the earliest.",
			"Möglich ist bei done frühestens " + testNow.UTC().Format(time.DateOnly) + "."},
		{"owner", a.ID, right + `,"took":"PT4H","until":"31.12.2126"`, "until", "a date", "ein Datum"},
		{"owner", a.ID, right + `,"guide":"left"`, "guide", "left has left: give the name of somebody who is there.", "left ist nicht mehr angelegt"},
		{"owner", a.ID, right + `,"result":"fine"`, "result", `"fine" isn't one of the options, which are kept and broken.`, "Möglich sind kept und broken."},
		{"owner", a.ID, right + `,"guide":"nobody"`, "guide", `There is no person "nobody"`, "Die Person „nobody“ gibt es nicht"},
		{"owner", a.ID, right + `,"evidence":"a.pdf"`, "evidence", "the SHA-256 of a file that was sent to this task", "der SHA-256-Wert einer Datei"},
		{"owner", a.ID, right + `,"evidence":"` + foreign + `"`, "evidence", "No file " + foreign[:16] + "… was sent to this task", "Zu dieser Aufgabe wurde keine Datei"},
		{"approver", approval.ID, `"note":"seen"`, "note", "This task asks for no fields: leave it out.", "Diese Aufgabe fragt keine Felder ab: Weglassen."},
	} {
		outcome := "done"
		if c.task == approval.ID {
			outcome = "approve"
		}
		for lang, want := range map[string]string{"en": c.en, "de": c.de} {
			w := h.as(t, c.who, "POST", "/v1/tasks/"+c.task+"/decision", `{"outcome":"`+outcome+`","fields":{`+c.fields+`}}`, "Accept-Language", lang)
			require.Equal(t, 422, w.Code, "%s: %s", c.fields, w.Body)
			p := problemIn(t, w)
			require.Len(t, p.Errors, 1, c.fields)
			require.Equal(t, "body.fields."+c.at, p.Errors[0].Location)
			require.Contains(t, p.Errors[0].Message, want, c.fields)
		}
	}
	w := h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/decision", `{"outcome":"done","fields":{"count":"x","colour":1}}`)
	require.Equal(t, 422, w.Code)
	require.Len(t, problemIn(t, w).Errors, 3, "all of them at once: %s", w.Body)
	w = h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/decision", `{"outcome":"done","fields":{"note":"`+strings.Repeat("x", 100<<10)+`"}}`)
	require.Equal(t, "body.fields", problemIn(t, w).Errors[0].Location)
	w = h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/decision", `{"outcome":"done","fields":{"note":"seen`+"\x00"+`"}}`)
	require.Equal(t, 400, w.Code)
	for _, name := range []string{"a", "b"} { // in order of what is looked at: the outcome, then the fields, then the comment
		w = h.as(t, "approver", "POST", "/v1/tasks/"+approval.ID+"/decision", `{"outcome":"reject"`+map[string]string{"a": `,"fields":{"x":1}`, "b": ""}[name]+`}`)
		require.Equal(t, 422, w.Code)
		require.Equal(t, map[string]string{"a": "body.fields.x", "b": "body.comment"}[name], problemIn(t, w).Errors[0].Location)
	}
	var decisions int
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM decision").Scan(&decisions))
	require.Zero(t, decisions)
	// What is right goes to the run, which is away in this test.
	w = h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/decision", `{"outcome":"done","fields":{`+right+`,"guide":"auditor","share":"99.5","result":"kept","took":"PT4H","until":"`+testNow.UTC().Format(time.DateOnly)+`"}}`)
	require.Equal(t, 503, w.Code, w.Body)
}

// A repeat of an answer says what is on record, comment and fields too, whatever
// it brings itself; another outcome, and other people, are refused.
func TestARepeatSaysWhatIsOnRecord(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, everyType()...)
	f := sentIn(t, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.pdf", aPDF), 201)
	storetest.Answer(t, h.store, testNow, "owner", a, task.Message{Outcome: task.Done, Comment: "as seen", Fields: task.Values{
		"note": json.RawMessage(`" seen "`), "count": json.RawMessage(`3`), "evidence": json.RawMessage(strconv.Quote(f.SHA256))}})
	at := "/v1/tasks/" + a.ID + "/decision"
	for _, body := range []string{`{"outcome":"done","comment":"as seen","fields":{"note":"seen","count":3}}`, `{"outcome":"done"}`} {
		w := h.as(t, "owner", "POST", at, body)
		require.Equal(t, 200, w.Code, w.Body)
		var d task.Decision
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &d))
		require.Equal(t, "as seen", d.Comment)
		require.Equal(t, "seen", d.Fields.Text("note"))
		require.Equal(t, f.SHA256, d.Fields.Text("evidence"))
		require.Equal(t, "3", string(d.Fields["count"]))
	}
	require.Equal(t, 409, h.as(t, "owner", "POST", at, `{"outcome":"failed"}`).Code)
	require.Equal(t, 403, h.as(t, "approver", "POST", at, `{"outcome":"done"}`).Code)
	shown := h.as(t, "auditor", "GET", "/v1/runs/"+a.Run, "").Body.String()
	require.Contains(t, shown, `"count":3`)
	require.Contains(t, shown, `"name":"a.pdf"`)
}

// A pass is issued for a task of any kind, to whom it is for, and for an outcome
// that it offers.
func TestPassesForAnyKind(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, fieldOf("note", task.TextField, true))
	at := "/v1/tasks/" + a.ID + "/passes"
	require.Equal(t, 201, h.as(t, "owner", "POST", at, `{"outcome":"done"}`).Code)
	require.Equal(t, 201, h.as(t, "owner", "POST", at, ``).Code)
	require.Equal(t, 403, h.as(t, "approver", "POST", at, ``).Code)
	w := h.as(t, "owner", "POST", at, `{"outcome":"approve"}`)
	require.Equal(t, 422, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "it offers done.")
}
