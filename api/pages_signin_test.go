package api

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/api/web"
	"turnus/itsm/person"
	"turnus/store"
)

// Somebody signs in with a token, gets back to where they were, and signs out.
func TestSigningInAndOut(t *testing.T) {
	h := newHouse(t)
	b := h.browser(t)
	w := b.get(t, "/tasks/x?year=2026")
	require.Equal(t, 303, w.Code)
	to := w.Header().Get("Location")
	require.Equal(t, "/sign-in?return=%2Ftasks%2Fx%3Fyear%3D2026", to)
	require.Equal(t, "/tasks/x?year=2026", hidden(t, b.get(t, to), "return"))

	for _, wrong := range []string{"", "turnus_x", h.tokens["viewer"] + "x", strings.Repeat("x", 100_000), "\xff\x00"} {
		w = b.post(t, "/sign-in", "token", wrong, "return", "/me")
		require.Equal(t, 401, w.Code)
		require.Contains(t, w.Body.String(), `role="alert"`)
		require.Equal(t, "/me", hidden(t, w, "return"))
		require.Empty(t, b.cookies)
	}
	w = b.post(t, "/sign-in", "token", " "+h.tokens["viewer"]+"\n", "return", "/me")
	require.Equal(t, 303, w.Code, w.Body)
	require.Equal(t, "/me", w.Header().Get("Location"))
	c := b.cookies["turnus-8080"]
	require.True(t, c.HttpOnly)
	require.False(t, c.Secure, "plain HTTP")
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Equal(t, "/", c.Path)
	require.Empty(t, c.Domain)
	require.Equal(t, 200, b.get(t, "/").Code)
	require.Equal(t, 303, b.get(t, "/sign-in").Code, "already")

	// Another sign-in ends the session before, and never goes on with its cookie.
	first := c.Value
	require.Equal(t, 303, b.post(t, "/sign-in", "token", h.tokens["owner"]).Code)
	require.NotEqual(t, first, b.cookies["turnus-8080"].Value)
	_, err := h.store.Session(t.Context(), testNow, first)
	require.Error(t, err)
	require.Contains(t, b.get(t, "/").Body.String(), "<bdi>owner</bdi>")

	w = b.post(t, "/sign-out")
	require.Equal(t, 303, w.Code)
	require.Equal(t, "/sign-in", w.Header().Get("Location"))
	require.Equal(t, 303, b.get(t, "/").Code)
	require.NotContains(t, b.get(t, "/sign-in").Body.String(), "owner")
}

// A session opens pages, and never the API.
func TestASessionIsNoToken(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "auditor")
	for _, path := range []string{"/v1/audit", "/v1/tasks", "/v1/sessions", "/v1/nothing"} {
		require.Equal(t, 401, b.get(t, path).Code, path)
	}
	b.header.Set("Authorization", "Bearer "+b.cookies["turnus-8080"].Value)
	require.Equal(t, 401, b.get(t, "/v1/audit").Code)
	delete(b.cookies, "turnus-8080")
	b.header.Set("Authorization", "Bearer "+h.tokens["auditor"])
	require.Equal(t, 200, b.get(t, "/v1/audit").Code)
	require.Equal(t, 303, b.get(t, "/").Code, "nor is a token a session")
}

