package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/resource"
	"turnus/store"
)

// One's own sessions are seen and ended, on the page and by the API alike, and
// nobody else's.
func TestOnesOwnSessions(t *testing.T) {
	h := newHouse(t)
	here, there, other := h.signedIn(t, "viewer"), h.signedIn(t, "viewer"), h.signedIn(t, "owner")
	w := here.get(t, "/me")
	require.Equal(t, 200, w.Code)
	require.Equal(t, 2, strings.Count(w.Body.String(), `/end"`))
	require.Equal(t, 1, strings.Count(w.Body.String(), "<strong>this session</strong>"))

	sessions := func(who string) (all []store.Session) {
		var answer struct{ Items []store.Session }
		w := h.as(t, who, "GET", "/v1/sessions", "")
		require.Equal(t, 200, w.Code)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		return answer.Items
	}
	theirs := sessions("owner")
	require.Len(t, theirs, 1)
	require.Equal(t, 404, here.post(t, "/me/sessions/"+theirs[0].ID+"/end").Code)
	require.Equal(t, 404, h.as(t, "viewer", "DELETE", "/v1/sessions/"+theirs[0].ID, "").Code)
	require.Equal(t, 200, other.get(t, "/").Code)

	n, err := h.store.Session(t.Context(), testNow, there.cookies["turnus-8080"].Value)
	require.NoError(t, err)
	for range 2 { // again, as from a second tab
		w = here.post(t, "/me/sessions/"+n.ID+"/end")
		require.Equal(t, 303, w.Code)
		require.Equal(t, "/me", w.Header().Get("Location"))
	}
	require.Equal(t, 303, there.get(t, "/").Code)
	require.Equal(t, 200, here.get(t, "/").Code)
	require.Equal(t, 204, h.as(t, "owner", "DELETE", "/v1/sessions/"+theirs[0].ID, "").Code)
	require.Equal(t, 303, other.get(t, "/").Code)

	there = h.signedIn(t, "viewer")
	require.Equal(t, 303, here.post(t, "/me/sign-out").Code)
	require.Equal(t, 303, here.get(t, "/").Code)
	require.Equal(t, 303, there.get(t, "/").Code)
	require.Empty(t, sessions("viewer"))
}

// A feed's address is shown once, however often its form is sent, and ends.
func TestFeedsOnThePage(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "viewer")
	key := hidden(t, b.get(t, "/me"), "once")
	w := b.post(t, "/me/feeds", "once", key)
	require.Equal(t, 200, w.Code, w.Body)
	m := regexp.MustCompile(`http://127\.0\.0\.1:8080(/v1/feeds/\S+\.ics\?lang=en)`).FindStringSubmatch(w.Body.String())
	require.NotNil(t, m, w.Body)
	require.Equal(t, 200, do(t, h.Echo, "GET", m[1], "", nil).Code)
	again := b.post(t, "/me/feeds", "once", key)
	require.Equal(t, 409, again.Code)
	require.Contains(t, again.Body.String(), `role="alert"`)
	require.NotContains(t, b.get(t, "/me").Body.String(), m[1])
	require.NotContains(t, again.Body.String(), m[1])

	var listed struct{ Items []store.Feed }
	require.NoError(t, json.Unmarshal(h.as(t, "viewer", "GET", "/v1/feeds", "").Body.Bytes(), &listed))
	require.Len(t, listed.Items, 1)
	require.Equal(t, 403, h.signedIn(t, "owner").post(t, "/me/feeds/"+listed.Items[0].ID+"/withdraw").Code)
	require.Equal(t, 303, b.post(t, "/me/feeds/"+listed.Items[0].ID+"/withdraw").Code)
	require.Equal(t, 404, do(t, h.Echo, "GET", m[1], "", nil).Code)

	b = pagesAt(t, h, "https://turnus.example.org", "10.0.0.7")
	b.peer, b.host = "10.0.0.7:1", "turnus.example.org"
	b.header.Set("X-Forwarded-Proto", "https")
	b.header.Set("Origin", "https://turnus.example.org")
	require.Equal(t, 303, b.post(t, "/sign-in", "token", h.tokens["viewer"]).Code)
	require.Contains(t, b.post(t, "/me/feeds", "once", "other").Body.String(), "https://turnus.example.org/v1/feeds/")
}

