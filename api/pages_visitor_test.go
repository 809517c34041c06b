package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// visitor is somebody who is signed in on the pages.
type visitor struct {
	h      *house
	cookie *http.Cookie
}

func (h *house) visitor(t testing.TB, who string) visitor {
	t.Helper()
	w := visitor{h: h}.send(t, "POST", "/sign-in", url.Values{"token": {h.tokens[who]}}, "Sec-Fetch-Site", "same-origin")
	require.Equal(t, 303, w.Code, w.Body)
	for _, c := range w.Result().Cookies() {
		if c.Name == "turnus" {
			return visitor{h, c}
		}
	}
	t.Fatal("no session")
	return visitor{}
}

func (v visitor) send(t testing.TB, method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "127.0.0.1:50000"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	return w
}

// get is a page in a language.
func (v visitor) get(t testing.TB, path, lang string) *httptest.ResponseRecorder {
	t.Helper()
	return v.send(t, "GET", path, nil, "Accept-Language", lang)
}

// reads is a page that there is, in a language.
func (v visitor) reads(t testing.TB, path, lang string) string {
	t.Helper()
	w := v.get(t, path, lang)
	require.Equal(t, 200, w.Code, path+"\n"+w.Body.String())
	require.Contains(t, w.Header().Get("Content-Type"), "text/html")
	require.Equal(t, 1, strings.Count(w.Body.String(), "<h1"), path)
	require.Contains(t, w.Body.String(), `<html lang="`+lang+`">`)
	return w.Body.String()
}

// posts sends a form as a page of ours does.
func (v visitor) posts(t testing.TB, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	return v.send(t, "POST", path, form, "Sec-Fetch-Site", "same-origin", "Accept-Language", "en")
}

var formKey = regexp.MustCompile(`name="once" value="([^"]+)"`)

// keyIn is the key that a page's form carries.
func keyIn(t testing.TB, page string) string {
	t.Helper()
	m := formKey.FindStringSubmatch(page)
	require.Len(t, m, 2, page)
	return m[1]
}
