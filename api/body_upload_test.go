package api

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/client"
)

// A large file is refused with a problem, not with a broken connection: at its
// heading, by its sender, or for its service.
func TestLargeUploadsAreRefusedInWords(t *testing.T) {
	h := newHouse(t)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Start()
	defer srv.Close()
	file := []byte("nonsense,b\n" + strings.Repeat("T1,2026-10-01T08:00:00Z\n", 2<<20)) // 50 MB
	for _, c := range []struct {
		who, service string
		status       int
	}{{"owner", "payments", http.StatusUnprocessableEntity}, {"other-owner", "payments", http.StatusForbidden}, {"viewer", "payments", http.StatusForbidden}, {"admin", "nothing", http.StatusNotFound}} {
		_, err := client.New(srv.URL, h.tokens[c.who]).Import(t.Context(), client.Intake{Dataset: "tickets", Service: c.service, Format: "servicenow-audit"}, bytes.NewReader(file))
		var p *client.Problem
		require.True(t, errors.As(err, &p), "%s: %v", c.who, err)
		require.Equal(t, c.status, p.Status, "%s: %v", c.who, err)
	}
}
