package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/internal/pgtest"
	"turnus/internal/storetest"
	"turnus/itsm/person"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
	"turnus/store"
)

const (
	aPDF = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
	aPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
)

// asking puts a run of payments on record that asks its owner what they say to
// what was found, with fields.
func (h *house) asking(t *testing.T, fields ...task.Field) task.Task {
	r, _, err := h.store.Begin(t.Context(), testNow, store.NewRun{
		Key: run.Key{Process: "sla-report", Scope: "payments", Period: "2026-09"}, Owner: "owner", By: person.Actor{Person: "owner"}})
	require.NoError(t, err)
	return storetest.Ask(t, h.store, testNow, run.Step{Run: r.ID, Round: 1}, task.Question{Step: process.Findings, Title: text.New("Inspection", "Begehung"),
		Text: text.New("What was seen?", "Was war zu sehen?"), Fields: fields})
}

func fieldOf(name string, of task.FieldType, required bool) task.Field {
	f := task.Field{Name: name, Title: text.Same(name), Type: of, Required: required}
	if of == task.ChoiceField {
		f.Options = []task.Option{{Value: "kept", Title: text.Same("kept")}, {Value: "broken", Title: text.Same("broken")}}
	}
	return f
}

func evidence() task.Field {
	f := fieldOf("evidence", task.FileField, false)
	f.Types, f.Max = []string{"application/pdf", "text/plain"}, "1000"
	return f
}

func sentIn(t *testing.T, w *httptest.ResponseRecorder, status int) (f task.File) {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &f))
	return f
}

// A file is sent once, shown with its task, and given out as a download to those
// who see the task; both go on record.
func TestFilesOfATask(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, evidence())
	files := "/v1/tasks/" + a.ID + "/files"
	f := sentIn(t, h.as(t, "owner", "POST", files+"?name=Nachweis+%22M%C3%A4rz%22.pdf", aPDF, "Content-Type", "application/pdf", "Idempotency-Key", "1"), 201)
	require.Equal(t, task.File{Task: a.ID, SHA256: f.SHA256, Name: `Nachweis "März".pdf`, Type: "application/pdf", Bytes: len(aPDF), Person: "owner", At: testNow}, f)
	require.Len(t, f.SHA256, 64)
	require.Equal(t, f, sentIn(t, h.as(t, "owner", "POST", files+"?name=other.pdf", aPDF), 200), "what is on record")
	again := h.as(t, "owner", "POST", files+"?name=Nachweis+%22M%C3%A4rz%22.pdf", aPDF, "Content-Type", "application/pdf", "Idempotency-Key", "1")
	require.Equal(t, f, sentIn(t, again, 201))
	require.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))
	require.Equal(t, 422, h.as(t, "owner", "POST", files+"?name=Nachweis+%22M%C3%A4rz%22.pdf", aPDF+" ", "Content-Type", "application/pdf", "Idempotency-Key", "1").Code)

	for _, path := range []string{"/v1/tasks/" + a.ID, "/v1/tasks?state=open", "/v1/runs/" + a.Run} {
		shown := h.as(t, "owner", "GET", path, "").Body.String()
		require.Contains(t, shown, `"files":[{"task":"`+a.ID+`","sha256":"`+f.SHA256+`","name":"Nachweis \"März\".pdf","type":"application/pdf","bytes":`, path)
	}

	for who, status := range map[string]int{"owner": 200, "approver": 200, "auditor": 200, "other-owner": 403, "viewer": 403, "admin": 403, "": 401} {
		w := h.as(t, who, "GET", files+"/"+f.SHA256, "")
		require.Equal(t, status, w.Code, who)
		if status != 200 {
			require.NotContains(t, w.Body.String(), "%PDF")
			continue
		}
		require.Equal(t, aPDF, w.Body.String())
		for name, want := range map[string]string{"Content-Type": "application/pdf", "Content-Length": "29", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
			"Content-Disposition":     `attachment; filename="Nachweis _M_rz_.pdf"; filename*=UTF-8''Nachweis%20_M%C3%A4rz_.pdf`} {
			require.Equal(t, []string{want}, w.Header().Values(name), name)
		}
	}
	require.Equal(t, 404, h.as(t, "owner", "GET", files+"/"+strings.Repeat("0", 64), "").Code)
	require.Equal(t, 422, h.as(t, "owner", "GET", files+"/"+strings.ToUpper(f.SHA256), "").Code)
	require.Equal(t, 404, h.as(t, "owner", "GET", "/v1/tasks/none/files/"+f.SHA256, "").Code)

	trail, _, err := h.store.Audit(t.Context(), store.Trail{Object: "task/" + a.ID}, store.Page{})
	require.NoError(t, err)
	actions := map[string]int{}
	for _, e := range trail {
		actions[e.Action+" "+e.Actor]++
	}
	require.Equal(t, map[string]int{"task.opened turnus": 1, "file.sent owner": 1, "file.exported owner": 1, "file.exported approver": 1, "file.exported auditor": 1}, actions)
}

