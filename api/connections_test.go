package api

import (
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
