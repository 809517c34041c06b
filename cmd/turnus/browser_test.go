package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// browser is somebody who is signed in on the pages.
type browser struct {
	*engine
	cookie *http.Cookie
}

// browses signs somebody in.
func (e *engine) browses(token string) *browser {
	e.Helper()
	b := &browser{engine: e}
	res, _, err := b.send("POST", "/sign-in", url.Values{"token": {token}})
	require.NoError(e, err)
	require.Equal(e, http.StatusSeeOther, res.StatusCode)
	require.Len(e, res.Cookies(), 1)
	b.cookie = res.Cookies()[0]
	return b
}

var onePage = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send asks for a page, or sends a form, and follows no redirect.
func (b *browser) send(method, path string, form url.Values) (*http.Response, string, error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, b.url+path, strings.NewReader(form.Encode()))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	res, err := onePage.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}
