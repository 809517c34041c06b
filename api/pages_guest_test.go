package api

import (
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
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

// uploads sends a form with a file.
func (g guest) uploads(path, field, name, content string) *httptest.ResponseRecorder {
	var b strings.Builder
	m := multipart.NewWriter(&b)
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