// A file that isn't wanted is refused in words, in the order that all errors
// have, and nothing is kept of it.
func TestFilesThatAreRefused(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, evidence())
	files := "/v1/tasks/" + a.ID + "/files"
	for _, c := range []struct {
		who, path, body, claimed string
		status                   int
		at, en, de               string
	}{
		{"", files + "?name=a.pdf", aPDF, "", 401, "", "token", "Token"},
		{"owner", "/v1/tasks/none/files?name=a.pdf", aPDF, "", 404, "", "no task none", "Aufgabe none"},
		{"approver", files + "?name=a.pdf", aPDF, "", 403, "", "This task is for the owner, owner, and not for approver.", "verantwortliche Person, owner, nicht an approver"},
		{"auditor", files + "?name=a.pdf", aPDF, "", 403, "", "and not for auditor", "nicht an auditor"},
		{"owner", files, aPDF, "", 422, "query.name", "missing", "fehlt"},
		{"owner", files + "?name=+", aPDF, "", 422, "name", "needs a name", "braucht einen Namen"},
		{"owner", files + "?name=" + strings.Repeat("%C3%A4", 99) + ".pdf", aPDF, "", 422, "name", "202 bytes, and 200 at most", "202 Byte, möglich sind 200"},
		{"owner", files + "?name=..%2Fa.pdf", aPDF, "", 422, "name", "leave out slashes", "Schrägstriche"},
		{"owner", files + "?name=a%0D%0Ab.pdf", aPDF, "", 422, "name", "line breaks", "Zeilenumbrüche"},
		{"owner", files + "?name=a.pdf", "", "", 422, "content", "is empty", "ist leer"},
		{"owner", files + "?name=evidence.pdf", aPNG, "", 422, "name", "says that it is a PDF document, and its content is a PNG image", "der Inhalt ist aber ein PNG-Bild"},
		{"owner", files + "?name=a.pdf", aPDF, "image/png", 422, "type", "send it as application/pdf", "als application/pdf senden"},
		{"owner", files + "?name=a.txt", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "", 422, "name", "an SVG image", "ein SVG-Bild"},
		{"owner", files + "?name=a.txt", "\xff\xfe", "", 422, "content", "UTF-8", "UTF-8"},
		{"owner", files + "?name=a.png", aPNG, "", 422, "fields.evidence", `"a.png" is of the type image/png; possible are application/pdf and text/plain.`, "hat den Typ image/png. Möglich sind application/pdf und text/plain."},
		{"owner", files + "?name=a.txt", strings.Repeat("x", 1001), "", 422, "fields.evidence", `"a.txt" has 1001 bytes, and 1000 at most are taken.`, "hat 1001 Byte, möglich sind 1000"},
	} {
		for lang, want := range map[string]string{"en": c.en, "de": c.de} {
			w := h.as(t, c.who, "POST", c.path, c.body, "Content-Type", c.claimed, "Accept-Language", lang)
			require.Equal(t, c.status, w.Code, "%s as %s: %s", c.path, c.who, w.Body)
			p := problemIn(t, w)
			require.Contains(t, p.Detail, want, c.path)
			if c.at != "" {
				require.Equal(t, c.at, p.Errors[0].Location)
			}
		}
	}
	kept := 0
	require.NoError(t, h.store.DB().QueryRow("SELECT count(*) FROM task_file").Scan(&kept))
	require.Zero(t, kept)
	require.Contains(t, h.as(t, "auditor", "GET", "/v1/audit?person=approver", "").Body.String(), `"action":"file.refused","object":"task/`+a.ID)

	// Whoever may not, and a task that takes none, are answered before a byte is read.
	decided := func(who, path string) int {
		r := httptest.NewRequest(http.MethodPost, path+"?name=a.pdf", unreadBody{t, path})
		r.Header.Set("Authorization", "Bearer "+h.tokens[who])
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, 403, decided("viewer", files))
	storetest.Answer(t, h.store, testNow, "owner", a, task.Message{Outcome: task.Done})
	require.Equal(t, 409, decided("owner", files))
	_, approval := h.waiting(t)
	require.Equal(t, 422, decided("approver", "/v1/tasks/"+approval.ID+"/files"))
}

