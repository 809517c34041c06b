package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/run"
	"turnus/store"
)

// browsing is somebody signed in with a browser, in a language.
type browsing struct {
	*browser
	t    *testing.T
	lang string
}

func (h *house) browse(t *testing.T, who, lang string) browsing {
	t.Helper()
	b := browsing{h.signedIn(t, who), t, lang}
	b.header.Set("Accept-Language", lang)
	return b
}

// send makes a request with headers that come in pairs.
func (b browsing) send(method, path string, body io.Reader, kind string, headers ...string) *httptest.ResponseRecorder {
	for i := 0; i+1 < len(headers); i += 2 {
		b.header.Set(headers[i], headers[i+1])
		defer b.header.Del(headers[i])
	}
	return b.ask(b.t, method, path, kind, body)
}

// page is what stands at an address, with its texts as they are read.
func (b browsing) page(path string, status int) string {
	b.t.Helper()
	w := b.send("GET", path, nil, "")
	require.Equal(b.t, status, w.Code, "%s: %s", path, w.Body)
	require.Equal(b.t, b.lang, w.Header().Get("Content-Language"), path)
	b.sound(path, w.Body.String())
	return html.UnescapeString(w.Body.String())
}

// sound holds a page against what all have in common.
func (b browsing) sound(path, body string) {
	b.t.Helper()
	require.Less(b.t, len(body), 100<<10, path)
	require.Equal(b.t, 1, strings.Count(body, "<h1"), path)
	for _, never := range []string{"%!", "<script>", " style=", "onclick", "\u202e", "<no value>", "ZgotmplZ"} {
		require.NotContains(b.t, body, never, path)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		require.False(b.t, ids[m[1]], "%s: the id %s is there twice", path, m[1])
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`<label for="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		require.True(b.t, ids[m[1]], "%s: nothing is labelled %s", path, m[1])
	}
}

// form sends a form; values come in pairs.
func (b browsing) form(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// upload sends a form with a file.
func (b browsing) upload(path, name, content string, pairs ...string) *httptest.ResponseRecorder {
	body, kind := uploaded(b.t, name, content, pairs...)
	return b.send("POST", path, body, kind)
}

func uploaded(t *testing.T, name, content string, pairs ...string) (io.Reader, string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		require.NoError(t, form.WriteField(pairs[i], pairs[i+1]))
	}
	file, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = io.WriteString(file, content)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	return &body, form.FormDataContentType()
}

// publishedDraft publishes the draft of payments.
func (h *house) publishedDraft(t *testing.T) {
	t.Helper()
	h.reported(t, 20)
	for _, q := range []string{
		`INSERT INTO report (process, scope, period, version, run, round, hash, published_at) SELECT 'sla-report', 'payments', '2026-10', 1, run, round, hash, at FROM draft`,
		`UPDATE run SET state = 'published', ended_at = now() WHERE id = 'sla-report/payments/2026-10'`,
	} {
		_, err := h.store.DB().Exec(q)
		require.NoError(t, err)
	}
}

// publishedMore publishes the same of other periods, and once more of the same one.
func (h *house) publishedMore(t *testing.T) {
	t.Helper()
	for _, q := range []string{
		`INSERT INTO run (id, process, scope, period, attempt, state, input, service, about_kind, about, created_at, ended_at)
			SELECT process || '/' || scope || '/' || p || s, process, scope, p, a, 'published', input, service, about_kind, about, created_at, now()
			FROM run, (VALUES ('2026-10', '.2', 2), ('2026-09', '', 1), ('2026-Q3', '', 1)) AS x (p, s, a)`,
		`INSERT INTO draft (run, round, hash, document, at) SELECT r.id, 1, d.hash, d.document, d.at FROM run r, draft d WHERE r.id <> d.run`,
		`INSERT INTO report (process, scope, period, version, run, round, hash, published_at)
			SELECT r.process, r.scope, r.period, r.attempt, r.id, 1, d.hash, now() FROM run r JOIN draft d ON d.run = r.id WHERE r.id <> 'sla-report/payments/2026-10'`,
	} {
		_, err := h.store.DB().Exec(q)
		require.NoError(t, err)
	}
}

// agreedWith declares an agreement whose names hold markup.
func (h *house) agreedWith(t *testing.T, attain string) {
	t.Helper()
	w := h.as(t, "admin", "PUT", "/v1/agreements/desk", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"desk","displayName":{"en":"Desk <b>&\u202e","de":"Desk <b>&"}},
		"spec":{"service":"payments","customer":"<script>alert(1)</script>","valid":{"from":"2026-01-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","attain":`+attain+`,"calendar":"24x7"}]}}`)
	require.Contains(t, []int{200, 201, 202}, w.Code, w.Body)
}

