package api

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hasty serves pages with the usual limits of a request made short.
func hasty(t *testing.T, h *house) *httptest.Server {
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 250*time.Millisecond, 250*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

// arrived is a browser that has signed in on a server.
func arrived(t *testing.T, h *house, srv *httptest.Server, who string) *browser {
	b := h.browser(t)
	b.host = srv.Listener.Addr().String()
	require.Equal(t, 303, b.post(t, "/sign-in", "token", h.tokens[who]).Code)
	return b
}

// head is that of a form that a browser sends.
func (b *browser) head(path, kind string, bytes int) string {
	s := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%[2]s\r\nAccept: text/html\r\nContent-Type: %s\r\nContent-Length: %d\r\n", path, b.host, kind, bytes)
	for _, c := range b.cookies {
		s += "Cookie: " + c.Name + "=" + c.Value + "\r\n"
	}
	return s + "\r\n"
}

// trickled sends a body piece by piece, for longer than a request may take, and
// gives the answer.
func trickled(t *testing.T, c net.Conn, body []byte) (status int, page string) {
	for len(body) > 0 {
		n := min(len(body), 5000)
		if _, err := c.Write(body[:n]); err != nil {
			break // it was answered
		}
		body = body[n:]
		time.Sleep(50 * time.Millisecond)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err, "no answer")
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(b)
}

// Over a slow line a file takes as long as it takes: what is wrong with it, or
// with who sends it, is answered all the same.
func TestPagesTakeSlowFiles(t *testing.T) {
	h := newHouse(t)
	srv := hasty(t, h)
	for name, x := range map[string]struct {
		path   string
		ended  bool
		status int
		says   string
	}{
		"a session that has ended": {"/services/payments/import/check", true, 401, "What was typed is kept"},
		"a form that isn't filled": {"/services/payments/import/check", false, 422, "What the file holds isn"},
		"a finding that isn't":     {"/findings/99/files", false, 404, "no finding 99"},
		"a task that isn't":        {"/tasks/none~1.approval/check", false, 404, "no task"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := arrived(t, h, srv, "owner")
			if x.ended {
				cookies := b.cookies
				b.post(t, "/sign-out")
				b.cookies = cookies
			}
			body, kind := uploaded(t, "evidence.pdf", strings.Repeat("x", 60_000), "comment", "typed")
			sent, err := io.ReadAll(body)
			require.NoError(t, err)
			status, page := trickled(t, dialled(t, srv, b.head(x.path, kind, len(sent))), sent)
			require.Equal(t, x.status, status, page)
			require.Contains(t, page, x.says)
		})
	}
}

// Whoever isn't signed in keeps nothing in memory: neither by files, nor by
// large forms, of which a few are read at a time.
func TestPagesReadFewLargeForms(t *testing.T) {
	h := newHouse(t)
	srv := httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Start()
	t.Cleanup(srv.Close)
	nobody := h.browser(t)
	nobody.host = srv.Listener.Addr().String()
	large := bytes.Repeat([]byte("a"), largeBody+1)
	var open []net.Conn
	for range 3 * largesEach {
		c := dialled(t, srv, nobody.head("/sign-in", "application/x-www-form-urlencoded", 1<<20))
		_, err := c.Write(large)
		require.NoError(t, err)
		open = append(open, c)
	}
	// All but a few are told at once; the others still send.
	answers := make(chan int)
	for _, c := range open {
		go func() {
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				answers <- 0
				return
			}
			answers <- res.StatusCode
		}()
	}
	for range len(open) - largesEach {
		require.Equal(t, http.StatusServiceUnavailable, <-answers)
	}
	require.Equal(t, 303, arrived(t, h, srv, "viewer").post(t, "/language", "language", "de").Code)
	for _, c := range open {
		c.Close()
	}
	for range largesEach {
		require.Zero(t, <-answers)
	}
	require.Eventually(t, func() bool {
		return nobody.post(t, "/sign-in", "token", string(large)).Code == http.StatusUnauthorized
	}, 10*time.Second, 10*time.Millisecond, "the places are free again")
}
