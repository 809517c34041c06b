package client

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A server that isn't available is asked again, with the same key.
func TestAsksAgainWithTheSameKey(t *testing.T) {
	var keys []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if len(keys) < 3 {
			w.Header().Set("Retry-After", "0")
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"title":"Not available just now","status":503,"detail":"try again"}`))
			return
		}
		_, _ = w.Write([]byte(`{"id":"a/b/2026","state":"collecting"}`))
	}))
	defer srv.Close()
	started, err := New(srv.URL, "x").Start(t.Context(), Start{Process: "a", Service: "b", Period: "2026"})
	require.NoError(t, err)
	require.Equal(t, "a/b/2026", started.ID)
	require.Len(t, keys, 3)
	require.NotEmpty(t, keys[0])
	require.Equal(t, keys[0], keys[1])
	require.Equal(t, keys[0], keys[2])
}

// Patience ends, and the last answer is told.
func TestPatienceEnds(t *testing.T) {
	_, err := New("http://127.0.0.1:1", "x").Patient(10*time.Millisecond).Tasks(t.Context(), "", false)
	require.ErrorContains(t, err, "nobody answers at http://127.0.0.1:1")
}

// Where no connection stands, the client gives up long before its patience
// ends, and says what to check: nobody listens, or nobody shakes hands.
func TestGivesUpWithoutAConnection(t *testing.T) {
	require.Equal(t, 5*time.Second, New("", "").connect)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	for address, says := range map[string]string{
		"http://127.0.0.1:1":                "is TURNUS_URL right?",
		"https://" + silent.Addr().String(): "no connection to https://" + silent.Addr().String() + " within 1.2s: is TURNUS_URL right",
		"http://127.0.0.1:port":             "is TURNUS_URL right?",
		"http://turnus.invalid":             "is TURNUS_URL right?",
	} {
		c := New(address, "x")
		c.connect = 1200 * time.Millisecond
		began := time.Now()
		_, err := c.Task(t.Context(), "1")
		require.ErrorContains(t, err, says, address)
		require.Less(t, time.Since(began), 20*time.Second, address)
	}
}

// A server that answers slowly, or goes away for a while once it was reached, is
// waited for.
func TestWaitsForWhoeverWasReached(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(700 * time.Millisecond)
		_, _ = w.Write([]byte(`{"id":"1"`))
		w.(http.Flusher).Flush()
		time.Sleep(700 * time.Millisecond)
		_, _ = w.Write([]byte(`}`))
	}))
	c := New(slow.URL, "x")
	c.connect = time.Second
	_, err := c.Task(t.Context(), "1")
	require.NoError(t, err)

	at, answer := slow.Listener.Addr().String(), slow.Config.Handler
	slow.Close()
	again := make(chan *httptest.Server)
	go func() {
		time.Sleep(1500 * time.Millisecond)
		l, err := net.Listen("tcp", at)
		srv := httptest.NewUnstartedServer(answer)
		if err == nil {
			srv.Listener.Close()
			srv.Listener = l
			srv.Start()
		}
		again <- srv
	}()
	_, err = c.Task(t.Context(), "1")
	(<-again).Close()
	require.NoError(t, err)
}

func TestProblemsInWords(t *testing.T) {
	answer := `{"title":"Not acceptable","status":422,"detail":"2 errors, each listed below.","errors":[{"location":"body.period","message":"not a period"},{"row":3,"message":"odd"}]}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	_, err := New(srv.URL, "x").Task(t.Context(), "1")
	require.EqualError(t, err, "Not acceptable: 2 errors, each listed below.\n  body.period: not a period\n  row 3: odd")
	answer = `<html>`
	_, err = New(srv.URL, "x").Task(t.Context(), "1")
	require.ErrorContains(t, err, "doesn't look like Turnus")
}