func TestPagesAboutServices(t *testing.T) {
	h := newHouse(t)
	for _, lang := range []string{"en", "de"} {
		empty := h.browse(t, "owner", lang).page("/services/payments", 200)
		require.Contains(t, empty, map[string]string{"en": "No report was published so far.", "de": "Bisher wurde kein Bericht veröffentlicht."}[lang])
		require.Contains(t, h.browse(t, "viewer", lang).page("/services", 200), map[string]string{"en": "No service to show so far", "de": "Bisher ist kein Service anzuzeigen"}[lang])
	}
	h.agreedWith(t, "95")
	h.publishedDraft(t)
	h.publishedMore(t)
	for _, lang := range []string{"en", "de"} {
		missed := map[string]string{"en": "1 missed", "de": "1 verfehlt"}[lang]
		for _, who := range []string{"owner", "approver", "auditor", "admin", "viewer"} {
			b := h.browse(t, who, lang)
			list := b.page("/services", 200)
			require.Contains(t, list, `href="/services/payments"`, who)
			require.Contains(t, list, missed, who)
			one := b.page("/services/payments", 200)
			require.Contains(t, one, `href="/reports/sla-report/payments/2026-10.2"`, who)
			require.Contains(t, one, missed, who)
			require.Contains(t, one, "<svg", "a trend, and its table")
			require.Contains(t, one, "<caption>", who)
			require.Equal(t, who != "viewer", strings.Contains(one, "Desk <b>&"), who)
			require.Equal(t, who == "owner" || who == "admin", strings.Contains(one, `href="/services/payments/import"`), who)
			require.Equal(t, who != "viewer", strings.Contains(one, "/services/payments/imports/1"), who)
		}
		b := h.browse(t, "owner", lang)
		require.Contains(t, b.page("/services/payments/agreements/desk", 200), "SHA-256")
		b.page("/services/mail/agreements/desk", 404)
		b.page("/services/nowhere", 404)
		h.browse(t, "viewer", lang).page("/services/mail", 404)
		other := h.browse(t, "other-owner", lang)
		require.Contains(t, other.page("/services", 200), `href="/services/payments"`, "their view names it")
		require.NotContains(t, other.page("/services/payments", 200), "Desk <b>&", "what is declared isn't theirs to read")
	}
}

func TestAnAgreementsPageSaysWhatHasChanged(t *testing.T) {
	h := newHouse(t)
	h.agreedWith(t, "95")
	h.agreedWith(t, "97")
	page := h.browse(t, "owner", "de").page("/services/payments/agreements/desk", 200)
	require.Contains(t, page, "Version 2")
	require.Contains(t, page, "Version 1")
	require.Contains(t, page, "95\u202f%")
	require.Contains(t, page, "97\u202f%")
}

