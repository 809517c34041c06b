package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Bodies that are large and never end take a bounded number of places, so that
// one person fills neither the memory nor keeps others out.
func TestLargeBodiesThatNeverEnd(t *testing.T) {
	h, srv, _ := overSlowLines(t, time.Minute)
	large := "[" + strings.Repeat(" ", 2*largeBody)
	begun := func(who, path string) net.Conn {
		return dialled(t, srv, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nAuthorization: Bearer %s\r\n\r\n%s",
			path, maxApply, h.tokens[who], large))
	}
	ask := func(who, lang, body string) (int, string) {
		in, err := http.NewRequest(http.MethodPost, srv.URL+"/v1/plan/preview", strings.NewReader(body))
		require.NoError(t, err)
		in.Header.Set("Authorization", "Bearer "+h.tokens[who])
		in.Header.Set("Content-Type", "application/json")
		in.Header.Set("Accept-Language", lang)
		res, err := http.DefaultClient.Do(in)
		require.NoError(t, err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(b)
	}
	// One too many, whichever of them comes last.
	var held []net.Conn
	refused := make(chan *http.Response, largesEach+1)
	for i := range largesEach + 1 {
		c := begun("owner", []string{"/v1/plan/preview", "/v1/apply"}[i%2])
		held = append(held, c)
		go func() {
			if res, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
				refused <- res
			}
		}()
	}
	select {
	case late := <-refused:
		require.Equal(t, http.StatusServiceUnavailable, late.StatusCode)
		require.Equal(t, "5", late.Header.Get("Retry-After"))
	case <-time.After(5 * time.Second):
		t.Fatal("none of them is refused")
	}

	status, body := ask("owner", "de", large+"]")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "Von owner kommen schon 4 große Inhalte")
	status, body = ask("owner", "en", "[]")
	require.Equal(t, http.StatusBadRequest, status, "small ones go on: %s", body)
	status, _ = ask("approver", "en", large+"]")
	require.Equal(t, http.StatusBadRequest, status, "others go on")

	// Who has gone leaves their place.
	for _, c := range held {
		c.Close()
	}
	require.Eventually(t, func() bool { status, _ := ask("owner", "en", large+"]"); return status == http.StatusBadRequest }, 5*time.Second, 20*time.Millisecond)
}

// There are places for so many people only.
func TestPlaces(t *testing.T) {
	p := newPlaces(3, 2)
	var leave []func()
	for _, who := range []string{"a", "a", "b"} {
		l, err := p.take(who)
		require.NoError(t, err)
		leave = append(leave, l)
	}
	_, err := p.take("a")
	require.ErrorContains(t, err, "a is sending 2 large bodies already")
	_, err = p.take("c")
	require.ErrorContains(t, err, "3 large bodies are being sent already")
	for _, l := range leave {
		l()
	}
	require.Empty(t, p.people)
	require.Zero(t, p.taken)
}
