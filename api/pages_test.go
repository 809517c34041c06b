package api

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// browser keeps cookies, and says where its requests come from as browsers do.
type browser struct {
	handler http.Handler
	host    string // that it asks for
	peer    string // the machine at the other end of the connection
	header  http.Header
	cookies map[string]*http.Cookie
}

func (h *house) browser(t testing.TB) *browser { return newBrowser(h.Echo) }

func newBrowser(h http.Handler) *browser {
	return &browser{handler: h, host: "127.0.0.1:8080", peer: "127.0.0.1:50000", header: http.Header{}, cookies: map[string]*http.Cookie{}}
}

// signedIn is a browser in which somebody has signed in.
func (h *house) signedIn(t testing.TB, who string) *browser {
	t.Helper()
	b := h.browser(t)
	w := b.post(t, "/sign-in", "token", h.tokens[who])
	require.Equal(t, 303, w.Code, w.Body)
	return b
}

func (b *browser) get(t testing.TB, path string) *httptest.ResponseRecorder {
	return b.ask(t, http.MethodGet, path, "", nil)
}

// post sends a form from a page of ours; fields come in pairs.
func (b *browser) post(t testing.TB, path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.ask(t, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (b *browser) ask(_ testing.TB, method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.Host, r.RemoteAddr = b.host, b.peer
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", "http://"+b.host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, values := range b.header {
		if r.Header[name] = values; len(values) == 0 {
			r.Header.Del(name)
		}
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return w
}

// hidden is the value of a hidden field on a page, of the last that has the name:
// the first may be the layout's.
func hidden(t testing.TB, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1)
	require.NotEmpty(t, m, "%s isn't on the page:\n%s", name, w.Body)
	return html.UnescapeString(m[len(m)-1][1])
}