// A file is tried, and loaded when the same one comes again; once, however often
// the form is sent.
func TestAFileThroughPages(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	for _, lang := range []string{"en", "de"} {
		h.browse(t, "owner", lang).page("/services/payments/import", 200)
	}
	b := h.browse(t, "owner", "de")
	form := b.page("/services/payments/import", 200)
	require.Contains(t, form, `<option value="desk">desk (Tickets)`)
	require.Contains(t, form, `<option value="jira">jira (mitgeliefert)`)

	w := b.upload("/services/payments/import/check", "a<b>.csv", sound, "what", "tickets/csv", "mapping", "desk")
	require.Equal(t, 200, w.Code, w.Body)
	b.sound("check", w.Body.String())
	require.Contains(t, w.Body.String(), "a&lt;b&gt;.csv")
	require.Zero(t, h.count(t, `SELECT count(*) FROM import`), "nothing was loaded")
	said := []string{"what", "tickets/csv", "mapping", "desk", "sha256", hidden(t, w, "sha256"), "once", hidden(t, w, "once")}

	w = b.upload("/services/payments/import", "other.csv", strings.Replace(sound, "A-2", "A-3", 1), said...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "andere Datei")
	require.Zero(t, h.count(t, `SELECT count(*) FROM import`))

	said[len(said)-1] = hidden(t, w, "once")
	for range 2 { // sent twice
		w = b.upload("/services/payments/import", "a<b>.csv", sound, said...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, "/services/payments/imports/1?loaded=yes", w.Header().Get("Location"))
	}
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM import`))
	require.Contains(t, b.page("/services/payments/imports/1?loaded=yes", 200), "Die Datei ist geladen.")
	require.Contains(t, b.page("/services/payments/imports", 200), "2 von 2 Zeilen geladen")
	require.Contains(t, b.page("/services/payments", 200), "bekannt von")
	b.page("/services/mail/imports/1", 404)
	b.page("/services/payments/imports/x", 404)

	// A file that is implausible is loaded only by somebody who says why.
	w = b.upload("/services/payments/import/check", "half.csv", half, "what", "tickets/csv", "mapping", "desk")
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `name="accept"`)
	require.Contains(t, w.Body.String(), "Abgelehnt, sofern nicht begründet angenommen:")
	said = []string{"what", "tickets/csv", "mapping", "desk", "sha256", hidden(t, w, "sha256"), "once", hidden(t, w, "once")}
	w = b.upload("/services/payments/import", "half.csv", half, said...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), `name="accept"`)
	said[len(said)-1] = hidden(t, w, "once")
	w = b.upload("/services/payments/import", "half.csv", half, append(said, "accept", "Das Quellsystem <schreibt> so.")...)
	require.Equal(t, 303, w.Code, w.Body)
	done := b.page(w.Header().Get("Location"), 200)
	require.Contains(t, done, "Das Quellsystem <schreibt> so.")
	require.Contains(t, done, "nonsense")
}

func TestFormsOfFilesThatAreWrong(t *testing.T) {
	h := newHouse(t)
	b := h.browse(t, "owner", "en")
	for _, c := range []struct {
		name, path, what, asOf, file string
		status                       int
		says                         string
	}{
		{"no file", "/services/payments/import/check", "tickets/csv", "", "", 422, "No file is chosen."},
		{"nothing chosen", "/services/payments/import/check", "", "", "a.csv", 422, "What the file holds isn't chosen."},
		{"no mapping", "/services/payments/import/check", "tickets/csv", "", "a.csv", 422, "mapping"},
		{"no date", "/services/payments/import/check", "tickets/csv", "yesterday", "a.csv", 422, "neither an instant nor a date"},
		{"not tried", "/services/payments/import", "tickets/csv", "", "a.csv", 422, "wasn't tried before"},
		{"of others", "/services/mail/import/check", "maintenance/icalendar", "", "a.ics", 403, "owner doesn't own"},
		{"nowhere", "/services/nowhere/import/check", "maintenance/icalendar", "", "a.ics", 404, "nowhere"},
	} {
		w := b.upload(c.path, c.file, sound, "what", c.what, "as_of", c.asOf)
		require.Equal(t, c.status, w.Code, "%s: %s", c.name, w.Body)
		require.Contains(t, html.UnescapeString(w.Body.String()), c.says, c.name)
		if c.status == 422 && c.asOf != "" {
			require.Contains(t, w.Body.String(), `value="yesterday"`, "what was typed is kept")
		}
	}
	body, kind := uploaded(t, "a.csv", sound, "what", "tickets/csv")
	require.Equal(t, 403, b.send("POST", "/services/payments/import/check", body, kind, "Sec-Fetch-Site", "cross-site").Code)
	body, kind = uploaded(t, "a.csv", sound, "what", "tickets/csv")
	require.Equal(t, 401, browsing{h.browser(t), t, "en"}.send("POST", "/services/payments/import/check", body, kind).Code)
	w := b.form("/services/payments/import/check", "what", "tickets/csv", "as_of", "2026-11-01")
	require.Equal(t, 422, w.Code, "a form without a file")
	require.Contains(t, w.Body.String(), "No file is chosen.")
	require.Contains(t, w.Body.String(), `value="2026-11-01"`, "what was typed is kept")
}

// A file that takes longer than a request otherwise may is taken as long as it
// keeps its pace: the deadlines of the API's operation move those of the page's
// connection.
func TestASlowFileThroughAPage(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = time.Second, time.Second
	srv.Start()
	t.Cleanup(srv.Close)
	b := h.browser(t)
	b.host = srv.Listener.Addr().String() // whose cookie it is
	require.Equal(t, 303, b.post(t, "/sign-in", "token", h.tokens["owner"]).Code)
	body, kind := uploaded(t, "slow.csv", sound+strings.Repeat("A-1,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\n", 2000), "what", "tickets/csv", "mapping", "desk")
	content, err := io.ReadAll(body)
	require.NoError(t, err)
	slowly, w := io.Pipe()
	go func() {
		const pieces = 15
		for i := range pieces {
			if _, err := w.Write(content[i*len(content)/pieces : (i+1)*len(content)/pieces]); err != nil {
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
		w.Close()
	}()
	r, err := http.NewRequest(http.MethodPost, srv.URL+"/services/payments/import/check", slowly)
	require.NoError(t, err)
	r.Header.Set("Content-Type", kind)
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode, string(page))
	require.Contains(t, string(page), "slow.csv")
	require.Contains(t, string(page), "2,002")
}

func TestWithdrawingAnImportOnAPage(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	h.imported(t, "owner", csvOf("mapping", "desk"), sound)
	for _, lang := range []string{"en", "de"} {
		b := h.browse(t, "owner", lang)
		require.Contains(t, b.page("/services/payments/imports/1", 200), "/services/payments/imports/1/withdraw")
		b.page("/services/payments/imports/1/withdraw", 200)
	}
	require.NotContains(t, h.browse(t, "approver", "en").page("/services/payments/imports/1", 200), "/withdraw")
	b := h.browse(t, "owner", "en")
	require.Equal(t, 422, b.form("/services/payments/imports/1/withdraw", "once", "a", "reason", "").Code)
	var at string
	for range 2 {
		w := b.form("/services/payments/imports/1/withdraw", "once", "b", "reason", "It was the wrong <file>.")
		require.Equal(t, 303, w.Code, w.Body)
		require.Contains(t, w.Header().Get("Location"), "/runs/change-approval/")
		require.Contains(t, []string{"", w.Header().Get("Location")}, at)
		at = w.Header().Get("Location")
	}
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM run`), "once")
	require.Equal(t, 403, h.browse(t, "other-owner", "en").form("/services/payments/imports/1/withdraw", "once", "c", "reason", "x").Code)
}