// Forms count from pages of ours alone.
func TestFormsComeFromPagesOfOurs(t *testing.T) {
	h := newHouse(t)
	b := h.signedIn(t, "viewer")
	for name, header := range map[string]map[string][]string{
		"another site":      {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}},
		"another, old":      {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": nil},
		"a sister":          {"Origin": {"http://127.0.0.1:9999"}, "Sec-Fetch-Site": {"same-site"}},
		"a sister, old":     {"Origin": {"http://127.0.0.1:9999"}, "Sec-Fetch-Site": nil},
		"hidden":            {"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}},
		"hidden, old":       {"Origin": {"null"}, "Sec-Fetch-Site": nil},
		"said by nobody":    {"Origin": nil, "Sec-Fetch-Site": nil},
		"another one twice": {"Origin": {"https://evil.example", "http://127.0.0.1:8080"}, "Sec-Fetch-Site": nil},
	} {
		b.header = header
		for _, path := range []string{"/sign-out", "/language", "/tasks/x/done", "/sign-in"} {
			w := b.post(t, path, "language", "de", "token", h.tokens["owner"])
			require.Equal(t, 403, w.Code, "%s: %s", name, path)
			require.Contains(t, w.Body.String(), "This form didn&#39;t come from a page of Turnus", name)
		}
	}
	b.header = http.Header{}
	require.Contains(t, b.get(t, "/").Body.String(), "<bdi>viewer</bdi>", "still signed in")
	b.header = http.Header{"Origin": nil}
	require.Equal(t, 303, b.post(t, "/sign-out").Code, "one of both is enough")
}

// Where a sign-in leads is ours.
func TestReturnAddressesLeadNowhereElse(t *testing.T) {
	h := newHouse(t)
	for address, want := range map[string]string{
		"/me": "/me", "/tasks/x?year=2026": "/tasks/x?year=2026", "": "/", "me": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "\\/evil.example": "/",
		"/\tevil": "/", "/\n/evil.example": "/", "/%0d%0aSet-Cookie:x": "/", "javascript:alert(1)": "/", "/./\x00": "/", "http:/evil.example": "/", "/" + strings.Repeat("x", 3000): "/",
		"/.//evil.example": "/", "/tasks/x~1.approval/check": "/tasks/x~1.approval", "/sign-out": "/", "/%": "/", " //evil.example": "/",
	} {
		w := h.browser(t).post(t, "/sign-in", "token", h.tokens["viewer"], "return", address)
		require.Equal(t, 303, w.Code)
		require.Equal(t, want, w.Header().Get("Location"), "%q", address)
		w = h.browser(t).post(t, "/language", "language", "de", "return", address)
		got, err := url.Parse(w.Header().Get("Location"))
		require.NoError(t, err)
		require.Empty(t, got.Host, "%q", address)
		require.False(t, strings.HasPrefix(got.Path, "//"), "%q", address)
	}
}

// pagesAt are pages of an installation that is reached in some way.
func pagesAt(t *testing.T, h *house, public string, proxies ...string) *browser {
	t.Helper()
	var site web.Site
	var err error
	if public != "" {
		site.Public, err = web.ParsePublic(public)
		require.NoError(t, err)
	}
	site.Proxies, err = web.ParseNetworks(proxies)
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	return newBrowser(New(Config{Store: h.store, Runs: runsAway(t, h.store, log), Now: testClock, Log: log, Site: site}))
}

// Pages are shown over connections that nobody reads along, at their address.
func TestWherePagesAreShown(t *testing.T) {
	h := newHouse(t)
	const proxy = "10.0.0.7:4000"
	for name, c := range map[string]struct {
		public, named, peer, host string
		header                    http.Header
		code                      int
		secure                    bool
	}{
		"loopback":               {peer: "127.0.0.1:1", host: "127.0.0.1:8080", code: 200},
		"localhost":              {peer: "[::1]:1", host: "localhost:8080", code: 200},
		"loopback, IPv6":         {peer: "[::1]:1", host: "[::1]:8080", code: 200},
		"rebound":                {peer: "127.0.0.1:1", host: "evil.example:8080", code: 403},
		"plain":                  {peer: "10.0.0.9:1", host: "127.0.0.1:8080", code: 403},
		"a stranger says https":  {peer: "10.0.0.9:1", host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 403},
		"loopback says https":    {peer: "127.0.0.1:1", host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 403},
		"a proxy":                {named: "10.0.0.7", peer: proxy, host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 200, secure: true},
		"a proxy, plain":         {named: "10.0.0.7", peer: proxy, host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"http"}}, code: 403},
		"a proxy says nothing":   {named: "10.0.0.7", peer: proxy, host: "turnus.example.org", code: 403},
		"before a proxy":         {named: "10.0.0.7", peer: proxy, host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https", "http"}}, code: 403},
		"a proxy on loopback":    {named: "127.0.0.0/8", peer: "127.0.0.1:1", host: "localhost:8080", code: 403},
		"public":                 {public: "https://turnus.example.org", named: "10.0.0.7", peer: proxy, host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 200, secure: true},
		"public, with port":      {public: "https://turnus.example.org", named: "10.0.0.7", peer: proxy, host: "Turnus.example.org:443", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 200, secure: true},
		"public, forwarded":      {public: "https://turnus.example.org", named: "10.0.0.7", peer: proxy, host: "127.0.0.1:8080", header: http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"turnus.example.org"}}, code: 200, secure: true},
		"public, another host":   {public: "https://turnus.example.org", named: "10.0.0.7", peer: proxy, host: "evil.example", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 403},
		"public, a stranger":     {public: "https://turnus.example.org", named: "10.0.0.7", peer: "10.0.0.9:1", host: "turnus.example.org", header: http.Header{"X-Forwarded-Proto": {"https"}}, code: 403},
		"public, by loopback":    {public: "https://turnus.example.org", peer: "127.0.0.1:1", host: "127.0.0.1:8080", code: 403},
		"public, host forwarded": {public: "https://turnus.example.org", peer: "127.0.0.1:1", host: "127.0.0.1:8080", header: http.Header{"X-Forwarded-Host": {"turnus.example.org"}}, code: 403},
		"public on loopback":     {public: "http://localhost:8080", peer: "127.0.0.1:1", host: "localhost:8080", code: 200},
		"public, other loopback": {public: "http://localhost:8080", peer: "127.0.0.1:1", host: "127.0.0.1:8080", code: 403},
	} {
		b := pagesAt(t, h, c.public, strings.Fields(c.named)...)
		b.peer, b.host, b.header = c.peer, c.host, c.header.Clone()
		w := b.get(t, "/sign-in")
		require.Equal(t, c.code, w.Code, "%s: %s", name, w.Body)
		if b.header == nil {
			b.header = http.Header{}
		}
		b.header.Set("Origin", map[bool]string{true: "https://", false: "http://"}[c.secure]+strings.ToLower(strings.TrimSuffix(c.host, ":443")))
		if c.public != "" {
			b.header.Set("Origin", c.public)
			b.header["Sec-Fetch-Site"] = nil
		}
		w = b.post(t, "/sign-in", "token", h.tokens["viewer"])
		if c.code != 200 {
			require.Equal(t, 403, w.Code, name)
			require.Empty(t, b.cookies, name)
			continue
		}
		require.Equal(t, 303, w.Code, "%s: %s", name, w.Body)
		require.Len(t, b.cookies, 1)
		for cookie, is := range b.cookies {
			require.Equal(t, c.secure, is.Secure, name)
			require.Equal(t, c.secure, cookie == "__Host-turnus", name)
		}
		require.Equal(t, 200, b.get(t, "/").Code, name)
		require.Equal(t, 200, b.get(t, "/healthz").Code, "the API is where it was")
	}
	for _, wrong := range []string{"", "turnus", "ftp://x", "https://", "https://u@x", "https://x/y", "https://x?y", "https://x#y", "http://turnus.example.org", "javascript:x"} {
		_, err := web.ParsePublic(wrong)
		require.Error(t, err, wrong)
	}
	for _, wrong := range []string{"", "x", "10.0.0.0/33", "10.0.0.7:80"} {
		_, err := web.ParseNetworks([]string{wrong})
		require.Error(t, err, wrong)
	}
}

