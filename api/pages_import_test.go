package api

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

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