func TestExclusionsOnPages(t *testing.T) {
	h := newHouse(t)
	h.declareMapping(t, "desk", keyed)
	h.agreedWith(t, "95")
	h.imported(t, "owner", csvOf("mapping", "desk"), sound)
	const at = "/services/payments/exclusions"
	for _, lang := range []string{"en", "de"} {
		b := h.browse(t, "owner", lang)
		require.Contains(t, b.page(at, 200), map[string]string{"en": "No ticket was left out so far.", "de": "Bisher wurde kein Ticket ausgeschlossen."}[lang])
		require.Contains(t, b.page(at+"/new", 200), `value="desk/fast"`)
	}
	b := h.browse(t, "owner", "de")
	typed := []string{"tickets", "A-1\r\n A-2 ", "under", "desk/fast", "reason", "force-majeure", "detail", "Ein <Blitz>\u202e.", "evidence", "INC-7"}
	w := b.form(at+"/new/check", append(typed, "reason", "")...)
	require.Equal(t, 422, w.Code)
	require.Contains(t, w.Body.String(), "A-1")
	require.NotContains(t, w.Body.String(), " checked", "nothing is chosen for anybody")
	w = b.form(at+"/new/check", typed...)
	require.Equal(t, 200, w.Code, w.Body)
	b.sound("check", w.Body.String())
	require.Contains(t, w.Body.String(), "Ein &lt;Blitz&gt;.")
	require.Zero(t, h.count(t, `SELECT count(*) FROM exclusion`))
	w = b.form(at+"/new", typed...)
	require.Contains(t, w.Body.String(), `value="force-majeure" checked`)
	once := []string{"once", "k"}
	for range 2 {
		w = b.form(at, append(typed, once...)...)
		require.Equal(t, 303, w.Code, w.Body)
		require.Equal(t, at+"/1", w.Header().Get("Location"))
	}
	require.Equal(t, 1, h.count(t, `SELECT count(*) FROM exclusion`), "once")
	w = b.form(at, "tickets", "NO-1", "reason", "spam", "detail", "x", "evidence", "y", "once", "l")
	require.Equal(t, 422, w.Code, w.Body)
	require.Contains(t, w.Body.String(), "NO-1")
	for _, lang := range []string{"en", "de"} {
		for _, who := range []string{"owner", "approver", "auditor", "admin"} {
			b := h.browse(t, who, lang)
			require.Contains(t, b.page(at, 200), at+"/1", who)
			require.Equal(t, who == "owner", strings.Contains(b.page(at+"/1", 200), "/withdraw"), who)
		}
	}
	require.Contains(t, b.page(at+"/1/withdraw", 200), "Ausschluss 1 zurückziehen?")
	require.Equal(t, 422, b.form(at+"/1/withdraw", "once", "m", "reason", " ").Code)
	require.Equal(t, 303, b.form(at+"/1/withdraw", "once", "n", "reason", "Doch gewertet.").Code)
	require.Contains(t, b.page(at+"/1", 200), "Doch gewertet.")
	b.page(at+"/77", 404)
	h.browse(t, "viewer", "en").page(at, 403)
}

