package web_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/api/web"
)

// The tests in a browser look at every page that there is, and at no other.
func TestEveryPageIsLookedAt(t *testing.T) {
	b, err := os.ReadFile("browser/pages.json")
	require.NoError(t, err)
	var looked []struct {
		Route string
		At    []string
	}
	require.NoError(t, json.Unmarshal(b, &looked))
	listed := map[string]bool{}
	for _, p := range looked {
		require.NotEmpty(t, p.At, "%s: no address", p.Route)
		listed[p.Route] = true
	}
	served := map[string]bool{}
	for _, r := range web.New(web.Config{}).Routes() {
		if r.Method != http.MethodGet || r.Name == "page.asset" {
			continue
		}
		served[r.Path] = true
		if !listed[r.Path] {
			t.Errorf("%s isn't looked at: give it an address in browser/pages.json, and browser/world.js something to show", r.Path)
		}
	}
	for route := range listed {
		if !served[route] && !strings.HasPrefix(route, "no page") {
			t.Errorf("browser/pages.json: %s is no page", route)
		}
	}
}
