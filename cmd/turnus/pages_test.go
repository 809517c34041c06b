package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/api/web"
)

// Where a browser gets pages: nowhere that others could read along.
func TestWhereBrowsersGetPages(t *testing.T) {
	public, err := web.ParsePublic("https://turnus.example.org")
	require.NoError(t, err)
	require.Equal(t, "https://turnus.example.org", site{pages: web.Site{Public: public}}.pagesAt("10.0.0.7:8080"))
	for listens, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "[::1]:8080": "http://[::1]:8080", "localhost:8080": "http://localhost:8080",
		":8080": "http://127.0.0.1:8080", "0.0.0.0:8080": "http://127.0.0.1:8080", "[::]:8080": "http://127.0.0.1:8080", "10.0.0.7:8080": "", "": "",
	} {
		require.Equal(t, want, site{}.pagesAt(listens), listens)
	}
	for _, wrong := range []siteFlags{{public: "turnus.example.org"}, {public: "http://turnus.example.org"}, {proxies: []string{"proxy.example.org"}}} {
		_, err := wrong.site()
		require.Error(t, err)
	}
}