// So many files of a person, and no more.
func TestFilesOfAPersonAreBounded(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, evidence())
	for i := range task.MaxFiles {
		require.Equal(t, 201, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.txt", strings.Repeat("x", i+1)).Code)
	}
	w := h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.txt", "one more")
	require.Equal(t, 409, w.Code)
	require.Contains(t, problemIn(t, w).Detail, "owner has sent 20 files to this task already")
	require.Equal(t, 200, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.txt", "x").Code, "one of them again")
}

// A file that is too large is answered in words, on a real connection too.
func TestLargeFilesAreRefusedInWords(t *testing.T) {
	h := newHouse(t)
	f := evidence()
	f.Max = ""
	a := h.asking(t, f)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Start()
	defer srv.Close()
	send := func(size int) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/v1/tasks/"+a.ID+"/files?name=a.txt", bytes.NewReader(bytes.Repeat([]byte("x"), size)))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+h.tokens["owner"])
		res, err := srv.Client().Do(r)
		require.NoError(t, err)
		defer res.Body.Close()
		var b bytes.Buffer
		_, err = b.ReadFrom(res.Body)
		require.NoError(t, err)
		return res.StatusCode, b.String()
	}
	status, body := send(task.MaxFile)
	require.Equal(t, 201, status, body)
	status, body = send(task.MaxFile + 1)
	require.Equal(t, 422, status)
	require.Contains(t, body, `\"a.txt\" has more than the 10485760 bytes that are taken.`)
	status, _ = send(2*task.MaxFile - 1)
	require.Equal(t, 422, status)
}

// A file that was changed in the database isn't given out.
func TestAnAlteredFileIsNotGivenOut(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, evidence())
	f := sentIn(t, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.txt", "as it was"), 201)
	pgtest.Tamper(t, h.store.DB(), "UPDATE task_file SET content = 'as it is ', bytes = 9")
	w := h.as(t, "owner", "GET", "/v1/tasks/"+a.ID+"/files/"+f.SHA256, "")
	require.Equal(t, 409, w.Code)
	require.Contains(t, problemIn(t, w).Detail, `"a.txt" isn't as it was sent`)
}

// Whoever answered a task, or sent it a file, sees both afterwards, whatever
// they are by then.
func TestAFileIsSeenByWhoeverAnswered(t *testing.T) {
	h := newHouse(t)
	a := h.asking(t, evidence())
	f := sentIn(t, h.as(t, "owner", "POST", "/v1/tasks/"+a.ID+"/files?name=a.txt", "text"), 201)
	storetest.Answer(t, h.store, testNow, "owner", a, task.Message{Outcome: task.Done, Fields: task.Values{"evidence": json.RawMessage(`"` + f.SHA256 + `"`)}})
	w := h.as(t, "admin", "POST", "/v1/apply", `[{"apiVersion":"turnus/v1","kind":"Service","metadata":{"name":"payments"},"spec":{"owner":"other-owner","approvers":["approver"],"calendar":"office"}}]`)
	require.Equal(t, 200, w.Code, w.Body)
	for _, path := range []string{"/v1/tasks/" + a.ID, "/v1/tasks/" + a.ID + "/files/" + f.SHA256} {
		for who, status := range map[string]int{"owner": 200, "other-owner": 200, "viewer": 403} {
			require.Equal(t, status, h.as(t, who, "GET", path, "").Code, "%s %s", who, path)
		}
	}
}

// Whatever a file is called, its header is one, names no path, and reads the
// same however it is displayed.
func TestAttachment(t *testing.T) {
	for name, want := range map[string]string{
		"evidence.pdf":          `attachment; filename="evidence.pdf"`,
		"two words (1).pdf":     `attachment; filename="two words (1).pdf"`,
		`a"b\c/d.pdf`:           `attachment; filename="a_b_c_d.pdf"`,
		"a\r\nSet-Cookie: x":    `attachment; filename="a Set-Cookie_ x"`,
		"../../etc/passwd":      `attachment; filename="_.._etc_passwd"`,
		"..":                    `attachment; filename="file"`,
		"":                      `attachment; filename="file"`,
		"exe\u202efdp.txt":      `attachment; filename="exefdp.txt"`,
		"50%41.txt":             `attachment; filename="50_41.txt"; filename*=UTF-8''50%2541.txt`,
		"Prüfung + Plan*.txt":   `attachment; filename="Pr_fung + Plan_.txt"; filename*=UTF-8''Pr%C3%BCfung%20%2B%20Plan_.txt`,
		"日本.pdf":                `attachment; filename="__.pdf"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.pdf`,
		"bad\xff.pdf":           `attachment; filename="bad_.pdf"`,
		"a\x00\x1b[2Jb\u2066.x": `attachment; filename="a[2Jb.x"`,
	} {
		require.Equal(t, want, attachment(name), "%q", name)
	}
}

// Few files are held in memory at a time, and who waits for too long is told so.
func TestFilesAreHeldInMemoryInTurn(t *testing.T) {
	s := &server{reading: make(chan struct{}, 1)}
	leave, err := s.holdInMemory(t.Context())
	require.NoError(t, err)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.holdInMemory(gone)
	require.Equal(t, 503, problem(t.Context(), err).Status)
	leave()
	leave, err = s.holdInMemory(t.Context())
	require.NoError(t, err)
	leave()
}