// The person's language, the session's, the cookie's, the browser's: in this
// order.
func TestTheLanguageOfPages(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "viewer")
	speaks := func(want, why string) {
		t.Helper()
		require.Equal(t, want, b.get(t, "/").Header().Get("Content-Language"), why)
	}
	speaks("en", "nothing was asked")
	b.header.Set("Accept-Language", "de-AT, en;q=0.5")
	speaks("de", "by the browser")
	_, err := h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, []resource.Raw{{APIVersion: resource.APIVersion, Kind: resource.Person,
		Metadata: resource.Metadata{Name: "viewer"}, Spec: json.RawMessage(`{"roles":["viewer"],"language":"en"}`)}}, false)
	require.NoError(t, err)
	speaks("en", "of the person")
	w := b.post(t, "/language", "language", "de", "return", "/me?x=1")
	require.Equal(t, "/me?x=1", w.Header().Get("Location"))
	speaks("de", "in this session")
	b.post(t, "/sign-out")
	w = b.get(t, "/sign-in")
	require.Equal(t, "de", w.Header().Get("Content-Language"), "chosen in this browser")
	b.post(t, "/language", "language", "<x>")
	require.Equal(t, "en", b.get(t, "/sign-in").Header().Get("Content-Language"))
	delete(b.cookies, "turnus-language")
	b.header.Set("Accept-Language", strings.Repeat("de,", 1000))
	require.Equal(t, "en", b.get(t, "/sign-in").Header().Get("Content-Language"))
}

// The steps of setting up say how far it has come; the menu leads there until
// all is done.
func TestSettingUp(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "admin")
	done := func(b *browser) (n int) {
		w := b.get(t, "/start")
		require.Equal(t, 200, w.Code, w.Body)
		return strings.Count(w.Body.String(), "✓ done")
	}
	require.Equal(t, 3, done(b), "people, calendars, services")
	require.Contains(t, b.get(t, "/").Body.String(), `href="/start"`)
	require.Contains(t, b.get(t, "/start").Body.String(), "turnus import tickets")
	v := h.signedIn(t, "viewer")
	require.Equal(t, 0, done(v))
	require.NotContains(t, v.get(t, "/").Body.String(), `href="/start"`)
	require.NotContains(t, v.get(t, "/start").Body.String(), "turnus start")
	h.reported(t, 20)
	h.enact(t, interval())
	require.Equal(t, 7, done(b), "and import, run, report, plan")
	w := h.as(t, "admin", "PUT", "/v1/agreements/gold", `{"apiVersion":"turnus/v1","kind":"Agreement","metadata":{"name":"gold"},"spec":{"service":"payments","valid":{"from":"2026-12-01"},"targets":[{"name":"fast","measure":"resolution","within":"PT4H","calendar":"office","attain":95}]}}`)
	require.Equal(t, 201, w.Code, w.Body)
	require.Contains(t, b.get(t, "/start").Body.String(), "All steps are done.")
	require.NotContains(t, b.get(t, "/").Body.String(), `href="/start"`)
}

// What people are called is shown as they are called, and does nothing.
func TestNamesAreText(t *testing.T) {
	h := newHouse(t)
	const customer = "<script>alert(1)</script>\u202eevil"
	sees, err := json.Marshal(map[string]any{"roles": []string{"viewer"}, "sees": map[string]any{"customers": []string{customer}}})
	require.NoError(t, err)
	_, err = h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, []resource.Raw{{APIVersion: resource.APIVersion, Kind: resource.Person,
		Metadata: resource.Metadata{Name: "viewer"}, Spec: sees}}, false)
	require.NoError(t, err)
	page := h.signedIn(t, "viewer").get(t, "/me").Body.String()
	require.NotContains(t, page, "<script>alert")
	require.NotContains(t, page, "\u202e")
	require.Contains(t, page, "&lt;script&gt;")
	for _, path := range []string{"/<script>", "/tasks/" + url.PathEscape(customer), "/me?x=<script>"} {
		r := strings.ReplaceAll(path, "<", "%3C")
		page := h.signedIn(t, "viewer").get(t, r).Body.String()
		require.NotContains(t, page, "<script>a", fmt.Sprint(path, time.Time{}))
		require.NotContains(t, page, "\u202e")
	}
}
