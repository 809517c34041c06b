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

// guest is somebody signed in, who reads in a language.
type guest struct {
	*browser
	t testing.TB
}

func (h *house) guest(t testing.TB, who, lang string) guest {
	b := h.signedIn(t, who)
	b.header.Set("Accept-Language", lang)
	return guest{b, t}
}

func (g guest) opens(path string) *httptest.ResponseRecorder { return g.get(g.t, path) }

// sends sends a form, whose values come in pairs.
func (g guest) sends(path string, values ...string) *httptest.ResponseRecorder {
	return g.post(g.t, path, values...)
}

// in is the same guest, who reads in a language.
func (g guest) in(lang string) guest {
	g.header.Set("Accept-Language", lang)
	return g
}

// reads is a page that there is, in a language.
func (g guest) reads(path, lang string) string {
	g.t.Helper()
	w := g.in(lang).opens(path)
	require.Equal(g.t, 200, w.Code, path+"\n"+w.Body.String())
	require.Contains(g.t, w.Header().Get("Content-Type"), "text/html")
	require.Equal(g.t, 1, strings.Count(w.Body.String(), "<h1"), path)
	require.Contains(g.t, w.Body.String(), `<html lang="`+lang+`">`)
	return w.Body.String()
}

// posts sends a form.
func (g guest) posts(path string, form url.Values) *httptest.ResponseRecorder {
	return g.ask(g.t, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// elsewhere sends a form from another site's page.
func (g guest) elsewhere(path string, form url.Values) *httptest.ResponseRecorder {
	g.header.Set("Sec-Fetch-Site", "cross-site")
	defer g.header.Del("Sec-Fetch-Site")
	return g.posts(path, form)
}

// uploads sends a form with a file, whose other values come in pairs.
func (g guest) uploads(path, field, name, content string, values ...string) *httptest.ResponseRecorder {
	var b strings.Builder
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(values); i += 2 {
		require.NoError(g.t, m.WriteField(values[i], values[i+1]))
	}
	f, err := m.CreateFormFile(field, name)
	require.NoError(g.t, err)
	_, err = f.Write([]byte(content))
	require.NoError(g.t, err)
	require.NoError(g.t, m.Close())
	return g.ask(g.t, http.MethodPost, path, m.FormDataContentType(), strings.NewReader(b.String()))
}

var tagOf = regexp.MustCompile(`<[^>]*>`)

// readOn are the words of a page, as they are read.
func readOn(w *httptest.ResponseRecorder) string {
	return strings.Join(strings.Fields(html.UnescapeString(tagOf.ReplaceAllString(w.Body.String(), " "))), " ")
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// fieldsOn are what a form of a page sends that nobody typed, in pairs; of the
// form that goes to an address.
func fieldsOn(t testing.TB, w *httptest.ResponseRecorder, action string) (values []string) {
	t.Helper()
	_, form, found := strings.Cut(w.Body.String(), `<form method="post" action="`+action+`"`)
	require.True(t, found, "no form goes to %s: %s", action, w.Body)
	form, _, _ = strings.Cut(form, "</form>")
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		values = append(values, html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return values
}

// page reads a page that has to be there, and holds what every page has.
func (g guest) page(path string) string {
	g.t.Helper()
	w := g.opens(path)
	require.Equal(g.t, 200, w.Code, "%s: %s", path, w.Body)
	require.Equal(g.t, 1, strings.Count(w.Body.String(), "<h1"), path)
	require.Less(g.t, w.Body.Len(), 100_000, path)
	require.Contains(g.t, w.Body.String(), `<html lang="`+g.header.Get("Accept-Language")+`">`)
	return readOn(w)
}

// The key of a form.
var formKey = regexp.MustCompile(`name="once" value="([^"]+)"`)

// keyIn is the key that a page's form carries.
func keyIn(t testing.TB, page string) string {
	t.Helper()
	m := formKey.FindStringSubmatch(page)
	require.Len(t, m, 2, page)
	return m[1]
}