func TestAuditPages(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/audit", "/audit/slots", "/audit/clauses", "/audit/acts", "/audit/trail", "/audit/trail.csv", "/audit/runs/sla-report/payments/2026-10"} {
		for _, who := range []string{"owner", "approver", "admin", "viewer"} {
			h.browse(t, who, "en").page(path, 403)
		}
		if path != "/audit/trail.csv" && !strings.HasPrefix(path, "/audit/runs") {
			for _, lang := range []string{"en", "de"} {
				h.browse(t, "auditor", lang).page(path, 200)
			}
		}
	}
	h.declareMapping(t, "desk", keyed)
	h.agreedWith(t, "95")
	h.imported(t, "owner", csvOf("mapping", "desk"), sound)
	h.publishedDraft(t)
	w := h.as(t, "owner", "POST", "/v1/services/payments/exclusions", `{"tickets":["A-1"],"reason":"spam","detail":"=cmd|<x>","evidence":"y"}`)
	require.Equal(t, 201, w.Code, w.Body)
	for _, lang := range []string{"en", "de"} {
		b := h.browse(t, "auditor", lang)
		require.Contains(t, b.page("/audit/clauses", 200), "/audit/runs/sla-report/payments/2026-10")
		acts := b.page("/audit/acts", 200)
		require.NotContains(t, acts, map[string]string{"en": "can't be read", "de": "nicht lesbar"}[lang])
		require.Contains(t, acts, map[string]string{"en": "One ticket left out of the figures: not a request", "de": "Ein Ticket von der Wertung ausgeschlossen: kein Anliegen (Spam)"}[lang])
		trail := b.page("/audit/trail", 200)
		require.Contains(t, trail, map[string]string{"en": "Exclusion proposed", "de": "Ausschluss vorgeschlagen"}[lang])
		require.Contains(t, b.page("/audit/runs/sla-report/payments/2026-10", 200), map[string]string{"en": "Nobody has decided so far.", "de": "Bisher hat niemand entschieden."}[lang])
		require.Contains(t, b.page("/audit/trail?action=.refused&from=2026-11-23&to=2026-11-23", 200), map[string]string{"en": "There is no such entry.", "de": "Es gibt keinen solchen Eintrag."}[lang])
		require.Contains(t, b.page("/audit?from=2026-13-40", 422), "2026-13-40")
		b.page("/audit?from=2026-12-01&to=2026-11-01", 422)
	}
	b := h.browse(t, "auditor", "de")
	w = b.send("GET", "/audit/trail.csv?action=exclusion.proposed", nil, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Header().Get("Content-Disposition"), "audit-2026-11-17-2026-11-23.csv")
	table, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
	require.True(t, marked)
	r := csv.NewReader(strings.NewReader(table))
	r.Comma = ';'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"owner", "Ausschluss vorgeschlagen", "exclusion.proposed", "exclusion/payments/1"}, []string{rows[1][2], rows[1][4], rows[1][5], rows[1][6]})
	for _, cell := range rows[1] {
		require.NotContains(t, "=+-@", cell[:min(1, len(cell))]+"#", "no formula")
	}
}