// Who fails too often waits, alone.
func TestFailedSignInsAreLimited(t *testing.T) {
	h := newHouse(t)
	b := pagesAt(t, h, "", "10.0.0.0/24")
	b.peer, b.host = "10.0.0.7:1", "turnus.example.org"
	from := func(hops string) int {
		b.header = http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {hops}, "Origin": {"https://turnus.example.org"}}
		return b.post(t, "/sign-in", "token", "turnus_x").Code
	}
	for range 10 {
		require.Equal(t, 401, from("203.0.113.5"))
	}
	require.Equal(t, 429, from("203.0.113.5"))
	require.Equal(t, 429, from("198.51.100.1, 203.0.113.5"), "what the visitor says of itself doesn't count")
	require.Equal(t, 429, from("203.0.113.5, 10.0.0.8"), "another proxy of ours between")
	w := b.post(t, "/sign-in", "token", h.tokens["viewer"], "kept", "x.y")
	require.Equal(t, 429, w.Code, "a valid token, too: it isn't looked at")
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Equal(t, "x.y", hidden(t, w, "kept"))
	require.Equal(t, 401, from("203.0.113.6"))
	for i := range 10 {
		require.Equal(t, 401, from(fmt.Sprintf("2001:db8::%x", i)))
	}
	require.Equal(t, 429, from("2001:db8::ffff"), "one visitor's network")
	require.Equal(t, 401, from("2001:db8:0:1::1"))
	for range 30 { // what succeeds doesn't count
		b.header.Set("X-Forwarded-For", "203.0.113.9")
		require.Equal(t, 303, b.post(t, "/sign-in", "token", h.tokens["viewer"]).Code)
	}
}

