package api

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/person"
	"turnus/itsm/resource"
)

// narrow is a listener whose connections buffer little, so that whoever reads
// slowly is noticed soon.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return c, err
}

// overSlowLines serves a house with its own pace, on four connections to the
// database.
func overSlowLines(t *testing.T, within time.Duration) (h *house, srv *httptest.Server, spool string) {
	h = newHouse(t)
	h.store.DB().SetMaxOpenConns(4)
	spool = t.TempDir()
	h.Echo = New(Config{Store: h.store, Runs: runsAway(t, h.store, slog.New(slog.DiscardHandler)), Now: testClock, Log: slog.New(slog.DiscardHandler),
		Ready: h.store.Ping, Spool: spool, pace: within})
	srv = httptest.NewUnstartedServer(h)
	srv.Config = Server(h, "")
	srv.Listener = narrow{srv.Listener}
	srv.Start()
	t.Cleanup(srv.Close)
	return h, srv, spool
}

// hire gives people with a role, who have tokens.
func (h *house) hire(t *testing.T, role person.Role, n int) (names []string) {
	var docs []resource.Raw
	for i := range n {
		names = append(names, fmt.Sprintf("%s-%d", role, i))
		docs = append(docs, resource.Raw{APIVersion: "turnus/v1", Kind: resource.Person, Metadata: resource.Metadata{Name: names[i]}, Spec: []byte(`{"roles":["` + string(role) + `"]}`)})
	}
	_, err := h.store.Apply(t.Context(), person.Actor{Person: person.System}, testNow, docs, false)
	require.NoError(t, err)
	for _, name := range names {
		_, secret, err := h.store.FirstToken(t.Context(), testNow, name, time.Hour)
		require.NoError(t, err)
		h.tokens[name] = secret
	}
	return names
}

// dialled is a request of which the head was sent.
func dialled(t *testing.T, srv *httptest.Server, head string) net.Conn {
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.(*net.TCPConn).SetReadBuffer(4<<10))
	_, err = io.WriteString(c, head)
	require.NoError(t, err)
	return c
}

// Fifty slow uploads and twenty slow readers: everybody else is served as
// without them, no connection to the database is held, and whoever keeps no pace
// is cut off.
func TestSlowUploadsAndSlowReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("it looks at the time, which the race detector makes longer")
	}
	const within = 6 * time.Second
	h, srv, spool := overSlowLines(t, within)
	rep := h.reported(t, 4000)
	work := func() (median time.Duration) {
		var took []time.Duration
		for i := range 60 {
			began := time.Now()
			for _, r := range []struct {
				method, who, path, body string
				status                  int
			}{
				{"GET", "", "/readyz", "", 200}, {"GET", "viewer", "/v1/plan", "", 200}, {"GET", "auditor", "/v1/runs/" + rep.Run, "", 200},
				{"POST", "admin", "/v1/persons/viewer/tokens", `{"days":1}`, 201},
			} {
				if r.method == "POST" && i%5 > 0 {
					continue
				}
				in, err := http.NewRequest(r.method, srv.URL+r.path, strings.NewReader(r.body))
				require.NoError(t, err)
				in.Header.Set("Authorization", "Bearer "+h.tokens[r.who])
				res, err := http.DefaultClient.Do(in)
				require.NoError(t, err)
				b, _ := io.ReadAll(res.Body)
				res.Body.Close()
				require.Equal(t, r.status, res.StatusCode, "%s: %s", r.path, b)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	admins, auditors := h.hire(t, person.Administrator, 13), h.hire(t, person.Auditor, 5)
	before := work()

	var uploads, readers []net.Conn
	for i := range 50 {
		uploads = append(uploads, dialled(t, srv, "POST /v1/services/payments/tickets?format=servicenow-audit HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nAuthorization: Bearer "+h.tokens[admins[i%13]]+"\r\n\r\nn"))
	}
	for i := range 20 {
		readers = append(readers, dialled(t, srv, "GET /v1/runs/"+rep.Run+"/receipts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+h.tokens[auditors[i%5]]+"\r\n\r\n"))
	}
	for _, c := range readers { // derived, and on its way
		line := make([]byte, 15)
		_, err := io.ReadFull(c, line)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 200 OK", string(line))
	}
	end := make(chan struct{})
	var sending sync.WaitGroup
	for _, c := range uploads {
		sending.Go(func() {
			for {
				select {
				case <-end:
					return
				case <-time.After(100 * time.Millisecond):
					if _, err := io.WriteString(c, "u"); err != nil {
						return
					}
				}
			}
		})
	}
	require.Zero(t, h.store.DB().Stats().InUse)
	during := work()
	require.Less(t, during, 3*before+50*time.Millisecond)
	require.Zero(t, h.store.DB().Stats().InUse)
	left, err := filepath.Glob(filepath.Join(spool, "*"))
	require.NoError(t, err)
	require.Empty(t, left, "files on their way have no names")

	// Too many are told so at once, the others when they kept no pace.
	answers := map[int]int{}
	for _, c := range uploads {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(within+10*time.Second)))
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(t, err)
		answers[res.StatusCode]++
	}
	require.Equal(t, map[int]int{http.StatusServiceUnavailable: 50 - uploadFiles, http.StatusRequestTimeout: uploadFiles}, answers)
	close(end)
	sending.Wait()
	require.Eventually(t, func() bool {
		return strings.Count(h.as(t, "auditor", "GET", "/v1/audit?limit=500&object=run/"+rep.Run, "").Body.String(), `"action":"report.export-failed"`) == len(readers)
	}, within+10*time.Second, 50*time.Millisecond)
	require.Empty(t, openFiles(t, spool), "everything was given back")
}

// openFiles are those of this process below a directory.
func openFiles(t *testing.T, dir string) (open []string) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc")
	}
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(to, dir) {
			open = append(open, to)
		}
	}
	return open
}

// Whoever sends a body or fetches an answer slowly holds no connection either.
func TestSlowBodies(t *testing.T) {
	h, srv, _ := overSlowLines(t, time.Minute)
	for range 50 {
		dialled(t, srv, "POST /v1/apply HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nAuthorization: Bearer "+h.tokens["admin"]+"\r\n\r\n[")
	}
	for range 50 { // not even the head
		dialled(t, srv, "GET /v1/plan HTTP/1.1\r\nHost: x\r\n")
	}
	require.Eventually(t, func() bool { return h.store.DB().Stats().InUse == 0 }, 5*time.Second, 10*time.Millisecond)
	for range 20 {
		w := h.as(t, "viewer", "GET", "/v1/plan", "")
		require.Equal(t, 200, w.Code)
	}
}

// An upload that is steady and slow doesn't last; one that keeps the pace does.
func TestPace(t *testing.T) {
	p := newPace(paceTime)
	now := time.Now()
	for range 5 { // a byte every five seconds
		p.passed(1, 5*time.Second)
	}
	require.Equal(t, now.Add(5*time.Second), p.deadline(now))
	p.passed(1, 5*time.Second)
	require.False(t, p.deadline(now).After(now))

	p = newPace(paceTime)
	for range 1000 {
		p.passed(64<<10, 3*time.Second)
		require.True(t, p.deadline(now).After(now))
	}
}