// What was planned in a span is what became of it, and each number leads to its
// slots.
func TestTheEquationOfAnAudit(t *testing.T) {
	h := newHouse(t)
	for i, state := range []string{"done", "done-late", "missed", "missed", "waived", "due"} {
		_, err := h.store.DB().Exec(fmt.Sprintf(`INSERT INTO slot (process, scope, period, about_kind, about, interval, version, due_at, early_at, late_at, catch_up, state, fallen)
			VALUES ('sla-report', 'payments', '2026-0%d', 'Service', 'payments', 'monthly', 1, '2026-0%d-05', '2026-0%d-01', '2026-0%d-08', 'each', '%s', true)`, i+1, i+2, i+2, i+2, state))
		require.NoError(t, err)
	}
	_, err := h.store.DB().Exec(`INSERT INTO plan (interval, process, scope, about_kind, about) VALUES ('monthly', 'sla-report', 'payments', 'Service', 'payments')`)
	require.NoError(t, err)
	var all struct{ Items []store.Ledger }
	w := h.as(t, "auditor", "GET", "/v1/plan/ledger?from=2026-03-01&to=2026-08-01", "")
	require.Equal(t, 200, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
	require.Len(t, all.Items, 1)
	l := all.Items[0]
	require.Equal(t, [6]int64{5, 0, 1, 2, 1, 1}, [6]int64{l.Planned, l.Done, l.Late, l.Missed, l.Waived, l.Open})

	b := h.browse(t, "auditor", "en")
	page := b.page("/audit?from=2026-01-01&to=2026-12-31", 200)
	require.Contains(t, page, "<strong>6</strong> planned")
	for state, n := range map[string]int{"": 6, "done": 1, "done-late": 1, "missed": 2, "waived": 1, "open": 1} {
		address := "/audit/slots?from=2026-01-01&process=sla-report&service=payments&state=" + state + "&to=2026-12-31"
		if state == "" {
			address = "/audit/slots?from=2026-01-01&process=sla-report&service=payments&to=2026-12-31"
		}
		require.Contains(t, page, address)
		require.Equal(t, n, strings.Count(b.page(address, 200), "in time until"), state)
	}
	short := b.page("/audit?from=2026-03-01&to=2026-07-31", 200)
	require.Contains(t, short, "<strong>5</strong> planned")
	require.Contains(t, short, "<strong>0</strong> done</a>")
}

// The trail is read by end and by action, and that it was read is on record once.
func TestReadingTheTrail(t *testing.T) {
	h := newHouse(t)
	count := func(query string) int {
		var all struct{ Items []store.Entry }
		w := h.as(t, "auditor", "GET", "/v1/audit?limit=500&"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
		return len(all.Items)
	}
	declared := count("action=resource.created")
	require.Positive(t, declared)
	require.Equal(t, 1, count("action=audit.read"))
	require.Equal(t, declared+2, count("action=resource.created,audit.read"))
	require.Zero(t, count("until=2026-11-23T09:00:00Z"), "the end is exclusive")
	require.Positive(t, count("until=2026-11-23T09:00:01Z"))
	require.Equal(t, 403, h.as(t, "viewer", "GET", "/v1/persons", "").Code)
	require.Equal(t, 1, count("action=.refused"))
	require.Equal(t, 1, count("action=list-persons.refused"))
	for _, bad := range []string{"action=.", "action=a,,b", "since=2026-11-23T09:00:00Z&until=2026-11-22T09:00:00Z"} {
		require.Equal(t, 422, h.as(t, "auditor", "GET", "/v1/audit?"+bad, "").Code, bad)
	}
	before := h.count(t, `SELECT count(*) FROM audit WHERE action = 'audit.read'`)
	var part struct{ Next *string }
	w := h.as(t, "auditor", "GET", "/v1/audit?limit=2&person=turnus", "")
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &part))
	require.NotNil(t, part.Next)
	require.Equal(t, 200, h.as(t, "auditor", "GET", "/v1/audit?limit=2&person=turnus&cursor="+*part.Next, "").Code)
	require.Equal(t, before+1, h.count(t, `SELECT count(*) FROM audit WHERE action = 'audit.read'`), "once for all parts")
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Actions: []string{"audit.read"}}, store.Page{Limit: 500})
	require.NoError(t, err)
	require.JSONEq(t, `{"person":"turnus"}`, string(trail[len(trail)-1].After))
}

