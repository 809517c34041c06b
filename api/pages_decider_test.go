package api

import (
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// decider is somebody with a browser who answers tasks.
type decider struct {
	*house
	t      testing.TB
	cookie string
	lang   string
}

// visits signs somebody in.
func (h *house) visits(t testing.TB, who, lang string) *decider {
	_, secret, err := h.store.OpenSession(t.Context(), testNow, h.tokens[who])
	require.NoError(t, err)
	return &decider{h, t, secret, lang}
}

func (v *decider) send(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", v.lang)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "turnus", Value: v.cookie})
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	return w
}

// opens reads a page.
func (v *decider) opens(path string) *httptest.ResponseRecorder {
	return v.send(httptest.NewRequest(http.MethodGet, path, nil))
}

// sends sends a form, whose values come in pairs.
func (v *decider) sends(path string, values ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

// uploads sends a form with a file.
func (v *decider) uploads(path, field, name, content string, values ...string) *httptest.ResponseRecorder {
	var b strings.Builder
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(values); i += 2 {
		require.NoError(v.t, m.WriteField(values[i], values[i+1]))
	}
	f, err := m.CreateFormFile(field, name)
	require.NoError(v.t, err)
	_, err = f.Write([]byte(content))
	require.NoError(v.t, err)
	require.NoError(v.t, m.Close())
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(b.String()))
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.send(r)
}

var markup = regexp.MustCompile(`<[^>]*>`)

// wordsOf are those of a page, as they are read.
func wordsOf(w *httptest.ResponseRecorder) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(w.Body.String(), " "))), " ")
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// hidden are what a form of a page sends that nobody typed, in pairs; of the
// form that goes to an address.
func hiddenIn(t testing.TB, w *httptest.ResponseRecorder, action string) (values []string) {
	t.Helper()
	_, form, found := strings.Cut(w.Body.String(), `<form method="post" action="`+action+`"`)
	require.True(t, found, "no form goes to %s: %s", action, w.Body)
	form, _, _ = strings.Cut(form, "</form>")
	for _, m := range hiddenInput.FindAllStringSubmatch(form, -1) {
		values = append(values, html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return values
}
