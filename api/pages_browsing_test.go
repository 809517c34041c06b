package api

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