// Reports in force come with their results; of several attempts the newest is.
func TestRunsInForce(t *testing.T) {
	h := newHouse(t)
	h.publishedDraft(t)
	read := func(query string) (all struct{ Items []ListedRun }) {
		w := h.as(t, "viewer", "GET", "/v1/runs?"+query, "")
		require.Equal(t, 200, w.Code, w.Body)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
		return all
	}
	h.publishedMore(t)
	ids := func(query string) (all []string) {
		for _, r := range read(query).Items {
			all = append(all, r.Period+fmt.Sprint(r.Attempt))
			require.Equal(t, run.Published, r.State)
		}
		return all
	}
	require.ElementsMatch(t, []string{"2026-102", "2026-091", "2026-Q31"}, ids("in_force=each"))
	require.ElementsMatch(t, []string{"2026-102", "2026-Q31"}, ids("in_force=newest"))
	require.ElementsMatch(t, []string{"2026-102", "2026-Q31"}, ids("in_force=newest&service=mail,payments"))
	require.Empty(t, ids("in_force=newest&service=mail"))
	require.Nil(t, read("in_force=newest").Items[0].Results, "they weren't asked for")
	results := read("in_force=each&results=true").Items[0].Results
	require.Len(t, results, 1)
	require.Equal(t, []string{"fast.attainment", "95", "missed"}, []string{results[0].Name, results[0].Target, string(results[0].Verdict)})
}

// Of an extract a customer's person sees the results of their agreements, and no
// others.
func TestResultsForCustomers(t *testing.T) {
	h := newHouse(t)
	h.withViewers(t)
	h.published(t)
	const path = "/v1/runs?in_force=each&results=true"
	require.Contains(t, h.as(t, "auditor", "GET", path, "").Body.String(), others)
	w := h.as(t, "customer", "GET", path, "")
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"name":"ownword"`)
	require.NotContains(t, w.Body.String(), others)
	page := h.browse(t, "customer", "en").page("/services/payments", 200)
	require.Contains(t, page, "1 met")
	require.NotContains(t, page, others)
}

// Agreements are listed by service, to those who see them.
func TestAgreementsOfAService(t *testing.T) {
	h := newHouse(t)
	h.agreedWith(t, "95")
	for query, want := range map[string]bool{"": true, "?service=payments": true, "?service=mail": false} {
		require.Equal(t, want, strings.Contains(h.as(t, "owner", "GET", "/v1/agreements"+query, "").Body.String(), `"desk"`), query)
		require.NotContains(t, h.as(t, "other-owner", "GET", "/v1/agreements"+query, "").Body.String(), `"desk"`, query)
	}
}