// An address for one person asks before it lets in, and does so once.
func TestAnAddressThatLetsIn(t *testing.T) {
	h := newHouse(t)
	secret, err := h.store.Admit(t.Context(), testNow, "viewer", 15*time.Minute)
	require.NoError(t, err)
	b := h.browser(t)
	for range 2 {
		w := b.get(t, "/sign-in/"+secret)
		require.Equal(t, 200, w.Code)
		require.Contains(t, w.Body.String(), "<bdi>viewer</bdi>")
		require.NotContains(t, w.Body.String(), "token")
	}
	require.Equal(t, 303, b.post(t, "/sign-in/"+secret).Code)
	require.Contains(t, b.get(t, "/").Body.String(), "<bdi>viewer</bdi>")
	for _, gone := range []string{secret, "turnus_admission_x", "%ff"} {
		other := h.browser(t)
		require.Contains(t, []int{400, 401}, other.get(t, "/sign-in/"+gone).Code)
		require.Contains(t, []int{400, 401}, other.post(t, "/sign-in/"+gone).Code)
		require.Empty(t, other.cookies)
	}
}

// What was typed when a session had ended comes back to the same person, and is
// sent by them alone.
func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	long := strings.Repeat("Der Kommentar <b>\u202e„ß“ ", 4000)
	end := map[string]func(b *browser){
		"signed out": func(b *browser) { require.Equal(t, 303, b.post(t, "/sign-out").Code) },
		"revoked": func(b *browser) {
			n, err := h.store.Session(t.Context(), testNow, b.cookies["turnus-8080"].Value)
			require.NoError(t, err)
			require.NoError(t, h.store.RevokeToken(t.Context(), person.Actor{Person: "admin"}, testNow, "approver", n.Token))
		},
	}
	for name, over := range end {
		_, token, err := h.store.FirstToken(t.Context(), testNow, "approver", time.Hour)
		require.NoError(t, err)
		h.tokens["approver"] = token
		b := h.signedIn(t, "approver")
		over(b)
		fields := []string{"outcome", "approve", "comment", long, "once", "k", "hash", a.Hash}
		w := b.post(t, "/tasks/"+a.ID+"/done", fields...)
		require.Equal(t, 401, w.Code, name)
		require.Contains(t, w.Body.String(), "Nothing was sent.")
		require.NotContains(t, w.Body.String(), "Kommentar")
		kept, back := hidden(t, w, "kept"), hidden(t, w, "return")

		for _, c := range []struct{ who, kept, back string }{
			{"viewer", kept, back}, {"approver", kept[:len(kept)-3] + "AAA", back}, {"approver", kept, "/tasks/other/done"},
			{"approver", "x." + kept[37:], back}, {"approver", "\x00.x", back}, {"approver", ".", back},
		} {
			_, secret, err := h.store.FirstToken(t.Context(), testNow, c.who, time.Hour)
			require.NoError(t, err)
			w := h.browser(t).post(t, "/sign-in", "token", secret, "return", c.back, "kept", c.kept)
			require.Equal(t, 303, w.Code, "%+v", c)
		}
		_, token, err = h.store.FirstToken(t.Context(), testNow, "approver", time.Hour)
		require.NoError(t, err)
		w = b.post(t, "/sign-in", "token", token, "return", back, "kept", kept)
		require.Equal(t, 200, w.Code)
		require.Contains(t, w.Body.String(), `action="/tasks/`+a.ID+`/check"`, "it is checked again before it counts")
		require.NotContains(t, w.Body.String(), "<b>")
		require.NotContains(t, w.Body.String(), "\u202e")
		require.Equal(t, "approve", hidden(t, w, "outcome"))
		require.Equal(t, strings.ReplaceAll(long, "\u202e", ""), strings.ReplaceAll(hidden(t, w, "comment"), "\u202e", ""))
		require.Contains(t, b.get(t, "/").Body.String(), "<bdi>approver</bdi>")
		asked, err := h.store.Task(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, "open", string(asked.State))
	}

	// A form with a file keeps what was typed beside it.
	b := h.signedIn(t, "owner")
	require.Equal(t, 303, b.post(t, "/sign-out").Code)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(t, form.WriteField("comment", "typed"))
	file, err := form.CreateFormFile("file", "big.csv")
	require.NoError(t, err)
	_, err = file.Write(bytes.Repeat([]byte("x"), 5<<20))
	require.NoError(t, err)
	require.NoError(t, form.WriteField("outcome", "done"))
	require.NoError(t, form.Close())
	w := b.ask(t, "POST", "/tasks/"+a.ID, form.FormDataContentType(), &body)
	require.Equal(t, 401, w.Code)
	w = b.post(t, "/sign-in", "token", h.tokens["owner"], "return", hidden(t, w, "return"), "kept", hidden(t, w, "kept"))
	require.Equal(t, 200, w.Code)
	require.Equal(t, "typed", hidden(t, w, "comment"))
	require.Equal(t, "done", hidden(t, w, "outcome"))
	require.NotContains(t, w.Body.String(), "xxxx")
}

// Four eyes hold on pages: whoever has a token from the owner of what is to be
// decided can't decide it, and is told why.
func TestATokenOfTheOwnerDoesntApproveOnAPage(t *testing.T) {
	h := newHouse(t)
	_, a := h.waiting(t)
	_, theirs, err := h.store.IssueToken(t.Context(), person.Actor{Person: "owner"}, testNow, "approver", time.Hour)
	require.NoError(t, err)
	own := h.tokens["approver"]
	decide := func(token string) (int, string) {
		h.tokens["approver"] = token
		w := h.signedIn(t, "approver").post(t, "/tasks/"+a.ID+"/done", "outcome", "approve", "hash", a.Hash, "once", "k"+token)
		return w.Code, w.Body.String()
	}
	code, page := decide(theirs)
	require.Equal(t, 403, code)
	require.Contains(t, page, "This token was issued by owner")
	code, _ = decide(own)
	require.Equal(t, 503, code, "it comes as far as Temporal, which is away here")
	trail, _, err := h.store.Audit(t.Context(), store.Trail{Object: "task/" + a.ID}, store.Page{})
	require.NoError(t, err)
	require.Equal(t, "decide.refused", trail[len(trail)-1].Action)
}
