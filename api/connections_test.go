package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Connections without a request make room for new ones; those with one stay.
func TestConnectionsAreBounded(t *testing.T) {
	const most = 20
	begun, end := make(chan struct{}), make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			begun <- struct{}{}
			<-end
		}
		fmt.Fprint(w, "fine")
	}))
	conns := newConnections(most)
	srv.Config.ConnState = conns.changed
	srv.Start()
	defer srv.Close()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	ask := func(path string) net.Conn {
		c := dial()
		_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		return c
	}
	answered := func(c net.Conn) bool {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
		b, _ := io.ReadAll(c)
		return len(b) > 0
	}
	waiting := ask("/wait")
	<-begun
	for range 10 * most { // they say nothing
		dial()
		require.LessOrEqual(t, conns.count(), most)
	}
	require.True(t, answered(ask("/")), "one that asks is served")
	busy := []net.Conn{waiting}
	for range most - 1 {
		busy = append(busy, ask("/wait"))
		<-begun
	}
	require.False(t, answered(dial()), "all of them have a request")
	close(end)
	for _, c := range busy {
		require.True(t, answered(c))
	}
	require.Eventually(t, func() bool { return conns.count() == 0 }, 5*time.Second, 10*time.Millisecond)
}

func (c *connections) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.idle)
}

// A request whose body nobody reads is answered soon, and doesn't keep its
// connection busy, whoever sends it and whether or not the body comes.
func TestBodiesThatNobodyReads(t *testing.T) {
	h, srv, _ := overSlowLines(t, time.Minute)
	rep := h.reported(t, 1)
	h.tokens[""] = "nobodys"
	for _, c := range []struct {
		request, who string
		status       int
	}{
		{"POST /v1/feeds", "", 401}, {"POST /v1/apply", "viewer", 403}, {"POST /v1/services/payments/tickets?format=csv", "viewer", 403},
		{"POST /nothing", "", 404}, {"PUT /v1/feeds", "viewer", 405}, {"GET /healthz", "", 408}, {"GET /openapi.json", "", 408}, {"DELETE /v1/feeds/x", "", 408},
		{"GET /v1/runs/" + rep.Run + "/receipts", "auditor", 408}, {"GET /v1/backup", "admin", 408},
	} {
		t.Run(c.request, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			conn := dialled(t, srv, c.request+" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nAuthorization: Bearer "+h.tokens[c.who]+"\r\n\r\n")
			require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			require.Equal(t, c.status, res.StatusCode)
			require.Less(t, time.Since(began), 10*time.Second)
		})
	}
}
